from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.corpus.alike import alike, runs

words = st.lists(st.sampled_from(["note", "visit", "nurse", "file", "school", "lost"]), max_size=12)


@given(st.lists(words.map(" ".join), max_size=6))
def test_every_pair_is_found_and_no_other(texts: list[str]):
    expected = {}
    for i, text in enumerate(texts):
        for j, earlier in enumerate(texts[:i]):
            both = runs(earlier) & runs(text)
            share = len(both) / len(runs(earlier) | runs(text)) if both else 0.0
            if share >= 0.5:
                expected[j, i] = share
    assert alike(texts) == expected


def test_punctuation_and_case_do_not_count():
    assert alike(["The file was never found again.", "the FILE was, never, found again"])
