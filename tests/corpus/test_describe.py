from __future__ import annotations

import json

import pytest

from models.corpus import describe, store
from tests.corpus.rows import coded, written

DOCUMENTS = [{"document": "d001", "source": "letters", "area": "", "title": "x", "split": "train"}]


def test_the_datasheet_is_up_to_date():
    readme = describe.README.read_text(encoding="utf-8")
    assert describe.datasheet(readme) == readme, "run: python -m models.corpus.describe"


def row_of(table: str, name: str) -> list[str]:
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {name} ")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_written_rows_are_counted():
    rows = [
        written(pair="a1-p01"),
        written(themes=[], about=["recording"], sort="policy", pair="a1-p01"),
        written(themes=[]),
    ]
    tables = describe.describe_written(rows)
    assert "3 passages in 1 invented documents, to 1 briefs; 1 minimal pairs." in tables
    counts = next(line for line in tables.splitlines() if line.startswith("| `recording` "))
    assert [cell.strip() for cell in counts.strip("|").split("|")][1:] == list("10100101")
    assert row_of(tables, "none")[0] == "1"


def test_coded_rows_are_counted(monkeypatch):
    monkeypatch.setattr(store, "split_of_coded", lambda: {"d001": "development"})
    rows = [coded(), coded(themes=[]), coded(round="rare", themes=["recording", "delay_drift"])]
    tables = describe.describe_coded(rows, DOCUMENTS)
    assert tables.startswith("3 passages of 1 documents (letters 1); 0 of them coded twice.")
    assert row_of(tables, "random") == ["2", "67%"]
    assert "| `recording` | 0 | 2 | 0 |" in tables
    assert "| `recording` | 1 | 50.0% | 9.5% to 90.5% |" in tables
    assert "| `delay_drift` | 1 | `recording` 100% |" in tables


@pytest.mark.parametrize(("corpus", "least"), [("coded", 800), ("written", 400)])
def test_agreement_is_that_of_the_two_codings(corpus, least):
    first, second = (
        {row["id"]: row for row in store.read_jsonl(describe.CODINGS / f"{corpus}-{turn}.jsonl")}
        for turn in ("first", "second")
    )
    found = describe.agreement(corpus)
    assert found.n_passages == len(first) == len(second) >= least
    given = tuple(
        sum("recording" in row["themes"] for row in coding.values()) for coding in (first, second)
    )
    assert found["recording"].n_given == given
    same = sum(("recording" in first[k]["themes"]) == ("recording" in second[k]["themes"])
               for k in first)  # fmt: skip
    assert found["recording"].observed == pytest.approx(same / len(first))
    assert f"| `recording` | {given[0]} | {given[1]} |" in describe.describe_agreement()


def test_evidence_is_compared_where_there_is_a_choice(tmp_path, monkeypatch):
    rows = [coded(), coded("Two sentences were here. And nobody wrote them down.")]
    marks = [
        ([[0, rows[0]["letters"]]], [[0, rows[0]["letters"]]]),  # one sentence: no choice
        ([[0, 20]], [[0, 20], [20, 40]]),
    ]
    for turn in (0, 1):
        lines = [
            json.dumps({"id": row["id"], "evidence": {"recording": mark[turn], "delay_drift": []}})
            for row, mark in zip(rows, marks, strict=True)
        ]
        name = f"coded-{('first', 'second')[turn]}.jsonl"
        (tmp_path / name).write_text("\n".join(lines))
    monkeypatch.setattr(describe, "CODINGS", tmp_path)
    monkeypatch.setattr(store, "read_coded", lambda: rows)
    assert describe.evidence_agreement() == (1, 1, 0)


@pytest.mark.parametrize("part", ["written", "coded", "agreement"])
def test_a_datasheet_without_markers_is_not_written_to(part):
    begin, _ = describe.MARKERS[part]
    with pytest.raises(ValueError, match="put them back"):
        describe.insert(f"# Datasheet\n{begin}\n", part, "tables")
