from __future__ import annotations

import sys
import tracemalloc
import zipfile
from contextlib import closing

import openpyxl
import pytest

from scr_themes.codebook import Codebook
from scr_themes.documents import TaggedDocument
from scr_themes.errors import MissingExtraError, WritingError
from scr_themes.reading.codings import read_as_coded
from scr_themes.workbook import COLUMNS, LONG_TEXTS, PASSAGES
from scr_themes.writing import Settings, write
from scr_themes.writing.xlsx import save
from tests.tagged import tagged_document, tagged_passage
from tests.writing.tables import BARE, FIRST, SECOND, then

SETTINGS = Settings(codebook=Codebook.load())


@pytest.fixture
def saved(tmp_path):
    """Write documents and open the workbook in openpyxl, formats and all."""

    def save_and_open(*documents, settings=SETTINGS):
        save(documents, settings, tmp_path / "tags.xlsx")
        return openpyxl.load_workbook(tmp_path / "tags.xlsx")

    return save_and_open


def rows(sheet) -> list[dict[str, object]]:
    header, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in others]


def test_the_sheets_stand_in_the_order_in_which_people_need_them(saved):
    book = saved(FIRST)
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert shown == ["Passages", "Tags", "Themes", "Documents", "Co-occurrence", "Codebook"]
    for name, columns in COLUMNS.items():
        if name != LONG_TEXTS:
            assert [cell.value for cell in book[name][1]] == list(columns)


def test_every_passage_is_a_row(saved):
    first, second = rows(saved(FIRST)["Passages"])
    assert first == {
        "document": "first.pdf",
        "title": "A review",
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": "Work",
        "kind": "paragraph",
        "start": 0,
        "end": 19,
        "role": "finding",
        "role probability": 0.9,
        "themes": "recording; child_voice",
        "text": "No note. It rained.",
        "coder": "tiny 1",
        "document number": 1,
    }
    assert second["themes"] is second["role"] is second["role probability"] is None


def test_every_tag_is_a_row(saved):
    first, _, third = rows(saved(FIRST, SECOND)["Tags"])
    assert first == {
        "document": "first.pdf",
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": "Work",
        "role": "finding",
        "theme": "recording",
        "theme title": "Poor recording",
        "probability": 0.9123,
        "evidence": "No note.",
        "evidence start": 0,
        "evidence end": 8,
        "coder": "tiny 1",
        "document number": 1,
    }
    assert (third["coder"], third["document number"]) == ("Ann", 2)


def test_documents_are_counted(saved):
    first, second, bare = rows(saved(FIRST, SECOND, BARE)["Documents"])
    assert (first["pages"], first["passages"], first["tagged"]) == (9, 2, 1)
    assert first["warnings"] == "page 2 is scanned\npage 3 too"
    assert second["warnings"] is None
    assert (bare["passages"], bare["tagged"], bare["warnings"]) == (0, 0, "no text")


def test_themes_are_ranked_by_documents_and_all_of_the_codebook_are_there(saved):
    found = rows(saved(FIRST, SECOND)["Themes"])
    assert found[0] == {
        "theme": "child_voice",
        "theme title": SETTINGS.title("child_voice"),
        "documents": 2,
        "share of documents": 1,
        "passages": 2,
    }
    assert (found[1]["theme"], found[1]["share of documents"]) == ("recording", 0.5)
    assert {row["theme"] for row in found} == {*SETTINGS.codebook.theme_ids}
    assert found[-1]["documents"] == found[-1]["passages"] == 0


def test_themes_that_occur_together_are_a_matrix(saved):
    found = [list(row) for row in saved(FIRST, SECOND)["Co-occurrence"].values]
    assert found == [
        ["passages with both", "child_voice", "recording"],
        ["child_voice", 2, 1],
        ["recording", 1, 1],
        [None, None, None],
        ["documents with both", "child_voice", "recording"],
        ["child_voice", 2, 1],
        ["recording", 1, 1],
    ]


def test_the_codebook_is_there(saved):
    found = rows(saved(FIRST)["Codebook"])
    theme = next(row for row in found if row["id"] == "recording")
    known = SETTINGS.codebook["recording"]
    assert (theme["kind"], theme["title"]) == ("theme", known.title)
    assert theme["definition"] == known.definition
    assert theme["counts"] == "\n".join(known.counts)
    assert {row["id"] for row in found if row["kind"] == "role"} == {*SETTINGS.codebook.role_ids}


def test_without_a_codebook_ids_stand_for_titles(saved):
    book = saved(FIRST, settings=Settings())
    assert rows(book["Tags"])[0]["theme title"] == "recording"
    assert rows(book["Codebook"]) == []


def test_sheets_can_be_read_filtered_and_printed(saved):
    book = saved(FIRST, SECOND)
    for name in ("Passages", "Tags", "Themes", "Documents", "Codebook"):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
    passages = book["Passages"]
    text = next(cell for cell in passages[2] if cell.value == "No note. It rained.")
    assert text.alignment.wrap_text
    assert passages.column_dimensions[text.column_letter].width > 80
    chance = next(cell for cell in book["Tags"][2] if cell.value == 0.9123)
    assert (chance.data_type, chance.number_format) == ("n", "0.00")


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+1", "@SUM(1)", '=HYPERLINK("http://a.example")', "http://a.example/", "007", "{=1}"],
)
def test_no_cell_is_a_formula_a_link_or_a_number_by_its_words(saved, words):
    passage = tagged_passage(words, {"recording": 0.9}, role=words, paragraph=words, section=words)
    document = tagged_document(passage, name=words, title=words, coder=words, warnings=(words,))
    book = saved(document)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert cell.value != words or cell.data_type == "s"
    assert rows(book["Passages"])[0]["text"] == words


@pytest.mark.parametrize(
    "words",
    [
        *("a\r\nb", "a\rb", "\ta\n", "  a  ", "\x00\x07\x1b\x7f\x9f", "_x000D_", "_x005F_x000D_"),
        *(
            "<r>a</r>",
            "<r><t>a</t></r>",
            "a & <b>",
            "\ufffe\uffff",
            "\ufdd0a\\",
            "caf\udce9 \\u00e9",
        ),
        *(
            "👩‍👧 e\u0301 مرحبا \U0001d49c",
            "… [whole in sheet Long texts, number 1]",
            "nan",
            "#N/A",
        ),
    ],
)
def test_awkward_words_come_back(tmp_path, words):
    passage = tagged_passage(words, {"recording": 0.9}, role="finding", paragraph=words)
    document = tagged_document(passage, name=words, title=words, coder=words, warnings=(words,))
    save([document], SETTINGS, tmp_path / "tags.xlsx")
    (back,) = read_as_coded(tmp_path / "tags.xlsx").documents
    assert back.passages[0].passage == passage.passage
    assert (back.document.name, back.document.title, back.coder) == (words, words, words)
    assert back.document.warnings == (words,)
    assert back.passages[0].tags == passage.tags


@pytest.mark.parametrize("sign", ["x", "𝒜", "\x07", "\\", "\udce9", "é\n"])
@pytest.mark.parametrize("length", [32_767, 32_768, 100_000])
def test_texts_of_any_length_come_back_and_no_cell_is_too_long(tmp_path, sign, length):
    words = (f"{sign}" * length)[:length]
    document = tagged_document(tagged_passage(words, {"recording": 0.9}), warnings=(words, "b"))
    save([document], SETTINGS, tmp_path / "tags.xlsx")
    with closing(openpyxl.load_workbook(tmp_path / "tags.xlsx", read_only=True)) as book:
        for sheet in book:
            for row in sheet.iter_rows(values_only=True):
                for cell in row:
                    if isinstance(cell, str):
                        text = cell.replace("_x0007_", "x")
                        assert len(text.encode("utf-16-le")) <= 2 * 32_767
    (back,) = read_as_coded(tmp_path / "tags.xlsx").documents
    assert back.passages[0].text == words
    assert back.passages[0].tags == document.passages[0].tags
    assert back.document.warnings == (words, "b")


def test_a_text_cut_says_where_the_whole_is(saved):
    book = saved(tagged_document(tagged_passage("Long. " * 9_999, {})))
    (passage,) = rows(book["Passages"])
    assert passage["text"].startswith("Long. Long.")
    assert passage["text"].endswith("… [whole in sheet Long texts, number 1]")
    parts = rows(book["Long texts"])
    assert [part["part"] for part in parts] == [1, 2, 3, 4]
    assert "".join(part["text"] for part in parts) == "Long. " * 9_999


def test_a_full_sheet_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr("scr_themes.writing.sheets.ROWS", 4)
    passages = [tagged_passage(f"{i}", {"recording": 0.9}, index=i) for i in range(8)]
    save([tagged_document(*passages)], Settings(), tmp_path / "tags.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tags.xlsx")
    sizes = {name: book[name].max_row for name in book.sheetnames if name.startswith(PASSAGES)}
    assert sizes == {"Passages": 4, "Passages 2": 4, "Passages 3": 3}
    (back,) = read_as_coded(tmp_path / "tags.xlsx").documents
    assert [p.text for p in back.passages] == [*"01234567"]
    assert all(p.themes == ("recording",) for p in back.passages)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no"), MemoryError()])
def test_an_error_midway_leaves_a_sound_workbook_of_the_documents_before(tmp_path, error):
    with pytest.raises(type(error)) as caught:
        write(then(error), tmp_path / "tags.xlsx")
    part = tmp_path / "tags.xlsx.part"
    assert caught.value.__notes__ == [f"2 files finished before this: kept in {part}"]
    part.rename(tmp_path / "tags.xlsx")
    names = [tagged.document.name for tagged in read_as_coded(tmp_path / "tags.xlsx")]
    assert names == ["first.pdf", "second.pdf"]
    assert openpyxl.load_workbook(tmp_path / "tags.xlsx")["Themes"]["C2"].value == 2


def test_a_place_that_cannot_be_written_is_an_error_in_one_line(tmp_path):
    with pytest.raises(WritingError, match="cannot be written"):
        write([FIRST], tmp_path / "nowhere" / "tags.xlsx")


def test_without_documents_the_workbook_is_whole(saved, tmp_path):
    assert rows(saved()["Passages"]) == []
    assert read_as_coded(tmp_path / "tags.xlsx").documents == ()


def test_the_package_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError, match=r"scr-themes\[xlsx\]"):
        save([FIRST], SETTINGS, tmp_path / "tags.xlsx")


def test_documents_are_not_kept_in_memory(tmp_path):
    def documents(n):
        for i in range(n):
            passages = (tagged_passage(f"{i} " * 9_000, {}, index=k) for k in range(10))
            yield tagged_document(*passages, name=f"{i}")

    def peak(n):
        tracemalloc.start()
        save(documents(n), Settings(), tmp_path / "tags.xlsx")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)  # what is imported and cached
    assert peak(40) < peak(4) + 3_000_000  # their text is 4 MB, and so are the cells of it


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    save([FIRST], SETTINGS, tmp_path / "tags.xlsx")

    def fails():
        yield TaggedDocument(document=FIRST.document, passages=(None,), coder="Ann")

    with pytest.raises(AttributeError):
        save(fails(), SETTINGS, tmp_path / "other.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["tags.xlsx"]
    assert zipfile.is_zipfile(tmp_path / "tags.xlsx")
