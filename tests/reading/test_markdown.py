from __future__ import annotations

from pathlib import Path

import pytest

from scr_themes.documents import Document
from scr_themes.reading.markdown import plain_words, read_markdown


def read(text: str) -> Document:
    return read_markdown(Path("notes.md"), text.encode())


def test_headings_of_both_kinds_are_sections() -> None:
    document = read(
        "# One\n\nText a.\n\nTwo\n===\n\nText b.\n\n### Three ###\nText c.\n\nFour\n--\nd"
    )
    assert [(p.section, p.text) for p in document.passages] == [
        ("One", "Text a."),
        ("Two", "Text b."),
        ("Three", "Text c."),
        ("Four", "d"),
    ]
    assert document.title == "One"


def test_lists_are_bullets_and_numbers_are_kept() -> None:
    document = read(
        "Intro:\n- one\n  goes on\n* two\n+ [x] three\n    - nested\n\n1. First\n2) Second\n"
    )
    assert [(p.kind, p.paragraph, p.text) for p in document.passages] == [
        ("paragraph", None, "Intro:"),
        ("bullet", None, "one goes on"),
        ("bullet", None, "two"),
        ("bullet", None, "three"),
        ("bullet", None, "nested"),
        ("paragraph", "1", "First"),
        ("paragraph", "2", "Second"),
    ]


def test_tables_are_rows() -> None:
    document = read(
        "Before.\n\n| Date | What |\n|---|:-:|\n| 1 May | a \\| b |\n| | *seen* |\n\nAfter|x"
    )
    assert [(p.kind, p.text) for p in document.passages] == [
        ("paragraph", "Before."),
        ("row", "Date | What"),
        ("row", "1 May | a | b"),
        ("row", "seen"),
        ("paragraph", "After|x"),
    ]


def test_front_matter_gives_the_title_and_is_left_out() -> None:
    document = read('---\ntitle: "A winter review"\ndate: 2011\n---\n\n# Heading\n\nText.\n')
    assert document.title == "A winter review"
    assert [p.text for p in document.passages] == ["Text."]


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert [p.text for p in read("---\n\nText.\n").passages] == ["Text."]


def test_code_quotes_comments_and_definitions() -> None:
    document = read(
        "> Quoted *words*\n> go on.\n\n```text\nkeep **this**\nas it is\n```\n\n"
        "<!-- not\nthis -->\n[ref]: http://x.org\n\n***\n\nLast [one][ref].[^1]\n"
    )
    assert [p.text for p in document.passages] == [
        "Quoted words go on.",
        "keep **this** as it is",
        "Last one.",
    ]


def test_a_fence_that_is_never_closed_keeps_its_words() -> None:
    assert [p.text for p in read("```\nnever *closed*\n").passages] == ["never *closed*"]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** and *it* and ***both***", "bold and it and both"),
        ("__bold__ and _it_ in snake_case_name", "bold and it in snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("~~gone~~", "gone"),
        ("[a link](http://x.org/a_(b) 'title')", "a link"),
        ("![a chart](c.png)", "a chart"),
        ("see <https://x.org>", "see https://x.org"),
        ("one<br>two <b>three</b>", "one two three"),
        ("a `code` word", "a code word"),
        ("fish &amp; chips", "fish & chips"),
        (r"\*not emphasis\*", "*not emphasis*"),
        ("under 5 < 6 > 4", "under 5 < 6 > 4"),
    ],
)
def test_marks_within_a_line(marked: str, plain: str) -> None:
    assert plain_words(marked) == plain
