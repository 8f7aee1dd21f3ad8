"""Where a passage stands, for formats of one record a passage.

Beside the places it holds the words between passages (headings, for one), so that the document
can be put together again. A document without passages leaves no record.
"""

from __future__ import annotations

from typing import Any

from scr_themes.documents import Document


def passage_record(document: Document, place: int) -> dict[str, Any]:
    r"""Return what is known of a passage but its text and its tags.

    Parameters
    ----------
    document : Document
        The document.
    place : int
        Which of its passages.

    Returns
    -------
    dict
        Plain values. ``before`` is what stands between the passage and the one before it;
        ``after``, on the last passage, what follows it.

    Examples
    --------
    >>> from scr_themes.documents import Passage
    >>> passage = Passage(text="Nobody asked.", start=10, end=23, page=2)
    >>> document = Document(path="a.txt", title="A", text="Findings\n\nNobody asked.",
    ...                     passages=(passage,))
    >>> record = passage_record(document, 0)
    >>> record["document"], record["page"], record["before"]
    ('a.txt', 2, 'Findings\n\n')
    """
    passage = document.passages[place]
    began = document.passages[place - 1].end if place else 0
    record = {
        "document": document.name,
        "title": document.title,
        "passage": passage.index,
        "page": passage.page,
        "paragraph": passage.paragraph,
        "section": passage.section,
        "kind": passage.kind,
        "start": passage.start,
        "end": passage.end,
        "before": document.text[began : passage.start],
        "n_pages": document.n_pages,
        "warnings": list(document.warnings),
    }
    if place == len(document.passages) - 1:
        record["after"] = document.text[passage.end :]
    return record
