"""A passage's words with the evidence marked, cut where they are long."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from scr_themes.notebook.markup import plain

Span = tuple[int, int]

_AROUND = 120  # characters kept on either side of evidence in a long passage
_LONGEST = 600  # characters of one piece of evidence
_MOST = 5  # pieces of evidence shown of a long passage
_GAP = " […] "


def marked(text: str, spans: Sequence[Span], longest: int) -> str:
    """Return the words as HTML with the evidence in ``<mark>``.

    Parameters
    ----------
    text : str
        The passage.
    spans : sequence of (int, int)
        Start and end of the pieces of evidence, each once. Where there are several, each is
        followed by its number, ``[1]`` and so on.
    longest : int
        A text of more characters is cut to its beginning and what is around the evidence.

    Examples
    --------
    >>> marked("No notes <exist>. She was seen.", [(0, 17)], longest=100)
    '<mark>No notes &lt;exist&gt;.</mark> She was seen.'
    """
    kept = [(0, len(text))] if len(text) <= longest else _windows(len(text), spans, longest)
    out = []
    for i, (start, end) in enumerate(kept):
        if i or start:
            out.append(_GAP)
        out.append(_window(text, start, end, spans))
    if not kept or kept[-1][1] < len(text):
        out.append(_GAP)
    return "".join(out)


def _window(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    cuts = {start, end, *(cut for span in spans for cut in span if start < cut < end)}
    out = []
    for left, right in pairwise(sorted(cuts)):
        words = plain(text[left:right])
        under = any(first <= left and right <= last for first, last in spans)
        out.append(f"<mark>{words}</mark>" if under else words)
        if len(spans) > 1:
            ending = [str(n) for n, span in enumerate(spans, 1) if span[0] < span[1] == right]
            out.append(f"<sup>[{', '.join(ending)}]</sup>" if ending else "")
    return "".join(out)


def _windows(length: int, spans: Sequence[Span], longest: int) -> list[Span]:
    """Return which parts of a long text to show, in order and apart."""
    wanted = [(0, min(length, longest // 3 if spans else longest))]
    for start, end in spans[:_MOST]:
        wanted.append((max(0, start - _AROUND), min(length, end, start + _LONGEST) + _AROUND))
    kept: list[Span] = []
    for start, end in sorted(wanted):
        end = min(end, length)  # noqa: PLW2901 - the last window may reach over the end
        if kept and start <= kept[-1][1]:
            kept[-1] = kept[-1][0], max(end, kept[-1][1])
        else:
            kept.append((start, end))
    return kept
