from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.utf16 import Utf16Offsets
from tests.strategies import awkward_text


def n_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(awkward_text() | st.text())
def test_units_are_those_of_the_text_before_and_lead_back(text):
    offsets = Utf16Offsets(text)
    assert offsets.length == n_units(text)
    for place in range(len(text) + 1):
        assert offsets.units(place) == n_units(text[:place])
        assert offsets.points(offsets.units(place)) == place


@pytest.mark.parametrize(("units", "points"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_half_a_character_is_in_front_of_it(units, points):
    assert Utf16Offsets("a👩👧").points(units) == points


def test_a_place_behind_the_text_stays_behind_it():
    assert Utf16Offsets("👩").points(5) == 4
    assert Utf16Offsets("👩").units(4) == 5


def test_a_lone_surrogate_is_one_of_each():
    assert Utf16Offsets("caf\udce9!").units(5) == 5
