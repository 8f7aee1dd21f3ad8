r"""Lone surrogates, which odd file names bring and UTF-8 cannot hold, escaped so as to return.

A text with one, ``caf\udce9``, is kept as a mark, then the text with ``\udce9`` spelt out and its
backslashes doubled. Every other text is kept as it is.
"""

from __future__ import annotations

import re

_MARK = "\ufdd0"  # no character of any script: nothing that people write begins with it
_LONE = re.compile("[\ud800-\udfff]")
_SPELT = re.compile(r"\\(\\|u([0-9a-f]{4}))")


def kept(text: str) -> str:
    r"""Return a text as UTF-8 can hold it.

    Examples
    --------
    >>> kept("a\\b"), kept("caf\udce9")[1:]
    ('a\\b', 'caf\\udce9')
    """
    return spelt(text) if text.startswith(_MARK) or _LONE.search(text) else text


def spelt(text: str, also: str = "") -> str:
    """Return a text escaped and marked, whether it needs it or not; a character besides."""
    doubled = text.replace("\\", "\\\\")
    if also:
        doubled = doubled.replace(also, f"\\u{ord(also):04x}")
    return _MARK + _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", doubled)


def restored(text: str) -> str:
    r"""Return the text that :func:`kept` or :func:`spelt` was given.

    Examples
    --------
    >>> restored(kept("caf\udce9")) == "caf\udce9", restored("\\u0041")
    (True, '\\u0041')
    """
    if not text.startswith(_MARK):
        return text
    return _SPELT.sub(lambda found: chr(int(found[2], 16)) if found[2] else "\\", text[1:])
