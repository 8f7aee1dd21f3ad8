"""What a second worker of a Dask cluster brings, and what one that is killed costs.

A table of invented variations of some texts is tagged by ``scr_themes.tag`` on a LocalCluster of
processes with one thread each: by one worker; by two; and by two of which one is killed (SIGKILL)
when a third of the passages are done. Workers have the model in memory before the clock starts.
The tags must be the same each time, and those of a run without a cluster. Two workers need two free
cores, of which the process that hands out and collects takes its share.

Run ``python benchmarks/clusters.py --texts FILE``, with the extra ``dask``. Writes
``benchmarks/results/clusters.json``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterable
from dataclasses import astuple
from itertools import cycle, islice
from pathlib import Path

import joblib
from distributed import Client, LocalCluster

import scr_themes
from scr_themes.documents import Document, TaggedDocument

ROOT = Path(__file__).resolve().parent.parent
ROWS = 500  # a file: short enough that workers end together


def write_tables(texts: Path, number: int, folder: Path) -> None:
    """Write so many passages, no two alike, to files of some hundreds each."""
    opened = gzip.open if texts.suffix == ".gz" else open
    with opened(texts, "rt", encoding="utf-8") as lines:
        words = [json.loads(line)["text"] for line in lines]
    varied = (f"{text} ({i})" for i, text in enumerate(islice(cycle(words), number)))
    for place in range(0, number, ROWS):
        rows = (json.dumps({"text": text}) + "\n" for text in islice(varied, ROWS))
        (folder / f"{place:09}.jsonl").write_text("".join(rows), encoding="utf-8")


def checksum(tagged: Iterable[TaggedDocument]) -> str:
    """Return what tells two runs' tags apart, taking one document after another."""
    state = hashlib.sha256()
    for one in tagged:
        state.update(repr(astuple(one)).encode())
    return state.hexdigest()


def on_cluster(
    folder: Path, model: str, n_workers: int, *, kill_after: int | None = None
) -> tuple[float, str]:
    """Return the seconds that tagging took, and the checksum of the tags."""
    with (
        LocalCluster(
            n_workers=n_workers, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask", client=client),
    ):
        first = next(iter(sorted(folder.iterdir())))
        small = scr_themes.read(first).passages[:1]
        warm = [Document(path=None, title=str(n), text="", passages=small) for n in range(8)]
        list(scr_themes.tag(warm, model=model, jobs=-1))
        victim = min(client.run(os.getpid).values())

        def watched(tagged: Iterable[TaggedDocument]) -> Iterable[TaggedDocument]:
            n_done = 0
            for one in tagged:
                n_before, n_done = n_done, n_done + len(one.passages)
                if kill_after is not None and n_before < kill_after <= n_done:
                    os.kill(victim, signal.SIGKILL)
                yield one

        began = time.perf_counter()
        found = checksum(watched(scr_themes.tag(folder, model=model, jobs=-1)))
        return time.perf_counter() - began, found


def main() -> None:
    """Tag by one worker, by two, and by two of which one dies, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, required=True, help="JSONL with a text a line")
    parser.add_argument("--number", type=int, default=60_000, help="passages")
    parser.add_argument("--model", default="fast")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(options.texts, options.number, folder)
        sums = [checksum(scr_themes.tag(folder, model=options.model))]
        seconds = {}
        for case, n_workers, kill_after in (
            ("one_worker", 1, None),
            ("two_workers", 2, None),
            ("two_workers_one_killed", 2, options.number // 3),
        ):
            seconds[case], found = on_cluster(
                folder, options.model, n_workers, kill_after=kill_after
            )
            sums.append(found)
    data = {
        "passages": options.number,
        "model": options.model,
        "cores": len(os.sched_getaffinity(0)),
        "seconds": {case: round(value, 1) for case, value in seconds.items()},
        "passages_per_second": {
            case: round(options.number / value, 1) for case, value in seconds.items()
        },
        "speed_up": round(seconds["one_worker"] / seconds["two_workers"], 2),
        "same_tags": len(set(sums)) == 1,
    }
    out = ROOT / "benchmarks/results/clusters.json"
    out.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1))
    if not data["same_tags"]:
        raise SystemExit("the tags differ")


if __name__ == "__main__":
    main()
