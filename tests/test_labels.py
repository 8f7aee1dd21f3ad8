"""Labels in every form that people keep them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from scr_themes.errors import LabelsError
from scr_themes.labels import indicator

THEMES = ("recording", "child_voice", "supervision")
EXPECTED = [[True, False, True], [False, False, False], [False, True, False]]


def column_of_sets():
    column = np.empty(3, dtype=object)
    column[:] = [{"recording", "supervision"}, set(), {"child_voice"}]
    return column


@pytest.mark.parametrize(
    "labels",
    [
        [{"recording", "supervision"}, set(), {"child_voice"}],
        [["supervision", "recording", "recording"], [], ("child_voice",)],
        (row for row in [{"supervision", "recording"}, frozenset(), {"child_voice": 1}.keys()]),
        column_of_sets(),
        [[1, 0, 1], [0, 0, 0], [0, 1, 0]],
        [[True, False, True], [False, False, False], [False, True, False]],
        np.array(EXPECTED),
        np.array(EXPECTED, dtype=np.float32),
        np.array(EXPECTED, dtype=object),
        list(np.array(EXPECTED, dtype=int)),
        sparse.csr_array(np.array(EXPECTED, dtype=int)),
    ],
    ids=[
        "sets", "lists of ids", "iterator", "column of sets", "lists of 0 and 1", "lists of bool",
        "bool array", "float array", "object array", "list of arrays", "sparse",
    ],
)  # fmt: skip
def test_every_form_gives_the_same_matrix(labels):
    matrix = indicator(labels, THEMES)
    assert matrix.dtype == bool
    assert matrix.tolist() == EXPECTED


def test_no_passages_give_an_empty_matrix():
    assert indicator([], THEMES).shape == (0, 3)
    assert indicator(np.empty((0, 3)), THEMES).shape == (0, 3)


def test_the_result_is_never_a_view():
    given_matrix = np.array(EXPECTED)
    indicator(given_matrix, THEMES)[:] = False
    assert given_matrix.tolist() == EXPECTED


@given(st.lists(st.sets(st.sampled_from(THEMES)), max_size=8))
def test_sets_come_back_from_the_matrix(labels):
    matrix = indicator(labels, THEMES)
    assert [{t for t, on in zip(THEMES, row, strict=True) if on} for row in matrix] == labels
    assert np.array_equal(indicator(matrix, THEMES), matrix)


def test_an_unknown_theme_is_named_with_its_row_and_the_closest_known():
    with pytest.raises(LabelsError) as caught:
        indicator([{"recording"}, {"child_voices"}], THEMES)
    assert str(caught.value) == (
        "labels: row 1 has the unknown theme 'child_voices'; "
        "the closest known theme is 'child_voice'"
    )


@pytest.mark.parametrize(
    ("labels", "themes", "fault"),
    [
        ("recording", THEMES, "is one text"),
        (["recording", "child_voice"], THEMES, "row 0 is 'recording', not a set"),
        ([{"recording"}, None], THEMES, "row 1 is None"),
        ([{"recording"}, 3], THEMES, "row 1 is 3"),
        ([{"recording"}, {7}], THEMES, "row 1 has the unknown theme 7"),
        ([[1, 0, 1], ["recording"]], THEMES, "row 0 has the unknown theme 1"),
        ([[1, 0, 1], [1, 0]], THEMES, "rows of different lengths"),
        ([[1, 0], [1, 0]], THEMES, "has 2 columns for 3 themes"),
        (np.ones((2, 4)), THEMES, "has 4 columns for 3 themes"),
        (np.ones(3), THEMES, "has 1 dimension"),
        (np.ones((1, 3, 1)), THEMES, "has 3 dimension"),
        ([[0, 1, 2]], THEMES, "holds 2 in row 0, column 2"),
        ([[0, float("nan"), 1]], THEMES, "holds nan in row 0, column 1"),
        (np.array([["a", "b", "c"]]), THEMES, "holds str"),
        ([{"recording"}], ("recording", "recording"), "'recording' stands twice"),
        ([{"recording"}], "recording", "is one text"),
        ([set()], (), "is empty"),
    ],
)
def test_malformed_labels_are_refused(labels, themes, fault):
    with pytest.raises(LabelsError, match=fault) as caught:
        indicator(labels, themes)
    assert caught.value.remedy


def test_errors_call_the_labels_what_the_caller_does():
    with pytest.raises(LabelsError, match=r"^y_pred: "):
        indicator([{"x"}], THEMES, name="y_pred")
