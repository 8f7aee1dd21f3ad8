"""The zip of a project: its members, by the names that the XML gives them, within limits."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from scr_themes.errors import ReadingError
from scr_themes.reading.codings.refi_qda.names import LAYOUT

# Unpacked, far beyond what projects of text hold; more is a mistake or a zip bomb.
_LARGEST_PROJECT = 2 << 30
_LARGEST_TEXT = 256 << 20
_MOST_MEMBERS = 200_000

_REMEDY = "export the project again"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Archive:
    """A project's zip, opened; nothing of it is ever unpacked to the disk.

    Parameters
    ----------
    path : Path
        The file, for errors.
    members : zipfile.ZipFile
        It, opened.
    """

    def __init__(self, path: Path, members: zipfile.ZipFile) -> None:
        self.path = path
        self._zip = members
        infos = [info for info in members.infolist() if not info.is_dir()]
        if len(infos) > _MOST_MEMBERS:
            raise ReadingError(path, f"holds {len(infos):,} files", "give a REFI-QDA project")
        self._by_path = {info.filename.replace("\\", "/").lower(): info for info in infos}
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for place, info in self._by_path.items():
            self._by_name.setdefault(place.rsplit("/", 1)[-1], info)

    @contextmanager
    def project(self) -> Iterator[IO[bytes]]:
        """Open ``project.qde``, or the one file with that ending."""
        info = self._by_path.get("project.qde")
        if info is None:
            found = [info for place, info in self._by_path.items() if place.endswith(".qde")]
            if len(found) != 1:
                fault = "holds no project.qde" if not found else "holds several .qde files"
                raise ReadingError(self.path, fault, "give a REFI-QDA project (.qdpx)")
            info = found[0]
        with self._opened(info, _LARGEST_PROJECT) as stream:
            yield stream

    def text(self, url: str) -> tuple[str, bool, bytes] | None:
        """Read the text that ``internal://...`` names.

        Returns
        -------
        tuple of (str, bool, bytes) or None
            The text without a byte order mark, whether it had one, and the file's bytes; None if
            there is no such file.
        """
        name = url.removeprefix("internal://").strip("/").replace("\\", "/").lower()
        for wanted in (name, unquote(name)):
            info = self._by_path.get(f"sources/{wanted}") or self._by_path.get(wanted)
            info = info or self._by_name.get(wanted.rsplit("/", 1)[-1])
            if info is not None:
                with self._opened(info, _LARGEST_TEXT) as stream:
                    data = stream.read()
                return (*_decoded(data), data)
        return None

    def layout(self) -> bytes:
        """Read our own file on passages and probabilities; empty where there is none."""
        info = self._by_path.get(LAYOUT)
        if info is None:
            return b""
        with self._opened(info, _LARGEST_PROJECT) as stream:
            return stream.read()

    @contextmanager
    def _opened(self, info: zipfile.ZipInfo, most: int) -> Iterator[IO[bytes]]:
        where = f"{self.path}:{info.filename}"
        if info.file_size > most:  # zipfile reads no more than the directory says
            raise ReadingError(
                where, f"is {info.file_size >> 20:,} MB unpacked", "give a project of texts"
            )
        try:
            with self._zip.open(info) as stream:
                yield stream
        except _FAULTS as error:
            raise ReadingError(where, f"is damaged ({error})", _REMEDY) from error


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a project's zip.

    Raises
    ------
    ReadingError
        If the file is missing, cannot be read, or is no sound zip.
    """
    try:
        members = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise ReadingError(path, "no such file", "check the path") from error
    except OSError as error:
        raise ReadingError(
            path, f"cannot be read ({error.strerror or error})", "check its permissions"
        ) from error
    except (*_FAULTS, ValueError) as error:
        raise ReadingError(path, f"is no sound zip ({error})", _REMEDY) from error
    with members:
        yield Archive(path, members)


def _decoded(data: bytes) -> tuple[str, bool]:
    """Return the text of a source; the standard has it in UTF-8, with or without a mark."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), True
    return data.decode("utf-8", "replace"), False
