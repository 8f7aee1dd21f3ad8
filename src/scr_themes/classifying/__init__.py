"""Vectors to tags: :class:`ThemeClassifier`, the bundled models, saving and loading."""

from scr_themes.classifying.bundled import load
from scr_themes.classifying.classifier import ThemeClassifier

__all__ = ["ThemeClassifier", "load"]
