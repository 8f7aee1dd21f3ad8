"""What a hundred corrections bring, chosen by ``suggest`` or drawn at random.

::

    python benchmarks/corrections.py --coded coded.jsonl

On the development split of both corpora: half of its documents give the passages to settle, the
other half is what core macro-F1 and average precision are measured on, before and after; five
halvings. The labels of the corpus play the person who settles. The bundled models' thresholds were
set for best F1 on this very split, before; that favours them over what they become, and average
precision, which needs no threshold, is beside it for that.
Three models learn: both bundled ones, and one whose heads (over the encoder of ``fast``) have
seen invented passages only, so that inspection and coroners' reports are new to it. Prints a
table, and writes ``benchmarks/results/corrections.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.corpus.attach import read_labelled_rows  # noqa: E402 - the checkout's own
from models.corpus.store import Row, written_of  # noqa: E402
from scr_themes import ThemeClassifier, evaluate, load  # noqa: E402
from scr_themes.classifying.features import extract  # noqa: E402
from scr_themes.evaluating import choose  # noqa: E402

RESULTS = ROOT / "benchmarks/results/corrections.json"
N, SEEDS = 100, range(5)
WAYS = ("suggest", "random")
HEADS = "heads fitted to invented passages"


def fitted_to_written() -> ThemeClassifier:
    """Return heads over the encoder of ``fast`` that have seen the written train split only."""
    fast = load("fast")
    rows = written_of("train")
    classifier = ThemeClassifier(encoder="fast", codebook=fast.codebook_)
    return classifier.fit([row["text"] for row in rows], [row["themes"] for row in rows])


def core_figures(
    classifier: ThemeClassifier, rows: list[Row], chances: NDArray[Any]
) -> tuple[float, float]:
    """Return core macro-F1 at the classifier's thresholds, and average precision."""
    found = evaluate(
        [row["themes"] for row in rows],
        chances,
        themes=classifier.themes,
        y_pred=chances >= np.array(list(classifier.thresholds.values())),
        either=[row["either"] for row in rows],
        core=classifier.codebook_.core_ids,
        n_resamples=0,
    )
    assert found.core_macro is not None
    return found.core_macro.f1, found.core_macro.average_precision


def measure(classifier: ThemeClassifier, rows: list[Row]) -> dict[str, list[tuple[float, float]]]:
    """Return both figures of each halving: before, and after each way of choosing."""
    texts = [row["text"] for row in rows]
    chances = classifier.predict_proba(texts)
    vectors = extract(classifier.encoder_, texts)
    documents = np.array([row["document"] for row in rows])
    names = np.unique(documents)
    figures: dict[str, list[tuple[float, float]]] = {way: [] for way in ("before", *WAYS)}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        settled_from = np.isin(documents, rng.permutation(names)[: len(names) // 2])
        pool, held = np.flatnonzero(settled_from), np.flatnonzero(~settled_from)
        held_rows = [rows[i] for i in held]
        figures["before"].append(core_figures(classifier, held_rows, chances[held]))
        chosen = {
            "suggest": pool[choose(chances[pool], vectors[pool], N, random_state=seed)],
            "random": rng.choice(pool, N, replace=False),
        }
        for way, places in chosen.items():
            settled = [rows[i] for i in places]
            adapted = classifier.learn(
                [row["text"] for row in settled],
                [row["themes"] for row in settled],
                either=[row["either"] for row in settled],
                groups=[row["document"] for row in settled],
            )
            after = adapted.predict_proba([row["text"] for row in held_rows])
            figures[way].append(core_figures(adapted, held_rows, after))
    return figures


def corrections_table(measured: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    """Return the figures, by model, figure and way, as a Markdown table."""
    lines = [
        "| Model | Core figure | before | 100 by `suggest` | change, five halvings | 100 at random "
        "| change |",
        "| --- | --- | --: | --: | --- | --: | --- |",
    ]
    for name, by_figure in measured.items():
        for figure, by_way in by_figure.items():
            cells = [name, figure, f"{statistics.mean(by_way['before']):.3f}"]
            for way in WAYS:
                pairs = zip(by_way[way], by_way["before"], strict=True)
                changes = " ".join(f"{100 * (after - before):+.1f}" for after, before in pairs)
                cells += [f"{statistics.mean(by_way[way]):.3f}", changes]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--coded", type=Path, required=True, help="models.corpus.attach's output")
    rows = [
        row
        for row in read_labelled_rows(parser.parse_args().coded)
        if row["split"] == "development"
    ]
    models = {"accurate": load("accurate"), "fast": load("fast"), HEADS: fitted_to_written()}
    measured: dict[str, dict[str, dict[str, list[float]]]] = {}
    for name, classifier in models.items():
        found = measure(classifier, rows)
        measured[name] = {
            figure: {way: [round(pair[i], 4) for pair in pairs] for way, pairs in found.items()}
            for i, figure in enumerate(("macro-F1", "average precision"))
        }
    print(corrections_table(measured))
    figures = {
        "data": {
            "on": "development",
            "passages": len(rows),
            "documents": len({row["document"] for row in rows}),
            "settled": N,
        },
        "models": [model.coder_ for model in models.values()],
        "core": measured,
    }
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
