"""``choose``: uncertain passages that are unlike one another, from probabilities and vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scr_themes.errors import LabelsError
from scr_themes.evaluating.figures import FloatArray
from scr_themes.evaluating.groups import IntArray

POOL = 10  # most unsure passages looked at for each one chosen, as in Zhdanov's experiments
_LEAST = 1e-6  # weight of a passage that the model is wholly sure of


def uncertainty(
    probabilities: npt.ArrayLike, weights: Sequence[float] | FloatArray | None = None
) -> FloatArray:
    """Tell how unsure a model is of each passage, in bits.

    Parameters
    ----------
    probabilities : array of float, shape (n_passages, n_themes)
        Calibrated probabilities.
    weights : sequence of float, optional
        How much each theme counts; 1 each by default.

    Returns
    -------
    ndarray of float, shape (n_passages,)
        The sum over the themes of the entropy of "has it or not".

    Examples
    --------
    >>> uncertainty([[0.5, 0.5], [0.5, 0.0], [1.0, 0.0]]).tolist()
    [2.0, 1.0, 0.0]
    """
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 0.0, 1.0)
    each = np.zeros_like(p)
    for part in (p, 1.0 - p):
        each -= part * np.log2(part, out=np.zeros_like(part), where=part > 0)
    weighed: FloatArray = each.sum(axis=1) if weights is None else each @ np.asarray(weights)
    return weighed


def choose(
    probabilities: npt.ArrayLike,
    vectors: npt.ArrayLike,
    n: int,
    *,
    weights: Sequence[float] | FloatArray | None = None,
    random_state: int = 0,
) -> IntArray:
    """Choose passages to code: uncertain ones that are unlike one another.

    Parameters
    ----------
    probabilities : array of float, shape (n_passages, n_themes)
        A model's calibrated probabilities.
    vectors : array of float, shape (n_passages, n_dimensions)
        What the model's encoder makes of the passages.
    n : int
        How many to choose.
    weights : sequence of float, shape (n_themes,), optional
        How much being unsure of each theme counts; 1 each by default.
    random_state : int, default 0
        Seed of the clustering.

    Returns
    -------
    ndarray of int, shape (min(n, n_passages),)
        Places of the passages chosen, the most uncertain first. Of passages with the same vector
        one is chosen, unless there are too few others.

    Raises
    ------
    LabelsError
        If the arrays do not fit one another, or ``n`` is below 1.

    Notes
    -----
    After [1]_: of the ``10 n`` most uncertain passages, k-means makes ``n`` clusters of their
    vectors (brought to length 1), each passage weighing as much as it is uncertain; of each
    cluster the passage nearest to its centre is chosen.

    References
    ----------
    .. [1] F. Zhdanov (2019), Diverse mini-batch active learning. arXiv:1901.05954.

    Examples
    --------
    >>> chances = [[0.5], [0.49], [0.4], [0.01]]
    >>> choose(chances, [[1, 0], [1, 0.1], [0, 1], [0, -1]], 2).tolist()
    [0, 2]
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    found = np.asarray(vectors, dtype=np.float64)
    _check(chances, found, n, weights)
    unsure = uncertainty(chances, weights)
    order = np.argsort(-unsure, kind="stable")
    unit = _of_length_1(found)
    distinct = _distinct(unit, order, POOL * n)
    if len(distinct) <= n:
        rest = order[~np.isin(order, distinct)]
        picked = np.concatenate([distinct, rest])[:n]
    else:
        picked = distinct[_spread(unit[distinct], unsure[distinct], n, random_state)]
    return picked[np.lexsort((picked, -unsure[picked]))]


def check_number(n: int) -> None:
    """Refuse to choose fewer than one."""
    if n < 1:
        raise LabelsError("n", f"is {n}", "ask for one passage or more")


def _check(
    chances: FloatArray,
    vectors: FloatArray,
    n: int,
    weights: Sequence[float] | FloatArray | None,
) -> None:
    check_number(n)
    if chances.ndim != 2 or vectors.ndim != 2 or len(chances) != len(vectors):
        raise LabelsError(
            "probabilities and vectors",
            f"have the shapes {chances.shape} and {vectors.shape}",
            "give a row of each for every passage",
        )
    if weights is not None and len(weights) != chances.shape[1]:
        raise LabelsError(
            "weights", f"are {len(weights)} for {chances.shape[1]} themes", "give one a theme"
        )


def _of_length_1(vectors: FloatArray) -> FloatArray:
    """Return vectors of length 1, rounded so that those that point the same way are equal."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = np.round(vectors / np.where(lengths > 0, lengths, 1.0), 6) + 0.0  # no -0
    return unit


def _distinct(vectors: FloatArray, order: IntArray, most: int) -> IntArray:
    """Return the first rows, in that order, whose vectors are not those of a row before."""
    seen: dict[bytes, int] = {}
    for row in order.tolist():
        seen.setdefault(vectors[row].tobytes(), row)
        if len(seen) == most:
            break
    return np.fromiter(seen.values(), dtype=np.intp, count=len(seen))


def _spread(vectors: FloatArray, unsure: FloatArray, n: int, random_state: int) -> list[int]:
    """Cluster the vectors and return the row nearest to each centre."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    # More threads would add up in an order that is another from run to run.
    with threadpool_limits(1):
        clusters = KMeans(n_clusters=n, n_init=1, random_state=random_state)
        distances = clusters.fit_transform(vectors, sample_weight=np.maximum(unsure, _LEAST))
    picked: list[int] = []
    for k in range(n):
        members = np.flatnonzero(clusters.labels_ == k)
        if len(members):
            picked.append(int(members[np.argmin(distances[members, k])]))
    # Should a cluster be empty, the most uncertain of the others fill up.
    return picked + [row for row in range(len(vectors)) if row not in picked][: n - len(picked)]
