"""Type, colour and spacing of the PDF."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

ACCENT = HexColor("#1f4e5f")
GREY = HexColor("#5c6670")
PALE = HexColor("#e6eef1")

_INDENT = 12 * mm

_base = ParagraphStyle(
    "base",
    fontName="Helvetica",
    fontSize=10,
    leading=13.2,
    spaceAfter=6,
    allowWidows=0,
    allowOrphans=0,
    embeddedHyphenation=1,
)
_justified = ParagraphStyle("justified", _base, alignment=TA_JUSTIFY)

BLOCKS = {
    "plain": _justified,
    "paragraph": ParagraphStyle("paragraph", _justified, leftIndent=_INDENT, bulletIndent=0),
    "bullet": ParagraphStyle(
        "bullet", _base, leftIndent=_INDENT + 5 * mm, bulletIndent=_INDENT, spaceAfter=4
    ),
    "columnbullet": ParagraphStyle(
        "columnbullet", _base, leftIndent=4 * mm, bulletIndent=0, spaceAfter=4
    ),
    "numbered": ParagraphStyle(
        "numbered", _base, leftIndent=_INDENT + 7 * mm, bulletIndent=_INDENT, spaceAfter=5
    ),
    "quotation": ParagraphStyle(
        "quotation",
        _base,
        fontName="Helvetica-Oblique",
        leftIndent=_INDENT + 8 * mm,
        rightIndent=10 * mm,
        textColor=ACCENT,
        spaceBefore=2,
        spaceAfter=9,
    ),
}

_heading = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", textColor=ACCENT, keepWithNext=1, embeddedHyphenation=0
)
HEADINGS = (
    ParagraphStyle("heading1", _heading, fontSize=16, leading=20, spaceBefore=16, spaceAfter=8),
    ParagraphStyle("heading2", _heading, fontSize=11.5, leading=15, spaceBefore=9, spaceAfter=5),
)

CONTENTS = [
    ParagraphStyle("contents1", _base, fontName="Helvetica-Bold", spaceBefore=3, spaceAfter=1),
    ParagraphStyle("contents2", _base, leftIndent=6 * mm, spaceAfter=1),
]

NOTE = ParagraphStyle(
    "note",
    _base,
    fontSize=8,
    leading=10.4,
    leftIndent=4 * mm,
    bulletFontSize=6,
    bulletOffsetY=2.5,
)
CELL = ParagraphStyle("cell", _base, fontSize=9, leading=11.8, spaceAfter=0)

TABLE = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("BACKGROUND", (0, 0), (-1, 0), PALE),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#b8c4ca")),
    ("LINEABOVE", (0, 0), (-1, 0), 1, ACCENT),
    ("TOPPADDING", (0, 0), (-1, -1), 3.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
]

TITLE = {
    "publisher": ParagraphStyle("publisher", _heading, fontSize=14, leading=18, spaceAfter=6),
    "kind": ParagraphStyle("kind", _base, fontSize=15, leading=20, textColor=GREY),
    "title": ParagraphStyle("title", _heading, fontSize=30, leading=36, spaceAfter=14 * mm),
    "plain": ParagraphStyle("titleplain", _base, fontSize=12, leading=16),
    "notice": ParagraphStyle(
        "notice",
        _base,
        fontSize=11,
        leading=15,
        borderPadding=9,
        leftIndent=9,
        rightIndent=9,
        backColor=PALE,
    ),
}
