"""The review set as PDF with reportlab: flowing text, contents page, footnotes, two columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BalancedColumns,
    Flowable,
    HRFlowable,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

from . import pages, styles
from .source import Block, Review, Section, spans
from .styles import BLOCKS, HEADINGS

_SOFT_HYPHEN = "\u00ad"


class Heading(Paragraph):  # type: ignore[misc]
    """A heading that the contents page lists; ``level`` is 0 for a section's own."""

    def __init__(self, text: str, level: int) -> None:
        super().__init__(escape(text), HEADINGS[level])
        self.level = level
        self.words = text


class _Setter:
    """Sets blocks as flowables, with the review's own hyphenation."""

    def __init__(self, review: Review) -> None:
        breaks = {word.replace("-", ""): word.replace("-", _SOFT_HYPHEN) for word in review.hyphens}
        # Longest first, or "decision" would be taken out of "decisions".
        words = sorted(breaks, key=len, reverse=True)
        pattern = re.compile(rf"\b(?:{'|'.join(words)})\b")
        self._hyphenate = partial(pattern.sub, lambda found: breaks[found[0]])

    def markup(self, text: str) -> str:
        """Turn a text into reportlab's paragraph markup."""
        parts: list[str] = []
        for kind, words in spans(text):
            if kind == "mark":
                # The callback tells the page maker which page the note belongs to.
                parts.append(f'<super size="7" rise="4">{words}</super>')
                parts.append(f'<ondraw name="note_mark" label="{words}"/>')
            elif kind == "bold":
                parts.append(f"<b>{escape(words)}</b>")
            else:
                parts.append(escape(self._hyphenate(words)))
        return "".join(parts)

    def flowables(self, section: Section) -> Iterator[Flowable]:
        """Set a section: its heading, then its blocks."""
        yield Heading(section.heading, 0)
        if not section.columns:
            for block in section.blocks:
                yield self._flowable(block)
            return
        first, *rest = section.blocks
        yield self._flowable(first)
        columns = [self._flowable(block, narrow=True) for block in rest]
        yield BalancedColumns(columns, nCols=2, innerPadding=8 * mm)

    def _flowable(self, block: Block, *, narrow: bool = False) -> Flowable:
        if block.kind == "table":
            return self._table(block.rows)
        if block.kind == "subheading":
            # Headings within the columns are too small for the contents page.
            return Paragraph(escape(block.text), HEADINGS[1]) if narrow else Heading(block.text, 1)
        style, mark = BLOCKS[block.kind], None
        if block.kind == "bullet":
            style, mark = BLOCKS["columnbullet" if narrow else "bullet"], "•"
        elif block.kind == "numbered":
            mark = f"{block.number}."
        elif block.number:
            mark = block.number
        elif block.kind == "paragraph":
            style = BLOCKS["plain"]
        return Paragraph(self.markup(block.text), style, bulletText=mark)

    def _table(self, rows: Sequence[Sequence[str]]) -> Table:
        head, *body = rows
        cells = [[Paragraph(f"<b>{escape(cell)}</b>", styles.CELL) for cell in head]]
        cells += [[Paragraph(self.markup(cell), styles.CELL) for cell in row] for row in body]
        return Table(
            cells,
            colWidths=_column_widths(rows),
            repeatRows=1,
            style=styles.TABLE,
            spaceBefore=4,
            spaceAfter=10,
        )


def _column_widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Give each column the width of its longest cell, at most 42 mm, and the widest the rest."""
    size = styles.CELL.fontSize
    natural = [
        max(stringWidth(cell, "Helvetica-Bold", size) for cell in column)
        for column in zip(*rows, strict=True)
    ]
    widths = [min(width + 5 * mm, 42 * mm) for width in natural]
    widest = natural.index(max(natural))
    widths[widest] += pages.WIDTH - sum(widths)
    return widths


def _title_page(review: Review) -> Iterator[Flowable]:
    yield Spacer(1, 22 * mm)
    yield Paragraph(escape(review.publisher), styles.TITLE["publisher"])
    yield HRFlowable(width="100%", thickness=2, color=styles.ACCENT, spaceAfter=14 * mm)
    yield Paragraph(escape(review.kind), styles.TITLE["kind"])
    yield Paragraph(escape(review.title), styles.TITLE["title"])
    yield Paragraph(escape(review.byline), styles.TITLE["plain"])
    yield Paragraph(escape(review.date), styles.TITLE["plain"])
    yield Spacer(1, 60 * mm)
    yield Paragraph(escape(review.notice), styles.TITLE["notice"])
    yield PageBreak()


def _contents() -> Iterator[Flowable]:
    yield Paragraph("Contents", HEADINGS[0])
    yield TableOfContents(levelStyles=styles.CONTENTS, dotsMinLevel=0)
    yield PageBreak()


def write(review: Review, path: Path) -> None:
    """Set a review as PDF: the same review gives the same bytes.

    Parameters
    ----------
    review : Review
        What to set.
    path : Path
        The file to write.
    """
    setter = _Setter(review)
    notes = pages.Footnotes([setter.markup(note) for note in review.notes])
    story: list[Flowable] = [notes, *_title_page(review), *_contents()]
    for section in review.sections:
        if section.columns:
            story.append(PageBreak())
        story.extend(setter.flowables(section))
    document = pages.Pages(
        str(path),
        notes=notes,
        header=review.running,
        footer=review.publisher,
        pagesize=A4,
        title=f"{review.kind}: {review.title}",
        author=review.publisher,
        subject=review.notice,
        lang="en-GB",
        invariant=1,
    )
    document.multiBuild(story)
