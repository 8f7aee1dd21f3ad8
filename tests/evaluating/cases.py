"""Tags to evaluate: hypothesis strategies and random draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


class Case(NamedTuple):
    truth: np.ndarray
    score: np.ndarray
    documents: np.ndarray


@st.composite
def cases(draw, max_passages: int = 16, max_themes: int = 4) -> Case:
    """Truth, scores with many ties and with both ends, and documents."""
    n = draw(st.integers(1, max_passages))
    k = draw(st.integers(1, max_themes))
    truth = draw(arrays(bool, (n, k)))
    tied = st.sampled_from([0.0, 0.05, 0.25, 0.3, 0.5, 0.7, 0.95, 1.0])
    score = draw(arrays(float, (n, k), elements=tied | st.floats(0, 1)))
    return Case(truth, score, draw(arrays(int, n, elements=st.integers(0, 4))))


def calibrated(seed: int, n: int = 400, k: int = 3) -> Case:
    """Themes that are true exactly as often as their scores say; ten passages a document."""
    rng = np.random.default_rng(seed)
    score = rng.beta(0.6, 1.4, (n, k))
    return Case(rng.random((n, k)) < score, score, np.arange(n) // 10)
