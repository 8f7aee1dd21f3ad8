from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.documents import Document
from scr_themes.reading.html import read_html
from tests.strategies import awkward_text

FILE = Path("page.html")


def read(page: str) -> Document:
    return read_html(FILE, page.encode())


def texts(page: str) -> list[str]:
    return [passage.text for passage in read(page).passages]


def test_the_furniture_of_the_site_is_left_out() -> None:
    page = """<!doctype html><html><head><title>Late help</title><style>p {}</style></head><body>
    <header><h1>The Site</h1></header><nav><ul><li>Home</li></ul></nav>
    <div role="navigation">You are here</div><script>var a = "b";</script>
    <p>Help came late.</p><aside>Also of interest</aside>
    <form><label>Search</label><input value="x"></form><button>Share</button>
    <noscript>Switch it on</noscript><template><p>Template</p></template>
    <footer>All rights</footer></body></html>"""
    document = read(page)
    assert [p.text for p in document.passages] == ["Help came late."]
    assert document.title == "Late help"


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden>x</div>",
        '<p style="color: red; display: none">x</p>',
        '<span style="visibility:hidden">x</span>',
        '<p aria-hidden="true">x</p>',
        "<!-- x -->",
    ],
)
def test_hidden_parts_are_left_out_and_what_follows_is_not(hidden: str) -> None:
    assert texts(f"<body><p>Seen.</p>{hidden}tail</body>") == ["Seen.", "tail"]


def test_headings_paragraphs_and_bullets_in_order() -> None:
    document = read(
        "<h1>Review</h1><p>One <b>bold</b> and\n  <a href='x'>linked</a>.</p><h2>Findings</h2>"
        "<ul><li>First</li><li><p>Second</p><ul><li>nested</li></ul>after</li></ul>"
        "<ol><li>Third</li></ol><blockquote><p>Quoted.</p></blockquote>"
    )
    assert [(p.section, p.kind, p.text) for p in document.passages] == [
        ("Review", "paragraph", "One bold and linked."),
        ("Findings", "bullet", "First"),
        ("Findings", "bullet", "Second"),
        ("Findings", "bullet", "nested"),
        ("Findings", "bullet", "after"),
        ("Findings", "bullet", "Third"),
        ("Findings", "paragraph", "Quoted."),
    ]
    assert document.title == "Review"


def test_bare_words_and_double_breaks_are_paragraphs() -> None:
    page = "<div>One<br>line<br><br>two<div>three</div>four <i>five</i></div>"
    assert texts(page) == ["One line", "two", "three", "four five"]


def test_table_rows_are_passages_and_layout_tables_are_not() -> None:
    document = read(
        "<table><tr><th>Date</th><th>Event</th></tr>"
        "<tr><td rowspan=2>1 May</td><td>Visit<br>made<script>x</script></td></tr>"
        "<tr><td><ul><li>Call</li><li>Note</li></ul></td></tr><tr><td></td><td>End</td></tr></table>"
        "<table><tr><td><p>A box.</p><p>With two.</p></td></tr></table>"
        "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    )
    assert [(p.kind, p.text) for p in document.passages] == [
        ("row", "Date | Event"),
        ("row", "1 May | Visit made"),
        ("row", "Call Note"),
        ("row", "End"),
        ("paragraph", "A box."),
        ("paragraph", "With two."),
        ("row", "a | b"),
    ]


def test_footnote_marks_go_and_other_raised_figures_stay() -> None:
    page = "<p>A risk<sup><a href='#n1'>1</a></sup> of 5 m<sup>2</sup>.</p>"
    assert texts(page) == ["A risk of 5 m2."]


def test_the_main_part_is_preferred_where_most_words_are_in_it() -> None:
    words = "The board did not ask. " * 5
    assert texts(f"<div>Menu</div><main><p>{words}</p></main><div>Links</div>") == [words.strip()]
    assert texts(f"<div>Menu</div><article><p>{words}</p></article>") == [words.strip()]
    assert texts(f"<main><p>Small.</p></main><div>{words}</div>") == ["Small.", words.strip()]
    assert len(texts(f"<article>{words}</article><article>Two.</article>")) == 2


def test_the_header_of_an_article_is_kept() -> None:
    assert read("<article><header><h1>Title</h1></header><p>Text.</p></article>").title == "Title"


def test_a_form_that_wraps_the_whole_page_is_read() -> None:
    page = "<form><h1>Review</h1><p>Text.</p><select><option>x</option></select></form>"
    assert texts(page) == ["Text."]


def test_preformatted_text_keeps_its_paragraphs() -> None:
    assert texts("<pre>one\nline\n\nanother</pre>") == ["one line", "another"]


def test_entities_and_declared_charsets() -> None:
    page = '<meta charset="windows-1252"><p>It wasn’t caf&eacute; &amp; &#8220;bar&#8221;.</p>'
    document = read_html(FILE, page.encode("windows-1252"))
    assert document.passages[0].text == 'It wasn\'t café & "bar".'
    assert document.warnings == ()


def test_an_xml_declaration_does_not_matter() -> None:
    assert texts('<?xml version="1.0" encoding="utf-8"?><html><body><p>é</p></body></html>') == [
        "é"
    ]


def test_a_page_without_a_title_is_named_after_its_file() -> None:
    assert read("<p>Text.</p>").title == "page"


def test_deeply_nested_parts_are_read() -> None:
    assert texts("<div>" * 400 + "deep" + "</div>" * 400) == ["deep"]


_TAGS = st.sampled_from(
    [
        "p",
        "div",
        "li",
        "ul",
        "table",
        "tr",
        "td",
        "h2",
        "br",
        "pre",
        "sup",
        "a",
        "form",
        "main",
        "article",
        "header",
        "nav",
        "script",
        "<!--",
        "]]>",
    ]
)


@given(st.lists(st.tuples(_TAGS, st.booleans(), awkward_text(3)), max_size=15))
def test_any_soup_of_tags_is_read(soup: list[tuple[str, bool, str]]) -> None:
    page = "".join(f"<{'/' if closes else ''}{tag}>{text}" for tag, closes, text in soup)
    document = read("<p>x" + "".join(c for c in page if c.isprintable()))
    for passage in document.passages:
        assert document.text[passage.start : passage.end] == passage.text
