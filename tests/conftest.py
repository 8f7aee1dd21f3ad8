"""What tests of several stages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.coded import fit_tiny_classifier

if TYPE_CHECKING:
    from scr_themes.classifying import ThemeClassifier

# How long an example takes depends on what else the machine is doing.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def tiny_classifier() -> ThemeClassifier:
    """A classifier of three themes and four roles; tests must not change it."""
    return fit_tiny_classifier()
