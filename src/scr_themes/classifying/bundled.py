"""The models that come with the package."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scr_themes.classifying.reader import ThemeReader
from scr_themes.classifying.storage import read_model, read_reader
from scr_themes.encoding.protocol import Encoder

if TYPE_CHECKING:
    from scr_themes.classifying.classifier import ThemeClassifier

DEFAULT_MODEL = "accurate"
_PACKAGE = Path(__file__).resolve().parent.parent
# In a wheel the models lie inside the package; in a checkout, at its root.
_PLACES = (_PACKAGE / "models", _PACKAGE.parent.parent / "models")


def bundled_folder(name: str | os.PathLike[str]) -> Path | None:
    """Return the folder of the bundled model of that name, or None if there is none."""
    if not isinstance(name, str) or not name.isidentifier():
        return None
    for place in _PLACES:
        if (place / name / "model.json").is_file():
            return place / name
    return None


def load(
    model: str | os.PathLike[str] = DEFAULT_MODEL, *, encoder: Encoder | None = None
) -> ThemeClassifier:
    """Load a model: no network, no pickle, every file checked against its checksum.

    Parameters
    ----------
    model : str or path-like, default "accurate"
        The name of a bundled model, or the folder of your own. "accurate"; "fast", 26 times as
        fast; or "cascade", in which the fast one answers what it is sure of and the accurate one
        reads the rest. A folder of the same name in the current directory is reached as
        ``"./accurate"``.
    encoder : Encoder, optional
        The encoder, for a model that was saved without one.

    Returns
    -------
    ThemeClassifier
        Fitted, ready for :meth:`~ThemeClassifier.tag`.

    Raises
    ------
    ModelError
        If there is no such model, or a file of it is missing or has changed.

    Examples
    --------
    >>> classifier = load()
    >>> classifier.themes[:2]
    ('information_sharing', 'parental_risk')
    """
    return read_model(bundled_folder(model) or model, encoder=encoder)


def open_reader(model: str | os.PathLike[str] = DEFAULT_MODEL) -> ThemeReader:
    """Load a model to read passages with, and no more: what :func:`load` takes, without the fit.

    Parameters
    ----------
    model : str or path-like, default "accurate"

    Returns
    -------
    ThemeReader

    Raises
    ------
    ModelError
        As :func:`load` does.
    """
    return read_reader(bundled_folder(model) or model)
