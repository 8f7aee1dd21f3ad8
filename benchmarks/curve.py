"""How accuracy grows with the number of labelled passages.

100, 300, 1,000, 3,000 passages of the train split, drawn at random three times (each draw holds the
smaller ones), and all of it. Three ways to learn from them: MiniLM tuned whole, as ``models.build``
tunes it but without a teacher; MiniLM as it is under logistic regression; TF-IDF under logistic
regression. All choose their thresholds, and the last two their penalty, on the whole development
split; what is tuned takes the shares of roles that weigh themes from there, too. With 100 labels of
one's own that split would be missing, so the left end of the curve flatters. A theme that a draw
has no passage of is never tagged.

Run ``python benchmarks/curve.py --coded coded.jsonl --pool POOL --work build/models``: an hour and
a half on two cores, and what was measured before it was stopped is not measured again. Writes
``benchmarks/results/curve.json``. ``--on test`` is for finished models.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import peers  # noqa: E402 - the checkout's own
from benchmarks.accuracy import kept_rows, measure, part, task_of  # noqa: E402
from benchmarks.peers import Tagged, Task  # noqa: E402
from models.build import Build, add_arguments, read_recipe  # noqa: E402
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.corpus.store import Row  # noqa: E402
from models.tables import table  # noqa: E402
from scr_themes.writing.files import write_file  # noqa: E402

SIZES = (100, 300, 1000, 3000)
TEXTS_SEEN = 9000  # a small draw is seen more often: three epochs of a hundred texts teach nothing
KINDS = ("coded", "written")
CODE = ("benchmarks/peers.py", "models/build.py", "src/scr_themes/training/loop.py")


def tuned(task: Task, rows: list[Row], build: Build, on: str) -> Tagged:
    """Tune MiniLM whole on the task's train rows; score what is tuned and measured on."""
    from scr_themes.training.examples import Example, targets_of  # noqa: PLC0415 - needs torch
    from scr_themes.training.fine_tuning import Teaching, teach  # noqa: PLC0415
    from scr_themes.training.loop import LoopSettings  # noqa: PLC0415

    settings = build.recipe["accurate"]
    epochs = max(settings["loop"]["epochs"], round(TEXTS_SEEN / task.train.sum()))
    loop = LoopSettings(**(settings["loop"] | {"epochs": epochs}))
    network = build.transformer("accurate")
    learnt = [Example.of(row) for row in kept_rows(rows, task.train)]
    teaching = Teaching(build.tokenizer("accurate"), loop)
    teach(network, targets_of(learnt, build.codebook), teaching)
    needed = np.array([row["split"] in ("development", on) for row in rows])
    scores = np.zeros(task.y.shape)
    scores[needed] = build.probabilities("accurate", network, kept_rows(rows, needed))
    return task.cut(scores)


def _measured(tagged: Tagged, rows: list[Row], build: Build, on: str) -> dict[str, Any]:
    """Return the macro-F1 of each corpus in one split."""
    found = {}
    for kind in KINDS:
        at = np.array([(row["split"], row["corpus"]) == (on, kind) for row in rows])
        measured = measure(part(tagged, at), kept_rows(rows, at), build.codebook)
        found[kind] = {
            scope: measured["evaluation"][scope]["f1"] for scope in ("core_macro", "macro")
        }
    return found


def main() -> None:
    """Measure each way at each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--on", choices=("test", "development"), default="development")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/curve.json")
    options = parser.parse_args()
    rows = read_labelled_rows(options.coded)
    build = Build(read_recipe(), rows, options.pool, options.work)
    train = [i for i, row in enumerate(rows) if row["split"] == "train"]
    orders = [random.Random(seed).sample(train, len(train)) for seed in range(options.draws)]

    @functools.cache  # minutes of work, which may have been done before
    def vectors() -> NDArray[np.float32]:
        return peers.minilm_vectors([row["text"] for row in rows], build.weights("minilm"))

    ways: dict[str, Callable[[Task, list[int]], Tagged]] = {
        "TF-IDF, logistic regression": lambda task, _: peers.tfidf(task),
        "MiniLM, logistic regression": lambda task, at: peers.logistic(task, vectors()[at]),
        "MiniLM tuned": lambda task, at: tuned(task, [rows[i] for i in at], build, options.on),
    }
    state = hashlib.sha256(options.coded.read_bytes() + repr(build.recipe["accurate"]).encode())
    for code in (Path(__file__), *(ROOT / name for name in CODE)):
        state.update(code.read_bytes())
    data: dict[str, Any] = {"on": options.on, "state": state.hexdigest()}
    kept = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}
    figures: dict[str, dict[str, list[Any]]] = {way: {} for way in ways}
    if {key: kept.get(key) for key in data} == data:
        figures = {way: kept["ways"].get(way, {}) for way in ways}
    data["ways"] = figures
    for size in (*SIZES, len(train)):
        for draw, order in enumerate(orders if size < len(train) else orders[:1]):
            learnt = set(order[:size])
            at = [i for i, row in enumerate(rows) if row["split"] != "train" or i in learnt]
            some = [rows[i] for i in at]
            for way, learn in ways.items():
                done = figures[way].setdefault(str(size), [])
                if len(done) <= draw:
                    tagged = learn(task_of(some, build.codebook), at)
                    done.append(_measured(tagged, some, build, options.on))
                    print(way, size, done[-1], flush=True)
                    write_file(iter([json.dumps(data, indent=1) + "\n"]), options.out, lambda: 0)
    print(curve_table(figures))


def curve_table(figures: dict[str, dict[str, list[Any]]]) -> str:
    """Return the Markdown table of the benchmark notes: mean core macro-F1, and its range."""

    def cell(draws: list[Any], kind: str) -> str:
        found = [draw[kind]["core_macro"] for draw in draws]
        spread = f" ({min(found):.2f} to {max(found):.2f})" if len(found) > 1 else ""
        return f"{np.mean(found):.2f}{spread}"

    sizes = list(next(iter(figures.values())))
    return table(
        ["Labelled passages", *(f"{int(size):,}" for size in sizes)],
        (
            [f"{way}, {title}", *(cell(found[size], kind) for size in sizes)]
            for way, found in figures.items()
            for kind, title in zip(KINDS, ("real text", "written"), strict=True)
        ),
    )


if __name__ == "__main__":
    main()
