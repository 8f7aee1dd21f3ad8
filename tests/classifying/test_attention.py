"""Heads that read tokens: what they score, where they look, and what they need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit, softmax

from scr_themes.classifying import ThemeClassifier, load
from scr_themes.classifying.attention import (
    LARGEST,
    NEXT,
    SELDOM,
    Attended,
    AttentionHeads,
    AttentionRoleHead,
    columns,
    columns_of,
    shares,
)
from scr_themes.classifying.classifier import assemble
from scr_themes.codebook import Codebook
from scr_themes.encoding import TokenEncoder, TokenVectors
from scr_themes.encoding.protocol import TokenProducts, multiplied
from scr_themes.errors import LabelsError, ModelError
from tests.encoding.fakes import WordCounts

WORDS = ("told", "asked", "not")
BOOK = Codebook.of(("asked", "told"), ("finding", "good_practice"))


class Words:
    """A vector for each word: which of three it is, and a fourth that is always there."""

    def __init__(self):
        self.n_texts = 0

    def encode(self, texts):
        return np.zeros((len(texts), 4), dtype=np.float32)

    def tokens(self, texts):
        self.n_texts += len(texts)
        return [self._one(text) for text in texts]

    @staticmethod
    def _one(text):
        starts, vectors, at = [], [], 0
        for word in text.split():
            at = text.index(word, at)
            starts.append(at)
            plain = word.strip(".,!").lower()
            vectors.append([*(float(plain == known) for known in WORDS), 1.0])
            at += len(word)
        return TokenVectors(
            np.array(vectors, dtype=np.float32).reshape(-1, 4), np.array(starts, dtype=np.intp)
        )


def heads(carrying=()):
    queries = np.array([[0, 9, 0, 0], [9, 0, 0, 0]], dtype=np.float32)
    weights = np.array([[0, 4, 2, 0], [4, 0, 2, 0]], dtype=np.float32)
    ones = np.ones(2)
    return AttentionHeads(
        queries, weights, np.array([-2, -2], np.float32),
        ones, 0 * ones, 0.5 * ones, 0.8 * ones, np.array(carrying, dtype=float),
    )  # fmt: skip


def roles():
    queries = np.zeros((2, 4), dtype=np.float32)
    weights = np.array([[0, 0, 9, 0], [0, 0, -9, 1]], dtype=np.float32)
    return AttentionRoleHead(queries, weights, np.zeros(2, np.float32), 2.0)


@pytest.fixture
def classifier():
    return assemble(Words(), BOOK, heads(), roles())


def test_the_encoder_is_one_of_tokens():
    assert isinstance(Words(), TokenEncoder)
    assert not isinstance(WordCounts(), TokenEncoder)


def test_attention_is_shared_out_whole():
    (tokens,) = Words().tokens(["He was told. She asked."])
    found = shares(tokens, heads().queries)
    np.testing.assert_allclose(found.sum(axis=0), 1, rtol=1e-6)
    assert found[:, 1].argmax() == 2
    assert found[:, 0].argmax() == 4


def attended(*texts):
    return Attended(multiplied(Words().tokens(texts), columns_of(heads(), roles())))


def test_scores_are_what_attention_sees():
    (tokens,) = Words().tokens(["She was not asked"])
    means = attended("She was not asked").means[:, :2]
    shared = softmax(tokens.vectors.astype(float) @ heads().queries.T.astype(float), axis=0)
    expected = (shared * (tokens.vectors @ heads().weights.T)).sum(axis=0) - 2
    np.testing.assert_allclose(heads().scores(means)[0], expected, rtol=1e-5)
    np.testing.assert_allclose(heads().probabilities(means)[0], expit(expected), rtol=1e-5)


def test_a_theme_is_less_likely_in_a_role_that_seldom_carries_one():
    """The odds are multiplied by the chance that a passage of its role carries one."""
    found = {}
    for carrying in ((), (1, 1), (0.9, 0.2), (0.9, 0)):
        model = assemble(Words(), BOOK, heads(carrying), roles())
        text = "He was told."
        (role,) = model.predict_role_proba([text])
        found[carrying] = model.predict_proba([text])[0]
        assert model.tag([text])[0].candidates[0].probability == pytest.approx(
            float(found[carrying][0])
        )
    np.testing.assert_allclose(found[1, 1], found[()], rtol=1e-5)
    chance = role @ [0.9, 0.2]
    np.testing.assert_allclose(logit(found[0.9, 0.2]), logit(found[()]) + np.log(chance), rtol=1e-4)
    chance = role @ [0.9, SELDOM]  # never ruled out
    np.testing.assert_allclose(logit(found[0.9, 0]), logit(found[()]) + np.log(chance), rtol=1e-4)


def test_heads_weighed_by_role_are_not_read_without_one():
    with pytest.raises(ValueError, match="roles are missing"):
        heads((0.9, 0.2)).probabilities(attended("He was told.").means[:, :2])


runs_of_tokens = st.lists(st.integers(0, 5), max_size=4)  # the lengths of a text's runs


@given(st.lists(runs_of_tokens, max_size=6), st.integers(0, 3), st.data())
def test_means_and_rests_are_those_of_each_text_s_own_rows(lengths, gap, data):
    """However the rows of texts lie among rows of none, and however many runs a text has."""
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    runs, texts, at = [], [], gap
    for i, of_text in enumerate(lengths):
        for length in filter(None, of_text):
            runs.append((at, at + length))
            texts.append(i)
            at += length + gap
    values = rng.normal(scale=3, size=(at, 6)).astype(np.float32)
    products = TokenProducts(
        values.copy(), np.array(runs, np.intp).reshape(-1, 2), np.array(texts, np.intp),
        len(lengths), lambda i: np.array([i]),
    )  # fmt: skip
    found = Attended(products)
    assert len(found) == len(lengths)
    for i in range(len(lengths)):
        own = [
            values[start:end] for (start, end), text in zip(runs, texts, strict=True) if text == i
        ]
        rows = np.concatenate([values[:0], *own]).astype(float)
        look = found[i]
        assert look.starts().tolist() == [i]
        assert look.rests.shape == (len(rows), 3)
        if not len(rows):
            assert not found.means[i].any()
            continue
        attention = softmax(rows[:, :3], axis=0)
        np.testing.assert_allclose(found.means[i], (attention * rows[:, 3:]).sum(axis=0), atol=1e-4)
        np.testing.assert_allclose(look.rests / look.rests.sum(axis=0), attention, rtol=1e-3)


def test_attention_that_would_overflow_is_held():
    queries, weights = np.full((2, 1, 4), 1e4, np.float32)
    (mean,) = Attended(multiplied(Words().tokens(["told asked"]), columns(queries, weights))).means
    np.testing.assert_allclose(mean, 2e4, rtol=1e-6)
    assert LARGEST < 2e4


def test_a_text_without_a_word_has_the_bias_for_its_score(classifier):
    np.testing.assert_allclose(classifier.predict_proba(["", "   "]), expit(-2), rtol=1e-6)
    assert [tag.evidence for tag in classifier.tag([""])[0].candidates] == [(0, 0), (0, 0)]


def test_evidence_is_the_sentence_that_attention_rests_on(classifier):
    text = "The day was long.  The “nurse”   was told.  The boy was asked! It rained."
    (passage,) = classifier.tag([text])
    quoted = {tag.theme: passage.quote(tag) for tag in passage.candidates}
    assert quoted == {"told": "The “nurse”   was told.", "asked": "The boy was asked!"}


def test_two_sentences_in_a_row_are_quoted_where_attention_is_at_both(classifier):
    quotes = {}
    for text in (
        "He was told. She was told too. It rained.",
        "He was told, told. It rained. She was told too.",
        "It rained. He was told.",
    ):
        (passage,) = classifier.tag([text])
        quotes[text] = {tag.theme: passage.quote(tag) for tag in passage.candidates}["told"]
    assert list(quotes.values()) == [
        "He was told. She was told too.",
        "He was told, told.",
        "He was told.",
    ]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=2, max_size=6),
)
def test_what_is_quoted_holds_the_foremost_sentence_and_no_more_than_one_beside_it(sentences):
    text = " ".join(f"{' '.join(words)}." for words in sentences)
    (tokens,), (look,) = Words().tokens([text]), attended(text)
    starts = np.cumsum([0, *(len(" ".join(words)) + 2 for words in sentences)])[:-1]
    where = np.searchsorted(starts, tokens.starts, side="right") - 1
    rests = np.zeros((len(starts), 2))
    np.add.at(rests, where, shares(tokens, heads().queries))
    for k, (first, last) in enumerate(heads().sentences(look, starts.tolist())):
        assert 0 <= first <= last < len(sentences)
        assert last - first <= 1
        quoted = rests[first : last + 1, k]
        assert quoted.max() == rests[:, k].max()
        assert (quoted >= NEXT * quoted.max()).all()


def test_company_and_repetition_change_nothing(classifier):
    texts = ["He was told.", "", "She asked. He was told.", "He was told.", "Not a word."]
    together = classifier.predict_proba(texts)
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(classifier.predict_proba([text])[0], row)
    assert np.array_equal(classifier.predict_proba(texts[::-1]), together[::-1])
    before = classifier.encoder_.n_texts
    classifier.predict_proba(["He was told."] * 50)
    assert classifier.encoder_.n_texts == before + 1


def test_roles_are_read_from_tokens_too(classifier):
    assert classifier.predict_role(["Not so.", "All well."]).tolist() == [
        "finding",
        "good_practice",
    ]
    assert classifier.tag(["Not so."])[0].role == "finding"


def test_it_is_stored_and_read_back(classifier, tmp_path):
    texts = ["He was told. She asked.", "Not a word."]
    classifier.save(tmp_path / "model")
    copy = load(tmp_path / "model", encoder=Words())
    assert np.array_equal(copy.predict_proba(texts), classifier.predict_proba(texts))
    assert np.array_equal(copy.predict_role_proba(texts), classifier.predict_role_proba(texts))
    assert [t.tags for t in copy.tag(texts)] == [t.tags for t in classifier.tag(texts)]
    assert copy.cuts("precise") == {"asked": 0.8, "told": 0.8}


def test_fitting_anew_puts_linear_heads_in_their_place(classifier):
    texts, labels = ["told", "asked", "told told", "asked not"], [{"told"}, {"asked"}] * 2
    classifier.set_params(encoder=WordCounts(), C=1.0, n_folds=2).fit(texts, labels)
    assert not isinstance(classifier.heads_, AttentionHeads)
    assert classifier.predict_proba(texts).shape == (4, 2)


def test_an_encoder_without_tokens_is_refused(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    with pytest.raises(ModelError, match="gives no token vectors"):
        load(tmp_path / "model", encoder=WordCounts()).predict_proba(["He was told."])


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda texts: [], "gave 0 arrays of token vectors for 1 texts"),
        (
            lambda texts: [TokenVectors(np.full((1, 4), np.nan, np.float32), np.zeros(1, np.intp))],
            "not finite",
        ),
    ],
)
def test_an_encoder_that_breaks_its_promise(classifier, monkeypatch, broken, said):
    monkeypatch.setattr(classifier.encoder_, "tokens", broken, raising=False)
    with pytest.raises(ModelError, match=said):
        classifier.predict_proba(["He was told."])


TEXTS = ["He was told.", "She asked.", "Not a word."]


@pytest.mark.parametrize(
    ("threshold", "cuts"),
    [
        (None, {"asked": 0.5, "told": 0.5}),
        ("precise", {"asked": 0.8, "told": 0.8}),
        (0.25, {"asked": 0.25, "told": 0.25}),
        ({"told": 0.9}, {"asked": 0.5, "told": 0.9}),
        ({"told": "precise", "asked": np.float32(0.25)}, {"asked": 0.25, "told": 0.8}),
        ({}, {"asked": 0.5, "told": 0.5}),
    ],
)
def test_thresholds_as_wished(classifier, threshold, cuts):
    assert classifier.cuts(threshold) == cuts
    expected = classifier.predict_proba(TEXTS) >= np.array(list(cuts.values()))
    assert np.array_equal(classifier.predict(TEXTS, threshold=threshold), expected)
    tagged = classifier.tag(TEXTS, threshold=threshold)
    assert [set(passage.themes) for passage in tagged] == [
        {theme for theme, kept in zip(classifier.themes, row, strict=True) if kept}
        for row in expected
    ]


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("sure", "'sure' is neither a probability"),
        (1.5, "1.5 is neither a probability"),
        ({"heard": 0.5}, "'heard' is not a theme"),
        ({"told": -0.1}, "-0.1 is neither a probability"),
        ({"told": None}, "None is neither a probability"),
        ([0.5, 0.5], "is neither a probability"),
        (np.array([0.5, 0.5]), "is neither a probability"),
    ],
)
def test_thresholds_that_are_none(classifier, threshold, said):
    with pytest.raises(LabelsError, match=said):
        classifier.predict(TEXTS, threshold=threshold)


def test_linear_heads_have_precise_thresholds_too(counting):
    assert isinstance(counting, ThemeClassifier)
    usual, precise = counting.cuts(None), counting.cuts("precise")
    assert all(precise[theme] >= usual[theme] for theme in usual)


def test_a_low_threshold_has_its_evidence_too(classifier):
    text = "The day was long and dull. It rained."
    (passage,) = classifier.tag([text], threshold=0.01)
    assert {passage.quote(tag) for tag in passage.tags} <= {
        "The day was long and dull.",
        "It rained.",
    }
    assert passage.tags


def test_an_encoder_of_another_width_is_refused(classifier, monkeypatch):
    narrow = [TokenVectors(np.zeros((1, 3), np.float32), np.zeros(1, np.intp))]
    monkeypatch.setattr(classifier.encoder_, "tokens", lambda texts: narrow, raising=False)
    with pytest.raises(LabelsError, match="gives 3 features where the heads take 4"):
        classifier.predict_proba(["He was told."])
