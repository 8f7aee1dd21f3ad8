"""``project.qde`` to plain objects: users, codes, sources and what is coded in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from lxml import etree

from scr_themes.errors import ReadingError
from scr_themes.reading.codings.refi_qda.names import PROJECT, folded_id


@dataclass(frozen=True, slots=True)
class Coding:
    """A code that somebody gave; ids are folded, empty where the file gives none."""

    code: str
    user: str


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch of a text, in the positions of whoever wrote the file."""

    start: int
    end: int
    name: str = ""
    description: str = ""
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSource:
    """A text that can be read: a source, or what another kind of source has as text.

    Attributes
    ----------
    guid, name : str
        Its id, and what it is called.
    path : str
        Where the text is, ``internal://...``; empty where ``content`` has it.
    content : str or None
        The text itself.
    selections : tuple of Selection
        What is selected in it, coded or not.
    """

    guid: str
    name: str
    path: str = ""
    content: str | None = None
    selections: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A coding that is on no words."""

    coding: Coding
    source: str
    quote: str
    reason: str


@dataclass(slots=True)
class Project:
    """What a project says, texts aside."""

    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    texts: list[TextSource] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)


_WHOLE = "is on the whole source, not on words of it"
_AREAS = {
    "PDFSelection": "is on an area of a page, not on words of the text",
    "PictureSelection": "is on an area of a picture",
    "AudioSelection": "is on a stretch of sound",
    "VideoSelection": "is on a stretch of film",
}
_TEXTS = ("Representation", "TextDescription", "Transcript")
_SOURCES = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
_TOP = (*_SOURCES, "Note", "Users", "CodeBook")


def parse(stream: IO[bytes], where: str) -> Project:
    """Read ``project.qde``, source by source.

    Parameters
    ----------
    stream : binary stream
        The XML. No entity is resolved, and nothing is fetched.
    where : str
        What it is called in errors.

    Raises
    ------
    ReadingError
        If it is no XML, brings a document type, or is no project.
    """
    project = Project()
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in _TOP],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, element in events:
            parent = element.getparent()
            if parent is None or _local(parent) not in ("Project", "Sources", "Notes"):
                continue
            _take(project, element)
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise ReadingError(where, f"is no sound XML ({error})", "export the project again") from (
            error
        )
    root = events.root
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadingError(where, "brings a document type of its own", "give a REFI-QDA project")
    if _local(root) != "Project":
        raise ReadingError(where, f"is a {_local(root)}, not a Project", f"see {PROJECT}")
    project.origin = root.get("origin") or ""
    return project


def _take(project: Project, element: etree._Element) -> None:
    kind = _local(element)
    if kind == "Users":
        project.users = _users(element)
    elif kind == "CodeBook":
        project.codes = code_names(element)
    elif kind == "Note":
        _take_text(project, element, element.get("name") or "", memo=True)
    else:
        _take_source(project, element, kind)


def _take_source(project: Project, element: etree._Element, kind: str) -> None:
    name = element.get("name") or folded_id(element.get("guid"))
    if kind == "TextSource":
        _take_text(project, element, name)
        return
    for child in _children(element):
        part = _local(child)
        if part in _TEXTS:
            _take_text(project, child, name)
        elif part == "Coding":
            project.unplaced.append(Unplaced(_coding(child, ""), name, "", _WHOLE))
        elif part in _AREAS:
            quote = _quote(child)
            for coding in _codings(child):
                project.unplaced.append(Unplaced(coding, name, quote, _AREAS[part]))


def _take_text(project: Project, element: etree._Element, name: str, *, memo: bool = False) -> None:
    selections = []
    content: str | None = None
    places = {
        folded_id(child.get("guid")): _number(child.get("position"))
        for child in _children(element, "SyncPoint")
    }
    for child in _children(element):
        part = _local(child)
        if part == "PlainTextContent":
            content = child.text or ""
        elif part == "Coding":
            reason = "is on a memo" if memo else _WHOLE
            project.unplaced.append(Unplaced(_coding(child, ""), name, "", reason))
        elif part in ("PlainTextSelection", "TranscriptSelection"):
            start = _number(child.get("startPosition"))
            end = _number(child.get("endPosition"))
            if part == "TranscriptSelection":
                start = places.get(folded_id(child.get("fromSyncPoint")))
                end = places.get(folded_id(child.get("toSyncPoint")))
            codings = tuple(_codings(child))
            if memo or start is None or end is None:
                reason = "is on a memo" if memo else "does not say where it is"
                project.unplaced += [
                    Unplaced(coding, name, child.get("name") or "", reason) for coding in codings
                ]
            else:
                selections.append(
                    Selection(start, end, child.get("name") or "", _description(child), codings)
                )
    if not memo:
        project.texts.append(
            TextSource(
                guid=folded_id(element.get("guid")),
                name=name,
                path=element.get("plainTextPath") or "",
                content=content,
                selections=tuple(selections),
            )
        )


def _users(element: etree._Element) -> dict[str, str]:
    """Return the users' names by id, each name once."""
    found: dict[str, str] = {}
    for user in _children(element, "User"):
        guid = folded_id(user.get("guid"))
        name = user.get("name") or user.get("id") or guid
        taken = sum(1 for other in found.values() if other == name)
        found[guid] = name if not taken else f"{name} ({guid[:8]})"
    return found


def code_names(codebook: etree._Element) -> dict[str, str]:
    """Return the codes' names by id; those whose name is not the only one, by their path."""
    paths: dict[str, tuple[str, ...]] = {}

    def walk(element: etree._Element, above: tuple[str, ...]) -> None:
        for child in _children(element):
            if _local(child) == "Codes":
                walk(child, above)
            elif _local(child) == "Code":
                guid = folded_id(child.get("guid"))
                paths[guid] = (*above, child.get("name") or guid)
                walk(child, paths[guid])

    walk(codebook, ())
    often = Counter(path[-1].casefold() for path in paths.values())
    return {
        guid: path[-1] if often[path[-1].casefold()] == 1 else " > ".join(path)
        for guid, path in paths.items()
    }


def _codings(selection: etree._Element) -> Iterator[Coding]:
    user = selection.get("creatingUser") or selection.get("modifyingUser") or ""
    for child in _children(selection, "Coding"):
        yield _coding(child, user)


def _coding(element: etree._Element, user: str) -> Coding:
    code = next((child.get("targetGUID") for child in _children(element, "CodeRef")), "")
    return Coding(folded_id(code), folded_id(element.get("creatingUser") or user))


def _quote(selection: etree._Element) -> str:
    for text in _children(selection, "Representation"):
        for content in _children(text, "PlainTextContent"):
            if content.text:
                return content.text
    return selection.get("name") or ""


def _description(element: etree._Element) -> str:
    return next((child.text or "" for child in _children(element, "Description")), "")


def _children(element: etree._Element, name: str | None = None) -> Iterator[etree._Element]:
    for child in element.iterchildren(tag=etree.Element):
        if name is None or _local(child) == name:
            yield child


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _number(value: str | None) -> int | None:
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None
