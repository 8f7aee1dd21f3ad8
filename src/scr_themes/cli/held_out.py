"""How well a model to be trained will do: cross-validation with every document held out whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scr_themes.classifying import ThemeClassifier
from scr_themes.classifying.features import extract
from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.encoding import Encoder
from scr_themes.evaluating import Evaluation, MultilabelStratifiedGroupKFold, evaluate
from scr_themes.reading.labelled import Labelled

_FOLDS = 5


def themes_that_occur(coded: Labelled, source: Path) -> Codebook:
    """Make a codebook of the ids in labelled passages, with the bundled meanings where it has any.

    Parameters
    ----------
    coded : Labelled
        Labelled passages.
    source : Path
        Their file, for errors.

    Returns
    -------
    Codebook
        Without roles where the passages have fewer than two.

    Raises
    ------
    CodebookError
        If there is no theme, or an id is not made as ids are.
    """
    bundled = Codebook.load()
    themes = {theme for labels in coded.themes for theme in labels}
    roles = set(coded.roles or ())
    own_themes = sorted(themes - set(bundled.theme_ids))
    own_roles = sorted(roles - set(bundled.role_ids))
    book = replace(
        bundled,
        themes=(
            *(theme for theme in bundled.themes if theme.id in themes),
            *(Theme(id=i, title=i.replace("_", " "), definition="") for i in own_themes),
        ),
        roles=(
            *(role for role in bundled.roles if role.id in roles),
            *(Role(id=i, title=i.replace("_", " "), definition="") for i in own_roles),
        ),
    )
    if len(book.roles) < 2:
        book = replace(book, roles=())
    return Codebook.from_dict(book.to_dict(), source=str(source))  # which checks it


def cross_validated(
    encoder: Encoder, book: Codebook, coded: Labelled, target: NDArray[np.bool_]
) -> Evaluation | None:
    """Fit on some documents and tag the others, until each was held out once.

    Parameters
    ----------
    encoder : Encoder
        Encodes every passage once, for all folds.
    book : Codebook
        Themes and roles.
    coded : Labelled
        The passages.
    target : ndarray of bool, shape (n_passages, n_themes)
        Their themes.

    Returns
    -------
    Evaluation or None
        None where there is nothing to hold out.
    """
    groups = coded.documents or tuple(map(str, range(len(coded))))
    n_folds = min(_FOLDS, len(set(groups)))
    if n_folds < 2:
        return None
    features = extract(encoder, coded.texts)
    probabilities = np.zeros(target.shape, dtype=np.float32)
    tagged = np.zeros(target.shape, dtype=bool)
    roles = np.array(coded.roles) if book.roles and coded.roles is not None else None
    predicted_roles = None if roles is None else np.empty_like(roles)
    folds = MultilabelStratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    for fit_on, held_out in folds.split(features, target, groups):
        model = ThemeClassifier(encoder=None, codebook=book).fit(
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
        themes=book.theme_ids,
        y_pred=tagged,
        core=book.core_ids,
        documents=coded.documents,
        roles_true=None if roles is None else roles.tolist(),
        roles_pred=None if predicted_roles is None else predicted_roles.tolist(),
    )
