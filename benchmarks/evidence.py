"""How often the sentence quoted as evidence is one that a reader would quote.

``data/evidence.jsonl`` holds, for passages of the written corpus of three or more sentences that
report a failing, the sentence that carries each theme best and those that would do as well, marked
by one reader (a language model following the codebook) before any method was tried. Each passage is
scored by heads fitted on the documents of the other folds. Compared: what ships (the sentence taken
out, its length counted in), scoring each sentence by itself, the longest sentence, and one drawn at
random. The weight of the length was chosen among four on these same marks, which flatters a little.

Run ``python benchmarks/evidence.py``. Writes ``benchmarks/results/evidence.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from scr_themes import Codebook, MultilabelStratifiedGroupKFold, ThemeClassifier
from scr_themes.classifying.bundled import bundled_folder
from scr_themes.classifying.evidence import find_evidence
from scr_themes.classifying.features import extract
from scr_themes.encoding import OnnxEncoder
from scr_themes.reading.sentences import sentence_spans

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.build import fit, labels_of, read_recipe  # noqa: E402 - the checkout's own
from models.corpus.store import read_written  # noqa: E402

Span = tuple[int, int]


def covers(quoted: Span, marked: list[int]) -> bool:
    """Tell whether the two overlap by more than half of the marked sentence."""
    shared = min(quoted[1], marked[1]) - max(quoted[0], marked[0])
    return shared > 0.5 * (marked[1] - marked[0])


def main() -> None:
    """Measure every method on the same passages and folds."""
    codebook = Codebook.load()
    rows = read_written()
    place = {row["id"]: i for i, row in enumerate(rows)}
    lines = (ROOT / "benchmarks/data/evidence.jsonl").read_text(encoding="utf-8").splitlines()
    marks = [json.loads(line) for line in lines]
    encoder = OnnxEncoder(bundled_folder("minilm") / "encoder")
    features = extract(encoder, [row["text"] for row in rows])
    y = labels_of(rows, "themes", codebook)
    groups = np.array([row["document"] for row in rows])
    draw = np.random.default_rng(0)
    hits: dict[str, list[tuple[bool, bool]]] = {}
    splitter = MultilabelStratifiedGroupKFold(3, random_state=0)
    for train, test in splitter.split(features, y, groups):
        model = ThemeClassifier(encoder=None, codebook=codebook, **read_recipe()["heads"])
        fit(model, features[train], [rows[i] for i in train], codebook)
        held = set(test.tolist())
        for mark in (mark for mark in marks if place[mark["id"]] in held):
            text = rows[place[mark["id"]]]["text"]
            k = codebook.theme_ids.index(mark["theme"])
            spans = sentence_spans(text)
            alone = extract(encoder, [text[a:b] for a, b in spans])
            quoted = {
                "sentence taken out, and length": find_evidence(encoder, model.heads_, [text])[0][
                    k
                ],
                "sentence by itself": spans[int(model.heads_.scores(alone)[:, k].argmax())],
                "longest sentence": max(spans, key=lambda span: span[1] - span[0]),
                "at random": spans[int(draw.integers(len(spans)))],
            }
            for name, span in quoted.items():
                right = (any(covers(span, ok) for ok in mark["ok"]), covers(span, mark["best"]))
                hits.setdefault(name, []).append(right)
    figures = {}
    for name, right in hits.items():
        acceptable, best = np.mean(right, axis=0)
        figures[name] = {"acceptable": float(acceptable), "best": float(best), "of": len(right)}
        print(f"{name:32} acceptable {acceptable:.1%}  best {best:.1%}  of {len(right)}")
    out = ROOT / "benchmarks/results/evidence.json"
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
