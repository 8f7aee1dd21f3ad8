"""Token ids from the cache are those of the tokenizer itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

from scr_themes.classifying.bundled import bundled_folder
from scr_themes.encoding import wordpieces
from scr_themes.encoding.wordpieces import WordPieces
from scr_themes.reading.blocks import normalise
from tests.strategies import awkward_text

TOKENIZER = Tokenizer.from_file(str(bundled_folder("fast") / "encoder" / "tokenizer.json"))


@pytest.fixture
def pieces():
    return WordPieces(TOKENIZER)


def agrees(pieces, tokenizer, texts):
    expected = tokenizer.encode_batch(texts, add_special_tokens=False)
    for _ in range(2):  # cut, then looked up
        found = pieces.ids(texts)
        assert [ids.tolist() for ids in found] == [encoding.ids for encoding in expected]
        assert all(ids.dtype == np.int64 for ids in found)
        for text, encoding in zip(texts, expected, strict=True):
            assert pieces.starts(text) == [start for start, _ in encoding.offsets]


@given(st.lists(st.one_of(awkward_text(), st.text(), st.text().map(normalise)), max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_text_has_the_ids_and_places_of_the_tokenizer(texts):
    agrees(WordPieces(TOKENIZER), TOKENIZER, texts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "  The nurse  was told. ",
        "The GP's letter (14 March 2009) was 'lost'; no-one asked.",
        "[CLS] not[SEP]ed [MASK]",
        "a\u0301 \u0301e Siân’s café ﬁle ½ £5 № ①",
        "ΟΔΟΣ ΟΔΟΣ. İstanbul ẞ",
        "no\tone\ncame\x85here\u2028there\u00a0now\u3000then",
        "中文字 mixed中文字mixed",
        "x" * 150 + " " + "." * 300,
        "👩‍👧 was\u200bnot\ufeffseen \ue000 \U0001f9ff",
    ],
)
def test_awkward_texts_have_the_ids_and_places_of_the_tokenizer(pieces, text):
    agrees(pieces, TOKENIZER, [text])


def test_words_are_cut_once(pieces, monkeypatch):
    pieces.ids(["The nurse was told."])
    asked = []
    monkeypatch.setattr(pieces, "_encoded", asked.append)
    pieces.ids(["The nurse was told.", "told. was nurse The"])
    assert asked == []


def test_memory_is_bounded(pieces, monkeypatch):
    monkeypatch.setattr(wordpieces, "LIMIT", 10)
    monkeypatch.setattr(wordpieces, "LONGEST", 5)
    for n in range(50):
        agrees(pieces, TOKENIZER, [f"w{n} v{n} {'long' * 9}{n}"])
        assert max(len(pieces._ids), len(pieces._starts)) <= 12
    assert all(len(word) <= 5 for word in pieces._ids)


def test_a_tokenizer_that_looks_around_a_word_is_asked_itself():
    other = Tokenizer.from_str(TOKENIZER.to_str())
    other.add_tokens([AddedToken("nurse", single_word=True, lstrip=True)])
    agrees(WordPieces(other), other, ["The nurse was told.", "nurse"])


def test_a_tokenizer_of_another_kind_is_asked_itself():
    other = Tokenizer(models.WordLevel({"the nurse": 0, "?": 1}, unk_token="?"))
    other.pre_tokenizer = pre_tokenizers.Split(",", "removed")
    agrees(WordPieces(other), other, ["the nurse,told", "the nurse"])
