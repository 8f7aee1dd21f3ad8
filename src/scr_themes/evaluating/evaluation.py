"""What an evaluation found, and how it prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from scr_themes.errors import LabelsError
from scr_themes.evaluating.layout import Interval, aligned, interval, number, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeResult:
    """How well one theme was tagged.

    Attributes
    ----------
    theme : str
        The theme's id.
    precision, recall, f1, average_precision : float
        NaN where no passage truly has the theme. Precision is 0 where the theme was never
        predicted.
    support : int
        Passages that truly have the theme.
    n_predicted : int
        Passages that were given it.
    brier, ece : float
        Brier score and expected calibration error of its probabilities.
    intervals : mapping of str to (float, float)
        Lower and upper end for each of the figures named above, by its name.
    """

    theme: str
    precision: float
    recall: float
    f1: float
    average_precision: float
    support: int
    n_predicted: int
    brier: float
    ece: float
    intervals: Mapping[str, Interval] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """Figures over several themes.

    Attributes
    ----------
    precision, recall, f1, average_precision : float
        NaN where none of the themes has a positive.
    intervals : mapping of str to (float, float)
        Lower and upper end for each of them, by name.
    """

    precision: float
    recall: float
    f1: float
    average_precision: float
    intervals: Mapping[str, Interval] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """The (passage, theme) pairs whose probabilities are near one another.

    Attributes
    ----------
    low, high : float
        The probabilities that belong to it, ``high`` only where it is 1.
    n : int
        How many pairs those are; at least one.
    probability : float
        The mean of their probabilities.
    share : float
        The share of them in which the passage truly has the theme.
    """

    low: float
    high: float
    n: int
    probability: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How accurate a classifier or a second coder is.

    Attributes
    ----------
    themes : tuple of ThemeResult
        One a theme, in column order; ``evaluation["recording"]`` looks one up.
    micro : Average
        Over every (passage, theme) pair alike.
    macro : Average
        Means over the themes that have a positive.
    core_micro, core_macro : Average or None
        The same over the core themes alone.
    brier, ece : float
        Brier score and expected calibration error over every (passage, theme) pair.
    role_accuracy : float or None
        Share of the passages with the right role.
    role_confusion : mapping of str to mapping of str to int, or None
        True role to predicted role to number of passages.
    intervals : mapping of str to (float, float)
        Lower and upper end of ``brier``, ``ece`` and, where there are roles, ``role_accuracy``.
    core : tuple of str
        Ids of the core themes.
    undefined : tuple of str
        Themes that no passage truly has. Their figures are NaN, and the macro means go without.
    n_passages : int
        How many passages were compared.
    n_documents : int or None
        How many documents they come from; None where that was not told.
    confidence : float
        Level of the intervals.
    n_resamples : int
        Bootstrap draws behind them.
    calibration : tuple of CalibrationBin
        The bins of ``ece`` that hold a pair, lowest first; :func:`scr_themes.plot.reliability`
        draws them.
    """

    themes: tuple[ThemeResult, ...]
    micro: Average
    macro: Average
    core_micro: Average | None
    core_macro: Average | None
    brier: float
    ece: float
    role_accuracy: float | None
    role_confusion: Mapping[str, Mapping[str, int]] | None
    intervals: Mapping[str, Interval]
    core: tuple[str, ...]
    undefined: tuple[str, ...]
    n_passages: int
    n_documents: int | None
    confidence: float
    n_resamples: int
    calibration: tuple[CalibrationBin, ...] = ()

    def __getitem__(self, theme: str) -> ThemeResult:
        for result in self.themes:
            if result.theme == theme:
                return result
        known = ", ".join(result.theme for result in self.themes)
        raise LabelsError(repr(theme), "is not among the themes evaluated", f"use one of {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values, with None for NaN."""
        values: dict[str, Any] = plain(asdict(self))
        return values

    def table(self) -> str:
        """Return the figures as an aligned text table, one line a theme and one an average.

        Figures that are undefined, or have no meaning for an average, are shown as ``-``.
        """
        return aligned(self._lines(), rule_before=len(self.themes) + 1)

    def to_frame(
        self,
        *,
        rows: Literal["themes", "averages", "roles"] = "themes",
        library: Literal["pandas", "polars"] | None = None,
    ) -> Any:
        """Return the figures as a data frame of pandas or polars.

        Parameters
        ----------
        rows : {"themes", "averages", "roles"}, default "themes"
            One row a theme, or one an average (micro, macro, and of the core themes), each figure
            with the ends of its interval in ``f1_low`` and ``f1_high`` and so on; or the roles:
            ``true``, ``predicted`` and ``n_passages``, one row a pair.
        library : {"pandas", "polars"}, optional
            As in :func:`scr_themes.to_frame`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            Undefined figures are missing values.

        Examples
        --------
        >>> from scr_themes import evaluate
        >>> found = evaluate([{"recording"}, set()], [[0.9], [0.2]], themes=["recording"])
        >>> list(found.to_frame()["f1"])
        [1.0]
        """
        from scr_themes.frames.figures import evaluation_frame  # noqa: PLC0415 - only if asked for

        return evaluation_frame(self, rows, library)

    def _lines(self) -> list[list[str]]:
        level = f"{100 * self.confidence:g}%"
        header = ["", "precision", "recall", "F1", f"F1 {level} interval", "AP"]
        header += ["Brier", "ECE", "support", "predicted"]
        lines = [header]
        for result in self.themes:
            figures = [number(result.brier, 3), number(result.ece, 3)]
            counts = [str(result.support), str(result.n_predicted)]
            lines.append([result.theme, *_cells(result), *figures, *counts])
        averages: list[tuple[str, Average | None]] = [("micro", self.micro), ("macro", self.macro)]
        averages += [("core micro", self.core_micro), ("core macro", self.core_macro)]
        for name, average in averages:
            if average is not None:
                lines.append([name, *_cells(average), "-", "-", "-", "-"])
        return lines

    def _compared(self) -> str:
        documents = "" if self.n_documents is None else f" of {self.n_documents} documents"
        return f"{self.n_passages} passages{documents}, {len(self.themes)} themes"

    def _notes(self) -> list[str]:
        notes = []
        for name, label in _OVERALL.items():
            value = getattr(self, name)
            if value is not None:
                notes.append(f"{label}: {number(value, 3)} {interval(self.intervals[name], 3)}")
        if self.undefined:
            notes.append(f"No positive, so left out of macro: {', '.join(self.undefined)}")
        return notes

    def __str__(self) -> str:
        return "\n".join([self._compared(), "", self.table(), "", *self._notes()])

    def __repr__(self) -> str:
        f1 = f"{number(self.macro.f1)} {interval(self.macro.intervals['f1'])}"
        return f"<Evaluation: {self._compared()}, macro F1 {f1}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.figures import evaluation_html  # noqa: PLC0415 - notebooks only

        return evaluation_html(self._compared(), self._lines(), self._notes())


_OVERALL = {
    "brier": "Brier score",
    "ece": "Expected calibration error",
    "role_accuracy": "Role accuracy",
}


def _cells(result: ThemeResult | Average) -> list[str]:
    return [
        number(result.precision),
        number(result.recall),
        number(result.f1),
        interval(result.intervals["f1"]),
        number(result.average_precision),
    ]
