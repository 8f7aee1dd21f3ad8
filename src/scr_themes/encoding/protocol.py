"""What an encoder must do to be used here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into vectors.

    An encoder must give a text the same vector whatever texts come with it, and must read the
    whole text however long it is. Those that come with the package do both.

    Examples
    --------
    >>> class Lengths:
    ...     def encode(self, texts):
    ...         return np.array([[len(text)] for text in texts], dtype=np.float32)
    >>> isinstance(Lengths(), Encoder)
    True
    """

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: float32 of shape (n_texts, n_dimensions)."""
        ...


class TokenVectors:
    """What an encoder makes of each token of one text.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n_tokens, n_dimensions)
        One a token, in the order of the text; none for an empty text.
    starts : ndarray of int, shape (n_tokens,), or callable that returns it
        Where in the text each token begins, in code points. Only evidence asks for it, of the few
        passages that have a tag: a callable is called then, and once.

    Attributes
    ----------
    vectors, starts : ndarray
    """

    __slots__ = ("_starts", "vectors")

    def __init__(
        self,
        vectors: NDArray[np.float32],
        starts: NDArray[np.intp] | Callable[[], NDArray[np.intp]],
    ) -> None:
        self.vectors = vectors
        self._starts = starts

    @property
    def starts(self) -> NDArray[np.intp]:
        """Where in the text each token begins: shape (n_tokens,)."""
        if callable(self._starts):
            self._starts = self._starts()
        return self._starts


@dataclass(frozen=True, slots=True)
class TokenProducts:
    """What a matrix makes of the token vectors of some texts: ``vectors @ matrix``.

    Attributes
    ----------
    values : ndarray of float32, shape (n_rows, n_columns)
        A row a token. Between the rows of two texts there may be some of no text.
    runs : ndarray of int, shape (n_runs, 2)
        Where rows of one text begin and end, in order; none is empty. A text has one run, a long
        one several, and one without tokens none.
    texts : ndarray of int, shape (n_runs,)
        Which text each run is of; never less than the one before.
    n_texts : int
    starts : callable
        Takes the number of a text; returns where in it its tokens begin, as
        :attr:`TokenVectors.starts`.
    """

    values: NDArray[np.float32]
    runs: NDArray[np.intp]
    texts: NDArray[np.intp]
    n_texts: int
    starts: Callable[[int], NDArray[np.intp]]


def multiplied(passages: Sequence[TokenVectors], matrix: NDArray[np.float32]) -> TokenProducts:
    """Multiply the token vectors of each text by a matrix, shape (n_dimensions, n_columns)."""
    lengths = np.array([len(tokens.vectors) for tokens in passages], dtype=np.intp)
    ends = lengths.cumsum()
    values = np.empty((int(lengths.sum()), matrix.shape[1]), dtype=np.float32)
    runs = np.stack([ends - lengths, ends], axis=1)
    for tokens, (start, end) in zip(passages, runs.tolist(), strict=True):
        # One product a text: in one for all of them its last digits would hang on the rest.
        np.matmul(tokens.vectors, matrix, out=values[start:end])
    worded = np.flatnonzero(lengths)
    return TokenProducts(values, runs[worded], worded, len(passages), lambda i: passages[i].starts)


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that gives a vector for each token, too: what attention heads read.

    The promises of :class:`Encoder` hold: the same vectors in any company, the whole text read.
    """

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the token vectors of each text."""
        ...
