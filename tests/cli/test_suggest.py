from __future__ import annotations

import csv
import json

import pytest

from scr_themes.reading.labelled import read_labelled


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sheet_to_fill_in_is_written(run, reviews, tmp_path):
    out = tmp_path / "sheet.csv"
    result = run("suggest", reviews, "-n", 3, "-o", out)
    assert result.exit_code == 0, result.stderr
    found = rows(out)
    assert len(found) == 3
    assert all(row["text"] and row["themes"] == "?" and row["model"] for row in found)


def test_without_a_file_they_are_printed(run, reviews):
    result = run("suggest", reviews, "-n", 2)
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.split()) > 10


def test_blind_leaves_out_what_the_model_makes_of_it(run, reviews, tmp_path):
    out = tmp_path / "sheet.csv"
    assert run("suggest", reviews, "-n", 2, "-o", out, "--blind").exit_code == 0
    assert "model" not in rows(out)[0]


def test_what_is_coded_already_is_not_asked_for_again(run, reviews, tmp_path):
    first, done, second = (tmp_path / f"{name}.csv" for name in ("first", "done", "second"))
    assert run("suggest", reviews, "-n", 4, "-o", first).exit_code == 0
    done.write_text(first.read_text(encoding="utf-8").replace("?", ""), encoding="utf-8")
    assert run("suggest", reviews, "-n", 4, "-o", second, "--coded", done).exit_code == 0
    assert not {row["text"] for row in rows(first)} & {row["text"] for row in rows(second)}


@pytest.mark.parametrize("ending", ["xlsx", "jsonl"])
def test_the_sheet_filled_in_is_labelled_data(run, reviews, tmp_path, ending):
    out = tmp_path / f"sheet.{ending}"
    assert run("suggest", reviews, "-n", 3, "-o", out).exit_code == 0
    if ending == "xlsx":
        from openpyxl import load_workbook  # noqa: PLC0415

        book = load_workbook(out)
        sheet = book["to code"]
        column = {cell.value: cell.column for cell in sheet[1]}["themes"]
        sheet.cell(2, column).value = "Recording"
        sheet.cell(3, column).value = "none"
        book.save(out)
        expected = [frozenset({"recording"}), frozenset()]  # the third is not settled
    else:
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        for line, themes in zip(lines, (["recording"], [], ["child_voice"]), strict=True):
            line["themes"] = themes
        out.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        expected = [frozenset({"recording"}), frozenset(), frozenset({"child_voice"})]
    assert list(read_labelled(out).themes) == expected


def test_tags_are_taken_as_well(run, reviews, tmp_path):
    tags, out = tmp_path / "tags.jsonl", tmp_path / "sheet.csv"
    assert run("tag", reviews, "-o", tags).exit_code == 0
    assert run("suggest", tags, "-n", 3, "-o", out).exit_code == 0
    assert len(rows(out)) == 3


def test_another_ending_is_refused(run, reviews, tmp_path):
    assert run("suggest", reviews, "-o", tmp_path / "sheet.pdf").exit_code == 2
