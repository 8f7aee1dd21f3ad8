r"""What stands between a document's passages, such as headings, for files of one row a passage.

A document's text is its passages and what is between them. Only that is kept beside the passages,
and of that only what is more than line feeds.
"""

from __future__ import annotations

from collections.abc import Sequence

from scr_themes.documents import Passage

FURTHEST = 1_000_000  # line feeds that a gap is filled up with, and no more


def between(text: str, passages: Sequence[Passage]) -> list[tuple[int, str]]:
    r"""Return what :func:`joined` needs beside the passages to give the text again.

    Parameters
    ----------
    text : str
        A document's text.
    passages : sequence of Passage
        Its passages. Where they do not stand in the text, or overlap, the whole text is returned.

    Returns
    -------
    list of (int, str)
        Where a piece begins, and its words.

    Examples
    --------
    >>> passages = [Passage(text="One.", start=6, end=10), Passage(text="Two.", start=12, end=16)]
    >>> between("Title\nOne.\n\nTwo.", passages)
    [(0, 'Title\n')]
    """
    pieces = []
    at = 0
    for passage in passages:
        pieces.append((at, text[at : passage.start]))
        at = passage.end
    pieces.append((at, text[at:]))
    pieces = [(start, words) for start, words in pieces if words.strip("\n")]
    return pieces if joined(passages, pieces, len(text)) == text else [(0, text)]


def joined(
    passages: Sequence[Passage], pieces: Sequence[tuple[int, str]], length: int
) -> str | None:
    r"""Return the text of a document.

    Parameters
    ----------
    passages : sequence of Passage
        Its passages.
    pieces : sequence of (int, str)
        What :func:`between` returned.
    length : int
        How many characters the text has.

    Returns
    -------
    str or None
        None where the pieces contradict one another, as when somebody changed a passage.

    Examples
    --------
    >>> joined([Passage(text="One.", start=6, end=10)], [(0, "Title\n")], 10)
    'Title\nOne.'
    """
    if len(pieces) == 1 and pieces[0][0] == 0 and len(pieces[0][1]) == length:
        return pieces[0][1]
    found = []
    at = 0
    placed = [(passage.start, passage.text) for passage in passages]
    for start, words in (*sorted([*pieces, *placed]), (length, "")):
        if not at <= start <= at + FURTHEST:
            return None
        found += ["\n" * (start - at), words]
        at = start + len(words)
    return "".join(found)
