"""PDFs made on the spot: pages drawn line by line, so that a test knows what stands where."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

WIDTH, HEIGHT = A4
LEFT, RIGHT = 72.0, WIDTH - 72.0
BODY, BOLD = "Helvetica", "Helvetica-Bold"


def wrapped(text: str, width: float, size: float = 11, font: str = BODY) -> list[str]:
    """Break a text into lines as a word processor does; a word may break at ``|``."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        whole = word.replace("|", "")
        trial = f"{line} {whole}".strip()
        if stringWidth(trial, font, size) <= width:
            line = trial
            continue
        head, _, tail = word.partition("|")
        hyphened = f"{line} {head.removesuffix('-')}-".strip()
        if tail and stringWidth(hyphened, font, size) <= width:
            lines.append(hyphened)
            line = tail
        else:
            lines.append(line)
            line = whole
    return [*lines, line]


class Pages:
    """A PDF in the making; ``y`` counts down the page, in points from the top."""

    def __init__(self, *, title: str | None = None, password: str | None = None) -> None:
        self._buffer = io.BytesIO()
        encrypt = StandardEncryption(password, canPrint=1) if password else None
        self.canvas = Canvas(self._buffer, pagesize=A4, encrypt=encrypt, invariant=1)
        if title is not None:
            self.canvas.setTitle(title)
        self.y = 90.0

    def line(
        self,
        text: str,
        *,
        x: float = LEFT,
        y: float | None = None,
        size: float = 11,
        font: str = BODY,
    ) -> None:
        """Draw one line; without ``y``, at the running height, which moves on."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - (self.y if y is None else y), text)
        if y is None:
            self.y += 1.25 * size

    def lines(
        self,
        texts: Sequence[str],
        *,
        x: float = LEFT,
        size: float = 11,
        font: str = BODY,
        space: float = 9,
    ) -> None:
        """Draw lines below each other, and leave a space after them."""
        for text in texts:
            self.line(text, x=x, size=size, font=font)
        self.y += space

    def paragraph(
        self,
        text: str,
        *,
        x: float = LEFT,
        width: float | None = None,
        size: float = 11,
        mark: str | None = None,
        mark_x: float | None = None,
        font: str = BODY,
        space: float = 9,
    ) -> None:
        """Draw a wrapped paragraph, with a bullet or number hanging in front."""
        if mark is not None:
            self.line(mark, x=x - 24 if mark_x is None else mark_x, y=self.y, size=size)
        breadth = RIGHT - x if width is None else width
        self.lines(wrapped(text, breadth, size, font), x=x, size=size, font=font, space=space)

    def heading(self, *texts: str, size: float = 14) -> None:
        """Draw a bold heading of one line or more."""
        self.lines(texts, size=size, font=BOLD)

    def raised(self, before: str, mark: str, after: str = "", *, size: float = 11) -> None:
        """Draw one line with a small raised mark in it."""
        x = LEFT
        for text, at, drawn in (
            (before, 0.0, size),
            (mark, 0.4 * size, 0.6 * size),
            (after, 0.0, size),
        ):
            self.line(text, x=x, y=self.y - at, size=drawn)
            x += stringWidth(text, BODY, drawn)
        self.y += 1.25 * size

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a straight line."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        ruled: bool = True,
        size: float = 10,
    ) -> None:
        """Draw a table with wrapped cells."""
        sides = [LEFT + sum(widths[:k]) for k in range(len(widths) + 1)]
        top = self.y - size
        for row in rows:
            cells = [wrapped(cell, w - 12, size) for cell, w in zip(row, widths, strict=True)]
            height = max(map(len, cells)) * 1.2 * size + 8
            for k, cell in enumerate(cells):
                for i, text in enumerate(cell):
                    self.line(text, x=sides[k] + 6, y=top + (1 + i * 1.2) * size + 3, size=size)
            if ruled:
                self.rule(sides[0], top, sides[-1], top)
                self.rule(sides[0], top + height, sides[-1], top + height)
                for side in sides:
                    self.rule(side, top, side, top + height)
            top += height
        self.y = top + size + 12

    def picture(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a grey picture, as a scanned page is."""
        grey = ImageReader(Image.new("L", (8, 8), 150))
        self.canvas.drawImage(grey, x, HEIGHT - y - height, width, height)

    def furniture(self, number: int, header: str = "", footer: str = "") -> None:
        """Draw a running header, a footer and the page number."""
        if header:
            self.line(header, y=40, size=8)
        if footer:
            self.line(footer, y=HEIGHT - 40, size=8)
        self.line(str(number), x=RIGHT - 12, y=HEIGHT - 40, size=9)

    def turn_page(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.y = 90.0

    def done(self) -> bytes:
        """Return the file."""
        self.canvas.save()  # which ends the page, unless nothing is on it
        return self._buffer.getvalue()


def justified(texts: Sequence[str], n_columns: int) -> bytes:
    """Set paragraphs in justified columns, from the first column's top to the last one's end."""
    buffer = io.BytesIO()
    width = (RIGHT - LEFT - 18 * (n_columns - 1)) / n_columns
    frames = [
        Frame(LEFT + k * (width + 18), 72, width, HEIGHT - 144, leftPadding=0, rightPadding=0)
        for k in range(n_columns)
    ]
    style = ParagraphStyle(
        "body", fontName=BODY, fontSize=11, leading=13.5, alignment=TA_JUSTIFY, spaceAfter=8
    )
    template = BaseDocTemplate(buffer, pagesize=A4, invariant=1)
    template.addPageTemplates(PageTemplate(frames=frames))
    template.build([Paragraph(text, style) for text in texts])
    return buffer.getvalue()
