from __future__ import annotations

import unicodedata
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.reading.blocks import (
    Block,
    BlockKind,
    assemble,
    normalise,
    split_bullet,
    split_number,
)
from tests.strategies import awkward_text

blocks = st.lists(
    st.builds(
        Block,
        text=awkward_text(),
        kind=st.sampled_from(get_args(BlockKind)),
        page=st.none() | st.integers(1, 9),
        paragraph=st.none() | st.sampled_from(["4.12", " 1 ", ""]),
        section=st.none() | awkward_text(3),
    ),
    max_size=8,
)


@given(awkward_text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_normalised_text_is_one_clean_line(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == " ".join(once.split())
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("the o\ufb03cer", "the officer"),
        ("\u201cno\u201d and \u2018no\u2019", "\"no\" and 'no'"),
        ("multi\u2011agency", "multi-agency"),
        ("in\u00adformation", "information"),
        ("caf" + "e\u0301", "caf\u00e9"),
        ("e\u00ad\u0301", "\u00e9"),
        ("\u0374", "'"),
        ("wait\u2026", "wait..."),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("a\x00b", "a b"),
        ("2014\u201315", "2014\u201315"),
        ("\u202bword\u202c", "word"),
    ],
)
def test_odd_characters_are_folded(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("4.12 The school was told.", "4.12", "The school was told."),
        ("4.12.3. The school was told.", "4.12.3", "The school was told."),
        ("12. The school was told.", "12", "The school was told."),
        ("12) The school was told.", "12", "The school was told."),
        ("(7) The school was told.", "7", "The school was told."),
        ("12 children were seen.", None, "12 children were seen."),
        ("3.5 million was cut.", None, "3.5 million was cut."),
        ("9.30 am was the time.", None, "9.30 am was the time."),
        ("2.5 years later she left.", None, "2.5 years later she left."),
        ("2009. It was late.", None, "2009. It was late."),
        ("4.12", None, "4.12"),
    ],
)
def test_printed_numbers_are_split(text: str, number: str | None, rest: str) -> None:
    assert split_number(text) == (number, rest)


@pytest.mark.parametrize("mark", ["•", "-", "–", "*", "o", "\uf0b7", "▪"])
def test_bullet_marks_are_split(mark: str) -> None:
    assert split_bullet(f"{mark} Check references.") == (True, "Check references.")


def test_a_hyphen_that_is_not_a_mark_stays() -> None:
    assert split_bullet("-5 degrees") == (False, "-5 degrees")


@given(blocks)
def test_every_passage_is_where_the_document_says(found: list[Block]) -> None:
    document = assemble(found, path=None, title="T")
    last = 0
    for index, passage in enumerate(document.passages):
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.index == index
        assert passage.start >= last
        assert normalise(passage.text) == passage.text
        assert any(c.isalnum() for c in passage.text)
        last = passage.end
    assert len(document.passages) <= len(found)


def test_headings_become_the_section_of_what_follows() -> None:
    document = assemble(
        [
            Block("Before", kind="paragraph"),
            Block("4 Findings", kind="heading"),
            Block("4.1 Nobody asked."),
            Block("• Nobody wrote.", page=2),
            Block("2 May | visit", kind="row"),
            Block("Elsewhere.", section="Another"),
            Block("Nowhere.", section=""),
        ],
        path=None,
        title="T",
    )
    assert [p.section for p in document.passages] == [
        None,
        "4 Findings",
        "4 Findings",
        "4 Findings",
        "Another",
        None,
    ]
    assert [p.kind for p in document.passages][1:4] == ["paragraph", "bullet", "row"]
    assert document.passages[1].paragraph == "4.1"
    assert document.passages[2].page == 2
    assert document.text.startswith("Before\n\n4 Findings\n\nNobody asked.")


def test_a_number_held_apart_is_not_looked_for_in_the_text() -> None:
    document = assemble([Block("12. of May was the date.", paragraph="4.1")], path=None, title="T")
    assert document.passages[0].paragraph == "4.1"
    assert document.passages[0].text == "12. of May was the date."


def test_a_row_keeps_its_leading_number() -> None:
    document = assemble([Block("1. | Check references", kind="row")], path=None, title="T")
    assert document.passages[0].text == "1. | Check references"


def test_marks_alone_are_no_passage() -> None:
    assert assemble([Block("* * *"), Block("___")], path=None, title="T").passages == ()


def test_a_blank_title_is_the_name_of_the_file() -> None:
    assert assemble([], path="folder/review.txt", title=" ").title == "review"
