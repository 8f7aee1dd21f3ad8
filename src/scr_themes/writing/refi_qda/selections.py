"""Tags as codings of selections."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from scr_themes.documents import Document, TaggedPassage
from scr_themes.writing.refi_qda.codes import Codes
from scr_themes.writing.refi_qda.xml import DATE, described, empty, made_id, opening

_LONGEST_NAME = 80


def coded(passage: TaggedPassage) -> list[Any] | None:
    """Return a passage's role and tags as our own file has them; None where it has neither."""
    if not passage.role and not passage.tags and not passage.role_probability:
        return None
    tags = [[tag.theme, *tag.evidence, tag.probability] for tag in passage.tags]
    return [passage.role, passage.role_probability, tags]


def selections(
    document: Document,
    index: int,
    passage: TaggedPassage,
    *,
    source: str,
    user: str,
    lead: int,
    codes: Codes,
) -> str:
    """Return a passage's codings, those of the same words together.

    Parameters
    ----------
    document : Document
        The document; offsets are into its text.
    index : int
        Which of its passages this is.
    passage : TaggedPassage
        What was given to it.
    source, user : str
        Their ids in the project.
    lead : int
        How many characters of the text its file leaves out at the beginning.
    codes : Codes
        The codes, where new ones are entered.

    Returns
    -------
    str
        ``PlainTextSelection`` elements, the passage's role first.
    """
    where = document.passages[index]
    given: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    if passage.role:
        guid, name = codes.get("role", passage.role)
        given[where.start, where.end].append((guid, _rated(name, passage.role_probability)))
    for tag in passage.tags:
        guid, name = codes.get("theme", tag.theme)
        start, end = (where.start + place for place in tag.evidence)
        given[start, end].append((guid, _rated(name, tag.probability)))
    place = [f"Page {where.page}"] if where.page is not None else []
    place += [f"paragraph {where.paragraph}"] if where.paragraph is not None else []
    pieces = []
    for (start, end), codings in given.items():
        key = (source, user, index, start, end)
        pieces += [
            opening(
                "PlainTextSelection",
                guid=made_id("selection", *key),
                name=_name(document.text[start:end]),
                startPosition=max(start - lead, 0),
                endPosition=max(end - lead, 0),
                creatingUser=user,
                creationDateTime=DATE,
            ),
            described("; ".join([", ".join(place), *(label for _, label in codings)]).strip("; ")),
        ]
        for n, (guid, _) in enumerate(codings):
            own = made_id("coding", *key, guid, n)
            pieces.append(opening("Coding", guid=own, creatingUser=user, creationDateTime=DATE))
            pieces.append(f"{empty('CodeRef', targetGUID=guid)}</Coding>")
        pieces.append("</PlainTextSelection>\n")
    return "".join(pieces)


def _rated(name: str, probability: float) -> str:
    """Return a code with its probability; a person's are all 1, and go without saying."""
    return name if probability == 1 else f"{name} {probability:.2f}"


def _name(words: str) -> str:
    name = " ".join(words[: 4 * _LONGEST_NAME].split())
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
