"""What a classifier is given: encoders, texts, labels and groups, each in several forms."""

from __future__ import annotations

import os
from array import array
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes.documents import Passage
from scr_themes.encoding.onnx import CONFIG_FILE, OnnxEncoder
from scr_themes.encoding.protocol import Encoder
from scr_themes.encoding.sentence_transformer import SentenceTransformerEncoder
from scr_themes.errors import LabelsError, ModelError

# Texts that are known again when they come back: all that come back in a thousand reviews, but one
# in a thousand, come back within so many.
REMEMBERED = 4096

EncoderLike = Encoder | str | os.PathLike[str] | None


def open_encoder(encoder: EncoderLike) -> Encoder | None:
    """Return the encoder that a name, folder or object stands for.

    Raises
    ------
    ModelError
        If it is a name or path, and neither a bundled model nor a folder with an encoder.
    """
    if encoder is None:
        return None
    if not isinstance(encoder, str | os.PathLike):
        # A sentence-transformers model itself would cut off what is beyond its window.
        bare = hasattr(encoder, "max_seq_length") and hasattr(encoder, "tokenizer")
        return SentenceTransformerEncoder(encoder) if bare else encoder
    from scr_themes.classifying.bundled import (  # noqa: PLC0415 - it imports this
        DEFAULT_MODEL,
        bundled_folder,
    )

    folder = bundled_folder(encoder)
    if folder is not None:
        return OnnxEncoder(folder / "encoder")
    if Path(encoder, CONFIG_FILE).is_file():
        return OnnxEncoder(encoder)
    if not Path(encoder).is_dir():
        # sentence-transformers would take it for a name and ask the network.
        raise ModelError(
            encoder,
            "is neither a bundled model nor a folder",
            f"give {DEFAULT_MODEL!r}, the folder of an encoder, or an encoder object",
        )
    return SentenceTransformerEncoder(encoder)


def items_of(X: Iterable[Any]) -> Iterator[Any]:
    """Return an iterator over texts.

    Raises
    ------
    LabelsError
        If it is one string.
    """
    if isinstance(X, str):
        raise LabelsError("texts", "is one string", "give a list of passages: [text]")
    return iter(X)


def check_texts(X: Any) -> list[str]:
    """Return texts as a list.

    Raises
    ------
    LabelsError
        If it is one string, or holds something else than strings.
    """
    texts = list(items_of(X))
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise LabelsError(
                "texts", f"item {i} is a {type(text).__name__}, not a string", "give passages' text"
            )
    return texts


class Distinct:
    """Items without those whose text was among the last ``REMEMBERED`` distinct ones.

    A foot line on every page, a template's questions, a batch with a file in it twice: each is
    scored once.

    Parameters
    ----------
    items : iterable
    text_of : callable
        Returns an item's text.

    Attributes
    ----------
    rows : array of int
        For each item read so far, which of the distinct ones it is.

    Examples
    --------
    >>> distinct = Distinct(["a", "b", "a"], str)
    >>> list(distinct), distinct.rows.tolist()
    (['a', 'b'], [0, 1, 0])
    """

    def __init__(self, items: Iterable[Any], text_of: Callable[[Any], Any]) -> None:
        self._items = items
        self._text_of = text_of
        self.rows = array("q")

    def __iter__(self) -> Iterator[Any]:
        places: OrderedDict[Any, int] = OrderedDict()
        count = 0
        for item in self._items:
            text = self._text_of(item)
            if not isinstance(text, str):
                yield item  # which is then found to be none
                continue
            if text in places:
                places.move_to_end(text)
            else:
                places[text] = count
                count += 1
                if len(places) > REMEMBERED:
                    places.popitem(last=False)
                yield item
            self.rows.append(places[text])


def bare_passage(text: Any, index: int) -> Passage:
    """Return a text as a passage without page or number."""
    (checked,) = check_texts([text])
    return Passage(text=checked, index=index, start=0, end=len(checked))


def themes_of(y: Any) -> tuple[str, ...]:
    """Return the theme ids of labels given without a codebook."""
    given = y.toarray() if hasattr(y, "toarray") else y  # scipy sparse
    if hasattr(given, "__array__"):
        array = np.asarray(given)
        if array.ndim != 1 or array.dtype != object:
            return tuple(f"theme_{k}" for k in range(array.shape[1] if array.ndim == 2 else 1))
        given = array.tolist()  # a column of sets, as pandas and numpy keep it
    rows = [row for row in given if isinstance(row, Collection) and not isinstance(row, str)]
    themes = {theme for row in rows for theme in row}
    if any(isinstance(theme, str) for theme in themes):
        return tuple(sorted(theme for theme in themes if isinstance(theme, str)))
    if themes:
        return tuple(f"theme_{k}" for k in range(len(rows[0])))
    return ("theme_0",) * (len(rows) < len(given))  # indicator() then says what is wrong


def group_names(groups: Sequence[Any] | None, n: int) -> NDArray[np.object_] | None:
    """Return each passage's group as a string, or None without groups."""
    if groups is None:
        return None
    if len(groups) != n:
        raise LabelsError(
            "groups", f"there are {len(groups)} for {n} passages", "give one document a passage"
        )
    return np.array([str(group) for group in groups], dtype=object)
