"""Windows cover every token."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.encoding.windows import window_spans


@given(st.integers(0, 5000), st.integers(1, 300))
def test_windows_cover_everything_in_order(n_tokens, size):
    spans = window_spans(n_tokens, size)
    assert spans[0][0] == 0
    assert spans[-1][1] == n_tokens
    assert all(a < b for (a, _), (b, _) in pairwise(spans))
    assert all(after[0] <= before[1] for before, after in pairwise(spans))
    if n_tokens > size:
        assert {end - start for start, end in spans} == {size}
    else:
        assert spans == [(0, n_tokens)]


@given(st.integers(0, 5000), st.integers(8, 300))
def test_windows_overlap_by_a_quarter_and_are_no_more_than_needed(n_tokens, size):
    spans = window_spans(n_tokens, size)
    for (_, end), (start, _) in pairwise(spans):
        assert end - start >= size // 4
    stride = size - size // 4
    assert len(spans) <= max(0, n_tokens - size) // stride + 2
