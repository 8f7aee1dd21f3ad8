from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from scr_themes.codebook import Codebook
from scr_themes.writing import Settings
from scr_themes.writing.table import render
from tests.tagged import tagged_document, tagged_documents, tagged_passage

BUNDLED = Codebook.load()


def shown(*documents, **settings) -> str:
    return "".join(render(documents, Settings(codebook=BUNDLED, **settings)))


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def several(n: int, theme: str = "recording", **settings):
    return [
        tagged_passage(f"Note {i} is missing.", {theme: 0.6 + i / 100}, index=i, **settings)
        for i in range(n)
    ]


def test_a_document_is_introduced():
    text = shown(
        tagged_document(
            *several(2),
            title="Child R: a review",
            name="files/r.pdf",
            n_pages=12,
            warnings=("pages 3, 4 hold no text",),
        )
    )
    assert in_order(
        text,
        "Child R: a review\n",
        "files/r.pdf\n",
        "12 pages, 2 passages, 2 tagged\n",
        "Tagged by tiny 1, a program: check each against its page.\n",
        "Warning: pages 3, 4 hold no text\n",
    )


def test_a_passage_has_page_paragraph_probability_role_and_evidence():
    passage = tagged_passage(
        "It rained. No note was kept. It rained again.",
        {"recording": 0.876},
        page=14,
        paragraph="4.12",
        role="recommendation",
        evidence=(11, 28),
    )
    text = shown(tagged_document(passage))
    assert re.search(r"14 +4\.12 +0\.88 +recommendation +No note was kept\.\n", text)
    assert "It rained" not in text


def test_best_evidence_comes_first():
    text = shown(tagged_document(*several(4)))
    assert in_order(text, "Note 3 is", "Note 2 is", "Note 1 is", "Note 0 is")


def test_core_themes_come_first_then_the_most_frequent():
    document = tagged_document(
        *several(3, "recording"), *several(1, "child_voice"), *several(2, "information_sharing")
    )
    assert in_order(
        shown(document),
        "Information not shared (2 passages)  information_sharing",
        "Child's voice missing (1 passage)  child_voice",
        "Poor recording (3 passages)  recording",
    )


@pytest.mark.parametrize(
    ("limit", "n_shown", "more"), [(5, 5, "... and 7 more"), (12, 12, ""), (0, 12, "")]
)
def test_a_limit_says_what_it_leaves_out(limit, n_shown, more):
    text = shown(tagged_document(*several(12)), limit=limit)
    assert text.count("is missing.") == n_shown
    assert more in text if more else "... and" not in text


def test_a_document_without_tags_says_so():
    text = shown(tagged_document(tagged_passage("It rained.", {})))
    assert "0 tagged" in text
    assert "No passage reaches the threshold of any theme." in text


def test_the_meaning_of_a_probability_is_told_once_and_last():
    text = shown(tagged_document(*several(1)), tagged_document(*several(1)))
    assert text.count("8 in 10") == 1
    assert text.rstrip().endswith("more or fewer.")
    assert shown() == ""


def test_a_long_sentence_is_wrapped_whole():
    words = [f"word{i}" for i in range(40)]
    text = shown(tagged_document(tagged_passage(" ".join(words), {"recording": 0.9})))
    assert re.findall(r"word\d+", text) == words


def test_a_very_long_sentence_loses_its_middle():
    words = [f"word{i}" for i in range(200)]
    text = shown(tagged_document(tagged_passage(" ".join(words), {"recording": 0.9})))
    found = re.findall(r"word\d+", text)
    assert found[0] == "word0"
    assert found[-1] == "word199"
    assert set(found) < set(words)
    assert "[...]" in text


def test_words_of_a_document_cannot_steer_the_terminal():
    bad = "[bold]No[/bold] note \x1b[2J\x9b2J\u202e was :smile: kept."
    document = tagged_document(
        tagged_passage(bad, {"recording": 0.9}), title=bad, name=bad, warnings=(bad,)
    )
    for colour in (False, True):
        text = shown(document, colour=colour)
        assert "[bold]No[/bold]" in text
        assert ":smile:" in text
        assert not re.search(r"\x1b\[2J|\x9b|\u202e", text)


def test_colour_is_for_terminals_only():
    document = tagged_document(*several(1))
    assert "\x1b" not in shown(document)
    assert "\x1b[1m" in shown(document, colour=True)


@given(tagged_documents(), st.sampled_from([60, 80, 120]))
def test_no_line_is_too_wide_and_none_ends_in_spaces(document, width):
    for line in shown(document, width=width).splitlines():
        assert line == line.rstrip()
        assert cell_len(line) <= width  # columns of the screen: some characters take none


@given(st.lists(tagged_documents(), max_size=3))
def test_each_document_is_one_piece(documents):
    assert len(list(render(documents, Settings()))) == len(documents) + bool(documents)
