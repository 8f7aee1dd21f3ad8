"""Any sentence-transformers model: read to the end, and asked for by name when it is missing."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

from scr_themes.classifying import ThemeClassifier, load
from scr_themes.encoding import Encoder, SentenceTransformerEncoder
from scr_themes.encoding.windows import window_spans
from scr_themes.errors import MissingExtraError
from tests.coded import coded_passages
from tests.training.bert import WINDOW, write_bert

ROWS = coded_passages()
LONG = " ".join(f"word{n}" for n in range(40))


class Model:
    """What is used of a SentenceTransformer: it cuts texts off at its window, as that does."""

    def __init__(self, max_seq_length=10):
        self.max_seq_length = max_seq_length
        self.seen = []

    def tokenizer(self, text, **options):
        assert options["truncation"] is options["add_special_tokens"] is False
        return {"offset_mapping": [found.span() for found in re.finditer(r"\S+", text)]}

    def encode(self, texts, *, batch_size=1, convert_to_numpy=False, show_progress_bar=True):
        assert convert_to_numpy
        assert not show_progress_bar
        self.seen += texts
        limit = self.max_seq_length - 2 if self.max_seq_length else None
        rows = [[hash(word) % 97 for word in text.split()[:limit]] for text in texts]
        return np.array(
            [[len(row), sum(row), max(row, default=0)] for row in rows], dtype=np.float64
        )


def test_is_an_encoder():
    assert isinstance(SentenceTransformerEncoder(Model()), Encoder)


def test_short_texts_go_through_as_they_are():
    model = Model()
    texts = ["one two", "", "one two three four five six seven eight"]
    vectors = SentenceTransformerEncoder(model).encode(texts)
    assert model.seen == texts
    assert vectors.dtype == np.float32
    assert vectors[:, 0].tolist() == [2, 0, 8]


def test_long_texts_are_read_in_windows_and_averaged():
    model = Model()
    (vector,) = SentenceTransformerEncoder(model).encode([LONG])
    words = LONG.split()
    windows = [" ".join(words[start:end]) for start, end in window_spans(len(words), 8)]
    assert model.seen == windows
    np.testing.assert_allclose(vector, Model().encode(
        windows, convert_to_numpy=True, show_progress_bar=False
    ).mean(axis=0), rtol=1e-6)  # fmt: skip


def test_each_text_gets_the_windows_that_are_its_own():
    texts = ["a", LONG, "b c", LONG + " more", ""]
    encoder = SentenceTransformerEncoder(Model())
    for text, vector in zip(texts, encoder.encode(texts), strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)


@pytest.mark.parametrize("limit", [None, 0])
def test_a_model_without_a_window_reads_everything_at_once(limit):
    model = Model(limit)
    SentenceTransformerEncoder(model).encode([LONG])
    assert model.seen == [LONG]


def test_no_texts():
    class Empty(Model):
        def encode(self, texts, **options):
            return np.array([]) if not texts else super().encode(texts, **options)

    assert SentenceTransformerEncoder(Empty()).encode([]).shape == (0, 0)


def test_a_bare_model_given_to_a_classifier_is_not_cut_off(tmp_path):
    def fitted(encoder):
        return ThemeClassifier(encoder=encoder, C=1.0, n_folds=2).fit(
            [row.text for row in ROWS], [row.themes for row in ROWS]
        )

    bare, wrapped = fitted(Model()), fitted(SentenceTransformerEncoder(Model()))
    assert isinstance(bare.encoder_, SentenceTransformerEncoder)
    assert np.array_equal(bare.predict_proba([LONG]), wrapped.predict_proba([LONG]))
    bare.save(tmp_path / "model")
    again = load(tmp_path / "model", encoder=Model())
    assert np.array_equal(again.predict_proba([LONG]), bare.predict_proba([LONG]))


@pytest.mark.parametrize(
    "use",
    [SentenceTransformerEncoder, lambda folder: ThemeClassifier(folder).fit(["a"], [{"b"}])],
    ids=["encoder", "classifier"],
)
def test_a_missing_package_names_its_extra(use, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r'run: pip install "scr-themes\[train\]"'):
        use(tmp_path)


@pytest.fixture(scope="module")
def real_model(tmp_path_factory):
    package = pytest.importorskip("sentence_transformers")
    from sentence_transformers import models  # noqa: PLC0415 - may be missing

    folder = tmp_path_factory.mktemp("bert")
    write_bert(folder)
    transformer = models.Transformer(str(folder), max_seq_length=WINDOW)
    pooling = models.Pooling(transformer.get_word_embedding_dimension())
    model = package.SentenceTransformer(modules=[transformer, pooling], device="cpu")
    model.save(str(folder / "sentences"))
    return model, folder / "sentences"


# What sentence-transformers and transformers say about themselves is not ours to mend.
third_party = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"
)


@third_party
def test_the_real_package_by_object_and_by_folder(real_model):
    model, folder = real_model
    texts = [row.text for row in ROWS]
    fits = [
        ThemeClassifier(encoder=encoder, C=0.1, n_folds=2).fit(texts, [row.themes for row in ROWS])
        for encoder in (model, str(folder))
    ]
    by_object, by_folder = (fit.predict_proba(texts) for fit in fits)
    np.testing.assert_allclose(by_object, by_folder, atol=1e-4)
    assert np.isfinite(by_object).all()


@third_party
def test_the_real_package_is_not_cut_off(real_model):
    encoder = SentenceTransformerEncoder(real_model[0])
    words = ["nurse", "told", "school", "visit"] * 50
    whole, changed = encoder.encode([" ".join(words), " ".join([*words[:-2], "child", "seen"])])
    assert not np.allclose(whole, changed, atol=1e-6)
    assert encoder.encode([]).shape[0] == 0


@third_party
def test_the_real_package_gives_a_text_one_vector_in_any_company(real_model):
    encoder = SentenceTransformerEncoder(real_model[0])
    texts = [row.text for row in ROWS] + ["", "nurse " * 100]
    for text, vector in zip(texts, encoder.encode(texts), strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)
