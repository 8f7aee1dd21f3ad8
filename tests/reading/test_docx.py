from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as WordFile
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.docx import read_docx

FILE = Path("review.docx")


def saved(word: WordFile) -> bytes:
    memory = io.BytesIO()
    word.save(memory)
    return memory.getvalue()


def read(word: WordFile) -> Document:
    return read_docx(FILE, saved(word))


def texts(word: WordFile) -> list[str]:
    return [passage.text for passage in read(word).passages]


def add_xml(word: WordFile, xml: str) -> None:
    """Put a piece of body before the section's properties; ``{ns}`` stands for the names."""
    names = nsdecls("w", "wp", "a") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    body = word.element.body
    body.insert(len(body) - 1, parse_xml(xml.replace("{ns}", names)))


def rendered_break(paragraph: Any) -> None:
    paragraph.add_run()._r.append(OxmlElement("w:lastRenderedPageBreak"))


def test_body_and_tables_in_reading_order() -> None:
    word = docx.Document()
    word.add_heading("A winter review", 0)
    word.add_heading("Findings", 1)
    word.add_paragraph("4.1 The ‘ofﬁcer’ was not told.")
    word.add_paragraph("Check references.", style="List Bullet")
    table = word.add_table(2, 2)
    for cell, text in zip(table._cells, ["Date", "Event", "1 May", "A visit"], strict=True):
        cell.text = text
    table.cell(1, 1).add_paragraph("was made")
    word.add_paragraph("After the table.")
    document = read(word)
    assert document.title == "A winter review"
    assert [(p.section, p.kind, p.paragraph, p.text) for p in document.passages] == [
        ("Findings", "paragraph", "4.1", "The 'officer' was not told."),
        ("Findings", "bullet", None, "Check references."),
        ("Findings", "row", None, "Date | Event"),
        ("Findings", "row", None, "1 May | A visit was made"),
        ("Findings", "paragraph", None, "After the table."),
    ]
    assert document.n_pages is None
    assert {p.page for p in document.passages} == {None}


def test_the_title_is_the_stated_one_then_title_then_heading_then_the_file() -> None:
    word = docx.Document()
    assert read(word).title == "review"
    word.add_heading("First heading", 2)
    assert read(word).title == "First heading"
    word.add_paragraph("Styled", style="Title")
    assert read(word).title == "Styled"
    word.core_properties.title = "Document1"
    assert read(word).title == "Styled"
    word.core_properties.title = "Stated"
    assert read(word).title == "Stated"


def test_headings_are_told_by_outline_level_and_by_bold_lines() -> None:
    word = docx.Document()
    style = word.styles.add_style("Titre de partie", 1)
    style.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    word.add_paragraph("Constats", style=style)
    word.add_paragraph("One.")
    own = word.add_paragraph("Own level")
    own._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="0"/>'))
    word.add_paragraph("Two.")
    word.add_paragraph().add_run("Bold line").bold = True
    word.add_paragraph("Three.")
    half = word.add_paragraph("Not ")
    half.add_run("all bold").bold = True
    word.add_paragraph().add_run("Bold, but a sentence.").bold = True
    assert [(p.section, p.text) for p in read(word).passages] == [
        ("Constats", "One."),
        ("Own level", "Two."),
        ("Bold line", "Three."),
        ("Bold line", "Not all bold"),
        ("Bold line", "Bold, but a sentence."),
    ]


def test_headers_footers_notes_comments_and_contents_are_left_out() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Running header"
    word.sections[0].footer.paragraphs[0].text = "Page 1"
    style = word.styles.add_style("toc 1", 1)
    word.add_paragraph("Findings 3", style=style)
    add_xml(
        word,
        "<w:sdt {ns}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
        "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Contents</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>",
    )
    field = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"
    add_xml(
        word,
        "<w:p {ns}>"
        + field.format("begin")
        + r"<w:r><w:instrText> TOC \o </w:instrText></w:r>"
        + field.format("separate")
        + "<w:r><w:t>Findings</w:t></w:r></w:p>",
    )
    add_xml(
        word,
        "<w:p {ns}><w:r><w:t>Advice 4</w:t></w:r>"
        + field.format("end")
        + "<w:r><w:t>After it.</w:t></w:r></w:p>",
    )
    add_xml(
        word,
        "<w:p {ns}><w:commentRangeStart w:id='0'/><w:r><w:t>A risk</w:t></w:r>"
        "<w:r><w:footnoteReference w:id='2'/></w:r><w:commentRangeEnd w:id='0'/>"
        "<w:r><w:commentReference w:id='0'/></w:r><w:r><w:t xml:space='preserve'> was seen on p. "
        "</w:t></w:r>"
        + field.format("begin")
        + "<w:r><w:instrText>PAGEREF x</w:instrText></w:r>"
        + field.format("separate")
        + "<w:r><w:t>7</w:t></w:r>"
        + field.format("end")
        + "</w:p>",
    )
    assert texts(word) == ["After it.", "A risk was seen on p. 7"]


def test_insertions_links_and_controls_are_kept_and_deletions_are_not() -> None:
    word = docx.Document()
    add_xml(
        word,
        "<w:p {ns}><w:r><w:t xml:space='preserve'>The </w:t></w:r>"
        "<w:ins w:id='1'><w:r><w:t>school</w:t></w:r></w:ins>"
        "<w:del w:id='2'><w:r><w:delText>nurse</w:delText></w:r></w:del>"
        "<w:moveFrom w:id='3'><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:r><w:tab/></w:r><w:hyperlink><w:r><w:t>was</w:t></w:r></w:hyperlink>"
        "<w:r><w:br/></w:r><w:sdt><w:sdtContent><w:r><w:t>not</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:t xml:space='preserve'> told</w:t><w:noBreakHyphen/><w:t>off</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        "<w:fldSimple w:instr='DATE'><w:r><w:t xml:space='preserve'> today</w:t></w:r>"
        "</w:fldSimple></w:p>",
    )
    add_xml(
        word,
        "<w:sdt {ns}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent>"
        "</w:sdt>",
    )
    assert texts(word) == ["The school was not told-off today", "In a control."]


def test_text_boxes_follow_their_paragraph_once() -> None:
    word = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    add_xml(
        word,
        "<w:p {ns}><w:r><w:t>Anchor.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice "
        f"Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
    )
    assert texts(word) == ["Anchor.", "In a box."]


def test_merged_cells_are_not_repeated() -> None:
    word = docx.Document()
    table = word.add_table(3, 3)
    for number, cell in enumerate(table._cells):
        cell.text = f"c{number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(2, 2))
    assert texts(word) == ["c0 c1 | c2", "c3 | c4 | c5 c8", "c6 | c7"]


def test_a_box_made_of_a_table_is_read_as_paragraphs() -> None:
    word = docx.Document()
    cell = word.add_table(1, 1).cell(0, 0)
    cell.text = "One sentence."
    cell.add_paragraph("Another one.")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text = "a"
    inner.cell(0, 1).text = "b"
    assert [(p.kind, p.text) for p in read(word).passages] == [
        ("paragraph", "One sentence."),
        ("paragraph", "Another one."),
        ("row", "a | b"),
    ]


def add_list(word: WordFile, *levels: tuple[str, str], number_id: int = 77, start: int = 1) -> None:
    """Define a list: a pair of number format and label for each level."""
    root = word.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{label}"/></w:lvl>'
        for i, (form, label) in enumerate(levels)
    )
    names = nsdecls("w")
    root.insert(
        0,
        parse_xml(f'<w:abstractNum {names} w:abstractNumId="{number_id}">{inner}</w:abstractNum>'),
    )
    root.append(
        parse_xml(
            f'<w:num {names} w:numId="{number_id}"><w:abstractNumId w:val="{number_id}"/></w:num>'
        )
    )


def add_item(word: WordFile, text: str, depth: int = 0, number_id: int = 77) -> None:
    add_xml(
        word,
        f"<w:p {{ns}}><w:pPr><w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{number_id}'/>"
        f"</w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>",
    )


def labels(word: WordFile) -> list[tuple[str | None, str]]:
    return [(passage.paragraph, passage.kind) for passage in read(word).passages]


def test_automatic_numbers_are_counted_as_word_shows_them() -> None:
    word = docx.Document()
    add_list(word, ("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), start=1)
    for depth in (0, 1, 1, 2, 2, 1, 0, 1):
        add_item(word, "Words here.", depth)
    assert labels(word) == [
        ("1", "paragraph"),
        ("1.1", "paragraph"),
        ("1.2", "paragraph"),
        ("a", "bullet"),
        ("b", "bullet"),
        ("1.3", "paragraph"),
        ("2", "paragraph"),
        ("2.1", "paragraph"),
    ]


def test_numbers_start_where_the_list_says_and_at_a_level_never_shown() -> None:
    word = docx.Document()
    add_list(word, ("decimal", "%1"), ("decimal", "%1.%2"), start=4)
    add_item(word, "Words here.", 1)
    add_item(word, "Words here.", 1)
    assert labels(word) == [("4.4", "paragraph"), ("4.5", "paragraph")]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("upperLetter", ["A", "B", "C", "D"]),
        ("lowerRoman", ["i", "ii", "iii", "iv"]),
        ("upperRoman", ["I", "II", "III", "IV"]),
        ("decimalZero", ["01", "02", "03", "04"]),
        ("bullet", [None, None, None, None]),
    ],
)
def test_other_number_formats(form: str, expected: list[str | None]) -> None:
    word = docx.Document()
    add_list(word, (form, "%1)"))
    for _ in expected:
        add_item(word, "Words here.")
    assert [number for number, _ in labels(word)] == expected


def test_legal_numbering_shows_the_levels_above_in_figures() -> None:
    word = docx.Document()
    add_list(word, ("upperRoman", "%1"), ("decimal", "%1.%2"), number_id=77)
    level = word.part.numbering_part.element.find(qn("w:abstractNum")).findall(qn("w:lvl"))[1]
    add_item(word, "Words here.")
    add_item(word, "Words here.", 1)
    assert [number for number, _ in labels(word)] == ["I", "I.1"]
    level.insert(2, OxmlElement("w:isLgl"))
    assert [number for number, _ in labels(word)] == ["I", "1.1"]


def test_a_restarted_list_counts_from_its_start_again() -> None:
    word = docx.Document()
    add_list(word, ("decimal", "%1."))
    word.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    for number_id in (77, 77, 78, 78):
        add_item(word, "Words here.", number_id=number_id)
    assert [number for number, _ in labels(word)] == ["1", "2", "1", "2"]


def test_a_list_that_is_not_defined_gives_no_number() -> None:
    word = docx.Document()
    add_item(word, "Words here.", number_id=999)
    add_item(word, "Words here.", number_id=0)
    assert labels(word) == [(None, "paragraph")] * 2


def test_numbers_in_cells_stand_in_front_of_the_words() -> None:
    word = docx.Document()
    add_list(word, ("decimal", "%1."))
    item = "<w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='77'/></w:numPr></w:pPr>"
    cell = "<w:tc><w:p>{}<w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr>{cell.format(item, 'Check')}{cell.format('', 'Board')}</w:tr>"
    add_xml(word, f"<w:tbl {{ns}}>{row}{row}</w:tbl>")
    assert texts(word) == ["1 Check | Board", "2 Check | Board"]


def test_pages_are_those_that_word_last_laid_out() -> None:
    word = docx.Document()
    word.add_paragraph("On one.")
    across = word.add_paragraph("Begins on one ")
    rendered_break(across)
    across.add_run("and ends on two.")
    word.add_paragraph("On two.").add_run().add_break(WD_BREAK.PAGE)
    after = word.add_paragraph()
    rendered_break(after)
    after.add_run("On three.")
    table = word.add_table(1, 2)
    for cell in table._cells:  # both cells of the row go on to page four
        cell.paragraphs[0].add_run("long ")
        rendered_break(cell.paragraphs[0])
        cell.paragraphs[0].add_run("cell")
    word.add_paragraph("On four.")
    document = read(word)
    assert [p.page for p in document.passages] == [1, 1, 2, 3, 3, 4]
    assert document.n_pages == 4


def test_page_breaks_alone_do_not_tell_pages() -> None:
    word = docx.Document()
    word.add_paragraph("One.").add_run().add_break(WD_BREAK.PAGE)
    word.add_paragraph("Two.")
    assert [p.page for p in read(word).passages] == [None, None]


def test_a_damaged_file_is_an_error() -> None:
    word = docx.Document()
    word.add_paragraph("x")
    data = saved(word)
    with pytest.raises(ReadingError, match=r"review\.docx: is a damaged DOCX; open it in Word"):
        read_docx(FILE, data[: len(data) // 2])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_a_file_with_changed_bytes_is_read_or_refused(at: int, change: bytes) -> None:
    word = docx.Document()
    word.add_paragraph("Some words to damage.", style="List Bullet")
    data = bytearray(saved(word))
    at %= len(data)
    data[at : at + len(change)] = change
    fault = ""
    try:
        read_docx(FILE, bytes(data))
    except ReadingError as error:
        fault = str(error)
    assert "\n" not in fault
