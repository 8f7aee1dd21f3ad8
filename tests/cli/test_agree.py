from __future__ import annotations

import json

from scr_themes import agree

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
