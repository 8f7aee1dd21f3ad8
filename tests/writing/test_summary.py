from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.documents import TaggedDocument
from scr_themes.writing.summary import RoleCount, ThemeCount, Together, summarise
from tests.tagged import laid_out_documents, tagged_document, tagged_passage


def passages(*tags, role="finding"):
    return [
        tagged_passage(f"Sentence {i}.", dict.fromkeys(given, 0.9), index=i, role=role)
        for i, given in enumerate(tags)
    ]


def test_themes_are_ranked_by_documents_and_then_by_passages():
    summary = summarise(
        [
            tagged_document(*passages(["recording"], ["recording"], ["recording"]), name="a"),
            tagged_document(*passages(["child_voice"], []), name="b"),
            tagged_document(*passages(["child_voice"]), name="c"),
        ]
    )
    assert (summary.n_documents, summary.n_passages, summary.n_tagged) == (3, 6, 5)
    assert summary.themes == (
        ThemeCount(theme="child_voice", n_documents=2, n_passages=2),
        ThemeCount(theme="recording", n_documents=1, n_passages=3),
    )


def test_themes_that_stand_on_one_passage():
    both = ["recording", "child_voice"]
    summary = summarise(
        [
            tagged_document(*passages(both, both, ["recording"]), name="a"),
            tagged_document(*passages([*both, "information_sharing"]), name="b"),
        ]
    )
    assert summary.together == (
        Together(first="child_voice", second="recording", n_documents=2, n_passages=3),
        Together(first="child_voice", second="information_sharing", n_documents=1, n_passages=1),
        Together(first="information_sharing", second="recording", n_documents=1, n_passages=1),
    )


def test_roles_are_counted_with_and_without_tags():
    summary = summarise(
        [
            tagged_document(
                *passages(["recording"], [], []),
                *passages([], role="context"),
                *passages([], role=""),
            )
        ]
    )
    assert summary.roles == (
        RoleCount(role="finding", n_passages=3, n_tagged=1),
        RoleCount(role="context", n_passages=1, n_tagged=0),
    )
    assert summary.n_passages == 5


def test_two_coders_of_one_document_count_it_once():
    summary = summarise(
        [
            tagged_document(*passages(["recording"], []), coder="Ann"),
            tagged_document(*passages(["recording"], ["child_voice"]), coder="Ben"),
        ]
    )
    assert (summary.n_documents, summary.n_passages, summary.n_tagged) == (1, 2, 2)
    assert [theme.n_passages for theme in summary.themes] == [1, 1]
    assert summary.coders == ("Ann", "Ben")


def test_a_theme_given_to_two_places_of_a_passage_counts_once():
    (passage,) = passages(["recording"])
    twice = replace(passage, tags=passage.tags * 2)
    assert summarise([tagged_document(twice)]).themes[0].n_passages == 1


def test_years_count_the_documents_that_report_each_theme():
    summary = summarise(
        [
            tagged_document(*passages(["recording"], ["recording"]), name="b", title="Review 2019"),
            tagged_document(*passages(["child_voice"]), name="a", title="Review 2012"),
            tagged_document(*passages([]), name="c", title="Review 2019"),
            tagged_document(*passages(["recording"]), name="d", title="A review"),
        ]
    )
    assert [(y.year, y.n_documents, y.themes) for y in summary.years] == [
        (2012, 1, {"child_voice": 1}),
        (2019, 2, {"recording": 1}),
    ]


def test_nothing_is_counted_as_nothing():
    summary = summarise([])
    assert summary.n_documents == summary.n_passages == summary.n_tagged == 0
    assert summary.themes == summary.together == summary.roles == summary.years == ()


@given(st.lists(laid_out_documents(), max_size=4))
def test_counts_hold_together(documents: list[TaggedDocument]):
    summary = summarise(documents)
    assert summary == summarise(documents * 2)  # the same document is one
    assert summary.n_documents == len({d.document.name for d in documents})
    assert summary.n_tagged <= summary.n_passages <= sum(len(d.passages) for d in documents)
    ranks = [theme.n_documents for theme in summary.themes]
    assert ranks == sorted(ranks, reverse=True)
    by_theme = {theme.theme: theme for theme in summary.themes}
    for theme in summary.themes:
        assert 1 <= theme.n_documents <= min(theme.n_passages, summary.n_documents)
    for pair in summary.together:
        assert pair.first < pair.second
        assert pair.n_passages <= by_theme[pair.first].n_passages
        assert pair.n_documents <= by_theme[pair.second].n_documents
    for role in summary.roles:
        assert role.role
        assert role.n_tagged <= role.n_passages <= summary.n_passages
    assert sum(year.n_documents for year in summary.years) <= summary.n_documents


def test_a_summary_cannot_be_changed():
    with pytest.raises(AttributeError):
        summarise([]).n_documents = 3
