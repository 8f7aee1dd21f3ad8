"""Words of documents as HTML, so that nothing in them can be taken for markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

# What HTML does not allow, even as a reference: control characters but for white space, lone
# surrogates (from odd file names), and code points that are no characters.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def escaped(text: str) -> str:
    r"""Return text for between tags.

    Examples
    --------
    >>> escaped("a < b & c\x00")
    'a &lt; b &amp; c\ufffd'
    """
    return html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=False)


def quoted(text: str) -> str:
    """Return text for an attribute in double quotes.

    Examples
    --------
    >>> quoted('the "log"')
    'the &quot;log&quot;'
    """
    return escaped(text).replace('"', "&quot;")


def isolated(text: str) -> str:
    """Return text whose direction, and marks of direction, touch nothing beside it.

    Examples
    --------
    >>> isolated("R & D")
    '<bdi>R &amp; D</bdi>'
    """
    return f"<bdi>{escaped(text)}</bdi>"


def counted(n: int, what: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "passage"), counted(2500, "passage")
    ('1 passage', '2,500 passages')
    """
    return f"{n:,} {what if n == 1 else many or what + 's'}"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that scrolls by itself where it is too wide.

    Parameters
    ----------
    caption : str
        What it shows; plain text.
    heads : sequence of str
        Heads of the columns; markup.
    rows : iterable of sequence of str
        Cells; markup. The first of a row is its head.
    """
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{quoted(caption)}">\n'
        f"<table><caption>{escaped(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def folded(summary: str, inside: str, *, kind: str = "") -> str:
    """Return something to be opened; ``summary`` is plain text."""
    own = f' class="{kind}"' if kind else ""
    return f"<details{own}><summary>{escaped(summary)}</summary>\n{inside}\n</details>"
