"""Vectors to tags: :class:`ThemeClassifier`, the bundled models, saving and loading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scr_themes.classifying.bundled import load, open_reader
    from scr_themes.classifying.classifier import ThemeClassifier

__all__ = ["ThemeClassifier", "load", "open_reader"]


def __getattr__(name: str) -> Any:
    # Late: what fits a classifier brings scikit-learn, which reading passages can do without.
    if name == "ThemeClassifier":
        from scr_themes.classifying.classifier import ThemeClassifier  # noqa: PLC0415

        return ThemeClassifier
    if name in __all__:
        from scr_themes.classifying import bundled  # noqa: PLC0415

        return getattr(bundled, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
