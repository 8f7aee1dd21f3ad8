"""The encoder that ships: any text, any company, any process; and files that are not right."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import Parallel, delayed

from scr_themes.encoding import Encoder, OnnxEncoder
from scr_themes.encoding.onnx import usable_cores
from scr_themes.encoding.protocol import multiplied
from scr_themes.encoding.windows import window_spans
from scr_themes.errors import ModelError
from tests.strategies import awkward_text
from tests.training.bert import TINY, WORDS

TEXTS = [
    "The nurse was told.",
    "",
    "   \n\t",
    "no " * 3000,
    "👩‍👧 👍🏽",
    "nul\x00l bytes\x00",
    "أُغلق الملف ولم يُسأل الطفل.",
    "\u202edlihc eht\u202c",
    "e\u0301 \ufeff \u200b",
    "a" * 5000,
]


@pytest.fixture(params=["tiny_encoder", "shipped_encoder", "packing_encoder"])
def encoder(request):
    return request.getfixturevalue(request.param)


def test_is_an_encoder(encoder):
    assert isinstance(encoder, Encoder)


def test_no_texts(encoder):
    vectors = encoder.encode([])
    assert vectors.shape == (0, encoder.dimensions)
    assert vectors.dtype == np.float32


def test_any_text_has_a_finite_vector_of_its_own(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)


@given(st.lists(awkward_text(), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_company_changes_nothing(texts, random):
    encoder = OnnxEncoder(TINY, n_threads=1)
    order = random.sample(range(len(texts)), len(texts))
    vectors = encoder.encode(texts)
    assert np.array_equal(encoder.encode([texts[i] for i in order]), vectors[order])
    for text, vector in zip(texts, vectors, strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)


def test_threads_change_nothing(encoder):
    texts = [f"The nurse was told of visit {i}." for i in range(20)] + TEXTS
    expected = OnnxEncoder(encoder.folder, n_threads=1).encode(texts)
    for n_threads in (2, 5):
        assert np.array_equal(
            OnnxEncoder(encoder.folder, n_threads=n_threads).encode(texts), expected
        )


def test_five_thousand_words_are_read_to_the_last(encoder):
    words = ["nurse", "told", "school", "visit", "note"] * 1000
    whole = " ".join(words)
    tail = " ".join([*words[:-3], "child", "not", "seen"])
    middle = " ".join([*words[:2500], "child", "not", "seen", *words[2503:]])
    vectors = encoder.encode([whole, tail, middle])
    assert not np.array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])
    assert not np.array_equal(vectors[1], vectors[2])


def test_window_vectors_are_pooled_as_token_vectors_are(tiny_encoder):
    """Words of one token each, so that a window of tokens can be written as a text."""
    words = [word for word in WORDS if word != "a"] * 6
    spans = window_spans(len(words), tiny_encoder.window - 2)
    windows = tiny_encoder.encode([" ".join(words[start:end]) for start, end in spans])
    (found,) = tiny_encoder.encode([" ".join(words)])
    assert len(spans) > 2
    # Two layers, each with its mean and then its maximum.
    for at, pool in ((0, np.mean), (16, np.max), (32, np.mean), (48, np.max)):
        np.testing.assert_allclose(
            found[at : at + 16], pool(windows[:, at : at + 16], axis=0), rtol=1e-6
        )


def test_a_text_of_one_window_is_not_averaged(tiny_encoder):
    fits = " ".join(["nurse"] * (tiny_encoder.window - 2))
    more = fits + " child"
    assert len(window_spans(tiny_encoder.window - 2, tiny_encoder.window - 2)) == 1
    assert not np.array_equal(*tiny_encoder.encode([fits, more]))


def test_pickled_copy_is_the_same_and_small(encoder):
    data = pickle.dumps(encoder)
    copy = pickle.loads(data)
    assert len(data) < 64_000  # no weights: the copy opens the folder itself
    assert np.array_equal(copy.encode(TEXTS), encoder.encode(TEXTS))
    assert (copy.window, copy.dimensions, copy.folder, copy.n_threads) == (
        encoder.window,
        encoder.dimensions,
        encoder.folder,
        encoder.n_threads,
    )


def test_another_process_gives_the_same(tiny_encoder):
    for found in Parallel(n_jobs=2)(delayed(tiny_encoder.encode)(TEXTS) for _ in range(2)):
        assert np.array_equal(found, tiny_encoder.encode(TEXTS))


def test_any_sequence_of_texts(tiny_encoder):
    expected = tiny_encoder.encode(TEXTS)
    assert np.array_equal(tiny_encoder.encode(tuple(TEXTS)), expected)
    assert np.array_equal(tiny_encoder.encode(np.array(TEXTS, dtype=object)), expected)


def test_repr_names_the_folder(tiny_encoder):
    assert repr(tiny_encoder) == f"OnnxEncoder({str(TINY)!r})"


def test_threads_default_to_the_cores_that_may_be_used(monkeypatch):
    assert OnnxEncoder(TINY).n_threads == usable_cores() >= 1
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert usable_cores() == 1


@pytest.mark.parametrize("name", ["encoder.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(exported, name):
    (exported / name).unlink()
    with pytest.raises(ModelError, match=f"has no {name}; give an exported encoder folder"):
        OnnxEncoder(exported)


@pytest.mark.parametrize("name", ["encoder.json", "model.onnx", "tokenizer.json"])
@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"\x00" * len(data),
        lambda data: b"\xff\xfe" + data,
        lambda data: b"[]",
        lambda data: b"{}",
    ],
    ids=["empty", "half", "zeros", "mark in front", "list", "object"],
)
def test_damaged_files(exported, name, change):
    path = exported / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ModelError, match="export the encoder again"):
        OnnxEncoder(exported)


@pytest.mark.parametrize(
    "changes",
    [
        {"window": 2},
        {"window": -5},
        {"window": "wide"},
        {"window": None},
        {"dimensions": 63},
        {"dimensions": 128},
        {"dimensions": -64},
        {"dimensions": 0},
        {"layers": []},
        {"layers": 3},
        {"poolings": []},
        {"poolings": None},
    ],
)
def test_a_configuration_that_does_not_fit(exported, changes):
    path = exported / "encoder.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(ModelError, match="export the encoder again"):
        OnnxEncoder(exported)


def test_a_tokenizer_of_another_kind_of_model(exported):
    path = exported / "tokenizer.json"
    tokenizer = path.read_text(encoding="utf-8").replace("[CLS]", "<s>").replace("[SEP]", "</s>")
    path.write_text(tokenizer, encoding="utf-8")
    with pytest.raises(ModelError, match="do not fit together"):
        OnnxEncoder(exported)


def test_tokens_of_any_text_are_the_same_in_any_company(encoder):
    together = encoder.tokens(TEXTS)
    assert len(together) == len(TEXTS)
    for text, tokens in zip(TEXTS, together, strict=True):
        assert tokens.vectors.dtype == np.float32
        assert np.isfinite(tokens.vectors).all()
        assert len(tokens.vectors) == len(tokens.starts)
        (alone,) = encoder.tokens([text])
        assert np.array_equal(alone.vectors, tokens.vectors)
        assert np.array_equal(alone.starts, tokens.starts)
        assert all(0 <= start < len(text) for start in tokens.starts)
    threaded = OnnxEncoder(encoder.folder, n_threads=3).tokens(TEXTS)
    for one, other in zip(together, threaded, strict=True):
        assert np.array_equal(one.vectors, other.vectors)


def test_products_are_those_of_the_token_vectors(encoder):
    matrix = np.random.default_rng(0).normal(size=(encoder.width, 5)).astype(np.float32)
    found = encoder.products(TEXTS, matrix)
    expected = multiplied(encoder.tokens(TEXTS), matrix)
    assert found.n_texts == len(TEXTS)
    for i, text in enumerate(TEXTS):
        mine, theirs = (rows_of(products, i) for products in (found, expected))
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)
        assert np.array_equal(found.starts(i), expected.starts(i))
        assert np.array_equal(rows_of(encoder.products([text], matrix), 0), mine)
    backwards = encoder.products(TEXTS[::-1], matrix)
    for i in range(len(TEXTS)):
        assert np.array_equal(rows_of(backwards, len(TEXTS) - 1 - i), rows_of(found, i))


def test_no_text_has_no_products(encoder):
    found = encoder.products([], np.ones((encoder.width, 3), dtype=np.float32))
    assert found.values.shape == (0, 3)
    assert found.runs.shape == (0, 2)
    assert found.n_texts == 0


def test_a_text_of_many_windows_has_products_of_each_token_once(tiny_encoder):
    text = " ".join([word for word in WORDS if word != "a"] * 6)
    matrix = np.eye(tiny_encoder.width, dtype=np.float32)
    (tokens,) = tiny_encoder.tokens([text])
    found = tiny_encoder.products(["", text, "one"], matrix)
    np.testing.assert_allclose(rows_of(found, 1), tokens.vectors, rtol=1e-5, atol=1e-6)
    assert len(rows_of(found, 0)) == 0


def rows_of(products, number):
    runs = products.runs[products.texts == number].tolist()
    return np.concatenate([products.values[:0], *(products.values[i:j] for i, j in runs)])


def test_an_empty_text_has_no_token(encoder):
    for tokens in encoder.tokens(["", "  \n"]):
        assert tokens.vectors.shape[0] == 0
        assert tokens.vectors.ndim == 2
        assert tokens.starts.shape == (0,)


def test_every_token_of_a_long_text_is_there_once(tiny_encoder):
    words = [word for word in WORDS if word != "a"] * 6
    text = " ".join(words)
    (tokens,) = tiny_encoder.tokens([text])
    assert len(words) > 2 * tiny_encoder.window
    assert [text[start:].split()[0] for start in tokens.starts] == words


def test_a_token_between_windows_is_read_where_it_stands_deeper(tiny_encoder):
    """The first window's last tokens are taken from the second, where they have a context."""
    words = [word for word in WORDS if word != "a"] * 4
    spans = window_spans(len(words), tiny_encoder.window - 2)
    (whole,) = tiny_encoder.tokens([" ".join(words)])
    first, second = (
        tiny_encoder.tokens([" ".join(words[start:end])])[0] for start, end in spans[:2]
    )
    cut = (spans[0][1] + spans[1][0]) // 2
    assert np.array_equal(whole.vectors[:cut], first.vectors[:cut])
    inner = whole.vectors[cut : spans[0][1]]
    assert np.array_equal(inner, second.vectors[cut - spans[1][0] : spans[0][1] - spans[1][0]])


def test_an_encoder_exported_without_tokens_says_so(exported, monkeypatch):
    encoder = OnnxEncoder(exported, n_threads=1)
    monkeypatch.setattr(encoder, "_outputs", ("embedding",))
    with pytest.raises(ModelError, match="gives no token vectors; export the encoder again"):
        encoder.tokens(["One."])
