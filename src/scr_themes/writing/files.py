"""Text to a file: whole under its name, or what is finished under another."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from scr_themes.errors import WritingError


def to_bytes(text: str) -> bytes:
    r"""Encode as UTF-8; lone surrogates, from odd file names, as what are escapes in JSON.

    Examples
    --------
    >>> to_bytes("caf\udce9")
    b'caf\\udce9'
    """
    return text.encode("utf-8", "backslashreplace")


def write_file(pieces: Iterator[str], path: Path, n_finished: Callable[[], int]) -> None:
    """Write pieces of text to a file.

    Parameters
    ----------
    pieces : iterator of str
        What to write, each piece as soon as it comes.
    path : Path
        The file. It gets this name when all is written; until then ``.part`` is added to it.
        A device or pipe is written straight.
    n_finished : callable
        Tells how many documents are finished, for the note on an error that ends the writing.
        If there are any, the ``.part`` file stays.

    Raises
    ------
    WritingError
        If the file cannot be written.
    """
    path = _place(path)
    if path.exists() and not path.is_file():
        with _opened(path, path) as file:
            for piece in pieces:
                _put(file, piece, path)
        return
    part = path.with_name(f"{path.name}.part")
    with _opened(part, path) as file:
        try:
            whole = 0
            for piece in pieces:
                _put(file, piece, path)
                whole = file.tell()
        except BaseException as error:
            file.truncate(whole)
            file.close()
            _keep(part, n_finished(), error)
            raise
    _rename(part, path)


def save_file(save: Callable[[Path], None], path: Path, n_finished: Callable[[], int]) -> None:
    """Have a file written that does not grow piece by piece.

    Parameters
    ----------
    save : callable
        Writes the file whose path it is given. If it raises, it leaves a sound file of what was
        finished, or none.
    path, n_finished
        As for :func:`write_file`. A device or pipe is written once the file is whole.

    Raises
    ------
    WritingError
        If the file cannot be written.
    """
    path = _place(path)
    if path.exists() and not path.is_file():
        with _opened(path, path) as file, saved_aside(save) as whole:
            _put(file, whole.read_bytes(), path)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # what an earlier run left is no beginning of this one
        save(part)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    except BaseException as error:
        _keep(part, n_finished() if part.exists() else 0, error)
        raise
    _rename(part, path)


@contextmanager
def saved_aside(save: Callable[[Path], None]) -> Iterator[Path]:
    """Have a file written in a temporary folder, which goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="scr-themes-") as folder:
        file = Path(folder, "tags")
        save(file)
        yield file


def _place(path: Path) -> Path:
    path = path.resolve()  # through links, so that a link stays one
    if path.is_dir():
        raise WritingError(path, "is a folder", "name a file in it")
    return path


def _unwritable(path: Path, error: OSError) -> WritingError:
    fault = f"cannot be written ({error.strerror or error})"
    return WritingError(path, fault, "check its folder, its permissions and the room on the disk")


def _opened(path: Path, wanted: Path) -> FileIO:
    try:
        # Unbuffered: what is finished outlives a killed process.
        return path.open("wb", buffering=0)
    except OSError as error:
        raise WritingError(
            wanted, f"cannot be written ({error.strerror})", "check its folder and permissions"
        ) from error


def _put(file: FileIO, piece: str | bytes, path: Path) -> None:
    rest = memoryview(piece if isinstance(piece, bytes) else to_bytes(piece))
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except BrokenPipeError:
        raise  # no fault: whoever reads the pipe has had enough
    except OSError as error:
        raise WritingError(
            path, f"cannot be written ({error.strerror})", "make room or name another place"
        ) from error


def _keep(part: Path, n_finished: int, error: BaseException) -> None:
    """Keep what is finished and say where, or leave nothing behind."""
    if n_finished:
        files = "1 file" if n_finished == 1 else f"{n_finished} files"
        error.add_note(f"{files} finished before this: kept in {part}")
    else:
        part.unlink(missing_ok=True)


def _rename(part: Path, path: Path) -> None:
    if path.exists():
        with suppress(OSError):
            shutil.copymode(path, part)
    try:
        part.replace(path)
    except OSError as error:
        raise WritingError(
            path,
            f"cannot be replaced ({error.strerror}), and what was written is in {part}",
            "close what has it open, and rename that file",
        ) from error
