"""How fast the bundled models are beside what a user would pick instead, and at what F1.

Every system of ``accuracy.py`` that can be run, side by side in one run, on the same texts and the
same cores. In each round each system has a fresh process of its own, in which it starts, warms up
for a second on other texts, and is timed; every other round goes through the systems backwards.
Medians over the rounds are given, and the median of the ratios to sentence-transformers *within a
round*, on the texts that all systems are timed on (``--common``; with fewer than some hundred
sentence-transformers seems slower than it is, since it pads a batch to its longest text); quick
systems are timed on ``--number`` texts besides. ::

    python benchmarks/speed.py --texts pool.jsonl.gz --minilm FOLDER --potion FOLDER
    python benchmarks/speed.py --files FOLDER --only cascade --only fast --minilm FOLDER

Without a section named (``--compare``, ``--files``, ``--limit``, ``--growth``, ``--projection``,
``--plot``) it compares and plots. ``--python NAME=PATH`` says which interpreter runs a system,
where they do not go into one environment. A system that lacks its folder or a package is left out,
and named. ``--without-amx`` measures as on a processor without AMX, which most machines are, and
keeps the figures in sections of their own; see ``without_amx.py``. Sections that are not run again
are kept in ``benchmarks/results/speed.json``.

**Start-up** is from before the process is there to its first passage scored. **Memory** is the most
that the process has resident, texts and scores included. **Packages** is the size of the
distributions that were imported by the end, Python's own library not counted; **model** that of the
files opened. What else an environment has, no system sees: some would import it, too. **F1** is
read from ``accuracy.json``.

Peers are set up as in ``peers.py`` (whose docstrings give the sources), but on labels by keyword
over the texts themselves, since only speed is asked here: heads over embeddings from 256 texts and
untuned, spaCy once over 256, fastText by its tutorial and not autotuned. The size of TF-IDF's and
fastText's models hangs on that. Each runs with its own defaults: fastText, TF-IDF, spaCy and the
keyword search on one core, the others on as many as they take. SetFit runs the encoder of
sentence-transformers under such a head, so that its speed is that one's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.speed_plot import KINDS, RESULTS, f1s, plot  # noqa: E402 - the checkout's own
from benchmarks.speed_worker import BASELINE, OURS, SYSTEMS  # noqa: E402
from benchmarks.without_amx import refuse_amx  # noqa: E402
from models.tables import table  # noqa: E402
from scr_themes.encoding.onnx import usable_cores  # noqa: E402

WARM = 2048  # texts to warm up on, at most
GROWN = 2000  # texts that are varied for --growth

# Of --projection. Assumptions, all three: what was to be read, ...
PASSAGES, MACHINES = 100_000_000, 50
# ... how much of 50 times one machine's rate 50 machines have (files differ, some come last), and
EFFICIENCY = 0.9
# ... what an hour of two cores costs on demand in a public cloud, in US dollars.
PRICE = 0.10


@dataclass
class Runner:
    """Runs jobs of ``speed_worker`` one at a time, each in a process of its own."""

    options: argparse.Namespace
    scratch: Path

    def __call__(self, task: str, system: str, texts: Path, **more: Any) -> dict[str, Any]:
        """Return what a job answers; ``missing`` is in it where a package is not there."""
        fitted, out = self.scratch / system, self.scratch / "answer.json"
        fitted.mkdir(exist_ok=True)
        given = getattr(self.options, SYSTEMS[system].needs or "texts")
        job = {
            "task": task, "system": system, "texts": str(texts), "out": str(out),
            "given": str(given), "fitted": str(fitted), **more, "began": time.monotonic(),
        }  # fmt: skip
        interpreter = self.options.python.get(system, sys.executable)
        done = subprocess.run(
            [interpreter, "-m", "benchmarks.speed_worker", json.dumps(job)],
            cwd=ROOT, env={**os.environ, "HF_HUB_OFFLINE": "1"}, check=False, capture_output=True,
            text=True,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{system} failed to {task}:\n{done.stderr[-2000:]}")
        answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return answer

    def keep(self, name: str, value: Any) -> Path:
        """Write something down for a job to read."""
        file = self.scratch / f"{name}.json"
        file.write_text(json.dumps(value), encoding="utf-8")
        return file


def read_texts(file: Path) -> list[str]:
    """Return the texts of a JSONL file."""
    packed = file.read_bytes()
    lines = gzip.decompress(packed) if file.suffix == ".gz" else packed
    return [json.loads(line)["text"] for line in lines.splitlines() if line.strip()]


def passages_of(folder: Path) -> list[str]:
    """Return the passages of a folder of files."""
    from scr_themes import read  # noqa: PLC0415 - only this section reads files
    from scr_themes.reading import find_files  # noqa: PLC0415

    return [passage.text for file in find_files([folder]) for passage in read(file).passages]


def spread(texts: Sequence[str], number: int, shift: float = 0.0) -> list[int]:
    """Return where so many texts stand, evenly spaced, ``shift`` of a step from the first."""
    number = min(number, len(texts))
    return [int((i + shift) * len(texts) / number) for i in range(number)]


def parts_of(texts: Sequence[str], options: argparse.Namespace, round_: int) -> dict[str, Any]:
    """Return the texts of a round, each round its own as far as there are enough."""
    many = spread(texts, options.number, round_ / options.rounds)
    timed = set(many)
    others = [i for i in range(len(texts)) if i not in timed] or many
    common = [many[i] for i in spread(many, options.common)]
    warm = [others[i] for i in spread(others, WARM)]
    named = (("many", many), ("common", common), ("warm", warm))
    return {kind: [texts[i] for i in places] for kind, places in named}


def made_ready(
    texts: Sequence[str], options: argparse.Namespace, run: Runner
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Fit what is to be fitted.

    Returns
    -------
    hidden : dict of str to list of str
        For each system that can run, the modules that are to be hidden from it.
    left_out : dict of str to str
        Why the others cannot.
    """
    hidden, left_out = {}, {}
    some = run.keep("fit", [texts[i] for i in spread(texts, max(options.number, 64))])
    for name, system in SYSTEMS.items():
        if options.only and name not in options.only:
            continue
        if system.needs and getattr(options, system.needs) is None:
            left_out[name] = f"give --{system.needs}"
            continue
        answer = run("prepare", name, some)
        if "missing" in answer:
            left_out[name] = answer["missing"]
        else:
            hidden[name] = answer["hidden"]
    return hidden, left_out


def compare(texts: Sequence[str], options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Time every system, round by round."""
    run = Runner(options, scratch)
    hidden, left_out = made_ready(texts, options, run)
    rounds: list[dict[str, Any]] = []
    sizes = []
    for number in range(options.rounds):
        parts = parts_of(texts, options, number)
        sizes.append({kind: size_of(part) for kind, part in parts.items() if kind != "warm"})
        file = run.keep("round", parts)
        found = {}
        for name in list(hidden) if number % 2 == 0 else list(hidden)[::-1]:
            answer = run("measure", name, file, hidden=hidden[name])
            if "missing" in answer:
                left_out[name] = answer["missing"]
                del hidden[name]
                continue
            found[name] = answer
            rate = len(parts["common"]) / found[name]["seconds"]["common"]
            print(f"round {number + 1}: {name} {rate:.0f} passages/s", file=sys.stderr, flush=True)
        rounds.append(found)
    for name, why in left_out.items():
        print(f"left out: {name} ({why})", file=sys.stderr)
    return {
        "rounds": options.rounds,
        "texts_in_all": len(texts),
        "texts": sizes,
        "left_out": left_out,
        "systems": {
            name: {"title": SYSTEMS[name].title, **summary(name, rounds, sizes)} for name in hidden
        },
    }


def size_of(texts: Sequence[str]) -> dict[str, int]:
    """Return how much text that is."""
    return {
        "passages": len(texts),
        "characters": sum(map(len, texts)),
        "bytes": sum(len(text.encode()) for text in texts),
    }


def summary(
    name: str, rounds: Sequence[dict[str, Any]], sizes: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the figures of one system over all rounds."""
    own = [found[name] for found in rounds]
    kind = "many" if SYSTEMS[name].quick else "common"

    def rate(what: str, kind: str) -> float:
        return statistics.median(
            size[kind][what] / one["seconds"][kind] for size, one in zip(sizes, own, strict=True)
        )

    ratios = [
        found[BASELINE]["seconds"]["common"] / found[name]["seconds"]["common"]
        for found in rounds
        if BASELINE in found
    ]
    return {
        "passages_per_second": rate("passages", kind),
        "characters_per_second": rate("characters", kind),
        "mb_of_text_per_second": rate("bytes", kind) / 1e6,
        "common_passages_per_second": rate("passages", "common"),
        "times_sentence_transformers": statistics.median(ratios) if ratios else None,
        "ratios": ratios,
        "peak_mb": max(one["peak_mb"] for one in own),
        "start_up_s": statistics.median(one["start_up_s"] for one in own),
        "packages_mb": sum(package["mb"] for package in own[0]["packages"].values()),
        "model_mb": own[0]["model_mb"],
        "seconds": [one["seconds"] for one in own],
        "packages": own[0]["packages"],
    }


HEADER = (
    "System",
    "passages/s",
    "MB of text/s",
    "times sentence-transformers",
    "peak memory, MB",
    "start-up, s",
    "packages imported, MB",
    "model, MB",
    *(f"{kind}: core F1" for kind in KINDS.values()),
)


def compare_table(found: dict[str, Any]) -> str:
    """Return the Markdown table of a comparison, the slowest first."""
    f1 = f1s()
    lines = []
    systems = found["systems"].items()
    for name, one in sorted(systems, key=lambda item: item[1]["common_passages_per_second"]):
        times = one["times_sentence_transformers"]
        title = one["title"]
        lines.append(
            [
                f"**{title}**" if name in OURS else title,
                f"{one['passages_per_second']:,.0f}",
                f"{one['mb_of_text_per_second']:.3g}",
                "–" if times is None else f"{times:.3g}",
                f"{one['peak_mb']:,.0f}",
                f"{one['start_up_s']:.2f}",
                f"{one['packages_mb']:,.0f}",
                f"{one['model_mb']:.1f}",
                *(f"{f1[title][kind]:.2f}" if title in f1 else "–" for kind in KINDS),
            ]
        )
    return table(HEADER, lines)


def growth(texts: Sequence[str], options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Run ``fast`` over ever more passages, each time in a fresh process."""
    run = Runner(options, scratch)
    some = run.keep("grow", [texts[i] for i in spread(texts, GROWN)])
    sizes: list[dict[str, Any]] = []
    for number in options.sizes:
        one = run("grow", "fast", some, number=number)
        if "missing" in one:
            raise SystemExit(f"fast: {one['missing']}")
        one["seconds_per_passage"] = one["seconds"] / number
        print(f"{number:,} passages: {one['seconds']:.1f} s", file=sys.stderr, flush=True)
        sizes.append(one)
    each = [one["seconds_per_passage"] for one in sizes]
    return {"sizes": sizes, "slowest_to_quickest_passage": max(each) / min(each)}


def growth_table(found: dict[str, Any]) -> str:
    lines = [
        [f"{one['passages']:,}", f"{one['seconds']:.1f}",
         f"{1e3 * one['seconds_per_passage']:.3f}", f"{one['peak_mb']:,.0f}"]
        for one in found["sizes"]
    ]  # fmt: skip
    header = ["passages through fast", "seconds", "milliseconds a passage", "peak memory, MB"]
    return table(header, lines)


def projection(found: dict[str, Any]) -> dict[str, Any]:
    """Work out what a hundred million passages would take, from the rates that were measured."""
    systems = found.get("compare", {}).get("systems", {})
    if not set(OURS) <= set(systems):
        raise SystemExit("--projection needs measured rates of our models: run --compare first")
    needed = {}
    for name in OURS:
        rate = systems[name]["passages_per_second"] * MACHINES * EFFICIENCY
        hours = PASSAGES / rate / 3600
        needed[name] = {"hours": hours, "dollars": hours * MACHINES * PRICE}
    return {
        "passages": PASSAGES,
        "machines": MACHINES,
        "assumed_efficiency": EFFICIENCY,
        "assumed_dollars_an_hour": PRICE,
        "needed": needed,
    }


def projection_table(found: dict[str, Any]) -> str:
    header = [
        f"{found['passages']:,} passages, {found['machines']} such machines",
        "hours",
        f"US dollars at {found['assumed_dollars_an_hour']:.2f} an hour",
    ]
    lines = [
        [name, f"{one['hours']:.2f}", f"{one['dollars']:.2f}"]
        for name, one in found["needed"].items()
    ]
    note = (
        f"(Assumed: {found['assumed_efficiency']:.0%} of the rate measured on one machine, "
        "and the price. Reading the files is not in it.)"
    )
    return f"{table(header, lines)}\n\n{note}"


def machine(*, without_amx: bool) -> dict[str, Any]:
    """Return what the figures of a section were measured on."""
    info = Path("/proc/cpuinfo")
    known = dict(_pairs(info.read_text(encoding="utf-8"))) if info.is_file() else {}
    flags = known.get("flags", "").split()
    return {
        "processor": known.get("model name", platform.processor() or platform.machine()),
        "instructions": [
            flag
            for flag in ("avx2", "avx512f", "avx512_vnni", "amx_int8")
            if flag in flags and not (without_amx and flag == "amx_int8")
        ],
        "cores": usable_cores(),
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            yield key.strip(), value.strip()


def interpreters(given: Sequence[str], parser: argparse.ArgumentParser) -> dict[str, str]:
    """Return which interpreter runs which system."""
    found = {}
    for entry in given:
        name, _, path = entry.partition("=")
        if name not in SYSTEMS or not Path(path).is_file():
            parser.error(f"--python {entry}: give NAME=PATH, NAME one of {', '.join(SYSTEMS)}")
        found[name] = str(Path(path).absolute())  # not resolved: a link into an environment
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--texts", type=Path, help='JSONL(.gz) with a "text" key')
    add("--minilm", type=Path, help="sentence-transformers folder of MiniLM-L6")
    add("--potion", type=Path, help="model2vec folder of potion-base-8M")
    add("--python", action="append", default=[], metavar="NAME=PATH", help="runs this system")
    add("--only", action="append", choices=SYSTEMS, help="only this system (repeatable)")
    add("--compare", action="store_true", help="section: all systems on --texts")
    add("--files", type=Path, help="section: all systems on the passages of a folder's files")
    add("--limit", action="store_true", help="section: distance to the arithmetic limit")
    add("--growth", action="store_true", help="section: ever more passages through fast")
    add("--projection", action="store_true", help="section: 100 million passages, worked out")
    add("--plot", action="store_true", help="section: speed against F1, as SVG")
    add("--number", type=int, default=2000, help="texts for quick systems")
    add("--common", "--slow-number", type=int, default=400, help="texts for all systems")
    add("--rounds", type=int, default=5)
    add("--seconds", type=float, default=2.0, help="of each product, in --limit")
    add("--sizes", type=int, nargs="+", default=[10**k for k in (3, 4, 5, 6)], help="of --growth")
    add("--without-amx", action="store_true", help="as a processor without AMX; kept apart")
    add("--out", type=Path, default=RESULTS / "speed.json")
    options = parser.parse_args()
    options.python = interpreters(options.python, parser)
    for name in ("minilm", "potion"):
        folder = getattr(options, name)
        if folder is not None:
            setattr(options, name, folder.absolute())
    sections = ("compare", "files", "limit", "growth", "projection", "plot")
    if not any(getattr(options, section) for section in sections):
        options.compare = options.plot = True
    if (options.compare or options.limit or options.growth) and options.texts is None:
        parser.error("give --texts")
    return options


def main() -> None:
    """Run the sections that are asked for; write each down as it is done."""
    options = arguments()
    apart = "_without_amx" if options.without_amx else ""
    if apart:
        refuse_amx()
    found = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}

    def note(section: str, figures: dict[str, Any], shown: str) -> None:
        found[section + apart] = {"machine": machine(without_amx=bool(apart)), **figures}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"{shown}\n", flush=True)

    texts = [] if options.texts is None else read_texts(options.texts)
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        if options.compare:
            figures = compare(texts, options, scratch)
            note("compare", figures, compare_table(figures))
        if options.files:
            figures = compare(passages_of(options.files), options, scratch)
            note("files", figures, compare_table(figures))
        if options.limit:
            from benchmarks.speed_limit import limit, limit_table  # noqa: PLC0415 - needs onnx

            try:
                some = [texts[i] for i in spread(texts, options.common)]
                many = [texts[i] for i in spread(texts, options.number)]
                figures = limit(some, many, texts, options)
            except ImportError as error:
                print(f"left out: the limit ({error}; pip install onnx)", file=sys.stderr)
            else:
                note("limit", figures, limit_table(figures))
        if options.growth:
            figures = growth(texts, options, scratch)
            note("growth", figures, growth_table(figures))
    if options.projection:
        figures = projection(found)
        note("projection", figures, projection_table(figures))
    if options.plot:
        plot(found, options.out.with_suffix(".svg"))


if __name__ == "__main__":
    main()
