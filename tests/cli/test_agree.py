from __future__ import annotations

import json

import openpyxl
import pytest

from scr_themes import agree
from scr_themes import write as write_tags
from tests.evaluating.coding import coded_document

ANN = [["recording"], [], ["child_voice"], []]
BEN = [["recording"], [], [], []]


def write(file, coding, *, first: int = 0, **columns):
    rows = [
        {
            "id": f"p{first + i}",
            "document": f"d{(first + i) % 2}",
            "themes": themes,
            "role": "finding",
        }
        | {name: values[i] for name, values in columns.items()}
        for i, themes in enumerate(coding)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    return file


def test_the_figures_are_those_of_the_library(run, tmp_path):
    ann, ben = write(tmp_path / "ann.jsonl", ANN), write(tmp_path / "ben.jsonl", BEN)
    out = tmp_path / "agreement.json"
    result = run("agree", ann, ben, "--json", out)
    assert result.exit_code == 0, result.stderr
    coders = {"ann": ANN, "ben": BEN}
    expected = agree(
        coders,
        themes=["child_voice", "recording"],
        roles={name: ["finding"] * 4 for name in coders},
        documents=["d0", "d1", "d0", "d1"],
    )
    assert result.stdout == f"{expected}\n"
    assert json.loads(out.read_text()) == json.loads(json.dumps(expected.to_dict()))
    assert result.stderr == ""


def test_passages_of_one_coder_alone_are_counted(run, tmp_path):
    ann = write(tmp_path / "ann.jsonl", ANN)
    ben = write(tmp_path / "ben.jsonl", BEN, first=1)
    result = run("agree", ann, ben)
    assert result.exit_code == 0
    assert "2 passages were coded by one coder alone" in result.stderr
    assert result.stdout.startswith("3 passages of 2 documents")


def test_csv_against_jsonl_by_words(run, tmp_path):
    ann = write(tmp_path / "ann.jsonl", ANN, text=["One.", "Two.", "Three.", "Four."])
    ben = tmp_path / "ben.csv"
    ben.write_text("text,themes\nOne.,recording\nThree.,child_voice;recording\n")
    result = run("agree", ann, ben)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("2 passages")


def test_one_file_is_not_enough(run, tmp_path):
    result = run("agree", write(tmp_path / "ann.jsonl", ANN))
    assert result.exit_code == 1
    assert "two coders or more" in result.stderr


def test_one_file_twice(run, tmp_path):
    file = write(tmp_path / "ann.jsonl", ANN)
    result = run("agree", file, file)
    assert result.exit_code == 1
    assert "is given twice" in result.stderr


def test_files_of_one_name_are_told_apart_by_their_folders(run, tmp_path):
    files = []
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        files.append(write(tmp_path / folder / "codes.jsonl", ANN))
    result = run("agree", *files)
    assert result.exit_code == 0, result.stderr
    assert all(str(file) in result.stdout for file in files)


def tags(file, *documents):
    """Write what coders coded as `tag` writes it."""
    write_tags(documents, file)
    return file


ROWS = [
    ("One.", {"recording"}, "finding"),
    ("Two.", ()),
    ("Three.", {"child_voice"}),
    ("Four.", ()),
]
OTHERS = [("One.", {"recording"}, "finding"), ("Two.", ()), ("Three.", ()), ("Four.", ())]


@pytest.fixture
def team(tmp_path):
    """A file of two coders."""
    return tags(
        tmp_path / "team.jsonl", coded_document("Ann", *ROWS), coded_document("Ben", *OTHERS)
    )


def test_several_coders_in_one_file(run, team):
    result = run("agree", team)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("4 passages of 1 documents coded by two or more of 2 coders")
    header = result.stdout.splitlines()[2].split()
    assert header[-2:] == ["Ann", "Ben"]
    assert result.stderr.splitlines() == [
        "Ann: 4 passages; 2 without a code count as coded, with no theme",
        "Ben: 4 passages; 3 without a code count as coded, with no theme",
    ]


def test_files_of_every_kind_say_the_same(run, tmp_path):
    ann = tags(tmp_path / "ann.jsonl", coded_document("Ann", *ROWS, name="pdf/a.txt"))
    tables = set()
    for kind in ("qdpx", "xlsx", "sqlite", "parquet", "json", "jsonl"):
        ben = tags(tmp_path / f"ben.{kind}", coded_document("Ben", *OTHERS, name="pdf/a.txt"))
        result = run("agree", ann, ben, "--by", "both")
        assert result.exit_code == 0, (kind, result.stderr)
        tables.add(result.stdout)
    assert len(tables) == 1


def test_by_character(run, tmp_path, team):
    out = tmp_path / "figures.json"
    result = run("agree", team, "--by", "character", "--json", out)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("19 characters in 4 passages of 1 documents")
    figures = json.loads(out.read_text())
    assert list(figures) == ["characters"]
    assert figures["characters"]["themes"][0]["n_given"] == [6, 0]
    both = run("agree", team, "--by", "both")
    assert both.stdout.endswith(f"\n{result.stdout}")
    assert both.stdout.startswith("4 passages")


def test_only_some_coders(run, tmp_path, team):
    cat = tags(tmp_path / "cat.jsonl", coded_document("Cat", *ROWS))
    result = run("agree", team, cat, "--coder", "Ann", "--coder", "Cat")
    assert result.stdout.splitlines()[2].split()[-2:] == ["Ann", "Cat"]
    missing = run("agree", team, "--coder", "Dan")
    assert missing.exit_code == 1
    assert "name some of: Ann, Ben" in missing.stderr


def test_what_is_in_no_theme_is_counted_and_named(run, tmp_path, team):
    codes = [("One.", {"Paperwork", "recording"}), ("Two.", {"Paperwork"}), ("Three.", ())]
    cat = tags(tmp_path / "cat.jsonl", coded_document("Cat", *codes))
    result = run("agree", team, cat)
    assert result.exit_code == 0
    assert "2 codings stand for no theme and are left out: 'Paperwork' 2" in result.stderr
    assert "--mapping" in result.stderr
    mapping = tmp_path / "mapping.toml"
    mapping.write_text("Paperwork = 'recording'")
    mapped = run("agree", team, cat, "--mapping", mapping)
    assert "stand for no theme" not in mapped.stderr
    assert mapped.stdout != result.stdout


def test_documents_of_one_coder_alone_are_counted(run, tmp_path, team):
    more = [coded_document("Cat", *ROWS), coded_document("Cat", *ROWS, name="b.txt")]
    result = run("agree", team, tags(tmp_path / "cat.jsonl", *more))
    assert "1 documents that one coder alone has are left out: b.txt" in result.stderr
    assert "coded by one coder alone and" not in result.stderr


def test_a_file_without_uncoded_passages_is_warned_of(run, tmp_path, team):
    cat = tags(tmp_path / "cat.csv", coded_document("Cat", *ROWS))
    result = run("agree", team, cat)
    assert "Cat: every one of 2 passages has a code" in result.stderr


def test_differences_are_listed(run, tmp_path, team):
    out = tmp_path / "figures.json"
    result = run("agree", team, "--differences", 5, "--json", out)
    assert result.exit_code == 0, result.stderr
    listed = result.stdout.partition("passages on which they differ")[2]
    assert "the first 1, by how many themes" in listed
    assert listed.splitlines()[2:] == [
        "1. a.txt", "   Three.", "   Ann        child_voice", "   Ben        none",
        "   differ on  child_voice",
    ]  # fmt: skip
    (entry,) = json.loads(out.read_text())["differences"]
    assert (entry["text"], entry["disagreed"]) == ("Three.", ["child_voice"])


def test_a_model_puts_what_teaches_it_in_front(run, tmp_path, tiny_classifier):
    texts = ["No note of the visit was kept.", "She was never asked.", "The park has a pond."]
    theme = {"recording": 2, "child_voice": 1}
    ann = coded_document("Ann", *((text, set(theme)) for text in texts))
    ben = coded_document("Ben", *((text, ()) for text in texts))
    file = tags(tmp_path / "team.jsonl", ann, ben)
    result = run("agree", file, "--differences", 3, "--model", "fast")
    assert "by what settling them would teach the model" in result.stdout
    chances = tiny_classifier.predict_proba(texts)[:, list(theme.values())]
    order = (-(chances * (1 - chances)).sum(axis=1)).argsort()
    places = [result.stdout.index(texts[i]) for i in order]
    assert places == sorted(places)


def test_a_worksheet_goes_out_and_comes_back(run, tmp_path, team):
    sheet = tmp_path / "sheet.xlsx"
    result = run("agree", team, "--xlsx", sheet)
    assert result.exit_code == 0, result.stderr
    assert f"1 passages to settle: {sheet}" in result.stderr
    assert "differ on" not in result.stdout
    book = openpyxl.load_workbook(sheet)
    page = book["to code"]
    header = [cell.value for cell in page[1]]
    assert "Ann: themes" in header
    early = run("agree", sheet, team)
    assert early.exit_code == 1
    assert "themes in none" in early.stderr
    page.cell(2, header.index("themes") + 1).value = "Child's voice missing"
    book.save(sheet)
    back = run("agree", sheet, team, "--coder", "sheet", "--coder", "Ann")
    assert back.exit_code == 0, back.stderr
    assert back.stdout.startswith("1 passages of 1 documents")
    assert back.stdout.splitlines()[4].split()[-4:] == ["1.00", "1.00", "1", "1"]


def test_a_blind_worksheet(run, tmp_path, team):
    sheet = tmp_path / "sheet.xlsx"
    assert run("agree", team, "--xlsx", sheet, "--blind").exit_code == 0
    header = [cell.value for cell in openpyxl.load_workbook(sheet)["to code"][1]]
    assert not any("Ann" in name for name in header)
    alone = run("agree", team, "--blind")
    assert alone.exit_code == 2
    assert "--xlsx" in alone.stderr
