"""REFI-QDA projects as other programs write them, made by hand."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

ANN = "11111111-aaaa-4aaa-8aaa-111111111111"
BEN = "22222222-aaaa-4aaa-8aaa-222222222222"
RECORDING = "33333333-aaaa-4aaa-8aaa-333333333333"
VOICE = "44444444-aaaa-4aaa-8aaa-444444444444"
SOURCE = "55555555-aaaa-4aaa-8aaa-555555555555"

USERS = f'<Users><User guid="{ANN}" name="Ann"/><User guid="{BEN}" name="Ben"/></Users>'
CODES = f"""<CodeBook><Codes>
<Code guid="77777777-aaaa-4aaa-8aaa-777777777777" name="Failings" isCodable="false">
<Code guid="{RECORDING}" name="Poor recording" isCodable="true" color="#aa0000"/>
<Code guid="{VOICE}" name="Child&apos;s voice missing" isCodable="true"/>
</Code></Codes></CodeBook>"""

# Every line ends a passage; one character is outside the plane that UTF-16 has in one unit.
LINES = (
    "Zoë's notes of the visit 👩‍👧 were never written up.",
    "“Nobody asked,” the older boy said; his café job went unmentioned.",
    "The school kept a log, in full, from the first week on.",
    "Two strategy meetings left no minutes at all…",
    "No worker saw the girls without their father in the room.",
)


def words(line: int, start: str, end: str) -> tuple[int, str]:
    """Return which line, and the words of it from ``start`` to ``end``."""
    text = LINES[line]
    begin = text.index(start)
    return line, text[begin : text.index(end, begin) + len(end)]


# What was coded, all at edges of words, as people do.
CODED = (
    words(0, "Zoë", "up."),
    words(1, "Nobody", "asked"),
    words(2, "a log", "in full"),
    words(3, "Two", "all…"),
    words(4, "No worker", "room"),
    words(4, "without", "father"),
)


def offsets(text: str, quote: str) -> tuple[int, int]:
    """Return where some words stand in a text, as a Python string is counted."""
    start = text.index(quote)
    return start, start + len(quote)


@dataclass
class Selected:
    start: int
    end: int
    code: str = RECORDING
    user: str | None = ANN
    name: str = ""
    description: str = ""
    tag: str = "PlainTextSelection"

    def xml(self) -> str:
        by = f' creatingUser="{self.user}"' if self.user else ""
        memo = f"<Description>{escape(self.description)}</Description>" if self.description else ""
        return (
            f'<{self.tag} guid="88888888-aaaa-4aaa-8aaa-888888888888" name={quoteattr(self.name)} '
            f'startPosition="{self.start}" endPosition="{self.end}">{memo}'
            f'<Coding guid="99999999-aaaa-4aaa-8aaa-999999999999"{by}>'
            f'<CodeRef targetGUID="{self.code}"/></Coding></{self.tag}>'
        )


@dataclass
class Source:
    data: bytes
    selections: list[Selected] = field(default_factory=list)
    name: str = "Review A"
    guid: str = SOURCE
    more: str = ""

    def xml(self) -> str:
        return (
            f'<TextSource guid="{self.guid}" name={quoteattr(self.name)} '
            f'plainTextPath="internal://{self.guid}.txt">'
            f"{''.join(one.xml() for one in self.selections)}{self.more}</TextSource>"
        )


def project(body: str, origin: str = "", attributes: str = "") -> bytes:
    """Return ``project.qde`` with users and codes, and a body."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Project xmlns="urn:QDA-XML:project:1.0" name="P" origin="{origin}"{attributes}>'
        f"{body}</Project>"
    ).encode()


def write_project(
    path: Path,
    *sources: Source,
    origin: str = "",
    qde: str = "project.qde",
    folder: str = "sources",
    users: str = USERS,
    codes: str = CODES,
    more: str = "",
    prefix: bytes = b"",
) -> Path:
    """Write a project with text sources, and whatever ``more`` says in XML beside them."""
    inner = "".join(source.xml() for source in sources)
    held = f"<Sources>{inner}{more}</Sources>" if inner or more else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(qde, prefix + project(users + codes + held, origin))
        for source in sources:
            archive.writestr(f"{folder}/{source.guid}.txt", source.data)
    return path
