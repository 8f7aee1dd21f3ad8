"""The review set as DOCX with python-docx: real headings, lists, table, header and footer."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import docx.section
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph

from .source import Block, Review, Section, spans

_INK = RGBColor(0x1F, 0x4E, 0x5F)
_MADE = datetime.datetime(2024, 3, 1)  # python-docx takes it as UTC
_STYLES = {"bullet": "List Bullet", "numbered": "List Number", "quotation": "Quote"}
_WIDTH = Cm(16)


def _add_text(paragraph: Paragraph, text: str) -> Paragraph:
    for kind, words in spans(text):
        run = paragraph.add_run(words)
        run.bold = True if kind == "bold" else None
        run.font.superscript = True if kind == "mark" else None
    return paragraph


def _add_mark(paragraph: Paragraph, kind: str, instruction: str = "") -> None:
    """Add a mark that begins, separates or ends a field; its instruction follows its begin."""
    run = paragraph.add_run()._r
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    if instruction:
        code = OxmlElement("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = f" {instruction} "
        run.append(code)


def _set_styles(document: Document) -> None:
    styles = document.styles
    sizes = {"Normal": 10.5, "Title": 26, "Subtitle": 14, "Heading 1": 16, "Heading 2": 12}
    for name, size in sizes.items():
        font = styles[name].font
        font.size = Pt(size)
        font.name = "Arial"
        fonts = styles[name].element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme font would win over the name
        if name != "Normal":
            font.color.rgb = _INK
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Quote"].paragraph_format.left_indent = Cm(2)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _set_page(document: Document, review: Review) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.header.paragraphs[0].text = review.running
    footer = section.footer.paragraphs[0]
    footer.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    # The style's own stops, at the centre and right of a Letter page, would come first.
    for stop in list(document.styles["Footer"].paragraph_format.tab_stops):
        footer.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    footer.add_run(f"{review.publisher}\tPage ")
    _add_mark(footer, "begin", "PAGE")
    _add_mark(footer, "separate")
    footer.add_run("1")
    _add_mark(footer, "end")


def _add_title_page(document: Document, review: Review) -> None:
    publisher = document.add_paragraph(review.publisher, style="Subtitle")
    publisher.paragraph_format.space_before = Cm(4)
    document.add_paragraph(review.title, style="Title")
    for line in (review.kind, review.byline, review.date):
        document.add_paragraph(line)
    notice = document.add_paragraph()
    notice.paragraph_format.space_before = Cm(6)
    notice.add_run(review.notice).bold = True
    notice.add_run().add_break(WD_BREAK.PAGE)


def _add_contents(document: Document, headings: Sequence[str]) -> None:
    """Add a contents field that Word can update, filled in as Word would."""
    document.add_paragraph("Contents", style="Subtitle")
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    entries = [document.add_paragraph(heading, style=style) for heading in headings]
    start = entries[0].insert_paragraph_before()
    # \n leaves page numbers out: only Word itself knows on which page a heading falls.
    _add_mark(start, "begin", r'TOC \o "1-1" \h \n')
    _add_mark(start, "separate")
    _add_mark(entries[-1], "end")
    entries[-1].add_run().add_break(WD_BREAK.PAGE)


def _add_table(document: Document, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _column_widths(rows), strict=True):
        column.width = width
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, column, text in zip(row.cells, table.columns, cells, strict=True):
            cell.width = column.width
            paragraph = _add_text(cell.paragraphs[0], text)
            paragraph.paragraph_format.space_after = Pt(2)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    # The heading row stands again on each page.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def _column_widths(rows: Sequence[Sequence[str]]) -> list[Length]:
    """Give each column about the width of its longest cell, and the widest column the rest."""
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths: list[Length] = [min(Cm(0.5 + 0.2 * length), Cm(4.2)) for length in longest]
    widest = longest.index(max(longest))
    widths[widest] = Length(_WIDTH - sum(widths) + widths[widest])
    return widths


def _add_block(document: Document, block: Block) -> None:
    if block.kind == "table":
        _add_table(document, block.rows)
    elif block.kind == "subheading":
        document.add_heading(block.text, 2)
    elif block.kind == "paragraph" and block.number:
        paragraph = _add_text(document.add_paragraph(f"{block.number}\t"), block.text)
        paragraph.paragraph_format.left_indent = Cm(1.25)
        paragraph.paragraph_format.first_line_indent = Cm(-1.25)
    else:  # Word's own list styles print the bullet or the number
        _add_text(document.add_paragraph(style=_STYLES.get(block.kind)), block.text)


def _add_section(document: Document, section: Section) -> None:
    """Add a section; one with columns has a page, its first paragraph set across it."""
    if section.columns:
        document.add_section(WD_SECTION.NEW_PAGE)
    document.add_heading(section.heading, 1)
    if not section.columns:
        for block in section.blocks:
            _add_block(document, block)
        return
    first, *rest = section.blocks
    _add_block(document, first)
    _set_two_columns(document.add_section(WD_SECTION.CONTINUOUS))
    headings = (n for n, block in enumerate(rest) if block.kind == "subheading")
    middle = next(n for n in headings if n >= len(rest) // 2)
    for index, block in enumerate(rest):
        if index == middle:
            document.paragraphs[-1].add_run().add_break(WD_BREAK.COLUMN)
        _add_block(document, block)


def _set_two_columns(section: docx.section.Section) -> None:
    columns = OxmlElement("w:cols")
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "454")
    for old in section._sectPr.findall(qn("w:cols")):
        section._sectPr.replace(old, columns)


def _with_notes(review: Review) -> list[Section]:
    """Put the footnotes, as a section, before the first section in columns or at the end."""
    notes = [Block("paragraph", f"[^{n}] {note}") for n, note in enumerate(review.notes, 1)]
    sections = list(review.sections)
    columns = [index for index, section in enumerate(sections) if section.columns]
    sections.insert(columns[0] if columns else len(sections), Section("Notes", tuple(notes)))
    return sections


def _save(document: Document, path: Path) -> None:
    """Save with fixed times in the archive, so that the same review gives the same bytes."""
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, date_time=_MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 3  # or Windows would write another byte
            target.writestr(part, source.read(name))


def write(review: Review, path: Path) -> None:
    """Set a review as DOCX: the same review gives the same bytes.

    Parameters
    ----------
    review : Review
        What to set.
    path : Path
        The file to write.
    """
    document = docx.Document()
    _set_styles(document)
    _set_page(document, review)
    properties = document.core_properties
    properties.title, properties.author = f"{review.kind}: {review.title}", review.publisher
    properties.subject, properties.comments = review.notice, ""
    properties.last_modified_by, properties.language = review.publisher, "en-GB"
    properties.created = properties.modified = _MADE
    sections = _with_notes(review)
    _add_title_page(document, review)
    _add_contents(document, [section.heading for section in sections])
    for section in sections:
        _add_section(document, section)
    _save(document, path)
