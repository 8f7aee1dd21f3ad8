"""What a classifier learns from corrections, told on documents held out from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scr_themes.classifying import ThemeClassifier
from scr_themes.errors import LabelsError
from scr_themes.evaluating.cross_validation import document_folds
from scr_themes.evaluating.evaluation import Average, Evaluation, ThemeResult
from scr_themes.evaluating.layout import aligned, number
from scr_themes.evaluating.metrics import evaluate
from scr_themes.labels import indicator
from scr_themes.reading.labelled import Labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How right a classifier is on the same passages before and after it has learnt from others.

    Attributes
    ----------
    before, after : Evaluation
        Of the same passages, each held out whole with its document.
    """

    before: Evaluation
    after: Evaluation

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values, with None for NaN."""
        return {"before": self.before.to_dict(), "after": self.after.to_dict()}

    def table(self) -> str:
        """Return F1 and average precision before and after, one line a theme and an average."""
        lines = [["", "support", "F1 before", "after", "AP before", "after"]]
        pairs = zip(self.before.themes, self.after.themes, strict=True)
        lines += [
            [old.theme, str(old.support), *_figures(old, new)] for old, new in pairs if old.support
        ]
        n_themes = len(lines)
        averages = [("core macro", self.before.core_macro, self.after.core_macro)]
        averages.append(("macro", self.before.macro, self.after.macro))
        lines += [
            [name, "", *_figures(old, new)]
            for name, old, new in averages
            if old is not None and new is not None
        ]
        return aligned(lines, rule_before=n_themes)

    def __str__(self) -> str:
        documents = (
            "" if self.before.n_documents is None else f" of {self.before.n_documents} documents"
        )
        return f"{self.before.n_passages} passages{documents}\n\n{self.table()}"


def _figures(old: ThemeResult | Average, new: ThemeResult | Average) -> list[str]:
    values = (old.f1, new.f1, old.average_precision, new.average_precision)
    return [number(value, 3) for value in values]


def measure_learning(
    classifier: ThemeClassifier, coded: Labelled, *, n_folds: int = 5
) -> Learning | None:
    """Let a classifier learn from some documents and tag the others, until each was held out once.

    Parameters
    ----------
    classifier : ThemeClassifier
        A fitted one; it stays as it is.
    coded : Labelled
        The corrections. Without documents, every passage is held out by itself. A theme left open
        on a passage is in no figure, and nothing is learnt of it.
    n_folds : int, default 5
        At most; fewer where there are fewer documents.

    Returns
    -------
    Learning or None
        None where there is nothing to hold out.

    Raises
    ------
    LabelsError
        If a passage has a theme that the classifier has not, or there are too few to learn from.
    """
    themes = classifier.themes
    target = indicator(coded.themes, themes)
    known = frozenset(themes)
    either = coded.either and [left_open & known for left_open in coded.either]
    parted = document_folds(coded, n_folds)
    if parted is None:
        return None
    groups, folds = parted
    before = classifier.predict_proba(coded.texts)
    after = np.empty_like(before)
    for learnt, held_out in folds.split(target, target, groups):
        try:
            adapted = classifier.learn(
                [coded.texts[i] for i in learnt],
                target[learnt],
                either=either and [either[i] for i in learnt],
                groups=coded.documents and [coded.documents[i] for i in learnt],
            )
        except LabelsError as error:
            error.add_note(f"one of {folds.n_splits} parts is held out to measure on")
            raise
        after[held_out] = adapted.predict_proba([coded.texts[i] for i in held_out])
    cuts = np.array(list(classifier.thresholds.values()))

    def measured(probabilities: Any) -> Evaluation:
        return evaluate(
            target,
            probabilities,
            themes=themes,
            y_pred=probabilities >= cuts,
            either=either,
            core=classifier.codebook_.core_ids,
            documents=coded.documents,
        )

    return Learning(before=measured(before), after=measured(after))
