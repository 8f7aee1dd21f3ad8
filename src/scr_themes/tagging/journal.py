"""A folder of finished documents: a batch that was stopped goes on from it.

Each finished document is one file, written under another name and then renamed, so that a kill
leaves it whole or not there. Its name is a checksum of all that its tags hang on: the file's bytes,
the path that it is called by, how it is read, the model, and the versions of this package and of
what runs the model. Whatever of these changes, the document is done again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from scr_themes.documents import TaggedDocument
from scr_themes.errors import WritingError
from scr_themes.tagging.records import from_record, to_record

_FORMAT = 1
_ENDING = ".json.gz"


@dataclass(frozen=True, slots=True)
class Journal:
    """Where finished documents are kept.

    Parameters
    ----------
    folder : Path
        Made when the first document is kept.
    setting : str
        What the tags hang on beside the file: model, reading, versions.
    """

    folder: Path
    setting: str

    def key(self, name: str, content: bytes) -> str:
        """Return what a document is kept under.

        Parameters
        ----------
        name : str
            What it is called by.
        content : bytes
            What its file holds.
        """
        beside = f"{_FORMAT}\0{self.setting}\0{name}\0"
        state = hashlib.sha256(beside.encode("utf-8", "backslashreplace"))
        state.update(content)
        return state.hexdigest()

    def get(self, key: str) -> TaggedDocument | None:
        """Return a finished document; None if there is none, or its file is damaged."""
        try:
            return from_record(json.loads(gzip.decompress(self._file(key).read_bytes())))
        except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def put(self, key: str, tagged: TaggedDocument) -> None:
        """Keep a finished document.

        Raises
        ------
        WritingError
            If it cannot be written.
        """
        file = self._file(key)
        part = file.with_name(f".{key}.{uuid4().hex}.part")
        data = json.dumps(to_record(tagged), separators=(",", ":"))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(gzip.compress(data.encode(), compresslevel=1, mtime=0))
            part.replace(file)
        except OSError as error:
            raise WritingError(
                self.folder, f"cannot be written ({error.strerror})", "make room or name another"
            ) from error

    def remove(self) -> None:
        """Delete what is kept, and the folder if nothing else lies in it."""
        for file in self.folder.glob(f"*{_ENDING}"):
            file.unlink(missing_ok=True)
        for part in self.folder.glob(".*.part"):
            part.unlink(missing_ok=True)
        with suppress(OSError):  # not there, or it holds what is not ours
            self.folder.rmdir()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{_ENDING}"
