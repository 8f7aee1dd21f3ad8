"""Weights on documents do what copies of their passages would."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.metrics import average_precision_score

from scr_themes.evaluating.figures import AveragePrecision, Figures
from tests.evaluating.cases import Case, cases


def figures_of(case: Case, groups, role_right) -> Figures:
    return Figures(
        truth=case.truth,
        decided=case.score >= 0.5,
        score=case.score,
        groups=groups,
        core=[0],
        role_right=role_right,
    )


@given(cases(), st.data())
@settings(deadline=None)
def test_a_document_counted_twice_is_two_documents(case: Case, data):
    groups = np.unique(case.documents, return_inverse=True)[1]
    n_groups = int(groups.max()) + 1
    role_right = data.draw(arrays(bool, len(groups)))
    weights = data.draw(arrays(float, (n_groups, 3), elements=st.integers(0, 3).map(float)))
    weights[0] += 1  # never nothing at all
    weighted = figures_of(case, groups, role_right)(weights)
    for b in range(3):
        rows = np.repeat(np.arange(len(groups)), weights[groups, b].astype(int))
        copies = Case(*(part[rows] for part in case))
        plain = figures_of(copies, np.zeros(len(rows), dtype=int), role_right[rows])
        for key, value in plain(np.ones((1, 1))).items():
            assert_allclose(weighted[key][..., b], value[..., 0], atol=1e-12, err_msg=str(key))


@given(cases(max_themes=1), st.data())
@settings(deadline=None)
def test_weighted_average_precision_is_that_of_scikit_learn(case: Case, data):
    n = len(case.truth)
    weights = data.draw(arrays(float, n, elements=st.integers(0, 4).map(float)))
    ours = AveragePrecision(case.truth[:, 0], case.score[:, 0], np.arange(n), n)(weights[:, None])[
        0
    ]
    if weights[case.truth[:, 0]].sum() == 0:
        assert np.isnan(ours)
    else:
        expected = average_precision_score(case.truth, case.score, sample_weight=weights)
        assert_allclose(ours, expected)


def test_a_score_of_one_falls_in_the_last_bin():
    figures = Figures(
        truth=np.array([[True], [False]]),
        decided=np.array([[True], [True]]),
        score=np.array([[1.0], [0.9]]),
        groups=np.array([0, 1]),
        core=[],
    )
    # Together in one bin: (1.0 + 0.9 - 1 right) / 2.
    assert_allclose(figures(np.ones((2, 1)))["all", "ece"], [0.45])
