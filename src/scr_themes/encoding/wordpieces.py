"""WordPiece token ids from a cache of words: the same as the tokenizer's, many times faster."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

LIMIT = 200_000  # words kept: far more than a thousand reviews have, in some 50 MB
LONGEST = 60  # characters of a word that is kept: a row of dots or an address seldom comes back
MARKS = frozenset(".,;:!?'\"()")  # no brackets: special tokens are written with them
_Made = TypeVar("_Made")


class WordPieces:
    """Token ids as a ``tokenizers.Tokenizer`` of the BERT kind gives them.

    Such a tokenizer cuts a text at white space before anything else, and what it makes of the
    characters between two spaces hangs on nothing outside them. A thousand reviews have some ten
    thousand words, so that nearly all are looked up and not cut anew. Texts are left to a tokenizer
    of another kind.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer
        Without padding or truncation.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._by_word = _cuts_at_white_space(tokenizer)
        # As bytes, which join quicker than lists or arrays.
        self._ids = _Kept(self._ids_of)
        self._starts = _Kept(lambda word: [start for start, _ in self._encoded(word).offsets])

    def ids(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """Return the token ids of each text, without those of special tokens.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        list of ndarray of int64, shape (n_tokens,)
        """
        if not self._by_word:
            made = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
            return [np.array(encoding.ids, dtype=np.int64) for encoding in made]
        self._ids.forget_if_full()
        of_word = self._ids.__getitem__
        return [
            np.frombuffer(b"".join(map(of_word, text.split(" "))), dtype=np.int64) for text in texts
        ]

    def _ids_of(self, word: str) -> bytes:
        # A mark is a token of its own, and most new words are known ones beside another mark.
        if 1 < len(word) <= LONGEST:
            if word[-1] in MARKS:
                return self._ids[word[:-1]] + self._ids[word[-1]]
            if word[0] in MARKS:
                return self._ids[word[0]] + self._ids[word[1:]]
        return np.array(self._encoded(word).ids, dtype=np.int64).tobytes()

    def starts(self, text: str) -> list[int]:
        """Return where each of a text's tokens begins, in code points."""
        if not self._by_word:
            return [start for start, _ in self._encoded(text).offsets]
        kept = self._starts
        kept.forget_if_full()
        found: list[int] = []
        at = 0
        for word in text.split(" "):
            found += [at + start for start in kept[word]]
            at += len(word) + 1
        return found

    def _encoded(self, text: str) -> Any:
        return self._tokenizer.encode(text, add_special_tokens=False)


class _Kept(dict[str, _Made]):
    """What a function makes of words; a word that is missing is put to it, and kept."""

    def __init__(self, function: Callable[[str], _Made]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> _Made:
        made = self._function(word)
        if len(word) <= LONGEST:
            self[word] = made
        return made

    def forget_if_full(self) -> None:
        """Begin again where there are too many words to keep."""
        if len(self) > LIMIT:
            self.clear()


def _cuts_at_white_space(tokenizer: Any) -> bool:
    """Tell whether a tokenizer makes of each word of a text what it makes of it alone."""
    made = json.loads(tokenizer.to_str())
    parts = ("normalizer", "pre_tokenizer", "model")
    kinds = [(made.get(part) or {}).get("type") for part in parts]
    looks_around = any(
        token["lstrip"]
        or token["rstrip"]
        or token["single_word"]
        or not MARKS.union(" ").isdisjoint(token["content"])
        for token in made["added_tokens"]
    )
    return kinds == ["BertNormalizer", "BertPreTokenizer", "WordPiece"] and not looks_around
