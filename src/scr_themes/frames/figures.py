"""Evaluations, agreement and summaries as data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scr_themes.frames.building import Columns, Library, Row, frame, one_of

if TYPE_CHECKING:
    from scr_themes.evaluating import Agreement, Evaluation
    from scr_themes.writing.summary import Summary


def evaluation_frame(evaluation: Evaluation, rows: str, library: Library | None) -> Any:
    """Make the frame of :meth:`scr_themes.Evaluation.to_frame`."""
    one_of("rows", rows, ("themes", "averages", "roles"))
    columns: Columns
    each: Iterable[Row]
    if rows == "roles":
        columns = {"true": "text", "predicted": "text", "n_passages": "whole"}
        confusion = evaluation.role_confusion or {}
        each = ((t, p, n) for t, row in confusion.items() for p, n in row.items())
    elif rows == "averages":
        named = {"micro": evaluation.micro, "macro": evaluation.macro}
        if evaluation.core_micro is not None and evaluation.core_macro is not None:
            named |= {"core micro": evaluation.core_micro, "core macro": evaluation.core_macro}
        columns = {"average": "text", **_figure_columns(evaluation.macro)}
        each = ((name, *_figures(average)) for name, average in named.items())
    else:
        columns = {"theme": "text", "core": "yes or no", **_figure_columns(evaluation.themes[0])}
        columns |= {"support": "whole", "n_predicted": "whole"}
        each = (
            (r.theme, r.theme in evaluation.core, *_figures(r), r.support, r.n_predicted)
            for r in evaluation.themes
        )
    return frame(columns, each, library)


def agreement_frame(agreement: Agreement, library: Library | None) -> Any:
    """Make the frame of :meth:`scr_themes.Agreement.to_frame`."""
    given: Columns = {f"n_given: {coder}": "whole" for coder in agreement.coders}
    figures = _figure_columns(agreement.themes[0])
    columns: Columns = {"code": "text", "kind": "text", **figures, **given}
    none = [None] * len(given)
    each = [(found.code, "theme", *_figures(found), *found.n_given) for found in agreement.themes]
    if agreement.role is not None:
        each.append((agreement.role.code, "role", *_figures(agreement.role), *none))
    return frame(columns, each, library)


def summary_frame(summary: Summary, rows: str, library: Library | None) -> Any:
    """Make the frame of ``Summary.to_frame``."""
    one_of("rows", rows, ("themes", "together", "roles", "years"))
    columns: Columns
    each: Iterable[Row]
    if rows == "together":
        columns = {"first": "text", "second": "text", "n_documents": "whole", "n_passages": "whole"}
        each = ((t.first, t.second, t.n_documents, t.n_passages) for t in summary.together)
    elif rows == "roles":
        columns = {"role": "text", "n_passages": "whole", "n_tagged": "whole"}
        each = ((r.role or None, r.n_passages, r.n_tagged) for r in summary.roles)
    elif rows == "years":
        columns = {"year": "whole", "theme": "text", "n_documents": "whole", "share": "number"}
        each = (
            (y.year, theme, n, n / y.n_documents) for y in summary.years for theme, n in
            y.themes.items()
        )  # fmt: skip
    else:
        columns = {"theme": "text", "n_documents": "whole", "share": "number"}
        columns |= {"n_passages": "whole"}
        each = (
            (t.theme, t.n_documents, t.n_documents / summary.n_documents, t.n_passages)
            for t in summary.themes
        )
    return frame(columns, each, library)


def _figure_columns(result: Any) -> Columns:
    """Return the columns of a result's figures, each with the ends of its interval."""
    return {f"{name}{end}": "number" for name in result.intervals for end in ("", "_low", "_high")}


def _figures(result: Any) -> Iterator[float]:
    for name, ends in result.intervals.items():
        yield from (getattr(result, name), *ends)
