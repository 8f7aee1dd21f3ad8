from __future__ import annotations

import csv
import io
import json

import pytest

from scr_themes.tagging import tag


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_review_is_shown_as_a_table(run, reviews):
    result = run("tag", reviews / "review 1.txt")
    assert result.exit_code == 0
    assert "Tagged by ThemeClassifier, a program: check each against its page." in result.stdout
    assert "recording (" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout


def test_the_summary_goes_to_standard_error(run, reviews):
    result = run("tag", reviews)
    n_tags = sum(line.startswith("  ") for line in result.stdout.splitlines())
    assert n_tags
    assert result.stderr.startswith("4 files, 44 passages, ")
    assert result.stderr.rstrip().endswith("seconds")
    assert "seconds" not in result.stdout


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_output_is_what_the_library_gives(run, reviews, tmp_path, tiny_classifier, jobs):
    out = tmp_path / "tags.jsonl"
    assert run("tag", reviews, "-o", out, "--jobs", jobs).exit_code == 0
    expected = [
        (tagged.document.name, passage.text, list(passage.themes), passage.role)
        for tagged in tag(reviews, classifier=tiny_classifier)
        for passage in tagged.passages
    ]
    assert [
        (r["document"], r["text"], [t["theme"] for t in r["themes"]], r["role"])
        for r in records(out.read_text())
    ] == expected


def test_nothing_but_the_summary_is_printed_when_a_file_is_written(run, reviews, tmp_path):
    result = run("tag", reviews, "-o", tmp_path / "tags.csv")
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_the_format_is_told_by_the_ending_or_named(run, reviews, tmp_path):
    run("tag", reviews, "-o", tmp_path / "tags.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "tags.csv").read_text())))
    assert rows
    assert {row["theme_title"] for row in rows} >= {"child voice", "recording"}
    run("tag", reviews, "-o", tmp_path / "tags.csv", "--format", "jsonl")
    assert len(records((tmp_path / "tags.csv").read_text())) == 44
    assert len(records(run("tag", reviews, "--format", "jsonl").stdout)) == 44


def test_themes_and_roles_asked_for(run, reviews):
    arguments = ("--theme", "recording", "--theme", "child_voice", "--role", "finding")
    found = records(run("tag", reviews, "--format", "jsonl", *arguments).stdout)
    assert found
    themes = {tag["theme"] for record in found for tag in record["themes"]}
    assert themes == {"recording", "child_voice"}
    assert {record["role"] for record in found} == {"finding"}
    assert all(record["themes"] for record in found)


def test_a_threshold(run, reviews):
    few = records(run("tag", reviews, "--format", "jsonl", "--threshold", "0.99").stdout)
    many = records(run("tag", reviews, "--format", "jsonl", "--threshold", "0").stdout)
    assert all(len(record["themes"]) == 3 for record in many)
    assert all(tag["probability"] >= 0.99 for record in few for tag in record["themes"])


def test_a_threshold_for_one_theme(run, reviews):
    one = ("--threshold", "recording=0")
    found = records(run("tag", reviews, "--format", "jsonl", *one).stdout)
    plain = records(run("tag", reviews, "--format", "jsonl").stdout)
    assert all("recording" in {tag["theme"] for tag in record["themes"]} for record in found)
    for record, usual in zip(found, plain, strict=True):
        assert [t for t in record["themes"] if t["theme"] != "recording"] == [
            t for t in usual["themes"] if t["theme"] != "recording"
        ]


def test_a_precise_threshold_tags_no_more(run, reviews):
    precise = records(run("tag", reviews, "--format", "jsonl", "--threshold", "precise").stdout)
    usual = records(run("tag", reviews, "--format", "jsonl").stdout)
    for record, others in zip(precise, usual, strict=True):
        assert {t["theme"] for t in record["themes"]} <= {t["theme"] for t in others["themes"]}


def test_a_limit(run, reviews):
    assert "... and" in run("tag", *sorted(reviews.iterdir()), "--limit", "1").stdout
    assert "... and" not in run("tag", reviews, "--limit", "0").stdout


def test_standard_input_is_read_as_text(run):
    result = run("tag", "-", "--format", "jsonl", stdin="No record was kept in the file.\n")
    (record,) = records(result.stdout)
    assert record["document"] == "standard input"
    assert record["themes"][0]["theme"] == "recording"


def test_an_empty_standard_input_fails(run):
    result = run("tag", "-", stdin="")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: standard input: is empty")


def test_the_column_and_the_encoding_named(run, tmp_path):
    file = tmp_path / "p.csv"
    file.write_bytes("words\nZoë was never seen alone.\n".encode("cp850"))
    arguments = ("--text-column", "words", "--encoding", "cp850", "--format", "jsonl")
    (record,) = records(run("tag", file, *arguments).stdout)
    assert record["text"] == "Zoë was never seen alone."
    result = run("tag", file)
    assert result.exit_code == 1
    assert "--text-column" in result.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_fails_is_named_and_the_rest_done(run, reviews, tmp_path, jobs):
    (reviews / "empty.txt").write_bytes(b"")
    out = tmp_path / "tags.jsonl"
    result = run("tag", reviews, tmp_path / "nowhere.pdf", "-o", out, "--jobs", jobs)
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 2
    assert "empty.txt: is empty;" in errors[0]
    assert "nowhere.pdf: no such file or folder;" in errors[1]
    assert "4 of 6 files, 44 passages," in result.stderr
    assert len(records(out.read_text())) == 44


def test_warnings_name_their_file(run, tmp_path):
    file = tmp_path / "review.csv"
    file.write_text("text,n\nNo record was kept.,1\n,2\n")
    result = run("tag", file, "--format", "jsonl")
    assert result.exit_code == 0
    assert f"{file}: 1 of 2 rows with no text were skipped\n" in result.stderr


def test_no_words_of_a_review_go_to_standard_error(run, reviews):
    words = " ".join(file.read_text() for file in reviews.iterdir())
    (reviews / "bad.jsonl").write_text('{"text": "A secret told in confidence."\n')
    result = run("tag", reviews, "--format", "jsonl")
    assert result.exit_code == 1
    assert "secret" not in result.stderr
    assert not any(line in words for line in result.stderr.splitlines())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--theme", "recordings"], "the closest is 'recording'"),
        (["--role", "findings"], "the closest is 'finding'"),
        (["--format", "xml"], "'xml' is not one of table, csv, jsonl"),
        (["-o", "tags.xyz"], "stands for no format"),
        (["--jobs", "0"], "0 is neither -1 nor 1 or more"),
        (["--threshold", "2"], "'2' is neither a number from 0 to 1 nor 'precise'"),
        (["--threshold", "exact"], "'exact' is neither a number"),
        (["--threshold", "recording=much"], "'much' is neither a number"),
        (["--threshold", "recordings=0.5"], "the closest is 'recording'"),
        (["--threshold", "0.5", "--threshold", "recording=0.6"], "give ID=CUT"),
        (["--limit", "-1"], "--limit"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_usage_errors(run, reviews, arguments, says):
    result = run("tag", reviews, *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""


def test_no_review_is_a_usage_error(run):
    assert run("tag").exit_code == 2


def test_a_review_is_never_overwritten(run, tmp_path):
    file = tmp_path / "passages.csv"
    file.write_text("text\nNo record was kept.\n")
    for given in (file, tmp_path):
        result = run("tag", given, "-o", file)
        assert result.exit_code == 2
        assert "among the files to tag" in result.stderr
    assert file.read_text() == "text\nNo record was kept.\n"


def test_a_place_that_cannot_be_written(run, reviews, tmp_path):
    result = run("tag", reviews, "-o", tmp_path / "nowhere" / "tags.csv")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "cannot be written" in result.stderr


def test_a_model_that_is_not_there(reviews, tmp_path, run, monkeypatch):
    monkeypatch.undo()
    result = run("tag", reviews, "--model", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "no such model folder" in result.stderr


def test_a_csv_for_excel_begins_with_a_mark(run, reviews, tmp_path):
    plain, marked = tmp_path / "plain.csv", tmp_path / "marked.csv"
    assert run("tag", reviews, "-o", plain).exit_code == 0
    assert run("tag", reviews, "-o", marked, "--bom").exit_code == 0
    assert marked.read_bytes() == b"\xef\xbb\xbf" + plain.read_bytes()
