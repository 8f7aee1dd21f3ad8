"""What must hold between two runs, whatever the scores are."""

from __future__ import annotations

from copy import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scr_themes.documents import Passage
from scr_themes.encoding import OnnxEncoder
from scr_themes.reading.sentences import sentence_spans
from tests.classifying.cases import TEXTS, UNSEEN, tiny
from tests.strategies import awkward_text
from tests.training.bert import TINY

ALL = [*TEXTS, *UNSEEN]
both = pytest.mark.parametrize("fixture", ["counting", "onnx_classifier"])
# Each example fits nothing and only scores; the fixture is never changed.
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@both
def test_alone_or_in_company(fixture, request):
    classifier = request.getfixturevalue(fixture)
    together = classifier.predict_proba(ALL)
    roles = classifier.predict_role_proba(ALL)
    for row, text in enumerate(ALL):
        assert np.array_equal(classifier.predict_proba([text])[0], together[row])
        assert np.array_equal(classifier.predict_role_proba([text])[0], roles[row])


@both
@quick
@given(data=st.data())
def test_any_batch_in_any_order_with_anything_beside_it(fixture, request, data):
    classifier = request.getfixturevalue(fixture)
    drawn = data.draw(st.lists(st.one_of(st.sampled_from(ALL), awkward_text()), max_size=12))
    order = data.draw(st.permutations(range(len(drawn))))
    straight = classifier.predict_proba(drawn)
    turned = classifier.predict_proba([drawn[i] for i in order])
    doubled = classifier.predict_proba([text for text in drawn for _ in range(2)])
    assert np.array_equal(turned, straight[list(order)])
    assert np.array_equal(doubled, np.repeat(straight, 2, axis=0))
    for text, row in zip(drawn, straight, strict=True):
        assert np.array_equal(classifier.predict_proba([text])[0], row)


@pytest.mark.parametrize("n_threads", [1, 2, 3, 8])
def test_any_number_of_threads(onnx_classifier, n_threads):
    other = copy(onnx_classifier)
    other.encoder_ = OnnxEncoder(TINY, n_threads=n_threads)
    assert np.array_equal(other.predict_proba(ALL), onnx_classifier.predict_proba(ALL))
    assert other.tag(ALL) == onnx_classifier.tag(ALL)


@both
def test_more_texts_than_are_held_at_once(fixture, request):
    classifier = request.getfixturevalue(fixture)
    few = classifier.predict_proba(TEXTS)
    many = classifier.predict_proba(TEXTS * 12)  # 528: three pieces, none of them whole multiples
    assert np.array_equal(many, np.tile(few, (12, 1)))


@both
def test_tag_agrees_with_predict(fixture, request):
    classifier = request.getfixturevalue(fixture)
    probabilities, decided = classifier.predict_proba(ALL), classifier.predict(ALL)
    roles, role_probabilities = classifier.predict_role(ALL), classifier.predict_role_proba(ALL)
    tagged = classifier.tag(ALL)
    assert [t.text for t in tagged] == ALL
    for row, t in enumerate(tagged):
        assert tuple(tag.theme for tag in t.candidates) == classifier.themes
        assert [tag.probability for tag in t.candidates] == probabilities[row].tolist()
        assert set(t.themes) == {
            theme for theme, yes in zip(classifier.themes, decided[row], strict=True) if yes
        }
        assert t.role == roles[row]
        assert t.role_probability == role_probabilities[row].max()


@both
def test_tags_are_candidates_most_probable_first(fixture, request):
    for tagged in request.getfixturevalue(fixture).tag(ALL):
        assert set(tagged.tags) <= set(tagged.candidates)
        probabilities = [tag.probability for tag in tagged.tags]
        assert probabilities == sorted(probabilities, reverse=True)


@both
def test_its_own_thresholds_cut_the_same_tags(fixture, request):
    classifier = request.getfixturevalue(fixture)
    assert sum(bool(tagged.tags) for tagged in classifier.tag(TEXTS)) > 10
    for tagged in classifier.tag(ALL):
        assert tagged.at(classifier.thresholds) == tagged
        assert tagged.at(0.0).at(classifier.thresholds) == tagged


@given(low=st.floats(0, 1), high=st.floats(0, 1))
@quick
def test_a_higher_threshold_never_adds_a_tag(counting, low, high):
    low, high = sorted([low, high])
    for tagged in counting.tag(TEXTS[:12]):
        assert set(tagged.at(high).tags) <= set(tagged.at(low).tags)
        assert set(tagged.at(0.0).tags) == set(tagged.candidates)
        assert all(tag.probability >= low for tag in tagged.at(low).tags)


@given(thresholds=st.dictionaries(st.sampled_from(["recording", "child_voice"]), st.floats(0, 1)))
@quick
def test_themes_without_a_threshold_are_not_tagged(counting, thresholds):
    for tagged in counting.tag(TEXTS[:6]):
        assert set(tagged.at(thresholds).themes) <= set(thresholds)


@both
@quick
@given(text=st.one_of(awkward_text(), st.sampled_from(ALL)))
def test_evidence_is_a_sentence_inside_the_passage(fixture, request, text):
    classifier = request.getfixturevalue(fixture)
    (tagged,) = classifier.tag([text])
    sentences = set(sentence_spans(text)) or {(0, len(text))}
    for tag in tagged.tags:
        assert tag.evidence in sentences
    for tag in tagged.candidates:  # far below its threshold: the passage, or one of its sentences
        assert tag.evidence in sentences | {(0, len(text))}
        assert tagged.quote(tag) == text[slice(*tag.evidence)]


@both
def test_evidence_is_the_same_in_any_company(fixture, request):
    classifier = request.getfixturevalue(fixture)
    texts = [" ".join(TEXTS[i : i + n]) for n in (1, 3, 9, 20) for i in (0, 7, 20)]
    together = classifier.tag(texts)
    assert sum(len(tagged.tags) for tagged in together) > 5
    turned = classifier.tag(texts[::-1])
    assert [t.candidates for t in together[::-1]] == [t.candidates for t in turned]
    for text, tagged in zip(texts, together, strict=True):
        (alone,) = classifier.tag([text])
        assert alone.candidates == tagged.candidates


@pytest.mark.parametrize("before", [0, 1, 30])
@pytest.mark.parametrize("after", [0, 1, 30])
def test_evidence_is_the_sentence_that_says_it(before, after):
    classifier = tiny(encoder=Marks()).fit(
        ["It was amiss.", "It was well.", "That was amiss. So be it.", "It was fine."] * 3,
        [{"amiss"}, set()] * 6,
    )
    text = "It was well. " * before + "It was AMISS then." + " It was fine." * after
    (tagged,) = classifier.tag([text])
    assert [tagged.quote(tag) for tag in tagged.tags] == ["It was AMISS then."]


class Marks:
    """Sees one word and nothing else."""

    def encode(self, texts):
        return np.array([["amiss" in text.lower()] for text in texts], dtype=np.float32)


def test_one_more_failing_sentence_is_not_lost_among_neutral_ones(counting):
    calm = "The town has two parks and a river. The panel had an independent chair."
    column = counting.themes.index("recording")
    without, with_it = counting.predict_proba(
        [calm, f"{calm} There was no note of the visit in the file."]
    )[:, column]
    assert with_it > without


def test_quotes_and_dashes_of_either_kind_score_the_same(onnx_classifier):
    curly, straight = onnx_classifier.predict_proba(
        ["The nurse’s note said “no one” knew.", 'The nurse\'s note said "no one" knew.']
    )
    assert np.array_equal(curly, straight)


@pytest.mark.parametrize("place", [0, 0.3, 0.7, 1])
def test_a_word_changed_anywhere_in_a_long_passage_counts(onnx_classifier, place):
    """The window is 32 tokens; this is one sentence of some 400."""
    words = ["the", "nurse", "was", "told", "of", "the", "visit", "and"] * 50
    changed = list(words)
    at = int(place * (len(words) - 3))
    changed[at : at + 3] = ["no", "child", "seen"]
    before, after = onnx_classifier.predict_proba([" ".join(words), " ".join(changed)])
    assert not np.array_equal(before, after)


def test_reading_position_does_not_change_scores(counting):
    text = TEXTS[0]
    placed = Passage(text=text, index=9, start=400, end=400 + len(text), page=3, kind="bullet")
    bare, other = counting.tag([text, placed])
    assert bare.candidates == other.candidates
    assert (bare.role, bare.role_probability) == (other.role, other.role_probability)
