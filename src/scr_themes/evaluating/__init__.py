"""Tags against tags: accuracy, calibration, intervals, and folds for cross-validation."""

from __future__ import annotations

from scr_themes.evaluating.agreement import Agreement, CodeAgreement, agree
from scr_themes.evaluating.cross_validation import cross_validate
from scr_themes.evaluating.evaluation import Average, Evaluation, ThemeResult
from scr_themes.evaluating.metrics import evaluate
from scr_themes.evaluating.splits import MultilabelStratifiedGroupKFold

__all__ = [
    "Agreement",
    "Average",
    "CodeAgreement",
    "Evaluation",
    "MultilabelStratifiedGroupKFold",
    "ThemeResult",
    "agree",
    "cross_validate",
    "evaluate",
]
