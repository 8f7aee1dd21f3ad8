"""Choose when the fast model is unsure, and write ``models/cascade`` down.

::

    python -m models.cascade --coded coded.jsonl --files FOLDER

For each theme the band begins some way below the fast model's threshold, as log-odds, and ends some
way above it: the same two ways for all themes. Of those tried, that one is taken which loses least
of the accurate model's macro-F1 on the development split (the mean of core themes and all themes,
of real and written passages) among those that lose no more than half a point on real passages and
let the accurate model read no more than ``SHARE`` of the text of some real files. Nothing is read
of any label of these files, and nothing of the test splits.

Writes ``benchmarks/results/cascade.json``, too.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.build import labels_of
from models.corpus.attach import read_labelled_rows
from models.corpus.store import Row
from models.tables import table
from scr_themes import ThemeClassifier, evaluate, load, read
from scr_themes.classifying.classifier import Cascade
from scr_themes.classifying.storage import save_cascade
from scr_themes.tagging import find_sources

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "benchmarks" / "results"
VERSION = "1.0.0"
BELOW = (0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
ABOVE = (0.5, 1.0, 1.5, 2.0, 3.0)
LOSS = 0.005  # of F1 on real passages, at most
SHARE = 0.36  # of the text, at most: what is needed to be eight times as fast as the usual way
Bands = dict[str, tuple[float, float]]


def bands_of(model: ThemeClassifier, below: float, above: float) -> Bands:
    """Return each theme's band around its threshold, in probabilities."""
    return {
        theme: (float(expit(logit(cut) - below)), float(expit(logit(cut) + above)))
        for theme, cut in model.thresholds.items()
    }


def macro_f1s(
    proba: NDArray[np.floating], rows: list[Row], model: ThemeClassifier
) -> dict[str, float]:
    """Return macro-F1 of core themes and of all, on real and on written passages."""
    book, found = model.codebook_, {}
    for corpus in ("coded", "written"):
        kept = [i for i, row in enumerate(rows) if row["corpus"] == corpus]
        there = [rows[i] for i in kept]
        result = evaluate(
            labels_of(there, "themes", book), proba[kept],
            y_pred=proba[kept] >= model.heads_.thresholds,
            either=labels_of(there, "either", book), themes=book.theme_ids, core=book.core_ids,
            n_resamples=0,
        )  # fmt: skip
        found[f"{corpus}_core"] = float(result.core_macro.f1)
        found[f"{corpus}_all"] = float(result.macro.f1)
    return found


def try_bands(rows: list[Row], texts: list[str]) -> list[dict[str, Any]]:
    """Return what each pair of bands loses of F1, and how much text it has read."""
    fast, accurate = load("fast"), load("accurate")
    held = [row["text"] for row in rows]
    by_fast, by_accurate = fast.predict_proba(held), accurate.predict_proba(held)
    whole = macro_f1s(by_accurate, rows, accurate)
    lengths, real = np.array(list(map(len, texts))), fast.predict_proba(texts)
    tried = []
    for below in BELOW:
        for above in ABOVE:
            cascade = Cascade(fast, accurate, bands_of(fast, below, above))
            mixed = np.where(cascade.reads(by_fast)[:, None], by_accurate, by_fast)
            read_ = cascade.reads(real)
            f1s = macro_f1s(mixed, rows, accurate)
            tried.append(
                {
                    "below": below,
                    "above": above,
                    "loss": {key: whole[key] - f1 for key, f1 in f1s.items()},
                    "passages": float(read_.mean()),
                    "text": float(lengths[read_].sum() / lengths.sum()),
                }
            )
    return tried


def choose(tried: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the pair that is taken; see the module's words."""
    good = [
        one
        for one in tried
        if max(one["loss"]["coded_core"], one["loss"]["coded_all"]) <= LOSS and one["text"] <= SHARE
    ]
    return min(good, key=lambda one: sum(one["loss"].values()))


def main() -> None:
    """Try bands, take one, write the cascade down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coded", type=Path, required=True, help="from models.corpus.attach")
    parser.add_argument("--files", type=Path, required=True, help="a folder of real files")
    options = parser.parse_args()
    rows = [r for r in read_labelled_rows(options.coded) if r["split"] == "development"]
    files = [file for file in find_sources(options.files) if isinstance(file, Path)]
    texts = [passage.text for file in files for passage in read(file).passages]
    tried = try_bands(rows, texts)
    chosen = choose(tried)
    save_cascade(
        HERE / "cascade",
        first=HERE / "fast", second=HERE / "accurate",
        unsure=bands_of(load("fast"), chosen["below"], chosen["above"]),
        name="cascade", version=VERSION,
    )  # fmt: skip
    data = {"files": len(files), "passages": len(texts), "chosen": chosen, "tried": tried}
    (RESULTS / "cascade.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    keys = list(chosen["loss"])
    lines = [
        [
            f"{one['below']} to {one['above']}{' (taken)' if one is chosen else ''}",
            *(f"{100 * one['loss'][key]:+.1f}" for key in keys),
            f"{one['passages']:.0%}",
            f"{one['text']:.0%}",
        ]
        for one in tried
    ]
    print(table(["Band", *(key.replace("_", ", ") for key in keys), "Passages", "Text"], lines))


if __name__ == "__main__":
    main()
