"""What rounding to int8 costs: each bundled model against itself in fp32.

The fp32 encoder is exported anew from the trained network that ``python -m models.build`` left in
its work folder, and put under the shipped heads. On one split of both corpora: how many of the
passage-theme decisions and of the passages are the same, and macro-F1 of both.

Run ``python benchmarks/rounding.py --coded coded.jsonl --pool POOL --work build/models``. Writes
``benchmarks/results/rounding.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from scr_themes import load
from scr_themes.classifying.classifier import assemble
from scr_themes.encoding import OnnxEncoder

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.build import MODELS, Build, add_arguments, read_recipe  # noqa: E402 - the checkout's own
from models.cascade import macro_f1s  # noqa: E402
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.tables import table  # noqa: E402


def compare(name: str, build: Build, rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return how a model and its own fp32 agree, and the F1 of both."""
    shipped = load(name)
    texts = [row["text"] for row in rows]
    book = shipped.codebook_
    with tempfile.TemporaryDirectory() as scratch:
        encoder = OnnxEncoder(build.export(name, Path(scratch, "encoder"), int8=False))
        plain = assemble(encoder, book, shipped.heads_, shipped.role_head_)
        proba = {"int8": shipped.predict_proba(texts), "fp32": plain.predict_proba(texts)}
    chosen = {kind: found >= shipped.heads_.thresholds for kind, found in proba.items()}
    same = chosen["int8"] == chosen["fp32"]
    figures = {
        "decisions_same": float(same.mean()),
        "passages_same": float(same.all(axis=1).mean()),
        "largest_difference": float(np.abs(proba["int8"] - proba["fp32"]).max()),
    }
    f1s = {kind: macro_f1s(found, rows, shipped) for kind, found in proba.items()}
    for corpus in ("coded", "written"):
        for kind, found in f1s.items():
            figures[f"{corpus}_core_f1_{kind}"] = found[f"{corpus}_core"]
            figures[f"{corpus}_f1_{kind}"] = found[f"{corpus}_all"]
    return figures


def main() -> None:
    """Compare both models on one split."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--on", choices=("test", "development"), default="development")
    options = parser.parse_args()
    rows = read_labelled_rows(options.coded)
    build = Build(read_recipe(), rows, options.pool, options.work)
    held = [row for row in rows if row["split"] == options.on]
    figures = {name: compare(name, build, held) for name in MODELS}
    out = ROOT / "benchmarks/results/rounding.json"
    out.write_text(json.dumps({"on": options.on, "models": figures}, indent=1) + "\n")
    keys = list(next(iter(figures.values())))
    lines = [[key.replace("_", " "), *(f"{f[key]:.3f}" for f in figures.values())] for key in keys]
    print(table(["", *figures], lines))


if __name__ == "__main__":
    main()
