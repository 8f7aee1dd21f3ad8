"""Encoders that several of these tests use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scr_themes.classifying.bundled import bundled_folder
from scr_themes.encoding import OnnxEncoder
from tests.training.bert import TINY


@pytest.fixture(scope="session")
def tiny_encoder():
    """A tiny int8 transformer whose window is 32 tokens; not to be changed."""
    return OnnxEncoder(TINY, n_threads=1)


@pytest.fixture
def exported(tmp_path):
    """A copy of its folder to damage."""
    return Path(shutil.copytree(TINY, tmp_path / "encoder"))


@pytest.fixture(scope="session")
def shipped_encoder():
    """The encoder that ships: a transformer, which takes one text a call."""
    return _bundled("accurate")


@pytest.fixture(scope="session")
def packing_encoder():
    """The other one that ships, which takes several."""
    return _bundled("fast")


def _bundled(name: str) -> OnnxEncoder:
    folder = bundled_folder(name)
    if folder is None:
        pytest.skip(f"models/{name} is not built")
    return OnnxEncoder(folder / "encoder")
