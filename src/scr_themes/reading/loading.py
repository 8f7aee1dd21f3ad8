"""The bytes of a file, or a clear word on why they cannot be had."""

from __future__ import annotations

from pathlib import Path

from scr_themes.errors import ReadingError


def load_bytes(path: Path) -> bytes:
    """Read a file's bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bytes
        What it holds; never only white space.

    Raises
    ------
    ReadingError
        If it is missing, a folder, empty or not permitted.

    Examples
    --------
    >>> load_bytes(Path("no-such-file.pdf"))
    Traceback (most recent call last):
    scr_themes.errors.ReadingError: no-such-file.pdf: no such file; check the path
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadingError(path, "no such file", "check the path") from error
    except PermissionError as error:
        raise ReadingError(path, "not permitted to read it", "check its permissions") from error
    except IsADirectoryError as error:
        raise ReadingError(path, "is a folder", "give a file, or tag the whole folder") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadingError(path, f"cannot be read ({reason})", "check the path") from error
    if not data.strip():
        raise ReadingError(path, "is empty", "check that it was saved or downloaded whole")
    return data
