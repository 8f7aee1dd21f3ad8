"""Why a model errs: some of its errors, read one by one and sorted into causes.

::

    python benchmarks/errors.py draw --coded coded.jsonl -o sheet.jsonl     # 80 errors, to read
    python benchmarks/errors.py count sheet.jsonl                           # sorted: count them

``draw`` takes errors of ``accurate`` on the development split at random from each of four sorts:
on coded or written passages, of a core theme or another; so that the counts are no shares of all
errors. Whoever reads the sheet sets ``cause`` in each line to one of ``errors.toml``'s. ``count``
writes ``benchmarks/results/errors.json`` (the model, ids, themes and causes, no text) and prints
the table.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.card import causes_table, read_causes  # noqa: E402 - the checkout's own
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.corpus.store import Row, read_jsonl  # noqa: E402
from scr_themes import ThemeClassifier, load  # noqa: E402

RESULTS = ROOT / "benchmarks/results/errors.json"
EACH = 20  # of each corpus, core and further themes
KEPT = ("id", "corpus", "theme", "core", "error", "probability", "model", "cause")


def errors_of(classifier: ThemeClassifier, rows: list[Row]) -> list[dict[str, Any]]:
    """Return every theme that the model misses or gives wrongly, left open by no coder."""
    cuts = classifier.cuts(None)
    found = []
    probabilities = classifier.predict_proba([row["text"] for row in rows])
    for row, scores in zip(rows, probabilities.tolist(), strict=True):
        for theme, score in zip(classifier.themes, scores, strict=True):
            carried = theme in row["themes"]
            if theme not in row["either"] and carried != (score >= cuts[theme]):
                found.append(
                    {
                        "id": row["id"],
                        "corpus": row["corpus"],
                        "theme": theme,
                        "core": theme in classifier.codebook_.core_ids,
                        "error": "missed" if carried else "wrong",
                        "probability": round(score, 3),
                        "threshold": round(cuts[theme], 3),
                        "themes": row["themes"],
                        "text": row["text"],
                        "model": classifier.coder_,
                        "cause": None,
                    }
                )
    return found


def draw(coded: Path, sheet: Path) -> None:
    """Write the sheet to read."""
    classifier = load("accurate")
    rows = [row for row in read_labelled_rows(coded) if row["split"] == "development"]
    errors = errors_of(classifier, rows)
    drawn = random.Random(2026)
    chosen = []
    for corpus in ("coded", "written"):
        for core in (True, False):
            held = [e for e in errors if (e["corpus"], e["core"]) == (corpus, core)]
            chosen += drawn.sample(held, min(EACH, len(held)))
            print(f"{corpus}, {'core' if core else 'further'} themes: {len(held)} errors")
    lines = [json.dumps(error, ensure_ascii=False) for error in chosen]
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(chosen)} of {len(errors)} errors: {sheet}")


def count(sheet: Path) -> None:
    """Count the causes of a sheet that was read, and keep them."""
    errors, causes = list(read_jsonl(sheet)), read_causes()
    for n, error in enumerate(errors, start=1):
        if error["cause"] not in causes[error["error"]]:
            sys.exit(
                f"{sheet}: line {n}: cause is {error['cause']!r}; for {error['error']} give one of "
                f"{', '.join(causes[error['error']])}"
            )
    kept = [{key: error[key] for key in KEPT} for error in errors]
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(causes_table(kept))


def main() -> None:
    """Draw or count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    drawing = steps.add_parser("draw", help="write a sheet of errors to read")
    drawing.add_argument(
        "--coded", type=Path, required=True, help="what models.corpus.attach wrote"
    )
    drawing.add_argument("-o", "--out", type=Path, required=True)
    counting = steps.add_parser("count", help="count the causes of a sheet that was read")
    counting.add_argument("sheet", type=Path)
    options = parser.parse_args()
    if options.step == "draw":
        draw(options.coded, options.out)
    else:
        count(options.sheet)


if __name__ == "__main__":
    main()
