from __future__ import annotations

import json

import openpyxl
import pytest

from scr_themes.evaluating import suggest
from scr_themes.reading import read
from scr_themes.writing import write


@pytest.fixture
def expected(reviews, tiny_classifier):
    """The first five passages that the library suggests, in order."""
    texts = [p.text for file in sorted(reviews.iterdir()) for p in read(file).passages]
    return [texts[found.index] for found in suggest(texts, 5, classifier=tiny_classifier)]


def objects(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_passages_are_printed_with_reasons(run, reviews, expected):
    result = run("suggest", reviews, "-n", 5)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "5 of 44 passages to code\n"
    lines = result.stdout.splitlines()
    assert [line.strip() for line in lines[1::4]] == expected
    assert lines[0].startswith("1. ")
    assert ".txt" in lines[0]
    assert lines[2].startswith("   unsure of ")


def test_a_worksheet_is_written(run, reviews, tmp_path, expected):
    out = tmp_path / "next.xlsx"
    result = run("suggest", reviews, "-n", 5, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert result.stderr == f"5 of 44 passages to code: {out}\n"
    rows = list(openpyxl.load_workbook(out)["to code"].values)
    assert rows[0] == (
        "document", "page", "paragraph", "text", "model", "themes", "role", "comment", "id",
    )  # fmt: skip
    assert [row[3] for row in rows[1:]] == expected
    assert len({row[-1] for row in rows}) == 6
    blind = run("suggest", reviews, "-n", 5, "-o", out, "--blind")
    assert blind.exit_code == 0
    assert "model" not in next(openpyxl.load_workbook(out)["to code"].values)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx", "qdpx", "sqlite"])
def test_tags_will_do_for_reviews(run, reviews, tmp_path, tiny_classifier, kind):
    from scr_themes.tagging import tag  # noqa: PLC0415

    file, out = tmp_path / f"tags.{kind}", tmp_path / "next.jsonl"
    tagged = list(tag([reviews], classifier=tiny_classifier))
    write(tagged, file)
    result = run("suggest", file, "-n", 5, "-o", out)
    assert result.exit_code == 0, result.stderr
    known = {passage.text for document in tagged for passage in document.passages}
    assert {row["text"] for row in objects(out)} <= known
    assert {row["document"] for row in objects(out)} <= {f"review {k}.txt" for k in range(4)}
    if kind != "csv":  # which leaves passages without a theme out
        run("suggest", reviews, "-n", 5, "-o", tmp_path / "same.jsonl")
        texts = [row["text"] for row in objects(tmp_path / "same.jsonl")]
        assert [row["text"] for row in objects(out)] == texts


def test_passages_coded_already_are_left_out(run, reviews, tmp_path, expected):
    coded, out = tmp_path / "coded.jsonl", tmp_path / "next.jsonl"
    rows = [{"text": text.upper(), "themes": []} for text in expected[:2]]
    rows.append({"text": expected[2], "themes": "?"})  # not settled: not coded
    coded.write_text("\n".join(map(json.dumps, rows)))
    assert run("suggest", reviews, "-n", 44, "--coded", coded, "-o", out).exit_code == 0
    texts = {row["text"] for row in objects(out)}
    assert len(texts) == 42
    assert not texts.intersection(expected[:2])
    assert expected[2] in texts


def test_of_a_file_of_codings_what_has_a_code_is_coded(run, reviews, tmp_path, tiny_classifier):
    from scr_themes.tagging import select, tag  # noqa: PLC0415

    file, out = tmp_path / "ann.jsonl", tmp_path / "next.jsonl"
    tagged = [select(d, threshold=0.5) for d in tag([reviews], classifier=tiny_classifier)]
    without_roles = [json.loads(line) | {"role": None} for line in written(tagged, file)]
    file.write_text("\n".join(map(json.dumps, without_roles)))
    assert run("suggest", reviews, "-n", 44, "--coded", file, "-o", out).exit_code == 0
    n_coded = sum(bool(row["themes"]) for row in without_roles)
    assert len(objects(out)) == 44 - n_coded


def written(documents, file):
    write(documents, file)
    return file.read_text(encoding="utf-8").splitlines()


def test_another_seed_and_the_same(run, reviews, tmp_path):
    outs = [tmp_path / f"{k}.jsonl" for k in range(3)]
    for out, seed in zip(outs, (1, 1, 2), strict=True):
        assert run("suggest", reviews, "-n", 3, "--seed", seed, "-o", out).exit_code == 0
    assert outs[0].read_text() == outs[1].read_text()


def test_what_is_suggested_can_be_filled_in_and_learnt_from(run, reviews, tmp_path):
    out = tmp_path / "next.csv"
    assert run("suggest", reviews, "-n", 3, "-o", out).exit_code == 0
    empty = run("evaluate", out)
    assert empty.exit_code == 1
    assert "has 3 rows, and themes in none" in empty.stderr
    lines = out.read_text(encoding="utf-8").splitlines()
    lines[1:3] = [line.replace(",?,", ",recording,") for line in lines[1:3]]
    out.write_text("\n".join(lines), encoding="utf-8")
    result = run("evaluate", out)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == f"{out}: 1 rows are not settled and are left out\n"
    assert result.stdout.startswith("2 passages")


def test_a_file_that_cannot_be_read_is_told_and_the_others_done(run, reviews, tmp_path):
    result = run("suggest", tmp_path / "gone.pdf", reviews, "-n", 2)
    assert result.exit_code == 1
    assert "gone.pdf: no such file" in result.stderr
    assert "2 of 44 passages to code" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "next.ods"), ".xlsx .jsonl .csv"),
        (("--blind",), "give -o too"),
        (("-n", "0"), "-n"),
    ],
)
def test_usage(run, reviews, arguments, said):
    result = run("suggest", reviews, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
