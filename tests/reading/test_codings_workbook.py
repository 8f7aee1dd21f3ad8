"""Our own workbooks after people, and the tables of files that nobody should trust."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scr_themes.documents import TaggedDocument
from scr_themes.errors import ReadingError
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import write
from tests.writing.tables import BARE, FIRST, SECOND


@pytest.fixture
def edited(tmp_path):
    """Write a workbook, let it be changed, and read it."""

    def read(change, *documents):
        path = tmp_path / "tags.xlsx"
        write(documents or [FIRST, SECOND, BARE], path)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return read_as_coded(path)

    return read


def laid_out(tagged: TaggedDocument) -> TaggedDocument:
    """Return a document whose passages stand in its text, under a heading."""
    text, at = "Findings", []
    for passage in tagged.passages:
        start = len(text) + 2
        text += f"\n\n{passage.text}"
        place = replace(passage.passage, start=start, end=len(text))
        at.append(replace(passage, passage=place))
    document = replace(tagged.document, text=text, passages=tuple(p.passage for p in at))
    return replace(tagged, document=document, passages=tuple(at))


def column(sheet, name: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == name)


def add(sheet, **cells) -> None:
    row = sheet.max_row + 1
    for name, value in cells.items():
        sheet.cell(row, column(sheet, name.replace("_", " ")), value)


def test_a_workbook_that_was_only_saved_again_is_the_same(edited):
    codings = edited(lambda book: None)
    assert [d.document.name for d in codings] == ["first.pdf", "second.pdf", "scanned.pdf"]
    assert [p.tags for p in codings.documents[0].passages] == [p.tags for p in FIRST.passages]
    assert codings.unmapped == ()


def test_order_of_rows_and_columns_and_what_is_added_do_not_count(edited):
    def change(book):
        for sheet in (book["Passages"], book["Tags"], book["Documents"]):
            header, *rows = [list(row) for row in sheet.values]
            sheet.delete_rows(1, sheet.max_row)
            sheet.append(["remark", *reversed(header)])
            sheet.append([])
            for row in reversed(rows):
                sheet.append(["!", *reversed(row)])
        book.create_sheet("Notes", 0).append(["text", "themes"])
        book.move_sheet("Tags", -2)

    codings = edited(change)
    by_name = {tagged.document.name: tagged for tagged in codings}
    first = by_name["first.pdf"]
    assert [p.text for p in first.passages] == ["No note. It rained.", "Nothing here."]
    assert set(first.passages[0].themes) == {"recording", "child_voice"}
    assert first.document.warnings == ("page 2 is scanned", "page 3 too")
    assert set(by_name) == {"first.pdf", "second.pdf", "scanned.pdf"}


def test_numbers_typed_as_text_are_numbers(edited):
    def change(book):
        for sheet in (book["Passages"], book["Tags"], book["Documents"]):
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if isinstance(cell.value, int | float):
                        cell.value = f" {float(cell.value)} "

    codings = edited(change)
    assert [p.tags for p in codings.documents[0].passages] == [p.tags for p in FIRST.passages]
    assert codings.documents[0].passages[0].passage.page == 3


def test_tags_are_deleted_and_added(edited):
    def change(book):
        tags = book["Tags"]
        tags.delete_rows(2)
        add(tags, document="first.pdf", passage=1, theme="Housing", coder="tiny 1")

    first = edited(change).documents[0]
    assert [p.themes for p in first.passages] == [("child_voice",), ("Housing",)]
    (tag,) = first.passages[1].tags
    assert (tag.probability, first.passages[1].quote(tag)) == (1.0, "Nothing here.")


def test_another_coders_tags_are_kept_apart(edited):
    def change(book):
        add(book["Tags"], document="first.pdf", passage=0, theme="recording", coder="Ben")
        add(book["Tags"], document_number=1, passage=1, theme="child_voice", coder="Ben")

    codings = edited(change)
    assert codings.coders == ("tiny 1", "Ben", "Ann")
    (bens,) = codings.of("Ben")
    assert [p.themes for p in bens.passages] == [("recording",), ("child_voice",)]
    assert [p.role for p in bens.passages] == ["", ""]
    assert bens.document == codings.documents[0].document


def test_what_cannot_be_placed_is_listed(edited):
    def change(book):
        add(book["Tags"], document="first.pdf", passage=99, theme="recording", evidence="a note")
        add(book["Tags"], document="other.pdf", passage=0, theme="recording", coder="Ben")
        add(book["Tags"], document_number=77, passage=0, theme="recording")
        passages = book["Passages"]
        passages.cell(3, column(passages, "themes"), "recording; Housing")

    found = edited(change).unmapped
    assert [(u.document, u.coder, u.code, u.reason) for u in found] == [
        ("first.pdf", "tiny 1", "recording", "no passage 99 in sheet Passages"),
        ("other.pdf", "Ben", "recording", "no passage 0 in sheet Passages"),
        ("", "tags", "recording", "no passage 0 in sheet Passages"),
        ("first.pdf", "tiny 1", "recording", "stands in sheet Passages, but not in sheet Tags"),
        ("first.pdf", "tiny 1", "Housing", "stands in sheet Passages, but not in sheet Tags"),
    ]
    assert found[0].quote == "a note"


def test_a_passage_whose_words_were_mended_keeps_its_tags(edited):
    def change(book):
        passages = book["Passages"]
        passages.cell(2, column(passages, "text"), "Now longer. No note. It rained.")

    first = edited(change, laid_out(FIRST)).documents[0]
    assert first.passages[0].quote(first.passages[0].tags[0]) == "No note."
    for passage in first.passages:
        place = passage.passage
        assert first.document.text[place.start : place.end] == passage.text


def test_without_the_sheet_of_documents_names_are_enough(edited):
    codings = edited(lambda book: book.remove(book["Documents"]))
    assert [(d.document.name, d.document.title, d.coder) for d in codings] == [
        ("first.pdf", "A review", "tiny 1"),
        ("second.pdf", "A review", "Ann"),
    ]


def test_without_the_sheet_of_tags_the_passages_are_a_table(edited):
    codings = edited(lambda book: book.remove(book["Tags"]))
    assert codings.documents[0].passages[0].themes == ("recording", "child_voice")


def test_a_probability_that_is_none_is_named_with_its_row(edited):
    def change(book):
        book["Tags"].cell(3, column(book["Tags"], "probability"), "very")

    with pytest.raises(ReadingError, match=r"sheet 'Tags', row 3: 'very' is no probability"):
        edited(change)


# Files that nobody should trust


def test_no_workbook_unpacks_to_more_than_it_may(tmp_path, monkeypatch):
    write([FIRST], tmp_path / "tags.xlsx")
    monkeypatch.setattr("scr_themes.reading.codings.workbooks.MOST", 10_000)
    with pytest.raises(ReadingError, match="unpacks to more"):
        read_as_coded(tmp_path / "tags.xlsx")


def test_strings_that_would_fill_the_memory_are_refused(tmp_path):
    write([FIRST], tmp_path / "tags.xlsx")
    archive = zipfile.ZipFile(tmp_path / "tags.xlsx", "a", zipfile.ZIP_DEFLATED)
    with archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(600):
            part.write(b"\0" * 1024**2)
    assert (tmp_path / "tags.xlsx").stat().st_size < 1_000_000
    with pytest.raises(ReadingError, match="unpacks to more"):
        read_as_coded(tmp_path / "tags.xlsx")


def test_an_entity_in_a_workbook_is_not_followed(tmp_path):
    write([FIRST], tmp_path / "tags.xlsx")
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    with zipfile.ZipFile(tmp_path / "tags.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    declared = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><worksheet '
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"<worksheet ", declared.encode(), 1)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"Nothing here.", b"&e;")
    with zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    try:
        found = repr(read_as_coded(tmp_path / "evil.xlsx").documents[0].document.text)
    except ReadingError as error:
        found = str(error)
    assert "hidden" not in found


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "sqlite"])
@pytest.mark.parametrize("damage", ["empty", "text", "half", "holes", "missing", "folder"])
def test_bad_files_are_errors_in_one_line(tmp_path, ending, damage):
    path = tmp_path / f"tags.{ending}"
    write([FIRST, SECOND], path)
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        middle = len(data) // 2
        content = {
            "empty": b"",
            "text": b"no such thing, however long it may be" * 9,
            "half": data[:middle],
            "holes": data[:200] + b"\xa5" * (len(data) - 400) + data[-200:],
        }
        path.write_bytes(content[damage])
    with pytest.raises(ReadingError) as caught:
        read_as_coded(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_database_is_opened_to_read_only(tmp_path):
    path = tmp_path / "tags.sqlite"
    write([FIRST], path)
    path.chmod(0o444)
    before = (path.read_bytes(), sorted(tmp_path.iterdir()))
    assert len(read_as_coded(path)) == 1
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize("name", ["a b%20?mode=rwc#x.sqlite", "Zoë ÷ 👩.db"])
def test_any_name_of_a_database_will_do(tmp_path, name):
    write([FIRST], tmp_path / name)
    assert len(read_as_coded(tmp_path / name)) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DROP TABLE tags", "no table 'tags'"),
        ("ALTER TABLE passages DROP COLUMN kind", "no table 'passages'"),
        (
            "DROP VIEW tagged; ALTER TABLE tags RENAME TO t; CREATE VIEW tags AS SELECT * FROM t",
            "no",
        ),
        ("PRAGMA user_version = 2", "version 2, not 1"),
        ("UPDATE tags SET evidence_end = 9999", "outside the text"),
        ("UPDATE tags SET passage_id = 3", "stands on no passage"),
        ("UPDATE tags SET probability = 'x'", "ValueError"),
        ("UPDATE documents SET warnings = 'x'", "damaged"),
        ("UPDATE passages SET text = x'00ff'", "damaged"),
        ("UPDATE documents SET title = 7", "damaged|none"),
    ],
)
def test_a_database_that_was_tampered_with_is_an_error(tmp_path, change, fault):
    path = tmp_path / "tags.sqlite"
    write([FIRST, SECOND], path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(change)
    if "title = 7" in change:  # a column of text makes text of it
        assert read_as_coded(path).documents[0].document.title == "7"
        return
    with pytest.raises(ReadingError, match=fault):
        read_as_coded(path)


def test_another_programs_database_is_no_file_of_tags(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(ReadingError, match="has no table 'coders'"):
        read_as_coded(tmp_path / "other.db")


def test_a_database_that_somebody_has_open_is_read(tmp_path):
    path = tmp_path / "tags.sqlite"
    write([FIRST], path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE documents SET title = 'Changed'")
        other.commit()
        assert read_as_coded(path).documents[0].document.title == "Changed"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("passage", None),
        ("start", None),
        ("tags", [{"theme": "x", "probability": 1.0, "evidence_start": 5, "evidence_end": 999}]),
        ("tags", [{"theme": None, "probability": 1.0, "evidence_start": 0, "evidence_end": 1}]),
        ("document", None),
    ],
)
def test_a_parquet_file_that_was_tampered_with_is_an_error(tmp_path, column, value):
    write([FIRST], tmp_path / "tags.parquet")
    rows = pq.read_table(tmp_path / "tags.parquet").to_pylist()
    rows[0][column] = value
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "other.parquet")
    with pytest.raises(ReadingError, match="document 0"):
        read_as_coded(tmp_path / "other.parquet")


def test_a_parquet_file_that_pandas_wrote_again_comes_back(tmp_path):
    pandas = pytest.importorskip("pandas")
    write([FIRST, SECOND, BARE], tmp_path / "tags.parquet")
    frame = pandas.read_parquet(tmp_path / "tags.parquet")
    frame.sample(frac=1, random_state=1).to_parquet(tmp_path / "again.parquet")
    found = {tagged.document.name: tagged for tagged in read_as_coded(tmp_path / "again.parquet")}
    assert [p.tags for p in found["first.pdf"].passages] == [p.tags for p in FIRST.passages]
    assert found["first.pdf"].document.n_pages == 9


def test_a_copy_under_another_ending_is_refused(tmp_path):
    write([FIRST], tmp_path / "tags.sqlite")
    shutil.copy(tmp_path / "tags.sqlite", tmp_path / "tags.xlsx")
    with pytest.raises(ReadingError, match="is no XLSX workbook"):
        read_as_coded(tmp_path / "tags.xlsx")
