"""Elements as text, ids and dates."""

from __future__ import annotations

import json
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from scr_themes.reading.codings.refi_qda.names import xml_safe

# The earliest that a zip can hold; see the package's docstring.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
DATE = "1980-01-01T00:00:00Z"
_OURS = UUID("6b0e5a8a-5f0f-5d52-9b0b-8f3c1c1f7a10")


def made_id(*parts: object) -> str:
    """Return an id that the same parts always get.

    Examples
    --------
    >>> made_id("user", "Ann") == made_id("user", "Ann") != made_id("user", "Ben")
    True
    """
    return str(uuid5(_OURS, json.dumps(parts)))  # in ASCII: names may hold lone surrogates


def opening(element: str, /, **attributes: object) -> str:
    """Return an opening tag.

    Examples
    --------
    >>> opening("User", name="Ann & <B>")
    '<User name="Ann &amp; &lt;B&gt;">'
    """
    given = "".join(
        f" {key}={quoteattr(xml_safe(str(value)))}" for key, value in attributes.items()
    )
    return f"<{element}{given}>"


def empty(element: str, /, **attributes: object) -> str:
    """Return an element without content."""
    return f"{opening(element, **attributes)[:-1]}/>"


def described(text: str) -> str:
    """Return a Description, or nothing where there is nothing to say.

    Examples
    --------
    >>> described("Page 1 & 2"), described("")
    ('<Description>Page 1 &amp; 2</Description>', '')
    """
    return f"<Description>{escape(xml_safe(text))}</Description>" if text else ""
