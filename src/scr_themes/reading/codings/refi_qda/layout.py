"""What our projects say beside the standard: where passages are, and how probable tags are.

A JSONL file beside the sources, in ASCII, which other programs pass over:

- ``{"scr_themes": 1}``, the version of this format;
- a line a source: its id, a hash of its text file, the document (path, title, pages, warnings),
  the characters that stand otherwise in the text file (:func:`restored`), and its passages;
- a line for each source and coder: which tags stand on which passage, exactly, with their
  probabilities, and its place among the documents written;
- last, the codes: which theme or role each of them is.

It never says what is coded. A tag is taken from here only if the project has its coding.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from scr_themes.documents import Document, Passage
from scr_themes.errors import ReadingError

VERSION = 1

Kind = Literal["theme", "role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderLayout:
    """One coder's tags on a source.

    Attributes
    ----------
    user, name : str
        The user in the project, and the name that was written for it.
    coder : str
        What the coder is called.
    order : int
        The document's place among those that were written.
    coded : list
        ``[passage, role, role probability, [[theme, start, end, probability], ...]]`` for each
        passage with any of it; the evidence is within the passage.
    """

    user: str
    name: str
    coder: str
    order: int
    coded: list[Any]


@dataclass(frozen=True, slots=True)
class SourceLayout:
    """One source: the record of its document, and its coders."""

    record: Mapping[str, Any]
    coders: list[CoderLayout] = field(default_factory=list)

    @property
    def lead(self) -> int:
        """How many characters of the text its file leaves out at the beginning."""
        return len(self.record["lead"])

    def document(self, file_text: str) -> Document:
        """Return the document, given what its text file holds."""
        text = restored(file_text, self.record["lead"], self.record["replaced"])
        return Document(
            path=self.record["path"],
            title=self.record["title"],
            text=text,
            passages=tuple(
                Passage(
                    text=text[start:end],
                    index=index,
                    start=start,
                    end=end,
                    page=page,
                    paragraph=paragraph,
                    section=section,
                    kind=kind,
                )
                for index, start, end, page, paragraph, section, kind in self.record["passages"]
            ),
            n_pages=self.record["n_pages"],
            warnings=tuple(self.record["warnings"]),
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The file, read.

    Attributes
    ----------
    sources : dict of str to SourceLayout
        By id.
    codes : dict of str to (str, str, str)
        By id: whether it is a theme or a role, the theme's or role's own id, and the name that
        was written for it.
    """

    sources: dict[str, SourceLayout] = field(default_factory=dict)
    codes: dict[str, tuple[Kind, str, str]] = field(default_factory=dict)

    def guids(self) -> dict[tuple[Kind, str], str]:
        """Return the codes' ids in the project."""
        return {(kind, own_id): guid for guid, (kind, own_id, _) in self.codes.items()}


def read_layout(data: bytes, where: str) -> Layout:
    """Read the file; empty, or of a version to come, it says nothing.

    Raises
    ------
    ReadingError
        If it is damaged.
    """
    layout = Layout()
    coders: dict[str, list[CoderLayout]] = defaultdict(list)
    try:
        for number, line in enumerate(data.splitlines()):
            record = json.loads(line)
            if number == 0:
                if record["scr_themes"] != VERSION:
                    return Layout()
            elif "codes" in record:
                layout.codes.update({guid: tuple(code) for guid, code in record["codes"].items()})
            elif "user" in record:
                source = record.pop("source")
                coders[source].append(CoderLayout(**record))
            else:
                layout.sources[record["source"]] = SourceLayout(record, coders[record["source"]])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReadingError(
            where, f"is damaged ({type(error).__name__}: {error})", "write the project again"
        ) from error
    return layout


def restored(text: str, lead: str, replaced: Mapping[str, list[int]]) -> str:
    r"""Undo what :func:`scr_themes.writing.refi_qda.sources.for_file` did to a text.

    Examples
    --------
    >>> restored("a \nb", "\ufeff", {"\r": [1]})
    '\ufeffa\r\nb'
    """
    if not replaced:
        return lead + text
    signs = list(text)
    for sign, places in replaced.items():
        for place in places:
            signs[place] = sign
    return lead + "".join(signs)
