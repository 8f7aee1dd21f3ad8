"""Packages that only some work needs, imported when that work is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from scr_themes.errors import MissingExtraError


def required(module: str, *, package: str, extra: str) -> Any:
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
        Its name, as ``import`` has it.
    package : str
        The package that brings it, as an index has it.
    extra : str
        The extra of ``scr-themes`` that brings the package.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed.

    Examples
    --------
    >>> required("no_such", package="no-such", extra="x")
    Traceback (most recent call last):
    scr_themes.errors.MissingExtraError: no-such: is not installed; run: pip install "scr-themes[x]"
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(package, extra) from error
