from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scr_themes.errors import LabelsError
from scr_themes.evaluating import choose, suggest
from scr_themes.evaluating.choosing import POOL, uncertainty
from tests.coded import coded_passages

TEXTS = [row.text for row in coded_passages()]


def test_uncertainty_is_entropy_in_bits():
    p = np.array([[0.5, 0.1], [0.0, 1.0]])
    expected = -(0.1 * np.log2(0.1) + 0.9 * np.log2(0.9))
    assert uncertainty(p) == pytest.approx([1 + expected, 0.0])
    assert uncertainty(p, [2.0, 0.0]) == pytest.approx([2.0, 0.0])


@given(st.data())
def test_as_many_as_asked_for_and_each_once(data):
    n = data.draw(st.integers(1, 30))
    p = data.draw(arrays(float, (n, 2), elements=st.floats(0, 1)))
    vectors = data.draw(arrays(float, (n, 3), elements=st.integers(-2, 2).map(float)))
    wanted = data.draw(st.integers(1, 35))
    picked = choose(p, vectors, wanted)
    assert len(picked) == len(set(picked.tolist())) == min(n, wanted)
    assert picked.tolist() == choose(p, vectors, wanted).tolist()
    unsure = uncertainty(p)[picked]
    assert (np.diff(unsure) <= 0).all()


def test_one_of_each_cluster_and_not_only_the_most_uncertain():
    rng = np.random.default_rng(0)
    centres = np.eye(4)
    vectors = np.concatenate([c + rng.normal(0, 0.01, (8, 4)) for c in centres])
    p = np.concatenate([np.full((8, 1), chance) for chance in (0.5, 0.45, 0.4, 0.35)])
    assert sorted(choose(p, vectors, 4) // 8) == [0, 1, 2, 3]


def test_those_that_the_model_is_sure_of_are_not_looked_at():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(POOL * 3 + 50, 5))
    p = np.full((len(vectors), 1), 0.001)
    p[50:] = 0.4
    assert (choose(p, vectors, 3) >= 50).all()


def test_weights_say_which_themes_matter():
    p = [[0.5, 0.0], [0.0, 0.4]]
    assert choose(p, np.eye(2), 1).tolist() == [0]
    assert choose(p, np.eye(2), 1, weights=[0.0, 1.0]).tolist() == [1]


def test_vectors_that_point_the_same_way_are_taken_last():
    p = [[0.5], [0.5], [0.2], [0.1]]
    vectors = [[1.0, 1.0], [2.0, 2.0], [0.0, 1.0], [0.0, 0.0]]
    assert choose(p, vectors, 3).tolist() == [0, 2, 3]
    assert choose(p, vectors, 4).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([[0.5]], [[1.0]], 0), "n: is 0"),
        (([[0.5]], [[1.0], [2.0]], 1), r"have the shapes \(1, 1\) and \(2, 1\)"),
        (([0.5], [[1.0]], 1), "have the shapes"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, said):
    with pytest.raises(LabelsError, match=said):
        choose(*arguments)
    with pytest.raises(LabelsError, match="weights: are 2 for 1 themes"):
        choose([[0.5]], [[1.0]], 1, weights=[1.0, 1.0])


def test_texts_are_suggested_with_reasons(tiny_classifier):
    found = suggest(TEXTS, 5, classifier=tiny_classifier)
    assert len({one.index for one in found}) == 5
    assert found == suggest(TEXTS, 5, classifier=tiny_classifier)
    first = found[0]
    assert first.uncertainty == max(one.uncertainty for one in found)
    expected = tiny_classifier.predict_proba([TEXTS[first.index]])[0]
    assert list(first.probabilities.values()) == pytest.approx(expected.tolist())
    most = max(first.probabilities, key=lambda theme: -abs(first.probabilities[theme] - 0.5))
    assert first.reason.startswith(f"unsure of {most} ({first.probabilities[most]:.2f})")


def test_a_text_stands_once_and_what_is_coded_not_at_all(tiny_classifier):
    texts = ["No note.", "no  NOTE.", "She was told.", "", "He was told."]
    found = suggest(texts, 9, classifier=tiny_classifier, coded=["she was told."])
    assert sorted(one.index for one in found) == [0, 4]
    assert suggest(texts, 9, classifier=tiny_classifier, coded=texts) == []
    assert suggest([], 9, classifier=tiny_classifier) == []


def test_weights_by_theme(tiny_classifier):
    weights = {"information_sharing": 0.0, "recording": 0.0}
    found = suggest(TEXTS, 3, classifier=tiny_classifier, weights=weights)
    assert all("child_voice" in one.reason for one in found)
    with pytest.raises(LabelsError, match="'zeal' is not a theme of the model"):
        suggest(TEXTS, 3, classifier=tiny_classifier, weights={"zeal": 1.0})
    with pytest.raises(LabelsError, match="n: is 0"):
        suggest([], 0, classifier=tiny_classifier)


def test_a_model_of_features_cannot_suggest_texts(tiny_classifier):
    class OfFeatures:
        encoder_ = None

    with pytest.raises(LabelsError, match="works on features"):
        suggest(TEXTS, 3, classifier=OfFeatures())
