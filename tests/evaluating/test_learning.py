from __future__ import annotations

import numpy as np
import pytest

from scr_themes.classifying import ThemeClassifier
from scr_themes.errors import LabelsError
from scr_themes.evaluating.learning import measure_learning
from scr_themes.reading.labelled import Labelled
from tests.classifying.cases import GROUPS, LABELS, TEXTS, tiny
from tests.classifying.test_adapting import CORRECTED, CORRECTIONS


@pytest.fixture(scope="module")
def classifier() -> ThemeClassifier:
    return tiny().fit(TEXTS, LABELS, groups=GROUPS)


def corrections(**settings) -> Labelled:
    # Sentences repeat: each document holds every one of them once, so that none is new.
    n = len(CORRECTED)
    defaults = {"documents": tuple(f"review {i // 8}" for i in range(n))}
    return Labelled(
        texts=tuple(CORRECTED),
        themes=tuple(map(frozenset, CORRECTIONS)),
        **{**defaults, **settings},
    )


def test_what_is_learnt_shows_on_documents_held_out(classifier):
    found = measure_learning(classifier, corrections())
    assert found.before["recording"].average_precision < found.after["recording"].average_precision
    assert found.before.n_passages == found.after.n_passages == len(CORRECTED)
    assert found.before.n_documents == 5


def test_before_is_the_classifier_as_it_is(classifier):
    found = measure_learning(classifier, corrections())
    chances = classifier.predict_proba(CORRECTED)
    predicted = chances >= np.array(list(classifier.thresholds.values()))
    column = classifier.themes.index("recording")
    assert found.before["recording"].n_predicted == int(predicted[:, column].sum())


def test_themes_left_open_are_in_no_figure(classifier):
    either = tuple([frozenset({"recording"})] * len(CORRECTED))
    found = measure_learning(classifier, corrections(either=either))
    assert found.before["recording"].support == 0
    assert "recording" not in found.table()


def test_one_document_alone_tells_nothing(classifier):
    assert measure_learning(classifier, corrections(documents=("one",) * len(CORRECTED))) is None


def test_without_documents_passages_are_held_out_one_by_one(classifier):
    found = measure_learning(classifier, corrections(documents=None))
    assert found.before.n_documents is None
    assert str(found).startswith("40 passages\n")


def test_too_few_to_hold_some_out_is_said(classifier):
    few = Labelled(tuple(CORRECTED[:10]), tuple(map(frozenset, CORRECTIONS[:10])))
    with pytest.raises(LabelsError) as caught:
        measure_learning(classifier, few)
    assert caught.value.__notes__ == ["one of 5 parts is held out to measure on"]


def test_the_table_has_a_line_a_theme_and_the_averages(classifier):
    found = measure_learning(classifier, corrections())
    lines = found.table().splitlines()
    assert lines[0].split() == ["support", "F1", "before", "after", "AP", "before", "after"]
    assert [line.split()[0] for line in lines if not line.startswith(("-", " "))] == [
        "recording",
        "macro",
    ]
    assert set(found.to_dict()) == {"before", "after"}
