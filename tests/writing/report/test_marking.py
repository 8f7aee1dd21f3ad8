from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.documents import Tag
from scr_themes.writing.report.marking import Run, marked, numbers_of, runs

TEXT = "One. Two. Three."
CLASSES = {"a": "t0", "b": "t1"}


@st.composite
def texts_with_tags(draw):
    text = draw(st.text(min_size=1, max_size=30))
    tags = []
    for theme in draw(st.lists(st.sampled_from("abc"), max_size=4)):
        start = draw(st.integers(0, len(text)))
        tags.append(Tag(theme, 0.9, (start, draw(st.integers(start, len(text))))))
    return text, tags


@given(texts_with_tags())
def test_runs_are_the_text_and_each_knows_its_themes(drawn):
    text, tags = drawn
    found = runs(text, tags)
    assert "".join(run.text for run in found) == text
    place = 0
    for run in found:
        for position in range(place, place + len(run.text)):
            expected = {t.theme for t in tags if t.evidence[0] <= position < t.evidence[1]}
            assert set(run.themes) == expected
        place += len(run.text)
    assert all(one.themes != other.themes for one, other in itertools.pairwise(found))


def test_evidence_that_overlaps_is_cut_where_it_does():
    assert runs(TEXT, [Tag("a", 0.9, (0, 9)), Tag("b", 0.8, (5, 16))]) == [
        Run("One. ", ("a",)),
        Run("Two.", ("a", "b")),
        Run(" Three.", ("b",)),
    ]


def test_one_mark_for_all_themes_needs_no_numbers():
    tags = [Tag("a", 0.9, (0, 4)), Tag("b", 0.8, (0, 4))]
    assert numbers_of(TEXT, tags) == {}
    assert marked(TEXT, tags, CLASSES, {}) == '<mark class="t0 t1">One.</mark> Two. Three.'


def test_marks_of_different_themes_have_numbers():
    tags = [Tag("a", 0.9, (0, 4)), Tag("b", 0.8, (5, 9))]
    numbers = numbers_of(TEXT, tags)
    assert numbers == {"a": 1, "b": 2}
    assert marked(TEXT, tags, CLASSES, numbers) == (
        '<mark class="t0">One.</mark><sup>1</sup> <mark class="t1">Two.</mark><sup>2</sup> Three.'
    )


def test_a_space_between_two_marks_has_no_number():
    tags = [Tag("a", 0.9, (0, 9)), Tag("b", 0.8, (0, 4)), Tag("b", 0.8, (5, 9))]
    assert marked(TEXT, tags, CLASSES, {"a": 1, "b": 2}).count("<sup>") == 2


def test_a_theme_in_two_places_has_one_number():
    tags = [Tag("a", 1.0, (0, 4)), Tag("b", 1.0, (5, 9)), Tag("a", 1.0, (10, 16))]
    assert numbers_of(TEXT, tags) == {"a": 1, "b": 2}


def test_words_are_escaped_inside_and_outside_of_marks():
    assert marked("<b> & <i>", [Tag("a", 1.0, (0, 3))], CLASSES, {}) == (
        '<mark class="t0">&lt;b&gt;</mark> &amp; &lt;i&gt;'
    )


def test_a_line_end_that_evidence_cuts_in_two_stays_one():
    assert marked("One.\r\nTwo.", [Tag("a", 1.0, (0, 5))], CLASSES, {}) == (
        '<mark class="t0">One.</mark>\nTwo.'
    )
    assert marked("One.\r\nTwo.", [Tag("a", 1.0, (5, 10))], CLASSES, {}) == (
        'One.<mark class="t0">\nTwo.</mark>'
    )
