"""Files to written tags: ``scr-themes tag`` on a folder of PDFs, against the plain way.

The plain way is what a careful analyst would write in an afternoon: pdfplumber for the text of each
page, blank lines or long pages cut into paragraphs of at most 100 words, sentence-transformers
(MiniLM, its defaults) for vectors, a logistic regression for each theme, a line of JSON a passage.
Weights of the regressions do not matter for speed and are drawn at random. Both run in processes of
their own from start to end, loading included, in turn, so many times each. Where the time of ours
goes is measured apart, in one process on one thread: there shares add up.

Run ``python benchmarks/pipeline.py FOLDER --minilm FOLDER`` (needs pdfplumber and
sentence-transformers). Writes ``benchmarks/results/pipeline.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORDS = 100


def plain(folder: Path, minilm: Path, out: Path) -> None:
    """Do it the plain way."""
    import numpy as np  # noqa: PLC0415 - its time counts
    import pdfplumber  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.multiclass import OneVsRestClassifier  # noqa: PLC0415

    model = SentenceTransformer(str(minilm), device="cpu")
    draw = np.random.default_rng(0)
    heads = OneVsRestClassifier(LogisticRegression())
    heads.fit(draw.standard_normal((170, 384)), np.eye(17, dtype=int).repeat(10, axis=0))
    with out.open("w", encoding="utf-8") as file:
        for path in sorted(folder.rglob("*.pdf")):
            passages = []
            with pdfplumber.open(path) as pdf:
                for page in pdf.pages:
                    words = (page.extract_text() or "").split()
                    passages += [
                        (page.page_number, " ".join(words[i : i + WORDS]))
                        for i in range(0, len(words), WORDS)
                    ]
            if not passages:
                continue
            chances = heads.predict_proba(model.encode([text for _, text in passages]))
            for (number, text), row in zip(passages, chances, strict=True):
                record = {"document": str(path), "page": number, "text": text}
                file.write(json.dumps({**record, "themes": row.round(4).tolist()}) + "\n")


def shares(folder: Path, model: str) -> dict[str, Any]:
    """Return the seconds of each part of ours, in one process on one thread."""
    from scr_themes import read, write  # noqa: PLC0415 - not in the plain process
    from scr_themes.classifying import open_reader  # noqa: PLC0415
    from scr_themes.classifying.cascade import CascadeReader  # noqa: PLC0415
    from scr_themes.documents import TaggedDocument  # noqa: PLC0415
    from scr_themes.encoding.wordpieces import WordPieces  # noqa: PLC0415

    spent = dict.fromkeys(("reading", "tokenizing", "scoring", "writing"), 0.0)
    whole = WordPieces.ids

    def ids(self: WordPieces, texts: Any) -> Any:
        began = time.perf_counter()
        found = whole(self, texts)
        spent["tokenizing"] += time.perf_counter() - began
        return found

    WordPieces.ids = ids  # type: ignore[method-assign]
    classifier = open_reader(model)
    for part in (classifier.first, classifier) if isinstance(classifier, CascadeReader) else ():
        part.encoder_.n_threads = 1  # type: ignore[union-attr]
    classifier.encoder_.n_threads = 1  # type: ignore[union-attr]
    pages = passages = 0
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(folder.rglob("*.pdf")):
            began = time.perf_counter()
            document = read(path)
            spent["reading"] += time.perf_counter() - began
            began, before = time.perf_counter(), spent["tokenizing"]
            found = tuple(classifier.tag(document.passages))
            spent["scoring"] += time.perf_counter() - began - (spent["tokenizing"] - before)
            began = time.perf_counter()
            tagged = TaggedDocument(document=document, passages=found, coder=classifier.coder_)
            write([tagged], Path(scratch, "one.jsonl"))
            spent["writing"] += time.perf_counter() - began
            pages += document.n_pages or 0
            passages += len(found)
    return {"pages": pages, "passages": passages, "seconds": spent}


def main() -> None:
    """Time both, in turn, and where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--model", default="cascade")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args()
    if options.plain is not None:
        plain(options.folder, options.minilm, options.plain)
        return
    folder = str(options.folder)
    with tempfile.TemporaryDirectory() as scratch:
        out = str(Path(scratch, "tags.jsonl"))
        commands = {
            "ours": [sys.executable, "-m", "scr_themes", "tag", folder, "--model", options.model,
                     "-o", out],
            "plain": [sys.executable, __file__, folder, "--minilm", str(options.minilm),
                      "--plain", out],
        }  # fmt: skip
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                began = time.perf_counter()
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                taken[name].append(time.perf_counter() - began)
                print(name, round(taken[name][-1], 1), flush=True)
    parts = shares(options.folder, options.model)
    total = sum(parts["seconds"].values())
    ratios = [a / b for a, b in zip(taken["plain"], taken["ours"], strict=True)]
    data = {
        "model": options.model,
        "pages": parts["pages"],
        "passages": parts["passages"],
        "seconds": {name: [round(s, 2) for s in each] for name, each in taken.items()},
        "pages_per_second": {
            name: round(parts["pages"] / statistics.median(each), 1) for name, each in taken.items()
        },
        "times_as_fast": round(statistics.median(ratios), 1),
        "shares_on_one_thread": {
            part: round(seconds / total, 3) for part, seconds in parts["seconds"].items()
        },
    }
    results = ROOT / "benchmarks/results/pipeline.json"
    results.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1))


if __name__ == "__main__":
    main()
