"""Pieces of HTML: escaped text, tables, and the frame with the style around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape

# Notebooks' own rules, more specific than these, set the cells of every table to the right.
_STYLE = """<style>
div.scr-themes{max-width:60em;line-height:1.45;overflow-x:auto}
div.scr-themes p{margin:.2em 0;white-space:pre-line;overflow-wrap:anywhere}
div.scr-themes .quiet{opacity:.75;font-size:.92em}
div.scr-themes .passage{margin:.6em 0;padding-left:.8em;border-left:3px solid rgba(128,128,128,.45)}
div.scr-themes mark{background:rgba(240,180,0,.32);color:inherit;padding:.05em 0}
div.scr-themes .tag{display:inline-block;margin:.1em .4em .1em 0;padding:0 .5em;
border:1px solid rgba(128,128,128,.6);border-radius:.7em;font-size:.92em}
div.scr-themes table{border-collapse:collapse;margin:.4em 0}
div.scr-themes th,div.scr-themes td{text-align:start!important;vertical-align:top;
padding:.15em .7em;border-bottom:1px solid rgba(128,128,128,.3);overflow-wrap:break-word;
max-width:36em;white-space:normal}
div.scr-themes th.n,div.scr-themes td.n{text-align:right!important;white-space:nowrap;
font-variant-numeric:tabular-nums}
div.scr-themes ul{margin:.2em 0 .5em 1.2em;padding:0}
</style>"""

# Characters that a reader cannot see, half pairs, and marks that turn the text around them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def plain(text: object) -> str:
    """Return text that is safe anywhere in HTML, attributes included.

    Examples
    --------
    >>> plain('<script>"x"</script>')
    '&lt;script&gt;&quot;x&quot;&lt;/script&gt;'
    """
    return escape(_UNSEEN.sub(" ", str(text)))


def framed(*parts: str) -> str:
    """Return pieces of HTML as one view, with its style."""
    return f'<div class="scr-themes">{_STYLE}{"".join(parts)}</div>'


def line(text: object, *, quiet: bool = False) -> str:
    """Return a line of its own; the direction is the text's."""
    return f'<p dir="auto"{" class=quiet" if quiet else ""}>{plain(text)}</p>'


def heading(text: object) -> str:
    """Return a line in bold. No ``<h1>``: notebooks put headings into their table of contents."""
    return f'<p dir="auto"><strong>{plain(short(str(text), 300))}</strong></p>'


def short(text: str, longest: int) -> str:
    """Cut text that is longer than that many characters.

    Examples
    --------
    >>> short("Nobody asked her.", 10)
    'Nobody as…'
    """
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def count(n: int, what: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "passage"), count(1200, "passage")
    ('1 passage', '1,200 passages')
    """
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def more(n: int, one: str, several: str) -> str:
    """Return the line that says how many of something are not shown; nothing where all are."""
    return line(f"... and {n:,} more {one if n == 1 else several}", quiet=True) if n > 0 else ""


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, figures: Collection[int] = ()
) -> str:
    """Return a table.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : iterable of sequence
        The cells; None is an empty one.
    figures : collection of int
        The columns that hold figures, which stand to the right.
    """

    def row(cells: Sequence[object], kind: str) -> str:
        drawn = (
            f"<{kind}{' class=n' if i in figures else ' dir=auto'}>"
            f"{'' if cell is None else plain(cell)}</{kind}>"
            for i, cell in enumerate(cells)
        )
        return f"<tr>{''.join(drawn)}</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f"<table><thead>{row(header, 'th')}</thead><tbody>{body}</tbody></table>"
