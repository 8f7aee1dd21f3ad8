"""A cascade: a fast model answers what it is sure of, a slow one reads the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes.classifying.reader import Chances, ThemeReader
from scr_themes.documents import Passage, TaggedPassage
from scr_themes.encoding.onnx import OnnxEncoder
from scr_themes.encoding.protocol import Encoder
from scr_themes.errors import ModelError

BATCH = 32  # passages that a thread is given at once


class CascadeReader(ThemeReader):
    """Two fitted classifiers in a row.

    The first is unsure of a passage if the probability of any theme lies in a band around its
    threshold; such passages the second reads, and all that is said of them is the second's: themes,
    role and evidence. The thresholds, for all passages, are those of the second. Cascades of ever
    slower classifiers are those of Viola and Jones (2001), *Rapid object detection using a boosted
    cascade of simple features*, CVPR.

    Parameters
    ----------
    first, second : ThemeReader or ThemeClassifier
        Fitted, with the same themes and roles, each with an encoder.
    unsure : mapping of str to (float, float)
        For each theme the band of probabilities, both ends included, in which the first is unsure.
    coder : str, default "cascade"
        What it signs its tags with.

    Raises
    ------
    ModelError
        If the two do not go together, or a theme has no band.

    Examples
    --------
    >>> from scr_themes import load
    >>> [tagged] = load("cascade").tag(["No one told the health visitor that he had moved in."])
    >>> "information_sharing" in tagged.themes
    True
    """

    def __init__(
        self,
        first: ThemeReader,
        second: ThemeReader,
        unsure: Mapping[str, tuple[float, float]],
        coder: str = "cascade",
    ) -> None:
        self.first = first
        self.second = second
        self.unsure = unsure
        self.coder = coder
        if (first.themes, first.roles) != (second.themes, second.roles):
            raise ModelError(coder, "its models differ in themes or roles", "give two of a kind")
        if None in (first.encoder_, second.encoder_):
            raise ModelError(coder, "one of its models reads features", "give two with encoders")
        if set(unsure) != set(first.themes):
            raise ModelError(coder, "themes and bands differ", "give one band a theme")
        self.encoder_ = second.encoder_
        self.heads_ = second.heads_
        self.role_head_ = second.role_head_
        self.codebook_ = second.codebook_
        self.n_features_in_ = second.n_features_in_
        self.coder_ = coder
        self.checksum_ = None
        self._bands = np.array([unsure[theme] for theme in first.themes]).T

    def reads(self, themes: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Tell of which passages the first model is unsure.

        Parameters
        ----------
        themes : ndarray, shape (n_passages, n_themes)
            What the first model says.

        Returns
        -------
        ndarray of bool, shape (n_passages,)
        """
        lowest, highest = self._bands
        return np.asarray(((themes >= lowest) & (themes <= highest)).any(axis=1))

    def _batch(self, encoder: OnnxEncoder) -> int:  # noqa: ARG002 - the rest of ThemeReader's
        # More than the second would have: the first reads them all.
        return BATCH

    def _first_encoder(self) -> Encoder | None:
        encoder = self.first.encoder_
        return encoder.alone() if isinstance(encoder, OnnxEncoder) else encoder

    def _probabilities(self, X: Any, encoder: Encoder | None) -> Chances:
        themes, roles = self.first._probabilities(X, self._first_encoder())
        unsure = np.flatnonzero(self.reads(themes))
        if len(unsure):
            read = self.second._probabilities([X[row] for row in unsure.tolist()], encoder)
            themes[unsure] = read[0]
            if roles is not None:
                roles[unsure] = read[1]
        return themes, roles

    def _tag_chunk(
        self, passages: Sequence[Passage], encoder: Encoder | None, cuts: NDArray[np.float64]
    ) -> list[TaggedPassage]:
        own = self._first_encoder()
        inputs = self.first._inputs([passage.text for passage in passages], own)
        themes, roles = self.first._judge(inputs)
        unsure = self.reads(themes)
        sure, rest = np.flatnonzero(~unsure).tolist(), np.flatnonzero(unsure).tolist()
        linear = isinstance(inputs, np.ndarray)  # and else what attention sees in each passage
        by_first = self.first._tagged(
            [passages[row] for row in sure],
            inputs[sure] if linear else [inputs[row] for row in sure],
            (themes[sure], None if roles is None else roles[sure]),
            own,
            cuts,
        )
        for_second = [passages[row] for row in rest]
        by_second = self.second._tag_chunk(for_second, encoder, cuts) if rest else []
        found = dict(zip(sure + rest, by_first + by_second, strict=True))
        return [found[row] for row in range(len(passages))]
