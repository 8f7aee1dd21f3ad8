"""What one annotation or prediction of Label Studio says of a text.

Offsets are code points (see :mod:`scr_themes.writing.label_studio`). Exports of old releases, of
before 2022, count UTF-16 code units: where the words that a result quotes do not stand at its code
points but do at its code units, the latter are meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scr_themes.reading.codings.gathering import Refused
from scr_themes.reading.codings.placing import Span
from scr_themes.utf16 import Utf16Offsets

_ROLE = "role"  # what `labelling_config` calls the choice of a role
# The editor writes a line end into what it quotes as a backslash and an n.
_SPACE = re.compile(r"(?:\s|\\n)+")


class Results(NamedTuple):
    """What somebody made of a text.

    Attributes
    ----------
    spans : list of Span
        Codes, at offsets into the text; what is chosen for the whole text is on all of it.
    role : Span or None
        The role, where exactly one was chosen.
    refused : list of Refused
        What is no code on words of the text.
    """

    spans: list[Span]
    role: Span | None
    refused: list[Refused]


def read_results(results: Any, text: str, *, score: float | None = None) -> Results:
    """Read the ``result`` of an annotation or a prediction.

    Parameters
    ----------
    results : list of dict
        As the file has it.
    text : str
        The task's text.
    score : float or None
        Of a prediction: the probability where a result has none. None for an annotation, all of
        which has the probability 1.

    Raises
    ------
    TypeError, ValueError, KeyError, AttributeError
        If it is not what Label Studio writes.
    """
    spans: list[Span] = []
    roles: list[Span] = []
    refused: list[Refused] = []
    for result in results or ():
        kind, value = result.get("type"), result.get("value")
        if kind not in ("labels", "choices") or not isinstance(value, Mapping):
            refused.append(_other(result))
            continue
        chance = 1.0 if score is None else float(result.get("score", score))
        found = list(_spans(value, kind, text, chance))
        if not found:
            refused.append(Refused("", str(value.get("text") or ""), f"has no {kind}"))
        for span in found:
            if not 0 <= span.start <= span.end <= len(text):
                refused.append(
                    Refused(span.code, "", "lies outside the text", span.start, span.end)
                )
            elif kind == "choices" and result.get("from_name") == _ROLE:
                roles.append(span)
            else:
                spans.append(span)
    if len(roles) == 1:
        return Results(spans, roles[0], refused)
    return Results(spans + roles, None, refused)


def _spans(value: Mapping[str, Any], kind: str, text: str, chance: float) -> Iterator[Span]:
    start, end = 0, len(text)
    if kind == "labels" or {"start", "end"} <= value.keys():
        start, end = _words(value, text)
    for code in value.get(kind) or ():
        yield Span(str(code), start, end, chance)


def _words(value: Mapping[str, Any], text: str) -> tuple[int, int]:
    start, end = _offset(value["start"]), _offset(value["end"])
    quote = value.get("text")
    if text.isascii() or not isinstance(quote, str) or _same(text[start:end], quote):
        return start, end
    offsets = Utf16Offsets(text)
    older = offsets.points(start), offsets.points(end)
    return older if _same(text[slice(*older)], quote) else (start, end)


def _offset(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no offset into a text")
    return value


def _same(words: str, quote: str) -> bool:
    return _SPACE.sub(" ", words).strip() == _SPACE.sub(" ", quote).strip()


def _other(result: Mapping[str, Any]) -> Refused:
    """Return what is to be said of a result that no tag can hold."""
    kind = str(result.get("type") or "none")
    value = result.get("value")
    held = value.get(kind, value.get("text")) if isinstance(value, Mapping) else value
    listed = "; ".join(map(str, held)) if isinstance(held, list) else str(held or "")
    code = str(result.get("from_name") or kind)
    if kind.endswith("labels") and isinstance(value, Mapping):  # on HTML, a picture, a sound
        code, listed = listed or code, str(value.get("text") or "")
    return Refused(code, listed, f"a result of the type {kind}, no label or choice on plain text")
