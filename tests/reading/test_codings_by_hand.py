"""Tables that people make or change, in CSV, XLSX and Parquet."""

from __future__ import annotations

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes import read_codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings import read_as_coded
from tests.round_trip import there_and_back
from tests.tagged import laid_out_documents, tagged_document, tagged_passage
from tests.writing.tables import FIRST, SECOND


@pytest.fixture
def table(tmp_path):
    """Write rows under a header, in a format, and read them as codings."""

    def read(rows, ending=".csv", *, mapped=False, **given):
        path = tmp_path / f"mine{ending}"
        if ending == ".xlsx":
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        elif ending == ".parquet":
            header, *others = rows
            cells = [dict(zip(header, row, strict=True)) for row in others]
            pq.write_table(pa.Table.from_pylist(cells), path)
        else:
            lines = (";".join("" if cell is None else str(cell) for cell in row) for row in rows)
            path.write_text("\n".join(lines), encoding="utf-8")
        return (read_codings if mapped else read_as_coded)(path, **given)

    return read


def coded(codings):
    return [
        (tagged.document.name, tagged.coder, passage.text, passage.themes)
        for tagged in codings
        for passage in tagged.passages
    ]


each_format = pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])


@each_format
def test_a_row_a_passage_with_its_themes_joined(table, ending):
    mark = "," if ending == ".csv" else ";"  # the delimiter of this CSV is the semicolon
    rows = [
        ["Text", "Themes", "Page", "Paragraph", "Role"],
        ["Nobody asked her.", f"child_voice{mark} Poor recording", 3, "4.10", "finding"],
        ["It rained.", None, 4, None, None],
    ]
    codings = table(rows, ending)
    first, second = codings.documents[0].passages
    if ending != ".csv":
        assert first.themes == ("child_voice", "Poor recording")
    assert (first.passage.page, first.passage.paragraph) == (3, "4.10")
    assert (first.role, first.role_probability) == ("finding", 1.0)
    assert all(tag.probability == 1.0 for tag in first.tags)
    assert (second.themes, second.role, second.passage.page) == ((), "", 4)
    assert (codings.documents[0].document.name, codings.coders) == ("mine", ("mine",))


@each_format
def test_a_row_a_code(table, ending):
    rows = [
        ["document", "coder", "passage", "code"],
        ["a.pdf", "Ann", "Nobody asked her.", "child_voice"],
        ["a.pdf", "Ben", "Nobody asked her.", "recording"],
        ["b.pdf", "Ann", "No note.", "recording"],
        ["a.pdf", "Ann", "Nobody asked her.", "recording"],
    ]
    assert coded(table(rows, ending)) == [
        ("a.pdf", "Ann", "Nobody asked her.", ("child_voice", "recording")),
        ("a.pdf", "Ben", "Nobody asked her.", ("recording",)),
        ("b.pdf", "Ann", "No note.", ("recording",)),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_any_delimiter_and_encoding(tmp_path, mark, encoding):
    path = tmp_path / "mine.csv"
    path.write_text(f'text{mark}themes\n"Zoë{mark} too."{mark}recording\n', encoding=encoding)
    assert coded(read_as_coded(path)) == [("mine", "mine", f"Zoë{mark} too.", ("recording",))]


@pytest.mark.parametrize(
    "header",
    [
        ["Document name", "Code", "Segment", "Created by"],  # MAXQDA's coded segments
        ["document", "tag", "content", "user"],
        ["FILE", "Codes", "Quote", "Coder"],
    ],
)
def test_columns_go_by_what_people_and_programs_call_them(table, header):
    rows = [header, ["a.pdf", "Recording", "No note.", "Ann"]]
    assert coded(table(rows, mapped=True)) == [("a.pdf", "Ann", "No note.", ("recording",))]


def test_evidence_is_found_in_the_text(table):
    rows = [
        ["text", "theme", "evidence"],
        ["It rained. Nobody  asked her.", "child_voice", "nobody asked"],
        ["It rained. No note.", "recording", "not in it"],
        ["It rained. No note.", "child_voice", None],
    ]
    first, second = table(rows).documents[0].passages
    assert first.quote(first.tags[0]) == "Nobody  asked"
    assert [second.quote(tag) for tag in second.tags] == ["It rained. No note."] * 2


def test_what_cannot_be_placed_is_listed(table):
    rows = [
        ["text", "themes", "quote", "document"],
        [None, "recording", "a note", "a.pdf"],
        ["No note.", "Housing", None, "a.pdf"],
        [None, None, None, None],
    ]
    codings = table(rows, mapped=True)
    assert [(u.document, u.code, u.quote, u.reason) for u in codings.unmapped] == [
        ("a.pdf", "recording", "a note", "its row has no words"),
        ("a.pdf", "Housing", "No note.", "no such code in the codebook"),
    ]


def test_the_coder_can_be_told(table):
    assert table([["text", "themes"], ["No note.", "recording"]], coder="Ann").coders == ("Ann",)


@pytest.mark.parametrize(
    ("cell", "expected"), [("0,85", 0.85), ("85%", 0.85), ("85 %", 0.85), ("0.5", 0.5), ("", 1.0)]
)
def test_probabilities_as_people_write_them(table, cell, expected):
    rows = [["text", "theme", "probability"], ["No note.", "recording", cell]]
    ((passage,),) = (tagged.passages for tagged in table(rows))
    assert passage.tags[0].probability == pytest.approx(expected)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("cell", ["7", "high", "-1"])
def test_a_probability_that_is_none_is_named_with_its_row(table, ending, cell):
    rows = [["text", "theme", "score"], ["One.", "recording", 1], ["Two.", "recording", cell]]
    with pytest.raises(ReadingError, match=f"'{cell}' is no probability") as caught:
        table(rows, ending)
    assert str(caught.value.subject).endswith("mine.csv:3" if ending == ".csv" else "row 3")


@pytest.mark.parametrize(
    ("cell", "page"), [("p. 12", 12), ("12-13", 12), (12.0, 12), ("iv", None), ("nan", None)]
)
def test_pages_as_people_write_them(table, cell, page):
    codings = table([["text", "theme", "page"], ["No note.", "recording", cell]])
    assert codings.documents[0].passages[0].passage.page == page


@each_format
def test_a_table_without_the_columns_says_which_it_has(table, ending):
    with pytest.raises(ReadingError, match=r"(?s)(text.*themes|'themes')"):
        table([["text", "remark"], ["No note.", "x"]], ending)


def test_a_table_on_a_later_sheet_under_a_title_is_found(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Read me first"])
    sheet = book.create_sheet("Ann's")
    sheet.append(["Coded in May"])
    sheet.append([])
    sheet.append([None, "Themes", "Text", "Themes?"])
    sheet.append([])
    sheet.append([None, "recording", "No note.", "x"])
    sheet["A5000"].font = openpyxl.styles.Font(bold=True)  # a row with formats and nothing in it
    book.save(tmp_path / "mine.xlsx")
    assert coded(read_as_coded(tmp_path / "mine.xlsx")) == [
        ("mine", "mine", "No note.", ("recording",))
    ]


def test_columns_of_the_same_name_are_refused(table):
    for ending in (".csv", ".xlsx"):
        with pytest.raises(ReadingError, match="two columns are called 'themes'"):
            table([["text", "themes", "themes"], ["No note.", "recording", "x"]], ending)


def test_rows_of_a_worksheet_that_nobody_settled_are_left_out(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "to code"
    for row in (["text", "themes"], ["One.", "recording"], ["Two.", None], ["Three.", "none"]):
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")
    assert coded(read_as_coded(tmp_path / "mine.xlsx")) == [
        ("mine", "mine", "One.", ("recording",)),
        ("mine", "mine", "Three.", ()),
    ]


# Our own CSV


@given(st.lists(laid_out_documents(), max_size=2, unique_by=lambda d: (d.document.name, d.coder)))
def test_tags_come_back_from_our_own_csv(documents):
    found = there_and_back(documents, ".csv", "csv")
    expected = [tagged for tagged in documents if any(p.tags for p in tagged.passages)]
    assert len(found) == len(expected)
    for back, tagged in zip(found, expected, strict=True):
        assert (back.document.name, back.coder) == (tagged.document.name, tagged.coder)
        passages = [p for p in tagged.passages if p.tags]
        for given_back, passage in zip(back.passages, passages, strict=True):
            assert given_back.text == passage.text
            for name in ("index", "page", "paragraph", "section"):
                assert getattr(given_back.passage, name) == getattr(passage.passage, name)
            assert given_back.role == passage.role
            # Of tags that quote the same words at two places, one is left.
            assert {(t.theme, given_back.quote(t)) for t in given_back.tags} == {
                (t.theme, passage.quote(t)) for t in passage.tags
            }


def test_only_the_apostrophes_that_we_put_are_taken_away(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,themes\n'-10 degrees,recording\n", encoding="utf-8")
    assert coded(read_as_coded(path))[0][2] == "'-10 degrees"
    ours = tagged_document(tagged_passage("-10 degrees", {"recording": 0.9}))
    assert there_and_back([ours], ".csv", "csv").documents[0].passages[0].text == "-10 degrees"


def test_our_csv_saved_by_a_german_spreadsheet_comes_back(tmp_path):
    (tmp_path / "tags.csv").write_text(
        "\ufeffdocument;passage;page;paragraph;section;theme;theme_title;probability;role;"
        "evidence;text;coder\r\n"
        "a.pdf;4;3;4.1;;recording;Poor recording;0,9123;finding;No note.;No note. It rained.;"
        "x 1\r\n",
        encoding="utf-8",
    )
    (tagged,) = read_as_coded(tmp_path / "tags.csv")
    (tag,) = tagged.passages[0].tags
    assert (tag.probability, tag.evidence) == (0.9123, (0, 8))
    assert (tagged.passages[0].passage.index, tagged.coder) == (4, "x 1")


def test_a_csv_of_no_tags_holds_none():
    assert there_and_back([], ".csv", "csv").documents == ()


def test_both_documents_of_a_csv_come_back():
    found = there_and_back([FIRST, SECOND], ".csv", "csv")
    assert [(d.document.name, d.coder, len(d.passages)) for d in found] == [
        ("first.pdf", "tiny 1", 1),
        ("second.pdf", "Ann", 1),
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"text,themes\nOne,recording,more,cells\n", "the row has 4 cells"),
        (b'text,themes\n"One,recording\n', "not well-formed CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not"),
    ],
)
def test_a_bad_csv_is_an_error_in_one_line(tmp_path, content, fault):
    (tmp_path / "mine.csv").write_bytes(content)
    with pytest.raises(ReadingError, match=fault) as caught:
        read_as_coded(tmp_path / "mine.csv")
    assert "\n" not in str(caught.value)
