"""A long table is tagged part by part: the same passages, and no more of them in memory."""

from __future__ import annotations

import csv
import json
import tracemalloc

import pytest

from scr_themes import reading
from scr_themes.errors import BatchError
from scr_themes.reading import is_long_table, read, read_in_parts, tables
from scr_themes.tagging import tag

WORDS = ("No one told the nurse.", "The plan, said she, “was clear”.", "Line\none.", "", "Zoë saw")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Take any table for a long one, and seven rows for a part."""
    monkeypatch.setattr(reading, "LONG", 1)
    monkeypatch.setattr(tables, "PART", 7)
    defaults = {**tables.read_long_table.__kwdefaults__, "size": 7}
    monkeypatch.setattr(tables.read_long_table, "__kwdefaults__", defaults)


def rows(n=40):
    return [{"text": WORDS[i % 5], "page": i // 3 + 1, "section": f"S{i % 4}"} for i in range(n)]


def as_csv(path, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["text", "page", "section"], delimiter=delimiter)
        file.write("\n")
        writer.writeheader()
        writer.writerows(rows())


def as_jsonl(path):
    lines = (json.dumps(row, ensure_ascii=i % 2 == 0) + "\n" for i, row in enumerate(rows()))
    path.write_text("".join(lines), encoding="utf-8")


def as_parquet(path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.Table.from_pylist(rows()), path, row_group_size=11)


WRITERS = {"t.csv": as_csv, "s.csv": lambda p: as_csv(p, ";"), "t.jsonl": as_jsonl,
           "t.parquet": as_parquet}  # fmt: skip


@pytest.fixture(params=WRITERS)
def table(request, tmp_path):
    WRITERS[request.param](tmp_path / request.param)
    return tmp_path / request.param


def without_place(passages):
    return [(p.text, p.index, p.page, p.paragraph, p.section, p.kind) for p in passages]


def test_parts_hold_what_the_whole_holds(table):
    assert is_long_table(table)
    whole, parts = read(table), list(read_in_parts(table))
    assert len(parts) == 6
    assert {(part.path, part.title) for part in parts} == {(str(table), whole.title)}
    passages = [passage for part in parts for passage in part.passages]
    assert without_place(passages) == without_place(whole.passages)
    for part in parts:
        assert all(part.text[p.start : p.end] == p.text for p in part.passages)


@pytest.mark.parametrize("jobs", [1, 2])
def test_they_are_tagged_in_order(table, tiny_classifier, jobs, monkeypatch):
    parts = list(tag(table, classifier=tiny_classifier, jobs=jobs))
    assert [p.passage.index for part in parts for p in part.passages] == list(range(32))
    monkeypatch.setattr(reading, "LONG", 1 << 40)
    (whole,) = tag(table, classifier=tiny_classifier)
    found = [(p.tags, p.role, p.role_probability) for part in parts for p in part.passages]
    assert found == [(p.tags, p.role, p.role_probability) for p in whole.passages]


def test_the_column_named_is_read(tmp_path):
    (tmp_path / "t.csv").write_text("words,n\n" + "Nobody asked.,1\n" * 20)
    (first, *_) = read_in_parts(tmp_path / "t.csv", text_column="words")
    assert first.passages[0].text == "Nobody asked."


def test_a_row_that_cannot_be_read_ends_its_file_and_keeps_the_parts_before(
    tmp_path, tiny_classifier
):
    (tmp_path / "a.jsonl").write_text('{"text": "Nobody asked."}\n' * 20 + "{half\n")
    (tmp_path / "b.txt").write_text("The nurse was told.")
    done = []
    with pytest.raises(BatchError, match=r"a\.jsonl:21: is not JSON"):
        done.extend(tag(tmp_path, classifier=tiny_classifier))
    assert [len(one.passages) for one in done] == [7, 7, 1]


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("t.csv", "text\nZoë was not seen.\n".encode("cp1252"), None),
        ("t.csv", b"text\nShe was not seen.\n", "cp1252"),
        ("t.csv", b"text\nShe was not seen.\n", "no-such-encoding"),
        ("t.txt", b"She was not seen.\n" * 9, None),
        ("t.json", b"[1, 2]\n", None),
    ],
)
def test_what_is_no_table_in_utf8_is_read_as_a_whole(tmp_path, name, content, encoding):
    (tmp_path / name).write_bytes(content)
    assert not is_long_table(tmp_path / name, encoding)
    assert not is_long_table(tmp_path / "nowhere.csv")


def test_a_short_table_is_read_as_a_whole(table, monkeypatch):
    monkeypatch.setattr(reading, "LONG", table.stat().st_size + 1)
    assert not is_long_table(table)


def test_memory_does_not_grow_with_the_table(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"text": "Nobody asked the boy how he felt."}\n' * 20_000)
    tracemalloc.start()
    try:
        assert sum(len(part.passages) for part in read_in_parts(tmp_path / "t.jsonl")) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_the_column_of_words_is_that_of_the_first_part(tmp_path):
    lines = [{"text": "Nobody asked."}] * 7 + [{"n": 1}] * 7
    lines += [{"passage": "Not this one.", "text": "The nurse was told."}] * 7
    lines += [{"passage": "Nor this."}] * 7
    (tmp_path / "t.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    words = [p.text for part in read_in_parts(tmp_path / "t.jsonl") for p in part.passages]
    assert words == ["Nobody asked."] * 7 + ["The nurse was told."] * 7
