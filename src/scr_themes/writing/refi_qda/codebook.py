"""The codebook alone, as ``.qdc``."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from scr_themes.codebook import Codebook
from scr_themes.errors import WritingError
from scr_themes.reading.codings.refi_qda.names import CODEBOOK
from scr_themes.writing.refi_qda.codes import Codes
from scr_themes.writing.refi_qda.xml import opening


def write_codebook(codebook: Codebook, path: str | os.PathLike[str]) -> None:
    """Write a codebook for other programs.

    Themes and roles are codes, each with its definition, what counts and what does not, examples
    and its id. :func:`scr_themes.reading.codings.refi_qda.read_codebook` reads it back; what a
    ``.qdc`` has no place for (version, rules, which themes are core) is left out.

    Parameters
    ----------
    codebook : Codebook
        What to write.
    path : path
        The file, by custom ending in ``.qdc``.

    Raises
    ------
    WritingError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from scr_themes.reading.codings.refi_qda import read_codebook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_codebook(Codebook.load(), Path(folder, "codes.qdc"))
    ...     read_codebook(Path(folder, "codes.qdc"))["recording"].title
    'Poor recording'
    """
    root = opening("CodeBook", xmlns=CODEBOOK, origin=origin())
    pieces = [HEAD, root, "\n", *Codes(codebook).xml(), "</CodeBook>\n"]
    try:
        Path(path).write_bytes("".join(pieces).encode())
    except OSError as error:
        raise WritingError(
            path, f"cannot be written ({error.strerror})", "check its folder and permissions"
        ) from error


HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def origin() -> str:
    """Return the name of this program, as files give it."""
    try:
        return f"scr_themes {version('scr-themes')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "scr_themes"
