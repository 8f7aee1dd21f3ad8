"""Labels find their text again, in a pool or in PDFs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.corpus import attach
from models.corpus.attach import fingerprint, from_pdfs, from_pool, letters_of, with_text
from tests.corpus.rows import TEXT, coded
from tests.reading.pages import Pages


def test_letters_are_told_apart_from_all_else():
    letters, places = letters_of("Of­fi­ce, 2012: “ﬁle”")
    assert letters == "office2012file"
    assert len(places) == len(letters)
    assert "Of­fi­ce, 2012: “ﬁle”"[places[-4]] == "ﬁ"


@given(st.text(), st.data())
def test_places_are_those_of_the_letters(text: str, data: st.DataObject):
    letters, places = letters_of(text)
    assert len(letters) == len(places)
    assert places == sorted(places)
    if places:
        i = data.draw(st.integers(0, len(places) - 1))
        assert letters[i] in letters_of(text[places[i]])[0]


def test_spaces_breaks_and_bullets_change_no_fingerprint():
    printed = "• " + TEXT.replace("visit", "vi-\nsit").replace(" ", "\n", 1)
    assert fingerprint(letters_of(printed)[0]) == fingerprint(letters_of(TEXT)[0])
    assert fingerprint(letters_of(TEXT[:-5])[0]) != fingerprint(letters_of(TEXT)[0])


def test_an_accent_apart_is_an_accent_on():
    assert letters_of("cafe\u0301")[0] == letters_of("caf\u00e9")[0] == "cafe"


def test_evidence_becomes_offsets_of_the_text():
    letters, _ = letters_of("No note of the visit")
    row = coded(evidence={"recording": [[0, len(letters)]]})
    found = with_text(row, "•  " + TEXT)
    ((start, end),) = found["evidence"]["recording"]
    assert found["text"][start:end] == "No note of the visit"
    assert "digest" not in found


def test_a_pool_gives_what_it_has(tmp_path: Path):
    pool = tmp_path / "pool.jsonl"
    pool.write_text(json.dumps({"id": coded()["id"], "text": TEXT}))
    other = coded("Another passage that this pool does not hold at all.")
    assert [row["text"] for row in from_pool([other, coded()], pool)] == [TEXT]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PDF whose lines break the passage, hyphen and all."""
    pages = Pages()
    lines = ["The panel met twice in the spring and read", "every file."]
    lines += ["No note of the visit was made that week, and no-", "body asked why."]
    lines += ["The family moved to the coast in the autumn", "of that year."]
    for i, line in enumerate(lines):
        pages.line(line, y=100 + 14 * i + 10 * (i // 2))
    (tmp_path / "letter.pdf").write_bytes(pages.done())
    return tmp_path


def test_a_pdf_gives_what_it_has_whatever_its_lines(folder: Path):
    other = coded("Another passage that this document does not hold at all.")
    (found,) = from_pdfs([other, coded()], folder)
    assert letters_of(found["text"])[0] == letters_of(TEXT)[0]
    assert found["text"].endswith("why.")
    ((start, end),) = found["evidence"]["recording"]
    assert letters_of(found["text"][start:end])[0] == letters_of(TEXT)[0]


def test_a_note_mark_may_stand_against_a_passage(tmp_path: Path):
    pages = Pages()
    pages.line(f"12{TEXT}")
    (tmp_path / "letter.pdf").write_bytes(pages.done())
    (found,) = from_pdfs([coded()], tmp_path)
    assert found["text"] == TEXT


def test_a_quoted_sentence_keeps_its_quotes_and_stop():
    text = f"“{TEXT}” He rang."
    letters, _ = letters_of(TEXT)
    ((start, end),) = with_text(coded(evidence={"recording": [[0, len(letters)]]}), text)[
        "evidence"
    ]["recording"]
    assert text[start:end] == f"“{TEXT}”"


def test_a_broken_pdf_does_not_stop_the_others(folder: Path, capsys):
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    assert len(list(from_pdfs([coded()], folder))) == 1
    assert "passed over" in capsys.readouterr().err


def test_labels_are_those_that_lie_here_whatever_the_attached_file_says(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(attach, "read_coded", lambda: [coded()])
    monkeypatch.setattr(attach, "split_of_coded", lambda: {"d001": "test"})
    monkeypatch.setattr(attach.store, "read_written", list)
    file = tmp_path / "attached.jsonl"
    file.write_text(json.dumps({"id": coded()["id"], "text": TEXT, "themes": ["old"]}))
    (row,) = attach.read_labelled_rows(file)
    assert (row["themes"], row["split"], row["corpus"], row["about"]) == (
        ["recording"], "test", "coded", [],
    )  # fmt: skip
    for text in (TEXT + " More.", None):
        lines = [] if text is None else [json.dumps({"id": coded()["id"], "text": text})]
        file.write_text("".join(lines))
        with pytest.raises(ValueError, match="no text for the coded passage"):
            attach.read_labelled_rows(file)


def test_what_was_not_found_is_said_by_document(monkeypatch, capsys):
    documents = [{"document": "d001", "source": "letters", "title": "A letter of 2012"}]
    monkeypatch.setattr(attach, "read_documents", lambda: documents)
    row, other = coded(), coded("Another passage, which was not found, of the same letter.")
    assert attach.report_missing([row, other], [row["id"]]) == 1
    assert "1  d001  letters A letter of 2012" in capsys.readouterr().err
    assert attach.report_missing([row], [row["id"]]) == 0
    assert capsys.readouterr().err == ""


def test_the_command_writes_what_it_finds(tmp_path: Path, monkeypatch, capsys):
    lost = coded("Another passage, which is in no pool, of the same letter.")
    monkeypatch.setattr(attach, "read_coded", lambda: [coded(), lost])
    monkeypatch.setattr(attach, "split_of_coded", lambda: {"d001": "test"})
    documents = [{"document": "d001", "source": "letters", "title": "A letter"}]
    monkeypatch.setattr(attach, "read_documents", lambda: documents)
    pool, out = tmp_path / "pool.jsonl", tmp_path / "out.jsonl"
    pool.write_text(json.dumps({"id": coded()["id"], "text": TEXT}))
    monkeypatch.setattr("sys.argv", ["attach", "--pool", str(pool), "-o", str(out)])
    assert attach.main() == 1
    assert "text for 1 of 2 passages" in capsys.readouterr().out
    (row,) = map(json.loads, out.read_text().splitlines())
    assert (row["text"], row["split"], row["themes"]) == (TEXT, "test", ["recording"])
    monkeypatch.setattr(
        "sys.argv", [*("attach", "--pool", str(pool), "-o", str(out)), "--split", "train"]
    )
    assert attach.main() == 0
    assert out.read_text() == ""
