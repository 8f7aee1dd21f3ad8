from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.writing.report.wording import WORDS, meanings, percentage, word, worded


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "unlikely 0.00"),
        (0.001, "unlikely 0.01"),
        (0.294, "unlikely 0.29"),
        (0.2951, "possible 0.30"),
        (0.5, "more likely than not 0.50"),
        (0.6999, "likely 0.70"),
        (0.8949, "likely 0.89"),
        (0.9, "very likely 0.90"),
        (0.9999, "very likely 0.99"),
        (1.0, "very likely 1.00"),
    ],
)
def test_the_word_is_that_of_the_number_shown(probability, expected):
    assert worded(percentage(probability)) == expected


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_greater_probability_has_no_lesser_word(one, other):
    order = [name for _, name in reversed(WORDS)]
    low, high = sorted((one, other))
    assert percentage(low) <= percentage(high)
    assert order.index(word(percentage(low))) <= order.index(word(percentage(high)))


def test_meanings_leave_no_number_out():
    rows = meanings()
    assert [name for name, *_ in rows] == [name for _, name in WORDS]
    edges = [numbers for _, numbers, _ in rows]
    assert edges == ["0.90 or more", "0.70 to 0.89", "0.50 to 0.69", "0.30 to 0.49", "below 0.30"]
