"""Ten kills at random moments, and the output beside that of a run that nobody stopped.

A table of invented variations of some texts is tagged whole by ``scr-themes tag``, in two worker
processes; then again, and killed (SIGKILL, workers and all) after a random time, ten times; then it
is left to finish. The two outputs must be the same bytes, every passage once.

Run ``python benchmarks/kills.py --texts FILE``. Writes ``benchmarks/results/kills.json``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
N_KILLS = 10
START = 1.5  # seconds in which nothing is finished yet


def write_table(texts: Path, number: int, target: Path) -> None:
    """Write so many passages, no two alike."""
    opened = gzip.open if texts.suffix == ".gz" else open
    with opened(texts, "rt", encoding="utf-8") as lines:
        words = [json.loads(line)["text"] for line in lines]
    with target.open("w", encoding="utf-8") as file:
        for i, text in enumerate(islice(cycle(words), number)):
            file.write(json.dumps({"text": f"{text} ({i})"}) + "\n")


def begin(table: Path, out: Path, model: str) -> subprocess.Popen[bytes]:
    """Start tagging, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scr_themes", "tag", str(table), "--model", model, "--jobs", "2",
         "-o", str(out)],
        cwd=table.parent, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def main() -> None:
    """Run it unbroken, then broken, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, required=True, help="JSONL with a text a line")
    parser.add_argument("--number", type=int, default=60_000, help="passages")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        table, whole, broken = (Path(folder, n) for n in ("t.jsonl", "whole.jsonl", "broken.jsonl"))
        write_table(options.texts, options.number, table)
        began = time.perf_counter()
        assert begin(table, whole, options.model).wait() == 0
        seconds = time.perf_counter() - began
        kept: list[int] = []
        while len(kept) < N_KILLS:
            process = begin(table, broken, options.model)
            # Ten of them come to less than the whole, since what is finished is not done again.
            time.sleep(START + moments.uniform(0, 1.5) * seconds / N_KILLS)
            if process.poll() is not None:
                raise SystemExit("it was done before it was killed: give a larger --number")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kept.append(len(list(Path(f"{broken}.journal").glob("*.json.gz"))))
        assert begin(table, broken, options.model).wait() == 0
        places = Counter(json.loads(line)["passage"] for line in broken.open(encoding="utf-8"))
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (whole, broken)]
    data = {
        "passages": options.number,
        "model": options.model,
        "seconds_unbroken": round(seconds, 1),
        "parts_kept_after_each_kill": kept,
        "same_bytes": sums[0] == sums[1],
        "lost": options.number - len(places),
        "twice": sum(count - 1 for count in places.values()),
    }
    out = ROOT / "benchmarks/results/kills.json"
    out.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1))
    if not data["same_bytes"]:
        raise SystemExit("the outputs differ")


if __name__ == "__main__":
    main()
