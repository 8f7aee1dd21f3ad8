from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from scr_themes.writing.report.markup import counted, escaped, folded, isolated, quoted, table


class Heard(HTMLParser):
    """What a parser takes for tags, and for words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.words, self.attributes = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words += data


anything = st.text() | st.text(alphabet="<>&\"'/!-scriptamp;#x0\x00\x85\ud800\ufffe\u202e ")


@given(anything)
def test_no_text_becomes_markup(text):
    heard = Heard(f"<p>{escaped(text)}</p>")
    assert heard.tags == ["p"]
    assert len(heard.words) == len(text)


@given(anything)
def test_no_text_ends_an_attribute(text):
    heard = Heard(f'<p title="{quoted(text)}">')
    assert heard.tags == ["p"]
    ((name, value),) = heard.attributes
    assert (name, len(value)) == ("title", len(text))


@given(anything)
def test_what_is_escaped_can_be_written_as_utf_8(text):
    assert "\x00" not in escaped(text).encode("utf-8").decode("utf-8")


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe", "\ufdd0"]
)
def test_what_html_cannot_hold_is_replaced(character):
    assert escaped(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "character", ["\t", "\n", "\r", "\u202e", "\u200f", "\ufeff", "\U0001f469"]
)
def test_what_it_can_hold_is_kept(character):
    assert escaped(f"a{character}b") == f"a{character}b"


def test_words_of_documents_are_isolated():
    assert isolated("\u202e<b>") == "<bdi>\u202e&lt;b&gt;</bdi>"


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "0 entries"), (1, "1 entry"), (1000, "1,000 entries")]
)
def test_numbers_have_their_nouns(n, expected):
    assert counted(n, "entry", "entries") == expected


def test_a_table_has_a_caption_heads_and_a_way_for_the_keyboard():
    tree = html.fragment_fromstring(
        table('All & "more"', ("A", "B"), [("<b>x</b>", "1"), ("y", "2")])
    )
    assert tree.get("tabindex") == "0"
    assert tree.get("aria-label") == 'All & "more"'
    assert tree.findtext(".//caption") == 'All & "more"'
    assert [cell.get("scope") for cell in tree.iter("th")] == ["col", "col", "row", "row"]
    assert [cell.text for cell in tree.iter("td")] == ["1", "2"]


def test_what_can_be_opened_has_a_plain_summary():
    assert folded("A < B", "<p>x</p>", kind="k").startswith(
        '<details class="k"><summary>A &lt; B</summary>'
    )
