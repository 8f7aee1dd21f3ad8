from __future__ import annotations

import pytest

from scr_themes.reading.hyphens import Joiner


def joined(lines: list[str], document: list[str] | None = None) -> str:
    return Joiner([*(document or []), *lines]).join(lines)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the informa-", "tion given"], "the information given"),
        (["an out-of-", "hours call"], "an out-of-hours call"),
        (["a child-", "centred plan"], "a child-centred plan"),
        (["the Well-", "Being board"], "the Well-Being board"),
        (["soft \u00ad", "hyphen"], "soft hyphen"),
        (["assess\u00ad", "ment"], "assessment"),
        (["the years 2014–", "15 saw"], "the years 2014–15 saw"),
        (["he left –", "and came back"], "he left – and came back"),
        (["either and/", "or both"], "either and/or both"),
        (["see www.example.org/", "reports for more"], "see www.example.org/reports for more"),
        (["plain", "lines"], "plain lines"),
    ],
)
def test_lines_are_joined_as_a_reader_would(lines, text):
    assert joined(lines) == text


def test_the_document_s_own_spelling_decides():
    lines = ["the on-", "going work"]
    assert joined(lines) == "the on-going work"
    assert joined(lines, ["ongoing work"]) == "the ongoing work"
    assert joined(lines, ["on-going work", "ongoing"]) == "the on-going work"


def test_a_document_that_hyphenates_drops_doubtful_hyphens():
    hyphenated = ["the mana-", "gement of safe-", "ty and of assess-", "ment by depart-", "ments"]
    lines = ["the har-", "bour wall"]
    assert joined(lines, hyphenated) == "the harbour wall"
