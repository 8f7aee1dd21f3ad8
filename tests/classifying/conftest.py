"""Classifiers that several of these tests use."""

from __future__ import annotations

import pytest

from scr_themes.classifying.bundled import bundled_folder
from scr_themes.encoding import OnnxEncoder
from tests.classifying.cases import GROUPS, LABELS, ROLES, TEXTS, tiny
from tests.training.bert import TINY


@pytest.fixture(scope="session")
def counting():
    """A classifier of word counts with three themes and four roles; not to be changed."""
    return tiny().fit(TEXTS, LABELS, roles=ROLES, groups=GROUPS)


@pytest.fixture(scope="session")
def onnx_classifier():
    """The same over a tiny int8 transformer, whose window is 32 tokens; not to be changed."""
    return tiny(encoder=OnnxEncoder(TINY, n_threads=2)).fit(
        TEXTS, LABELS, roles=ROLES, groups=GROUPS
    )


@pytest.fixture(scope="session")
def shipped_folder():
    """The folder of the model that ships."""
    folder = bundled_folder("accurate")
    if folder is None:
        pytest.skip("models/accurate is not built: see models/README.md")
    return folder
