"""The PDF's pages: running header and footer, footnotes at the foot, the contents' entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph
from reportlab.platypus.doctemplate import IndexingFlowable

from . import styles

_LEFT, _TOP, _BOTTOM = 23 * mm, 25 * mm, 23 * mm
WIDTH = A4[0] - 2 * _LEFT


class Footnotes(IndexingFlowable):  # type: ignore[misc]
    """Which notes stand on which page, learned in one pass and kept room for in the next.

    Parameters
    ----------
    notes : sequence of str
        The notes, as paragraph markup, from note 1.
    """

    def __init__(self, notes: Sequence[str]) -> None:
        super().__init__()
        self.width = self.height = 0
        self._notes = [
            Paragraph(note, styles.NOTE, bulletText=str(number))
            for number, note in enumerate(notes, 1)
        ]
        self._placed: dict[int, list[int]] = {}
        self._expected: dict[int, list[int]] = {}

    def wrap(self, *_: float) -> tuple[float, float]:
        """Take no room in the text."""
        return 0, 0

    def draw(self) -> None:
        """Draw nothing in the text."""

    def beforeBuild(self) -> None:  # noqa: N802 - reportlab's name
        """Begin a pass."""
        self._expected, self._placed = self._placed, {}

    def isSatisfied(self) -> bool:  # noqa: N802 - reportlab's name
        """Whether the last pass put each mark where the one before had."""
        return self._placed == self._expected

    def mark(self, canvas: Canvas, _kind: str, label: str) -> None:
        """Take down that a mark was drawn; the canvas calls this."""
        marks = self._placed.setdefault(canvas.getPageNumber(), [])
        if int(label) not in marks:
            marks.append(int(label))

    def room(self, page: int) -> float:
        """Height that the notes of a page need, in points."""
        notes = self._on(page)
        return sum(self._height(note) for note in notes) + (12 if notes else 0)

    def set(self, canvas: Canvas, page: int) -> None:
        """Draw a page's notes, under a short rule."""
        y = _BOTTOM + self.room(page) - 8
        if self._on(page):
            canvas.setStrokeColor(styles.GREY)
            canvas.setLineWidth(0.5)
            canvas.line(_LEFT, y, _LEFT + 50 * mm, y)
        for note in self._on(page):
            y -= self._height(note)
            note.drawOn(canvas, _LEFT, y)

    def _on(self, page: int) -> list[Paragraph]:
        return [self._notes[number - 1] for number in self._expected.get(page, ())]

    @staticmethod
    def _height(note: Paragraph) -> float:
        return float(note.wrap(WIDTH, A4[1])[1]) + 2


class Pages(BaseDocTemplate):  # type: ignore[misc]
    """A document whose text stops above each page's footnotes."""

    def __init__(
        self, path: str, *, notes: Footnotes, header: str, footer: str, **settings: Any
    ) -> None:
        super().__init__(path, **settings)
        self._notes, self._header, self._footer = notes, header, footer
        self.addPageTemplates(PageTemplate("body", [self._frame(1)], onPageEnd=self._furniture))

    def _frame(self, page: int) -> Frame:
        foot = _BOTTOM + self._notes.room(page)
        return Frame(_LEFT, foot, WIDTH, A4[1] - _TOP - foot, 0, 0, 0, 0, id="body")

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab's name
        """Let footnote marks, as they are drawn, call back."""
        self.canv.setNamedCB("note_mark", self._notes.mark)

    def handle_pageBegin(self) -> None:  # noqa: N802 - reportlab's name
        """Begin a page with a frame of the height that its footnotes leave."""
        self.pageTemplate.frames = [self._frame(self.page + 1)]
        super().handle_pageBegin()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """List a heading on the contents page and in the outline."""
        level = getattr(flowable, "level", None)
        if level is None:
            return
        key = f"heading-{self.page}-{flowable.words}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.words, key, level)
        self.notify("TOCEntry", (level, flowable.words, self.page, key))

    def _furniture(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        self._notes.set(canvas, page)
        right, head, foot = _LEFT + WIDTH, A4[1] - 16 * mm, 14 * mm
        canvas.setFont("Helvetica", 8.5)
        canvas.setFillColor(styles.GREY)
        canvas.drawString(_LEFT, head, self._header)
        canvas.drawString(_LEFT, foot, self._footer)
        canvas.drawRightString(right, foot, f"Page {page}")
        canvas.setStrokeColor(styles.ACCENT)
        canvas.setLineWidth(0.7)
        canvas.line(_LEFT, head - 2 * mm, right, head - 2 * mm)
