"""A table to read: document by document, theme by theme, best evidence first."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scr_themes.documents import Tag, TaggedDocument, TaggedPassage
from scr_themes.writing.settings import Settings

Carrier = tuple[TaggedPassage, Tag]

_LONGEST = 300  # characters of evidence shown
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_CLOSING = (
    "Prob. is the chance that a careful human coder would give the passage that theme: about 8 in "
    "10 of those at 0.80 do, in documents like those that the model was calibrated on; in others, "
    "more or fewer."
)


def render(documents: Iterable[TaggedDocument], settings: Settings) -> Iterator[str]:
    """Yield the table of each document, then what the probabilities mean.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to show.
    settings : Settings
        Titles, width, colour, and how many passages a theme.

    Yields
    ------
    str
        Whole lines, none wider than ``settings.width``.
    """
    empty = True
    for tagged in documents:
        empty = False
        yield _drawn(Group(*_document(tagged, settings), ""), settings)
    if not empty:
        yield _drawn(Text(_CLOSING, style="dim"), settings)


def _drawn(what: RenderableType, settings: Settings) -> str:
    stream = io.StringIO()
    Console(
        file=stream,
        width=settings.width,
        force_terminal=settings.colour,
        color_system="standard" if settings.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    ).print(what)
    # Cells are filled up with spaces, which only get in the way of what reads the text next.
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().split("\n")[:-1])


def _document(tagged: TaggedDocument, settings: Settings) -> Iterator[RenderableType]:
    document = tagged.document
    yield _plain(document.title, "bold")
    if document.name != document.title:
        yield _plain(document.name, "dim")
    n_tagged = sum(1 for passage in tagged.passages if passage.tags)
    pages = "" if document.n_pages is None else f"{_count(document.n_pages, 'page')}, "
    yield _plain(f"{pages}{_count(len(document.passages), 'passage')}, {n_tagged} tagged")
    yield _plain(f"Tagged by {tagged.coder}, a program: check each against its page.", "italic")
    for warning in document.warnings:
        yield _plain(f"Warning: {warning}", "yellow")
    carriers = _by_theme(tagged)
    if not carriers:
        yield Text("\nNo passage reaches the threshold of any theme.")
    for place, theme in enumerate(_in_order(carriers, settings)):
        yield _heading(theme, len(carriers[theme]), settings)
        yield from _theme(carriers[theme], settings, named=place == 0)


def _by_theme(tagged: TaggedDocument) -> dict[str, list[Carrier]]:
    """Gather the passages of each theme, most probable first."""
    carriers: dict[str, list[Carrier]] = defaultdict(list)
    for passage in tagged.passages:
        for tag in passage.tags:
            carriers[tag.theme].append((passage, tag))
    for found in carriers.values():
        found.sort(key=lambda carrier: -carrier[1].probability)
    return carriers


def _in_order(carriers: dict[str, list[Carrier]], settings: Settings) -> list[str]:
    """Return the themes: core ones first, then those that most passages carry."""
    core = () if settings.codebook is None else settings.codebook.core_ids
    return sorted(carriers, key=lambda theme: (theme not in core, -len(carriers[theme]), theme))


def _heading(theme: str, n_passages: int, settings: Settings) -> RenderableType:
    text = Text("\n")
    text.append(settings.title(theme), style="bold cyan")
    text.append(f" ({_count(n_passages, 'passage')})")
    if settings.title(theme) != theme:
        text.append(f"  {theme}", style="dim")
    return text


def _theme(found: list[Carrier], settings: Settings, *, named: bool) -> Iterator[RenderableType]:
    """Yield the best passages of one theme; ``named``: with the columns' names above."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=named, header_style="dim")
    # Widths are fixed, so that the columns of all themes stand under one another.
    for name, width in (("page", 4), ("para.", 6), ("prob.", 5), ("role", 14)):
        table.add_column(name, width=width, overflow="fold")
    table.add_column("evidence", ratio=1, overflow="fold")
    table.expand = True
    limit = settings.limit or len(found)
    for passage, tag in found[:limit]:
        where = passage.passage
        table.add_row(
            "-" if where.page is None else str(where.page),
            _plain(where.paragraph or "-"),
            f"{tag.probability:.2f}",
            _plain(passage.role or "-"),
            _plain(_shortened(passage.quote(tag))),
        )
    yield Padding(table, (0, 0, 0, 2))
    if len(found) > limit:
        yield Text(f"  ... and {len(found) - limit} more", style="dim")


def _shortened(evidence: str) -> str:
    """Take words out of the middle of a very long sentence."""
    if len(evidence) <= _LONGEST:
        return evidence
    start = evidence[: _LONGEST * 2 // 3].rpartition(" ")[0] or evidence[: _LONGEST * 2 // 3]
    end = evidence[-_LONGEST // 3 :].partition(" ")[2] or evidence[-_LONGEST // 3 :]
    return f"{start} [...] {end}"


def _plain(text: str, style: str = "") -> Text:
    """Return words of a document so that nothing in them can steer the terminal."""
    return Text(_UNSEEN.sub(" ", text), style=style)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
