"""A cascade says of each passage what one of its two models says, and which one is the rule's."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from scr_themes.classifying import load
from scr_themes.classifying.classifier import Cascade
from scr_themes.classifying.storage import read_model, save, save_cascade
from scr_themes.documents import Passage
from scr_themes.errors import ModelError
from tests.classifying.cases import GROUPS, LABELS, ROLES, TEXTS, UNSEEN, tiny

BAND = (0.2, 0.7)


@pytest.fixture(scope="module")
def first(onnx_classifier):
    return onnx_classifier


@pytest.fixture(scope="module")
def second():
    return tiny(C=0.3).fit(TEXTS, LABELS, roles=ROLES, groups=GROUPS)


def joined(first, second, band=BAND):
    return Cascade(first, second, dict.fromkeys(first.themes, band))


@pytest.fixture(scope="module")
def cascade(first, second):
    return joined(first, second)


def test_each_passage_is_answered_by_one_of_the_two(first, second, cascade):
    texts = [*TEXTS, *UNSEEN]
    by_first = first.predict_proba(texts)
    unsure = ((by_first >= BAND[0]) & (by_first <= BAND[1])).any(axis=1)
    assert 0 < unsure.mean() < 1
    expected = np.where(unsure[:, None], second.predict_proba(texts), by_first)
    np.testing.assert_array_equal(cascade.predict_proba(texts), expected)
    roles = [first.predict_role_proba(texts), second.predict_role_proba(texts)]
    np.testing.assert_array_equal(
        cascade.predict_role_proba(texts), np.where(unsure[:, None], roles[1], roles[0])
    )


def test_tags_are_those_of_the_one_at_the_second_s_thresholds(first, second, cascade):
    texts = [*TEXTS, *UNSEEN]
    unsure = cascade.reads(first.predict_proba(texts))
    assert cascade.thresholds == second.thresholds
    by_first = first.tag(texts, threshold=second.thresholds)
    by_second = second.tag(texts)
    expected = [by_second[i] if read else by_first[i] for i, read in enumerate(unsure)]
    assert cascade.tag(texts) == expected


@pytest.mark.parametrize(("band", "one"), [((0.0, 1.0), "second"), ((2.0, 3.0), "first")])
def test_the_bands_decide(request, first, second, band, one):
    found = joined(first, second, band).predict_proba(UNSEEN)
    np.testing.assert_array_equal(found, request.getfixturevalue(one).predict_proba(UNSEEN))


def test_the_second_is_not_asked_for_nothing(first, second, monkeypatch):
    def refuse(texts):
        raise AssertionError(f"asked for {texts}")

    sure = joined(first, second, (2.0, 3.0))
    monkeypatch.setattr(second.encoder_, "encode", refuse)
    assert len(sure.predict_proba(UNSEEN)) == len(UNSEEN)
    assert len(sure.tag(UNSEEN)) == len(UNSEEN)


@given(st.lists(st.sampled_from([*TEXTS, *UNSEEN, ""]), max_size=90), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_company_and_threads_change_nothing(texts, n_threads):
    shipped = load("cascade")
    shipped.encoder_.n_threads = n_threads
    found = shipped.predict_proba(texts)
    for text, row in zip(texts, found, strict=True):
        np.testing.assert_array_equal(shipped.predict_proba([text])[0], row)


def test_a_clone_is_itself(cascade):
    assert clone(cascade) is cascade


def test_no_texts(cascade):
    assert cascade.tag([]) == []
    assert cascade.predict_proba([]).shape == (0, len(cascade.themes))
    assert cascade.predict_role([]).shape == (0,)


def test_passages_keep_their_places(cascade):
    passages = [Passage(text=text, index=i, page=i + 1) for i, text in enumerate(TEXTS + TEXTS[:3])]
    assert [tagged.passage for tagged in cascade.tag(passages)] == passages


def test_it_travels_to_another_process(cascade):
    found = pickle.loads(pickle.dumps(cascade)).predict_proba(UNSEEN)
    np.testing.assert_array_equal(found, cascade.predict_proba(UNSEEN))


def test_it_is_neither_fitted_nor_saved(cascade, tmp_path):
    with pytest.raises(ModelError, match="cannot be fitted; fit its two models"):
        cascade.fit(TEXTS, LABELS)
    with pytest.raises(ModelError, match="save its two models"):
        cascade.save(tmp_path / "cascade")


def test_models_that_do_not_go_together(first, second):
    without_roles = tiny().fit(TEXTS, LABELS, groups=GROUPS)
    with pytest.raises(ModelError, match="differ in themes or roles"):
        joined(first, without_roles)
    with pytest.raises(ModelError, match="give one band a theme"):
        Cascade(first, second, {first.themes[0]: BAND})
    features = tiny(encoder=None).fit(np.eye(len(LABELS)), LABELS, roles=ROLES, groups=GROUPS)
    with pytest.raises(ModelError, match="one of its models reads features"):
        joined(first, features)


@pytest.fixture
def stored(onnx_classifier, tmp_path):
    save(onnx_classifier, tmp_path / "quick")
    save(onnx_classifier, tmp_path / "slow", version="2")
    save_cascade(
        tmp_path / "both", first=tmp_path / "quick", second=tmp_path / "slow",
        unsure=dict.fromkeys(onnx_classifier.themes, BAND), name="both", version="7",
    )  # fmt: skip
    return tmp_path


def test_it_is_found_again_with_its_models(stored, onnx_classifier):
    stored.rename(stored.with_name("moved"))
    found = read_model(stored.with_name("moved") / "both")
    assert found.coder_ == "both 7"
    expected = joined(onnx_classifier, onnx_classifier).predict_proba(UNSEEN)
    np.testing.assert_array_equal(found.predict_proba(UNSEEN), expected)


def test_its_bands_hold_for_one_version_of_its_models(stored, second):
    (stored / "quick" / "model.json").write_bytes((stored / "slow" / "model.json").read_bytes())
    with pytest.raises(ModelError, match="was made for another version of quick"):
        read_model(stored / "both")


def test_a_changed_band_is_seen(stored):
    path = stored / "both" / "model.json"
    path.write_text(path.read_text().replace("0.7", "0.8", 1))
    with pytest.raises(ModelError, match="has changed since it was saved"):
        read_model(stored / "both")


def test_it_replaces_models_only(stored, onnx_classifier):
    made = {"first": stored / "quick", "second": stored / "slow", "name": "x"}
    (stored / "mine").mkdir()
    (stored / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(ModelError, match="exists and is not a model"):
        save_cascade(stored / "mine", unsure={}, **made)
    save_cascade(stored / "both", unsure={"b": (0, 1)}, **made)
    assert json.loads((stored / "both" / "model.json").read_text())["unsure"] == {"b": [0.0, 1.0]}


def test_the_shipped_one_is_of_the_shipped_two():
    shipped = load("cascade")
    assert (shipped.first.coder_, shipped.second.coder_) == (
        load("fast").coder_,
        load("accurate").coder_,
    )
    for theme, (lowest, highest) in shipped.unsure.items():
        assert 0 < lowest < shipped.first.thresholds[theme] < highest < 1
