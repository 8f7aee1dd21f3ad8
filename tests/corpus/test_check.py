"""The corpus is as it should be, and the checks find what is not."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from models.corpus import check, rules, store
from scr_themes.codebook import Codebook
from tests.corpus.rows import TEXT, coded, written

CODEBOOK = Codebook.load()


def test_the_corpus_is_as_it_should_be():
    assert check.check() == []


def test_texts_that_are_nearly_the_same():
    near = TEXT.replace("why", "him")
    assert len(list(check.alike_faults([("1", TEXT, None), ("2", near, None)]))) == 1
    assert list(check.alike_faults([("1", TEXT, "p"), ("2", near, "p")])) == []


@pytest.fixture
def small(tmp_path: Path, monkeypatch) -> Path:
    """A corpus of a few rows in the place of the real one, with two splits."""
    lost = "Two volumes of the file were lost in the move and nobody looked for them."
    rows = {
        "a1": [written()],
        "a2": [written(id="a2-01-01", document="a2-01", text=lost)],
    }
    (tmp_path / "written").mkdir()
    (tmp_path / "coded").mkdir()
    for name, found in rows.items():
        lines = "".join(json.dumps(row) + "\n" for row in found)
        (tmp_path / "written" / f"{name}.jsonl").write_text(lines)
    texts = ["The minutes of the meeting were never sent to the school nurse.", lost.upper()]
    for place, document in enumerate(
        [{"document": "d001", "area": "north"}, {"document": "d002", "area": "south"}]
    ):
        more = {"source": "letters", "title": "x", "split": ("train", "test")[place]}
        with (tmp_path / "coded" / "documents.jsonl").open("a") as file:
            file.write(json.dumps(document | more) + "\n")
        with (tmp_path / "coded" / "labels-random.jsonl").open("a") as file:
            file.write(json.dumps(coded(texts[place], document=document["document"])) + "\n")
    splits = '[written]\ntrain = ["a1"]\ndevelopment = []\ntest = ["a2"]\n\n[frozen]\n'
    (tmp_path / "splits.toml").write_text(f'{splits}written = ""\ncoded = ""\n')
    monkeypatch.setattr(store, "SPLITS", tmp_path / "splits.toml")
    for name in ("written", "coded"):
        reader = getattr(store, f"read_{name}")
        monkeypatch.setattr(store, f"read_{name}", lambda r=reader, n=name: r(tmp_path / n))
    documents = store.read_documents
    monkeypatch.setattr(store, "read_documents", lambda: documents(tmp_path / "coded"))
    with gzip.open(tmp_path / "pool.jsonl.gz", "wt") as pool:
        for text in texts:
            pool.write(json.dumps({"id": coded(text)["id"], "text": text}) + "\n")
    return tmp_path


def test_a_test_split_that_changed_is_told_until_it_is_frozen_again(small: Path):
    assert [fault.split()[1] for fault in check.check()] == ["written", "coded"]
    check.freeze(check.checksums())
    assert check.check() == []
    file = small / "written" / "a2.jsonl"
    file.write_text(file.read_text().replace('"finding"', '"context"'))
    assert check.check() == ["the written test split is not the one frozen in splits.toml"]


def test_another_order_of_rows_or_themes_is_the_same_test_split():
    rows = [coded(), coded("Another text with words enough to be coded.", themes=["b", "a"])]
    other = [rows[1] | {"themes": ["a", "b"]}, rows[0]]
    assert store.checksum(rows) == store.checksum(other)
    assert store.checksum(rows) != store.checksum([rows[0]])
    assert store.checksum(rows) != store.checksum([rows[0], rows[1] | {"document": "d002"}])


def test_what_is_nearly_the_same_in_two_splits(small: Path, monkeypatch):
    check.freeze(check.checksums())
    monkeypatch.setattr(check, "tracked_files", lambda: [])
    assert check.check(small / "pool.jsonl.gz") == []
    monkeypatch.setattr(store, "split_of_written", lambda: {"a1": "train", "a2": "train"})
    (fault,) = list(check.across_splits_faults(store.read_written(), [
        coded() | {"text": store.read_written()[1]["text"], "document": "d002"}
    ]))  # fmt: skip
    assert "a2-01-01 (train)" in fault


def test_a_coded_row_that_the_pool_lacks(small: Path, monkeypatch):
    check.freeze(check.checksums())
    monkeypatch.setattr(check, "tracked_files", lambda: [])
    pool = small / "pool.jsonl"
    pool.write_text("")
    assert [fault.partition(": ")[2] for fault in check.check(pool)] == [f"no text in {pool}"] * 2
    lines = [{"id": row["id"], "text": "Other words."} for row in store.read_coded()]
    pool.write_text("\n".join(map(json.dumps, lines)))
    faults = [fault for fault in check.check(pool) if "nearly the same" not in fault]
    assert len(faults) == 2
    assert all(fault.endswith("is not the one that was coded") for fault in faults)


def test_authors_and_documents_without_a_split(small: Path):
    documents = store.read_documents()
    rows = [*store.read_written(), written(document="a9-01")]
    assert list(check.split_faults(rows, store.read_coded(), documents)) == [
        "a9: an author without rows, or without a split"
    ]
    documents = [*documents, documents[0] | {"document": "d003", "split": "test"}]
    found = list(check.split_faults(store.read_written(), store.read_coded(), documents))
    assert found == [
        "north: an area in two splits",
        "d003: a document without rows, or not in documents.jsonl",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Nothing here.\nIt said: no note of the visit was made that week, we think.\n",
        "Nothing here.\nIt said: no note of the\nvisit was made\nthat week, we think.\n",
    ],
)
def test_runs_of_real_words_in_a_file(tmp_path: Path, text: str):
    file = tmp_path / "notes.md"
    file.write_text(text)
    assert [fault.partition(": ")[0] for fault in check.real_runs([file], [TEXT])] == [f"{file}:2"]
    assert list(check.real_runs([file], ["No note of the visit was made then."])) == []


def test_what_json_escapes_is_read_as_what_it_stands_for(tmp_path: Path):
    file = tmp_path / "notes.jsonl"
    file.write_text('{"text": "He didn\\u2019t write\\nthe note of that visit down"}')
    real = "He didn't write the note of that visit down."
    assert len(list(check.real_runs([file], [real]))) == 1


def test_the_files_looked_through_are_those_of_the_project():
    files = check.tracked_files()
    assert Path(check.__file__).resolve() in files
    assert not [path for path in files if path.suffix == ".onnx"]


def test_the_command_tells_by_its_exit_code(small: Path, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["check"])
    assert check.main() == 1
    assert "not the one frozen" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["check", "--freeze"])
    assert check.main() == 0
    assert "as it should be" in capsys.readouterr().out


def test_there_is_as_much_of_everything_as_the_datasheet_promises():
    rows = store.read_written()
    positives = Counter(theme for row in rows for theme in row["themes"])
    negatives = Counter(theme for row in rows for theme in row["about"])
    assert len(rows) >= 3000
    assert len(rules.pairs_of(rows)) >= 300
    for theme in CODEBOOK.themes:
        least = (250, 200) if theme.core else (80, 40)
        assert positives[theme.id] >= least[0], theme.id
        assert negatives[theme.id] >= least[1], theme.id
    labels = store.read_coded()
    assert len(labels) >= 8000
    assert sum(row["round"] == "random" for row in labels) == 2000
    assert {row["role"] for row in labels} == set(CODEBOOK.role_ids)
