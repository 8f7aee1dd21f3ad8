"""What a classifier is given: encoders, texts, labels and groups, each in several forms."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes.documents import Passage
from scr_themes.encoding.onnx import CONFIG_FILE, OnnxEncoder
from scr_themes.encoding.protocol import Encoder
from scr_themes.encoding.sentence_transformer import SentenceTransformerEncoder
from scr_themes.errors import LabelsError

CHUNK = 256  # passages held at once: bounds memory, and is enough to keep every thread busy

EncoderLike = Encoder | str | os.PathLike[str] | None


def open_encoder(encoder: EncoderLike) -> Encoder | None:
    """Return the encoder that a name, folder or object stands for."""
    if encoder is None or not isinstance(encoder, str | os.PathLike):
        return encoder
    from scr_themes.classifying.bundled import bundled_folder  # noqa: PLC0415 - it imports this

    folder = bundled_folder(encoder)
    if folder is not None:
        return OnnxEncoder(folder / "encoder")
    if Path(encoder, CONFIG_FILE).is_file():
        return OnnxEncoder(encoder)
    return SentenceTransformerEncoder(encoder)


def check_texts(X: Any) -> list[str]:
    """Return texts as a list.

    Raises
    ------
    LabelsError
        If it is one string, or holds something else than strings.
    """
    if isinstance(X, str):
        raise LabelsError("texts", "is one string", "give a list of passages: [text]")
    texts = list(X)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise LabelsError(
                "texts", f"item {i} is a {type(text).__name__}, not a string", "give passages' text"
            )
    return texts


def chunked(X: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut an iterable into lists of at most ``CHUNK``, each read when it is needed."""
    if isinstance(X, str):
        raise LabelsError("texts", "is one string", "give a list of passages: [text]")
    iterator = iter(X)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def bare_passage(text: Any, index: int) -> Passage:
    """Return a text as a passage without page or number."""
    (checked,) = check_texts([text])
    return Passage(text=checked, index=index, start=0, end=len(checked))


def themes_of(y: Any) -> tuple[str, ...]:
    """Return the theme ids of labels given without a codebook."""
    if hasattr(y, "ndim") or (len(y) and not isinstance(y[0], set | frozenset | list | tuple)):
        columns = np.asarray(y)
        return tuple(f"theme_{k}" for k in range(columns.shape[1] if columns.ndim == 2 else 1))
    themes = sorted({theme for labels in y for theme in labels}, key=str)
    if not themes or isinstance(themes[0], str):
        return tuple(themes)
    return tuple(f"theme_{k}" for k in range(len(y[0])))


def group_names(groups: Sequence[Any] | None, n: int) -> NDArray[np.object_] | None:
    """Return each passage's group as a string, or None without groups."""
    if groups is None:
        return None
    if len(groups) != n:
        raise LabelsError(
            "groups", f"there are {len(groups)} for {n} passages", "give one document a passage"
        )
    return np.array([str(group) for group in groups], dtype=object)
