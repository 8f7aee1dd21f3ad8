"""ThemeClassifier among scikit-learn's own tools."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from scr_themes.classifying import ThemeClassifier
from scr_themes.errors import LabelsError, ModelError
from tests.classifying.cases import GROUPS, LABELS, MATRIX, ROLES, TEXTS, THEMES, features, tiny

NOT_INDICATOR = "codes its labels 1 and 2; an indicator matrix holds only 0 and 1"
BOOLEAN = "asks for integers; predictions are bool, so that they can be used as masks"
ONE_DIMENSION = "gives and expects one label a row, in one dimension; a passage has a set of themes"
EXPECTED_FAILURES = {
    "check_estimators_dtypes": NOT_INDICATOR,
    "check_fit2d_1feature": NOT_INDICATOR,
    "check_classifier_data_not_an_array": NOT_INDICATOR,
    "check_classifiers_one_label": ONE_DIMENSION,
    "check_classifiers_classes": ONE_DIMENSION,
    "check_classifiers_train": ONE_DIMENSION,
    "check_classifiers_regression_target": ONE_DIMENSION
    + ", and that is what the error says of a single column of numbers",
    "check_classifier_not_supporting_multiclass": ONE_DIMENSION
    + "; the error that it asks for would say that only two classes can be told apart",
    "check_classifier_multioutput": BOOLEAN,
    "check_classifiers_multilabel_output_format_predict": BOOLEAN,
    "check_non_transformer_estimators_n_iter": "asks for the n_iter_ of one fit; a classifier is "
    "many fits, a theme's folds and the role's among them",
}


@parametrize_with_checks(
    [ThemeClassifier(encoder=None)], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_clone_has_the_settings_and_is_not_fitted(counting):
    copy = clone(counting)
    ours, theirs = counting.get_params(), copy.get_params()
    del ours["encoder"], theirs["encoder"]  # an object of no estimator: copied, and not comparable
    assert ours == theirs
    assert type(copy.encoder) is type(counting.encoder)
    with pytest.raises(NotFittedError):
        copy.predict(TEXTS)


def test_init_stores_its_arguments_and_nothing_else():
    given = {"encoder": "no such encoder", "codebook": 3, "C": "x", "n_folds": -3, "max_iter": None}
    classifier = ThemeClassifier(**given, random_state=[])
    assert vars(classifier) == classifier.get_params() == {**given, "random_state": []}


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.predict(TEXTS),
        lambda c: c.predict_proba(TEXTS),
        lambda c: c.predict_proba([]),
        lambda c: c.predict_role(TEXTS),
        lambda c: c.predict_role_proba(TEXTS),
        lambda c: c.tag(TEXTS),
        lambda c: c.tag([]),
        lambda c: c.score(TEXTS, LABELS),
        lambda c: c.save("never-made"),
        lambda c: c.themes,
        lambda c: c.roles,
        lambda c: c.thresholds,
    ],
)
def test_unfitted_says_so(use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFittedError):
        use(tiny())
    assert list(tmp_path.iterdir()) == []


def test_is_a_classifier():
    assert is_classifier(tiny())


def test_pickled_copy_scores_the_same(onnx_classifier):
    copy = pickle.loads(pickle.dumps(onnx_classifier))
    assert np.array_equal(copy.predict_proba(TEXTS), onnx_classifier.predict_proba(TEXTS))
    assert copy.tag(TEXTS) == onnx_classifier.tag(TEXTS)


def test_pipeline(counting):
    stripping = FunctionTransformer(lambda texts: [text.strip("#") for text in texts])
    pipeline = make_pipeline(stripping, tiny()).fit(
        TEXTS, LABELS, themeclassifier__roles=ROLES, themeclassifier__groups=GROUPS
    )
    assert np.array_equal(
        pipeline.predict_proba([f"##{text}" for text in TEXTS]), counting.predict_proba(TEXTS)
    )
    assert pipeline.score(TEXTS, LABELS) == counting.score(TEXTS, LABELS)


@pytest.mark.parametrize("labels", [LABELS, MATRIX], ids=["sets", "matrix"])
def test_grid_search(labels):
    strengths = [1e-6, 1.0]
    search = GridSearchCV(tiny(), {"C": strengths}, cv=KFold(3, shuffle=True, random_state=0))
    search.fit(TEXTS, labels)
    assert search.best_params_ == {"C": 1.0}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert np.array_equal(
        search.predict_proba(TEXTS), tiny(C=1.0).fit(TEXTS, labels).predict_proba(TEXTS)
    )


def test_cross_validated_probabilities_by_document():
    folds = list(GroupKFold(5).split(TEXTS, groups=GROUPS))
    found = cross_val_predict(
        tiny(), TEXTS, MATRIX, groups=GROUPS, cv=GroupKFold(5), method="predict_proba",
        params={"groups": GROUPS},
    )  # fmt: skip
    assert found.shape == MATRIX.shape
    for train, test in folds:
        by_hand = tiny().fit(
            [TEXTS[i] for i in train], MATRIX[train], groups=[GROUPS[i] for i in train]
        )
        assert np.array_equal(
            found[test].astype(np.float32), by_hand.predict_proba([TEXTS[i] for i in test])
        )


@pytest.mark.parametrize("scoring", ["f1_macro", "average_precision", "roc_auc"])
@pytest.mark.parametrize("n_themes", [2, 3])
def test_scikit_learn_scores(scoring, n_themes):
    target = MATRIX[:, :n_themes]
    halves = KFold(2, shuffle=True, random_state=0)  # another draw may leave a theme out of one
    scores = cross_val_score(tiny(), TEXTS, target, cv=halves, scoring=scoring)
    assert np.isfinite(scores).all()


def test_sets_and_matrix_are_the_same(counting):
    by_matrix = tiny().fit(TEXTS, MATRIX, roles=ROLES, groups=GROUPS)
    assert counting.themes == THEMES
    assert by_matrix.themes == ("theme_0", "theme_1", "theme_2")
    assert np.array_equal(by_matrix.predict_proba(TEXTS), counting.predict_proba(TEXTS))


def test_features_encoded_beforehand_take_no_texts_and_tag_nothing(tmp_path):
    classifier = tiny(encoder=None).fit(features(), LABELS)
    assert classifier.predict(features()).shape == MATRIX.shape
    with pytest.raises(ValueError, match="could not convert string to float"):
        classifier.predict(TEXTS)
    with pytest.raises(LabelsError, match="works on features"):
        classifier.tag(TEXTS)
    with pytest.raises(ModelError, match="classifier of features"):
        classifier.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_score_is_the_mean_f1_of_the_themes(counting):
    predicted = counting.predict(TEXTS)
    f1 = [
        2 * (p & t).sum() / (p.sum() + t.sum()) for p, t in zip(predicted.T, MATRIX.T, strict=True)
    ]
    assert counting.score(TEXTS, LABELS) == pytest.approx(np.mean(f1))
    assert counting.score(TEXTS, MATRIX) == counting.score(TEXTS, LABELS)


def test_fit_leaves_what_it_was_given_alone():
    texts, labels, roles, groups = list(TEXTS), [set(s) for s in LABELS], list(ROLES), list(GROUPS)
    array, matrix = features(), MATRIX.copy()
    tiny().fit(texts, labels, roles=roles, groups=groups)
    tiny(encoder=None).fit(array, matrix)
    assert (texts, labels, roles, groups) == (TEXTS, LABELS, ROLES, GROUPS)
    assert np.array_equal(array, features())
    assert np.array_equal(matrix, MATRIX)


def test_fit_twice_forgets_the_first(counting):
    again = tiny().fit(["told", "asked"] * 3, [{"other"}, {"thing"}] * 3, roles=["x", "y"] * 3)
    again.fit(TEXTS, LABELS)
    assert again.themes == THEMES
    assert again.roles == ()
    assert np.array_equal(
        again.predict_proba(TEXTS), tiny().fit(TEXTS, LABELS).predict_proba(TEXTS)
    )
