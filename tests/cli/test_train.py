from __future__ import annotations

import json

import pytest

from scr_themes.classifying import load
from scr_themes.codebook import Codebook
from tests.coded import coded_passages
from tests.encoding.fakes import WordCounts


@pytest.fixture(autouse=True)
def word_counts(monkeypatch):
    """Put the fake encoder in the bundled one's place."""
    monkeypatch.setattr("scr_themes.cli.train._open_encoder", lambda encoder: WordCounts())


@pytest.fixture
def coded(tmp_path):
    """The coded passages as JSONL."""
    return write(tmp_path / "coded.jsonl")


def write(file, *, rename=None, keep=lambda row: True, without=()):
    records = [
        {
            "text": row.text,
            "themes": [(rename or {}).get(theme, theme) for theme in row.themes],
            "role": row.role,
            "document": row.document,
        }
        for row in coded_passages()
        if keep(row)
    ]
    for record in records:
        for key in without:
            del record[key]
    file.write_text("\n".join(map(json.dumps, records)))
    return file


def test_a_model_is_fitted_evaluated_and_saved(run, coded, tmp_path):
    out = tmp_path / "models" / "mine"
    result = run("train", coded, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith("44 passages of 5 documents\n")
    assert "44 passages of 5 documents, 3 themes\n" in result.stdout.partition("Held out")[2]
    assert "Role accuracy" in result.stdout
    assert "core macro" in result.stdout
    model = load(out, encoder=WordCounts())
    assert model.themes == ("information_sharing", "child_voice", "recording")
    assert model.codebook_["recording"].title == "Poor recording"
    assert model.roles == ("finding", "good_practice", "recommendation", "context")
    (passage,) = model.tag(["No note of the visit was kept in the file."])
    assert passage.candidates[2].probability > 0.5


def test_counts_are_shown_and_few_examples_warned_of(run, tmp_path):
    few = write(
        tmp_path / "few.jsonl",
        keep=lambda row: "child_voice" not in row.themes or "girl" in row.text,
    )
    result = run("train", few, "-o", tmp_path / "mine")
    assert result.exit_code == 0
    assert "  information_sharing     12\n" in result.stdout
    assert "  child_voice              2\n" in result.stdout
    assert result.stderr == (
        "Warning: child_voice has 2 examples; below 8 it is not to be relied on\n"
    )


def test_themes_of_ones_own(run, tmp_path):
    file = write(tmp_path / "own.jsonl", rename={"recording": "paper_work"})
    assert run("train", file, "-o", tmp_path / "mine").exit_code == 0
    model = load(tmp_path / "mine", encoder=WordCounts())
    assert model.themes == ("information_sharing", "child_voice", "paper_work")
    assert model.codebook_["paper_work"].title == "paper work"


def test_a_codebook_of_ones_own(run, coded, tmp_path):
    book = tmp_path / "mine.toml"
    themes = ("recording", "child_voice", "information_sharing", "damp")
    book.write_text(
        'name = "Mine"\n'
        + "".join(f'[[theme]]\nid = "{t}"\ntitle = "T {t}"\ndefinition = "D"\n' for t in themes)
    )
    result = run("train", coded, "-o", tmp_path / "mine", "--codebook", book)
    assert result.exit_code == 0, result.stderr
    assert "damp has 0 examples" in result.stderr
    model = load(tmp_path / "mine", encoder=WordCounts())
    assert model.themes == themes
    assert model.roles == ()
    book.write_text('name = "Mine"\n[[theme]]\nid = "damp"\ntitle = "Damp"\ndefinition = "D"\n')
    result = run("train", coded, "-o", tmp_path / "other", "--codebook", book)
    assert result.exit_code == 1
    assert "unknown theme" in result.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("without", [("role",), ("document",), ("role", "document")])
def test_roles_and_documents_may_be_missing(run, tmp_path, without):
    file = write(tmp_path / "coded.jsonl", without=without)
    result = run("train", file, "-o", tmp_path / "mine")
    assert result.exit_code == 0, result.stderr
    assert ("Role accuracy" in result.stdout) == ("role" not in without)
    assert ("5 documents" in result.stdout) == ("document" not in without)


def test_one_role_alone_is_no_role(run, tmp_path):
    file = write(tmp_path / "coded.jsonl", keep=lambda row: row.role == "finding")
    assert run("train", file, "-o", tmp_path / "mine").exit_code == 0
    assert load(tmp_path / "mine", encoder=WordCounts()).roles == ()


def test_one_document_cannot_be_held_out(run, tmp_path):
    file = write(tmp_path / "coded.jsonl", keep=lambda row: row.document == "review-0")
    result = run("train", file, "-o", tmp_path / "mine")
    assert result.exit_code == 0, result.stderr
    assert "cannot be told" in result.stderr
    assert "Held out" not in result.stdout


def test_an_id_that_no_codebook_takes_is_an_error_before_the_work(run, tmp_path):
    file = write(tmp_path / "coded.jsonl", rename={"recording": "Poor recording"})
    result = run("train", file, "-o", tmp_path / "mine")
    assert result.exit_code == 1
    assert str(file) in result.stderr
    assert "lower-case words" in result.stderr
    assert "Held out" not in result.stdout


def test_a_model_is_replaced_only_by_force(run, coded, tmp_path):
    out = tmp_path / "mine"
    assert run("train", coded, "-o", out).exit_code == 0
    result = run("train", coded, "-o", out)
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert result.stdout == ""
    fewer = write(tmp_path / "fewer.jsonl", keep=lambda row: "child_voice" not in row.themes)
    assert run("train", fewer, "-o", out, "--force").exit_code == 0
    assert load(out, encoder=WordCounts()).themes == ("information_sharing", "recording")


def test_force_does_not_replace_what_is_not_a_model(run, coded, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter 1.txt").write_text("Years of work.")
    result = run("train", coded, "-o", out, "--force")
    assert result.exit_code == 1
    assert "is not a model" in result.stderr
    assert (out / "chapter 1.txt").read_text() == "Years of work."


def test_an_encoder_that_cannot_be_saved_is_refused(run, coded, tmp_path, monkeypatch):
    monkeypatch.undo()
    result = run("train", coded, "-o", tmp_path / "mine", "--encoder", "somebody/some-model")
    assert result.exit_code == 1
    assert "export_encoder" in result.stderr


def test_the_meanings_kept_are_the_bundled_ones(run, coded, tmp_path):
    run("train", coded, "-o", tmp_path / "mine")
    book = load(tmp_path / "mine", encoder=WordCounts()).codebook_
    assert {book[theme] for theme in book.theme_ids} <= set(Codebook.load().themes)


@pytest.fixture
def settled(tmp_path):
    """Corrections of five reviews, as a settled worksheet holds them."""
    texts = [f"The ledger {words}." for words in ("was bare", "ended in May", "lay unread")]
    texts += ["The river rose in May.", "The park was bare.", "A letter lay unread."]
    file = tmp_path / "settled.jsonl"
    rows = [
        {"text": text, "themes": ["recording"] if i < 3 else [], "document": f"review {n}"}
        for n in range(5)
        for i, text in enumerate(texts)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    return file


def test_a_bundled_model_learns_from_corrections(run, settled, tmp_path):
    out = tmp_path / "learnt"
    result = run("train", settled, "-o", out, "--learn", "fast")
    assert result.exit_code == 0, result.stderr
    assert "Held out, before and after learning from the others:" in result.stdout
    assert "30 passages of 5 documents" in result.stdout
    assert "F1 before  after" in result.stdout
    column = load("fast").themes.index("recording")
    before, after = (
        model.predict_proba(["The ledger stopped."])[0, column]
        for model in (load("fast"), load(out))
    )
    assert after > before
    assert load(out).coder_ == "learnt 1"


def test_learning_takes_the_model_with_its_codebook_and_encoder(run, settled, tmp_path):
    result = run("train", settled, "-o", tmp_path / "m", "--learn", "fast", "--encoder", "fast")
    assert result.exit_code == 2
    assert "leave --codebook" in " ".join(result.stderr.split())


def test_corrections_of_a_theme_that_the_model_has_not_are_refused(run, tmp_path):
    file = tmp_path / "settled.jsonl"
    row = json.dumps({"text": "The flat was damp.", "themes": ["housing"]})
    file.write_text(f"{row}\n" * 12)
    result = run("train", file, "-o", tmp_path / "m", "--learn", "fast")
    assert result.exit_code == 1
    assert "unknown theme 'housing'" in result.stderr
    assert not (tmp_path / "m").exists()


def test_one_document_of_corrections_is_warned_of(run, settled, tmp_path):
    rows = [json.loads(line) | {"document": "one"} for line in settled.read_text().splitlines()]
    settled.write_text("\n".join(map(json.dumps, rows)))
    result = run("train", settled, "-o", tmp_path / "m", "--learn", "fast")
    assert result.exit_code == 0, result.stderr
    assert "what was learnt cannot be told" in result.stderr
