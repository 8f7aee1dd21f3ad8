"""How often the sentence quoted as evidence, or one of two in a row, is one that a coder marked.

200 passages drawn from a split of both corpora, 100 coded and 100 written, of at least three
sentences that carry a theme. For every theme of theirs, coders who knew nothing of any model
marked the sentence, seldom two, that shows it: two coders on coded passages, one on written ones.
Right is a quoted sentence that any of them marked. Compared with each model: the longest sentence,
and one drawn at random.

Run ``python benchmarks/evidence.py --coded coded.jsonl``. Writes
``benchmarks/results/evidence.json``. ``--on test`` is for finished models.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from scr_themes import ThemeClassifier, load
from scr_themes.classifying.attention import Attended, columns_of
from scr_themes.classifying.evidence import attended_evidence
from scr_themes.classifying.features import read_products
from scr_themes.reading.sentences import cover_each_other, sentence_spans

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.corpus.attach import read_labelled_rows, with_text  # noqa: E402 - the checkout's own
from models.corpus.store import HERE, Row, read_jsonl  # noqa: E402
from models.tables import table  # noqa: E402

MODELS = ("accurate", "fast")
EACH = 100  # passages of each corpus
Span = tuple[int, int]
Marks = Mapping[str, Mapping[str, list[Span]]]


def marks_of(rows: list[Row]) -> Marks:
    """Return the marked spans of each theme of each passage, all coders' together."""
    texts = {row["id"]: row for row in rows}
    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for name in ("coded-first", "coded-second", "written-second"):
        for coding in read_jsonl(HERE / "codings" / f"{name}.jsonl"):
            row = texts.get(coding["id"])
            if row is None:
                continue
            marked = coding if name.startswith("written") else with_text(coding, row["text"])
            for theme, spans in marked["evidence"].items():
                if theme in row["themes"]:
                    found[row["id"]][theme] += [(start, end) for start, end in spans]
    return found


def quotes(classifier: ThemeClassifier, rows: list[Row]) -> list[dict[str, Span]]:
    """Return what a model would quote for each theme, tagged or not."""
    texts, heads = [row["text"] for row in rows], classifier.heads_
    looks = list(Attended(read_products(classifier.encoder_, texts, columns_of(heads, None))))
    found = attended_evidence(heads, texts, looks)
    return [dict(zip(classifier.themes, spans, strict=True)) for spans in found]


def main() -> None:
    """Measure each model, and two ways without one, on the same passages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coded", type=Path, required=True, help="what models.corpus.attach wrote")
    parser.add_argument("--on", choices=("test", "development"), default="development")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/evidence.json")
    options = parser.parse_args()
    held = [
        row
        for row in read_labelled_rows(options.coded)
        if row["split"] == options.on and len(sentence_spans(row["text"])) > 2
    ]
    marks = marks_of(held)
    draw = random.Random(2026)
    rows = [
        row
        for corpus in ("coded", "written")
        for row in draw.sample(
            [row for row in held if row["corpus"] == corpus and marks.get(row["id"])], EACH
        )
    ]
    ways = {f"scr_themes {name}": quotes(load(name), rows) for name in MODELS}
    spans = [sentence_spans(row["text"]) for row in rows]
    ways["longest sentence"] = [
        dict.fromkeys(row["themes"], max(found, key=lambda span: span[1] - span[0]))
        for row, found in zip(rows, spans, strict=True)
    ]
    ways["at random"] = [
        {theme: draw.choice(found) for theme in row["themes"]}
        for row, found in zip(rows, spans, strict=True)
    ]
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for name, quoted in ways.items():
        figures[name] = {}
        for corpus in ("coded", "written", "both"):
            right = [
                any(cover_each_other(said[theme], mark) for mark in marked)
                for row, said in zip(rows, quoted, strict=True)
                if corpus in (row["corpus"], "both")
                for theme, marked in marks[row["id"]].items()
            ]
            figures[name][corpus] = {"right": sum(right), "of": len(right)}
        figures[name]["two"] = {
            "right": sum(
                len(sentence_spans(row["text"][slice(*said[theme])])) > 1
                for row, said in zip(rows, quoted, strict=True)
                for theme in marks[row["id"]]
            ),
            "of": figures[name]["both"]["of"],
        }
    options.out.write_text(
        json.dumps({"on": options.on, "passages": len(rows), "ways": figures}, indent=1) + "\n",
        encoding="utf-8",
    )
    print(evidence_table(figures))


def evidence_table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """Return the Markdown table of the benchmark notes."""
    return table(
        ["Quoted", "real text", "written", "both", "two sentences quoted"],
        [
            [
                name,
                *(
                    f"{counts['right'] / counts['of']:.0%} ({counts['right']} of {counts['of']})"
                    for counts in found.values()
                ),
            ]
            for name, found in figures.items()
        ],
    )


if __name__ == "__main__":
    main()
