"""How results look in Jupyter and in a console."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scr_themes import load
from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.evaluating import agree, evaluate
from scr_themes.notebook.excerpts import marked
from scr_themes.notebook.markup import plain, short
from scr_themes.tagging.workers import _content
from scr_themes.writing.summary import summarise
from tests.strategies import awkward_text
from tests.tagged import laid_out_documents, tagged_document, tagged_passage

ALLOWED = {
    "div", "style", "p", "strong", "span", "mark", "sup", "table", "thead", "tbody", "tr", "th",
    "td", "ul", "li", "details", "summary",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "<!-- ",
    "&lt;b&gt;",
    "]]>",
    "\u202e<b>",
    "\ud83d",
    "\x00<a href=javascript:alert(1)>",
)


class Read(HTMLParser):
    """Reads a view: the words, those that are marked, and whatever should not be there."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.marked: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        for name, value in attrs:
            known = {"quiet", "tag", "passage", "scr-themes", "n"}
            assert (name == "class" and value in known) or (name, value) == ("dir", "auto")
        self.open.append(tag)
        if tag in ("p", "td", "tr", "li", "mark"):
            self.words.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_data(self, data):
        if "style" in self.open:
            assert "<" not in data
            return
        self.words.append(data)
        if "mark" in self.open:
            self.marked.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def hostile_text() -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(HOSTILE) | awkward_text(3), min_size=1, max_size=4)
    return pieces.map(lambda found: f"x{''.join(found)}")


@st.composite
def hostile_documents(draw) -> TaggedDocument:
    words, said = draw(hostile_text()), hostile_text()
    spans = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
    tags = tuple(Tag(draw(said), 0.5, (min(s), max(s))) for s in spans)
    passage = Passage(text=words, end=len(words), page=1, paragraph=draw(said), section=draw(said))
    tagged = TaggedPassage(
        passage=passage, role=draw(said), role_probability=0.5, tags=tags, candidates=tags
    )
    warnings = (draw(said),)
    document = Document(
        path=draw(said), title=draw(said), text=words, passages=(passage,), warnings=warnings
    )
    return TaggedDocument(document=document, passages=(tagged,), coder=draw(said))


@given(hostile_documents(), hostile_text())
@settings(deadline=None)
def test_nothing_of_a_document_gets_into_the_page_as_html(tagged, said):
    lost = Unmapped(coder=said, document=said, code=said, quote=said, reason=said)
    codings = Codings(documents=(tagged,), unmapped=(lost,))
    for result in (tagged.document, tagged.passages[0], tagged, codings, summarise([tagged])):
        html = result._repr_html_()
        html.encode("utf-8")  # as a notebook is saved
        assert "\u202e" not in html
        assert "\x00" not in html
        Read(html)


@given(hostile_text())
@settings(deadline=None)
def test_nothing_of_a_codebook_gets_into_the_page_as_html(said):
    entry = {"title": said, "definition": said, "examples": (said,), "counter_examples": (said,)}
    theme = Theme(id=said, counts=(said,), excludes=(said,), core=True, **entry)
    role = Role(id=said, **entry)
    book = Codebook(name=said, version=said, themes=(theme,), roles=(role,), rules=(said,))
    for shown in (theme, role, book):
        Read(shown._repr_html_())


@given(hostile_text())
@settings(deadline=None, max_examples=20)
def test_nothing_of_a_coder_or_a_theme_gets_into_the_page_as_html(said):
    coders = {said: [{said}, set()], f"{said} too": [{said}, {said}]}
    roles = {coder: ["finding", "finding"] for coder in coders}
    Read(agree(coders, themes=[said], roles=roles, n_resamples=0)._repr_html_())
    Read(evaluate([{said}], [[0.5, 0.1]], themes=[said, "y"], n_resamples=0)._repr_html_())


def test_a_passage_shows_place_words_evidence_themes_and_role():
    passage = tagged_passage(
        "Taxi booked. No note exists. She left.", {"recording": 0.91, "child_voice": 0.62},
        evidence=(13, 28), page=12, paragraph="4.12", section="Findings",
    )  # fmt: skip
    shown = Read(passage._repr_html_())
    for said in ("page 12 · paragraph 4.12 · Findings", "recording 0.91", "child_voice 0.62"):
        assert said in shown.text
    assert "finding 0.90" in shown.text
    assert "Taxi booked. No note exists. She left." in shown.text
    assert shown.marked == ["No note exists."]
    assert "[1]" not in shown.text  # one piece of evidence needs no number


def test_pieces_of_evidence_are_numbered_so_that_each_theme_finds_its_own():
    tags = (Tag("child_voice", 0.9, (10, 20)), Tag("recording", 0.8, (0, 9)))
    passage = TaggedPassage(
        passage=Passage(text="No notes. Unheard too."),
        role="", role_probability=0.0, tags=tags, candidates=tags,
    )  # fmt: skip
    shown = Read(passage._repr_html_())
    assert shown.marked == ["No notes.", "Unheard to"]
    assert "No notes.[1] Unheard to[2]o." in shown.text
    assert "child_voice 0.90 [2]recording 0.80 [1]" in shown.text


@given(
    st.text(alphabet="ab <&\n", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_just_the_evidence_is_marked(text, ends):
    spans = sorted({(min(e), min(max(e), len(text))) for e in ends if min(e) < len(text)})
    shown = Read(f"<p>{marked(text, spans, longest=100)}</p>")
    expected = "".join(c for i, c in enumerate(text) if any(s <= i < e for s, e in spans))
    assert "".join(shown.marked) == expected
    if len(spans) < 2:
        assert shown.text == text


def test_a_long_passage_is_cut_to_its_beginning_and_what_is_around_the_evidence():
    text = f"Start. {'a' * 50_000} The note was lost. {'b' * 50_000}"
    start = text.index("The note")
    span = (start, start + len("The note was lost."))
    shown = Read(f"<p>{marked(text, [span], longest=600)}</p>")
    assert shown.marked == ["The note was lost."]
    assert shown.text.startswith("Start. aaa")
    assert shown.text.count("[…]") == 2
    assert len(shown.text) < 800
    assert Read(f"<p>{marked(text, [], longest=600)}</p>").text == f"{text[:600]} […] "


@given(laid_out_documents())
@settings(deadline=None, max_examples=30)
def test_a_view_is_short_and_counts_what_it_shows(tagged):
    html = tagged._repr_html_()
    shown = Read(html)
    carriers = [passage for passage in tagged.passages if passage.tags]
    n = len(tagged.passages)
    assert f"{n} passage{'' if n == 1 else 's'}, {len(carriers)} tagged" in shown.text
    assert html.count('<div class="passage">') == len(carriers)
    assert len(html) < 60_000
    assert len(repr(tagged)) < 400


def long_document() -> TaggedDocument:
    words = "The <b> & the file held no note of it. " * 2500  # 97 kB
    span = (40, 99_000)
    passages = [
        tagged_passage(words, {"recording": 0.9}, index=i, evidence=span) for i in range(163)
    ]
    passages.append(tagged_passage("Nothing.", {}, index=163))
    warnings = tuple(f"page {i} is a picture" for i in range(9))
    return tagged_document(*passages, title="T" * 5000, warnings=warnings, n_pages=400)


def test_a_long_document_is_cut_with_a_count():
    tagged = long_document()
    html = tagged._repr_html_()
    shown = Read(html)
    assert "... and 143 more passages with a theme" in shown.text
    assert "... and 4 more warnings" in shown.text
    assert "400 pages, 164 passages, 163 tagged, by tiny 1" in shown.text
    assert len(html) < 100_000
    html = tagged.document._repr_html_()
    assert "... and 154 more passages" in Read(html).text
    assert len(html) < 15_000
    assert len(tagged.passages[0]._repr_html_()) < 15_000


def test_long_codings_are_cut_with_counts():
    lost = tuple(
        Unmapped(coder="Ann", document="a" * 900, code=f"c{i}", quote="q" * 9000, reason="none")
        for i in range(1200)
    )
    codings = Codings(documents=(long_document(),) * 21, unmapped=lost)
    html = codings._repr_html_()
    shown = Read(html)
    assert "... and 1 more document" in shown.text
    assert "... and 1,180 more codings" in shown.text
    assert "1,200 codings could not become a tag" in shown.text
    assert len(html) < 60_000
    assert repr(codings) == "<Codings: 21 documents by tiny 1; 1200 codings unmapped>"


def test_empty_results_have_views_too():
    empty = tagged_document()
    assert "No passage has a theme." in Read(empty._repr_html_()).text
    assert "0 coded documents" in Read(Codings(documents=())._repr_html_()).text
    assert "0 documents, 0 passages" in Read(summarise([])._repr_html_()).text
    assert "0 passages" in Read(empty.document._repr_html_()).text


def test_an_evaluation_shows_what_it_prints():
    roles = ["finding", "context"]
    result = evaluate(
        [{"recording"}, set()], [[0.9, 0.2], [0.2, 0.1]], themes=["recording", "child_voice"],
        roles_true=roles, roles_pred=roles, n_resamples=20,
    )  # fmt: skip
    shown = Read(result._repr_html_()).text
    for word in str(result).split():
        assert word in shown or set(word) == {"-"}, word
    assert repr(result).startswith("<Evaluation: 2 passages, 2 themes, macro F1 1.00")


def test_agreement_shows_what_it_prints():
    result = agree({"Ann": [{"x"}, set()], "Ben": [{"x"}, {"x"}]}, themes=["x"], n_resamples=20)
    shown = Read(result._repr_html_()).text
    for word in str(result).split():
        assert word in shown or set(word) == {"-"}, word
    assert repr(result).startswith("<Agreement of Ann, Ben: 2 passages coded by two or more")


def test_a_summary_shows_shares_of_documents():
    other = tagged_document(tagged_passage("No note.", {"recording": 0.9}), name="b.txt")
    both = tagged_passage("No note, unheard.", {"recording": 0.9, "child_voice": 0.9})
    shown = Read(summarise([tagged_document(both), other])._repr_html_()).text
    assert "2 documents, 2 passages, 2 tagged" in shown
    assert "recording2100%2" in shown
    assert "child_voice150%1" in shown
    assert "child_voicerecording11" in shown


def test_the_codebook_shows_titles_and_definitions():
    book = Codebook.load()
    shown = Read(book._repr_html_()).text
    for entry in (*book.themes, *book.roles):
        assert entry.title in shown
        assert entry.definition in shown
    assert repr(book) == f"<Codebook {book.name!r} {book.version}: 17 themes, 4 roles>"
    theme = book["recording"]
    shown = Read(theme._repr_html_()).text
    for said in (*theme.counts, *theme.excludes, *theme.examples, *theme.counter_examples):
        assert said in shown
    assert theme.examples[0] not in repr(theme)


def test_a_classifier_has_the_view_of_its_kind():
    classifier = load("fast")
    assert "ThemeClassifier" in classifier._repr_html_()
    assert len(classifier._repr_html_()) < 100_000
    assert "<Codebook " in repr(classifier)
    assert len(repr(classifier)) < 1000


def test_what_a_console_shows_is_one_short_line():
    tagged = long_document()
    passage = tagged_passage("No note exists.", {"recording": 0.91}, page=3, paragraph="4.1")
    assert repr(passage) == (
        "<TaggedPassage 0, page 3, paragraph 4.1: recording 0.91; finding 0.90: 'No note exists.'>"
    )
    assert repr(passage.passage) == "<Passage 0, page 3, paragraph 4.1: 'No note exists.'>"
    document = Document(path="a/b.pdf", title="Child R", text="x" * 9999, passages=(), n_pages=12)
    assert repr(document) == "<Document 'Child R': 12 pages, 0 passages, 'a/b.pdf'>"
    assert "163 of 164 passages tagged by 'tiny 1'" in repr(tagged)
    for shown in (tagged, tagged.document, tagged.passages[0], tagged.passages[0].passage):
        assert len(repr(shown)) < 250
        assert "\n" not in repr(shown)
    assert repr(summarise([tagged])) == (
        "<Summary: 1 documents, 164 passages, 163 tagged, 1 themes>"
    )


def test_documents_that_look_alike_are_not_the_same_to_a_batch():
    one = Document(path="a.txt", title="A", text="x", passages=(Passage(text="x", end=1),))
    other = dataclasses.replace(one, text="y", passages=(Passage(text="x", end=1, section="S"),))
    assert repr(one) == repr(other)
    assert _content(one, None) != _content(other, None)
    assert _content(one, None) == _content(dataclasses.replace(one), None)


@pytest.mark.parametrize(("text", "longest"), [("Nobody", 6), ("Nobody asked", 6), ("", 1)])
def test_cut_text_is_no_longer_than_asked(text, longest):
    assert len(short(text, longest)) <= longest


@given(st.text())
def test_escaped_text_reads_as_it_was(text):
    shown = Read(f"<p>{plain(text)}</p>").text
    assert len(shown) == len(text)
    seen = [(a, b) for a, b in zip(shown, text, strict=True) if b.isprintable() and a != b]
    assert seen == []


def test_many_themes_and_lines_are_cut():
    themes = [f"theme_{i}" for i in range(300)]
    result = evaluate(np.zeros((2, 300), bool), np.zeros((2, 300)), themes=themes, n_resamples=0)
    html = result._repr_html_()
    assert "... and 102 more lines" in Read(html).text
    assert len(html) < 100_000
