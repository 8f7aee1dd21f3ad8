"""The project: texts into the zip as they come, what is coded in them into a file beside it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from scr_themes.documents import Document, TaggedDocument
from scr_themes.reading.codings.refi_qda.layout import VERSION
from scr_themes.reading.codings.refi_qda.names import LAYOUT, PROJECT, xml_safe
from scr_themes.writing.refi_qda.codebook import HEAD, origin
from scr_themes.writing.refi_qda.codes import Codes
from scr_themes.writing.refi_qda.selections import coded, selections
from scr_themes.writing.refi_qda.sources import for_file, laid_out
from scr_themes.writing.refi_qda.xml import DATE, ZIP_DATE, described, empty, made_id, opening
from scr_themes.writing.settings import Settings

_ABOUT = (
    "Tags by scr_themes. Each coder is a user; a selection's description gives the page, the "
    "paragraph and how probable each code is where a model gave it."
)


def save(documents: Iterable[TaggedDocument], settings: Settings, path: Path) -> None:
    """Write a project.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write; one at a time is held. If it raises, the file holds those before.
    settings : Settings
        Whose codebook names and explains the codes.
    path : Path
        The file.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED))
        project = _Project(archive, Codes(settings.codebook), stack)
        try:
            for tagged in documents:
                project.add(tagged)
        finally:
            project.finish()


@dataclass(slots=True)
class _Source:
    """A document on its way into the project.

    Attributes
    ----------
    guid, name : str
        Its id and its name in the project.
    lead : int
        Characters that its file leaves out at the beginning.
    users : dict
        Who coded it; the values stand for nothing.
    parts : list of (int, int)
        Where in the temporary file its selections lie.
    """

    guid: str
    name: str
    lead: int
    users: dict[str, None] = field(default_factory=dict)
    parts: list[tuple[int, int]] = field(default_factory=list)


class _Project:
    """A project that documents are added to."""

    def __init__(self, archive: zipfile.ZipFile, codes: Codes, stack: ExitStack) -> None:
        self.archive = archive
        self.codes = codes
        self._selections = stack.enter_context(_aside())
        self._layout = stack.enter_context(_aside())
        self._sources: dict[str, _Source] = {}
        self._users: dict[str, str] = {}
        self._names: set[str] = set()
        self._n_added = 0
        self._note({"scr_themes": VERSION})

    def add(self, tagged: TaggedDocument) -> None:
        document = laid_out(tagged.document)
        user = made_id("user", tagged.coder)
        self._users.setdefault(user, xml_safe(tagged.coder) or "coder")
        source = self._source(document, user)
        xml, tags = [], []
        for index, passage in enumerate(tagged.passages):
            entry = coded(passage)
            if entry is not None:
                tags.append([index, *entry])
                xml.append(
                    selections(
                        document,
                        index,
                        passage,
                        source=source.guid,
                        user=user,
                        lead=source.lead,
                        codes=self.codes,
                    )
                )
        data = "".join(xml).encode()
        source.parts.append((self._selections.tell(), len(data)))
        self._selections.write(data)
        self._note(
            {
                "source": source.guid,
                "user": user,
                "name": self._users[user],
                "coder": tagged.coder,
                "order": self._n_added,
                "coded": tags,
            }
        )
        source.users[user] = None
        self._n_added += 1

    def _source(self, document: Document, user: str) -> _Source:
        """Return the source of a document; a new one if this coder has coded the other."""
        text, lead, replaced = for_file(document.text)
        data = text.encode()
        record = {
            "digest": hashlib.sha256(data).hexdigest(),
            "path": document.path,
            "title": document.title,
            "n_pages": document.n_pages,
            "warnings": document.warnings,
            "lead": lead,
            "replaced": replaced,
            "passages": [
                (one.index, one.start, one.end, one.page, one.paragraph, one.section, one.kind)
                for one in document.passages
            ],
        }
        n = 0
        while True:
            guid = made_id("source", record, n)
            source = self._sources.get(guid)
            if source is None:
                break
            if user not in source.users:
                return source
            n += 1
        self._put(f"sources/{guid}.txt", data)
        self._note({"source": guid, **record})
        name = self._name(document.name)
        source = self._sources[guid] = _Source(guid=guid, name=name, lead=len(lead))
        return source

    def _name(self, document: str) -> str:
        """Return a document's file name, as no other source is called.

        Some programs take no two alike, and some make a file of it: it has no folders.
        """
        last = re.split(r"[/\\]", document)[-1]
        wanted = name = xml_safe(" ".join(last.split())).strip(".") or "document"
        n = 1
        while name.casefold() in self._names:
            n += 1
            name = f"{wanted} ({n})"
        self._names.add(name.casefold())
        return name

    def finish(self) -> None:
        """Write what needs to know all documents."""
        with self.archive.open(_info("project.qde"), "w", force_zip64=True) as member:
            for piece in self._xml():
                member.write(piece)
        self._note(
            {
                "codes": {
                    guid: [kind, own_id, name]
                    for (kind, own_id), (guid, name) in self.codes.found.items()
                }
            }
        )
        self._layout.seek(0)
        with self.archive.open(_info(LAYOUT), "w", force_zip64=True) as member:
            shutil.copyfileobj(self._layout, member)

    def _xml(self) -> Iterator[bytes]:
        project = {
            "xmlns": PROJECT,
            "name": "scr_themes",
            "origin": origin(),
            "creationDateTime": DATE,
        }
        if self._users:
            project["creatingUserGUID"] = next(iter(self._users))
        yield (HEAD + opening("Project", **project) + "\n").encode()
        if self._users:
            users = (empty("User", guid=g, name=n) for g, n in self._users.items())
            yield ("<Users>\n" + "\n".join(users) + "\n</Users>\n").encode()
        if self.codes.found:
            yield ("<CodeBook>\n" + "".join(self.codes.xml()) + "</CodeBook>\n").encode()
        if self._sources:
            yield b"<Sources>\n"
            for source in self._sources.values():
                yield self._opened(source).encode()
                for start, length in source.parts:
                    self._selections.seek(start)
                    yield self._selections.read(length)
                yield b"</TextSource>\n"
            yield b"</Sources>\n"
        yield f"{described(_ABOUT)}\n</Project>\n".encode()

    def _opened(self, source: _Source) -> str:
        tag = opening(
            "TextSource",
            guid=source.guid,
            name=source.name,
            plainTextPath=f"internal://{source.guid}.txt",
            creatingUser=next(iter(source.users), next(iter(self._users), "")),
            creationDateTime=DATE,
        )
        return f"{tag}\n"

    def _note(self, record: dict[str, Any]) -> None:
        """Add a line to the file of what the standard has no place for."""
        self._layout.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")

    def _put(self, name: str, data: bytes) -> None:
        with self.archive.open(_info(name), "w") as member:
            member.write(data)


def _aside() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _info(name: str) -> zipfile.ZipInfo:
    """Describe a member of the zip, the same whenever and wherever it is written."""
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
