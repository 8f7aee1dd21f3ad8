"""Tags against tags: accuracy, calibration, agreement, what to code next, and folds."""

from __future__ import annotations

from scr_themes.evaluating.agreement import Agreement, CodeAgreement, agree
from scr_themes.evaluating.characters import agree_on_characters
from scr_themes.evaluating.choosing import choose
from scr_themes.evaluating.cross_validation import cross_validate
from scr_themes.evaluating.differing import Difference, differences
from scr_themes.evaluating.evaluation import Average, CalibrationBin, Evaluation, ThemeResult
from scr_themes.evaluating.matching import Matched, match_codings
from scr_themes.evaluating.metrics import evaluate
from scr_themes.evaluating.splits import MultilabelStratifiedGroupKFold
from scr_themes.evaluating.suggesting import Suggestion, suggest

__all__ = [
    "Agreement",
    "Average",
    "CalibrationBin",
    "CodeAgreement",
    "Difference",
    "Evaluation",
    "Matched",
    "MultilabelStratifiedGroupKFold",
    "Suggestion",
    "ThemeResult",
    "agree",
    "agree_on_characters",
    "choose",
    "cross_validate",
    "differences",
    "evaluate",
    "match_codings",
    "suggest",
]
