"""The names that readers and writers of REFI-QDA must agree on."""

from __future__ import annotations

import re

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
# Beside the sources, where NVivo too puts a file that no source names (``sources/.root``).
LAYOUT = "sources/scr_themes.jsonl"

THEMES, ROLES = "Themes", "Roles"  # the codes that ours stand under

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    r"""Return a text with what XML cannot hold replaced, character for character.

    Examples
    --------
    >>> xml_safe("a\x00b\udce9")
    'a\ufffdb\ufffd'
    """
    return _NO_XML.sub("\ufffd", text)


def folded_id(guid: str | None) -> str:
    """Return an id as it is compared: programs write it in either case, in braces or not.

    Examples
    --------
    >>> folded_id("{0AB4FFFF-0000-0000-0000-000000000000}")
    '0ab4ffff-0000-0000-0000-000000000000'
    """
    return (guid or "").strip().strip("{}").lower()
