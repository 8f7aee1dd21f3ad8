from __future__ import annotations

import pytest
from hypothesis import given

from scr_themes.reading.sentences import sentence_spans
from tests.strategies import awkward_text


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(awkward_text())
def test_spans_are_ordered_trimmed_and_cover_every_visible_character(text: str) -> None:
    spans = sentence_spans(text)
    covered = set()
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert all(i in covered for i, character in enumerate(text) if not character.isspace())


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\n"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mr. B was visited by Dr. Ames and Mrs. C.",
        "Some checks, e.g. Police ones, were late.",
        "One check, i.e. The barred list, was late.",
        "This is set out at No. 4 and para. 3.2 of the plan.",
        "A s.47 enquiry under s. 47 was not opened.",
        "She was taken to St. Mary Hospital.",
        "The reviewer was J. Smith of the board.",
        "The reviewer was J. R. Smith of the board.",
        "It took 3.5 days and cost £1.2 million.",
        "Staff ... need to be told.",
        "check references; record them; tell the panel",
        '"Why was nobody told?" she asked.',
        "4.12. The school was not told.",
        "1. The school was not told.",
        "a. The school was not told.",
        "iv. The school was not told.",
        "xxxv.) The school was not told.",
        "(2). The school was not told.",
        "The school was not told. 41.",
        "The form is at www.example.Org/a.Pdf for all.",
        "It happened on 4 Jan. 2010 and again.",
        "Smith et al. (2010) say so.",
        "no stop at the end",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "expected",
    [
        ["The GP was told.", "The school was not."],
        ["Was she seen?", "No.", "She was hidden!", "Nobody asked."],
        ['"It is sad."', "He added that staff were tired."],
        ['He said: "It is sad."', '"We are sorry," she added.'],
        ["“It is sad.”", "He left."],
        ["(He was not seen.)", "She was."],
        ["This concerns Child A.", "Records show three visits."],
        ["This concerns Mr B.", "He was not assessed."],
        ["She waited...", "Then she left."],
        ["The visit ended at 4 p.m.", "Police were called."],
        ["It was 2009.", "12 children were placed."],
        ["She was diagnosed with MS.", "Nobody asked who cared for her."],
        ["Was it done?", "• No record was found."],
        ["He moved to the U.K.", "The move was not known."],
        ["子どもは話した。", "誰も聞かなかった。"],
    ],
)
def test_sentences_are_parted(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_stop_that_lost_its_space_still_parts() -> None:
    assert sentences("She was not told.The school was.") == ["She was not told.", "The school was."]


def test_a_footnote_mark_stays_with_the_sentence_before_it() -> None:
    assert sentences("It was a risk.12 The GP knew.") == ["It was a risk.12", "The GP knew."]


def test_a_blank_line_parts_without_a_stop() -> None:
    assert sentences("A heading\n\nThe words under it") == ["A heading", "The words under it"]


def test_marks_left_over_go_with_the_last_sentence() -> None:
    assert sentences("It was late. ***") == ["It was late. ***"]
