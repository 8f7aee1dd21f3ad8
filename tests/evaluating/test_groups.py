"""Documents to numbers."""

from __future__ import annotations

import pytest

from scr_themes.errors import LabelsError
from scr_themes.evaluating.groups import group_numbers


def test_numbers_follow_the_sorted_names_whatever_the_order():
    assert group_numbers(["c", "a", "b", "a"], 4).tolist() == [2, 0, 1, 0]
    assert group_numbers(["a", "b", "a", "c"], 4).tolist() == [0, 1, 0, 2]


def test_a_number_and_its_text_are_two_documents():
    assert len(set(group_numbers([1, "1", 2, "2"], 4).tolist())) == 4


def test_without_groups_every_passage_is_its_own():
    assert group_numbers(None, 3).tolist() == [0, 1, 2]


def test_a_missing_name_is_refused():
    with pytest.raises(LabelsError, match=r"^groups: passage 1 has none; name one for every"):
        group_numbers(["a", None], 2)
