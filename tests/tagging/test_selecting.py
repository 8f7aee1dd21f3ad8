from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.tagging import select
from tests.tagged import THEMES, tagged_documents

ROLES = ("finding", "context")


@given(tagged_documents(), st.sets(st.sampled_from(THEMES)), st.sets(st.sampled_from(ROLES)))
def test_only_what_was_asked_for_is_kept(tagged, themes, roles):
    kept = select(tagged, themes=themes, roles=roles)
    assert kept.document == tagged.document
    assert kept.coder == tagged.coder
    for passage in tagged.passages:
        expected = tuple(t for t in passage.tags if not themes or t.theme in themes)
        wanted = (not roles or passage.role in roles) and (not themes or bool(expected))
        found = [p for p in kept.passages if p.passage.index == passage.passage.index]
        assert [p.tags for p in found] == ([expected] if wanted else [])


@given(tagged_documents())
def test_nothing_asked_changes_nothing(tagged):
    assert select(tagged) == tagged


@given(tagged_documents(), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_adds_a_tag(tagged, one, other):
    low, high = sorted((one, other))
    few = select(tagged, threshold=high)
    many = select(tagged, threshold=low)
    for less, more in zip(few.passages, many.passages, strict=True):
        assert set(less.themes) <= set(more.themes)


@given(tagged_documents(), st.sets(st.sampled_from(THEMES), min_size=1))
def test_a_threshold_can_bring_in_a_theme_asked_for(tagged, themes):
    kept = select(tagged, themes=themes, threshold=0)
    assert len(kept.passages) == len(tagged.passages)
    assert all(set(passage.themes) == themes for passage in kept.passages)
