"""Texts as files that every program counts alike."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from scr_themes.documents import Document
from scr_themes.reading.codings.placing import lay_out

_MARK = "\ufeff"
_CRLF = re.compile("\r(?=\n)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def for_file(text: str) -> tuple[str, str, dict[str, list[int]]]:
    r"""Return a text as it goes into a project, of the same length but for marks at its beginning.

    Programs count CR LF once or twice, count a byte order mark or not, end a text at a NUL, and
    cannot decode lone surrogates. So the file has none of them: a CR before LF is a space, another
    CR a line feed, and controls and surrogates are replacement characters.

    Returns
    -------
    text : str
        What the file holds.
    lead : str
        The byte order marks that are left out.
    replaced : dict of str to list of int
        Each character that was replaced, and where it stood in ``text``.

    Examples
    --------
    >>> for_file("\ufeffOne\r\ntwo\x00")
    ('One \ntwo�', '\ufeff', {'\r': [3], '\x00': [8]})
    """
    kept = text.lstrip(_MARK)
    lead = text[: len(text) - len(kept)]
    replaced: dict[str, list[int]] = defaultdict(list)
    if "\r" in kept:
        replaced["\r"] = [found.start() for found in re.finditer("\r", kept)]
        kept = _CRLF.sub(" ", kept).replace("\r", "\n")
    for found in _CONTROL.finditer(kept):
        replaced[found.group()].append(found.start())
    return _CONTROL.sub("\ufffd", kept), lead, dict(replaced)


def laid_out(document: Document) -> Document:
    """Return a document whose passages stand in its text where they say they do.

    One read from a table of passages may have no text, or another; it then gets one of them.
    """
    text = document.text
    if all(text[one.start : one.end] == one.text for one in document.passages):
        return document
    text, passages = lay_out(document.passages)
    return replace(document, text=text, passages=passages)
