from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from scr_themes.reading.blocks import normalise
from scr_themes.reading.plain import read_plain, text_blocks
from tests.strategies import awkward_text

FILE = Path("review.txt")


def texts(text: str) -> list[str]:
    return [passage.text for passage in read_plain(FILE, text.encode()).passages]


def test_lines_broken_to_fit_are_joined_and_words_mended() -> None:
    text = (
        "The health visitor made four visits in the spring and on none of them was the informa-\n"
        "tion about the earlier injury looked up, though the multi-agency plan asked for\n"
        "it in plain words.\n"
        "\n"
        "The multi-\n"
        "agency plan was not read by anyone.\n"
    )
    assert texts(text) == [
        "The health visitor made four visits in the spring and on none of them was the "
        "information about the earlier injury looked up, though the multi-agency plan asked for "
        "it in plain words.",
        "The multi-agency plan was not read by anyone.",
    ]


def test_without_blank_lines_each_long_line_is_a_paragraph() -> None:
    long = (
        "The school wrote to the family three times and had no answer to any of its letters, " * 2
    )
    text = f"Review of a school\n{long}end one.\n{long}end two.\nIt closed.\n"
    document = read_plain(FILE, text.encode())
    assert [p.text for p in document.passages] == [
        f"{long}end one.",
        f"{long}end two.",
        "It closed.",
    ]
    assert document.title == "Review of a school"
    assert document.passages[0].section == "Review of a school"


def test_hard_wrapped_paragraphs_without_blank_lines_are_parted_where_a_line_ends_early() -> None:
    text = (
        "The first worker left in March and the second one came in June, so that the\n"
        "family had nobody for a season.\n"
        "The second worker had not been told of the earlier plan and began a new one\n"
        "from nothing.\n"
    )
    assert len(texts(text)) == 2


def test_indented_paragraphs_are_parted() -> None:
    text = (
        "The first worker left in March and the second one came in June, so that one.\n"
        "   The second worker had not been told of the earlier plan and began new work\n"
        "from nothing.\n"
    )
    assert [t.split()[1] for t in texts(text)] == ["first", "second"]


def test_bullets_and_printed_numbers_begin_passages_and_hang() -> None:
    text = (
        "The panel asks that the board should:\n"
        "• check every reference before a\n"
        "  person starts. And write it down\n"
        "- keep a record\n"
        "4.12 The school was not told of the order until the\n"
        "summer term.\n"
        "4.13 Nobody asked why.\n"
    )
    document = read_plain(FILE, text.encode())
    assert [(p.kind, p.paragraph, p.text) for p in document.passages] == [
        ("paragraph", None, "The panel asks that the board should:"),
        (
            "bullet",
            None,
            "check every reference before a person starts. And write it down",
        ),
        ("bullet", None, "keep a record"),
        ("paragraph", "4.12", "The school was not told of the order until the summer term."),
        ("paragraph", "4.13", "Nobody asked why."),
    ]


def test_short_lines_before_a_paragraph_are_headings() -> None:
    text = (
        "A boy nobody asked: what the panel learned from one long winter\n\nBy the panel\n\n"
        "He was nine.\n\nWhat went wrong\n\nNobody asked him.\n\n'Late checks'\n\nThey were late.\n"
    )
    document = read_plain(FILE, text.encode())
    assert document.title == "A boy nobody asked: what the panel learned from one long winter"
    assert [(p.section, p.text) for p in document.passages] == [
        ("By the panel", "He was nine."),
        ("What went wrong", "Nobody asked him."),
        ("'Late checks'", "They were late."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "It was late.",
        "and so it went on",
        "4 May 2012",
        "Friday at 10:15",
        "• A bullet",
        "Date | Event",
        "He said:",
        "A line that has too many words in it to be any heading at all of this",
    ],
)
def test_other_short_lines_stay_passages(line: str) -> None:
    found = text_blocks(f"Start.\n\n{line}\n\nThe paragraph that follows it.")
    assert [block.kind for block in found] == ["paragraph"] * 3


def test_a_line_with_nothing_after_it_is_a_passage() -> None:
    assert texts("Nobody told the nurse") == ["Nobody told the nurse"]


def test_a_caption_under_a_line_does_not_head_what_follows() -> None:
    long = (
        "The hospital had seen her twice before that, and on both days it sent no word at all. " * 2
    )
    document = read_plain(FILE, f"{long}\n\nA ward\nThe ward in winter\n\n{long}\n".encode())
    assert [p.section for p in document.passages] == [None, None, None, None]


def test_form_feeds_count_pages_and_paragraphs_go_on_across_them() -> None:
    text = "It began on the first\n\n1\n\f2\n\nof two pages.\n\nA new one.\n\f\fLast.\n"
    document = read_plain(FILE, text.encode())
    assert [(p.page, p.text) for p in document.passages] == [
        (1, "It began on the first of two pages."),
        (2, "A new one."),
        (4, "Last."),
    ]
    assert document.n_pages == 4


def test_rules_of_marks_part_paragraphs() -> None:
    assert texts("It was late.\n=====\nIt was never read.\n* * *\n") == [
        "It was late.",
        "It was never read.",
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ending_will_do(ending: str) -> None:
    text = "One paragraph\nis here.\n\nAnother is there.".replace("\n", ending)
    assert texts(text) == ["One paragraph is here.", "Another is there."]


@given(awkward_text(40))
def test_every_word_character_is_kept_in_order(text: str) -> None:
    blocks = text_blocks(text.replace("-", " "))
    kept = "".join(c for block in blocks for c in normalise(block.text) if c.isalpha())
    assert kept == "".join(c for c in normalise(text.replace("-", " ")) if c.isalpha())
