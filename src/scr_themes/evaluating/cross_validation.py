"""How well a model to be trained will do: cross-validation with every document held out whole."""

from __future__ import annotations

import numpy as np

from scr_themes.classifying import ThemeClassifier
from scr_themes.classifying.features import extract
from scr_themes.codebook import Codebook
from scr_themes.encoding import Encoder
from scr_themes.evaluating.evaluation import Evaluation
from scr_themes.evaluating.metrics import evaluate
from scr_themes.evaluating.splits import MultilabelStratifiedGroupKFold
from scr_themes.labels import indicator
from scr_themes.reading.labelled import Labelled


def cross_validate(
    encoder: Encoder, codebook: Codebook, coded: Labelled, *, n_folds: int = 5
) -> Evaluation | None:
    """Fit on some documents and tag the others, until each was held out once.

    Parameters
    ----------
    encoder : Encoder
        Encodes every passage once, for all folds; it must not have been tuned on any of them.
    codebook : Codebook
        Themes and roles.
    coded : Labelled
        The passages. Without documents, every passage is held out by itself. A theme left open on
        a passage is fitted to as absent, and is in no figure.
    n_folds : int, default 5
        At most; fewer where there are fewer documents.

    Returns
    -------
    Evaluation or None
        None where there is nothing to hold out.

    Raises
    ------
    LabelsError
        If a passage has a theme or a role that the codebook lacks.
    """
    parted = document_folds(coded, n_folds)
    if parted is None:
        return None
    groups, folds = parted
    target = indicator(coded.themes, codebook.theme_ids)
    known = frozenset(codebook.theme_ids)
    features = extract(encoder, coded.texts)
    probabilities = np.zeros(target.shape, dtype=np.float32)
    tagged = np.zeros(target.shape, dtype=bool)
    roles = np.array(coded.roles) if codebook.roles and coded.roles is not None else None
    predicted_roles = None if roles is None else np.empty_like(roles)
    for fit_on, held_out in folds.split(features, target, groups):
        model = ThemeClassifier(encoder=None, codebook=codebook).fit(
            features[fit_on],
            target[fit_on],
            roles=None if roles is None else roles[fit_on].tolist(),
            groups=[groups[i] for i in fit_on],
        )
        probabilities[held_out] = model.predict_proba(features[held_out])
        # Each fold's own thresholds: those of the final model have seen these passages.
        tagged[held_out] = model.predict(features[held_out])
        if predicted_roles is not None:
            predicted_roles[held_out] = model.predict_role(features[held_out])
    return evaluate(
        target,
        probabilities,
        themes=codebook.theme_ids,
        y_pred=tagged,
        either=coded.either and [left_open & known for left_open in coded.either],
        core=codebook.core_ids,
        documents=coded.documents,
        roles_true=None if roles is None else roles.tolist(),
        roles_pred=None if predicted_roles is None else predicted_roles.tolist(),
    )


def document_folds(
    coded: Labelled, n_folds: int
) -> tuple[tuple[str, ...], MultilabelStratifiedGroupKFold] | None:
    """Return the document of each passage, and folds that hold documents out whole.

    Parameters
    ----------
    coded : Labelled
        The passages. Without documents, each is one by itself.
    n_folds : int
        At most; fewer where there are fewer documents.

    Returns
    -------
    tuple of str, MultilabelStratifiedGroupKFold; or None
        None where there is nothing to hold out.
    """
    groups = coded.documents or tuple(map(str, range(len(coded))))
    n_folds = min(n_folds, len(set(groups)))
    if n_folds < 2:
        return None
    return groups, MultilabelStratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
