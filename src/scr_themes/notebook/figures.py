"""Evaluations, agreement and summaries in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scr_themes.notebook.markup import count, framed, heading, line, more, short, table

if TYPE_CHECKING:
    from scr_themes.writing.summary import Summary

_ROWS = 200


def evaluation_html(compared: str, lines: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """Show an evaluation's figures, a line a theme and an average."""
    return framed(heading(compared), _lines(lines), *(line(short(note, 2000)) for note in notes))


def agreement_html(compared: str, lines: Sequence[Sequence[str]]) -> str:
    """Show how far coders agree, a line a theme and one for the roles."""
    return framed(heading(compared), _lines(lines))


def summary_html(summary: Summary) -> str:
    """Show how many documents and passages have each theme, and which stand together."""
    counts = f"{count(summary.n_documents, 'document')}, {count(summary.n_passages, 'passage')}"
    parts = [heading(f"{counts}, {summary.n_tagged:,} tagged")]
    if summary.coders:
        parts.append(line(f"Tagged by {short(', '.join(summary.coders), 300)}", quiet=True))
    if summary.themes:
        shares = (
            (t.theme, t.n_documents, f"{t.n_documents / summary.n_documents:.0%}", t.n_passages)
            for t in summary.themes[:_ROWS]
        )
        header = ("theme", "documents", "share of documents", "passages")
        parts.append(table(header, shares, figures=(1, 2, 3)))
        parts.append(more(len(summary.themes) - _ROWS, "theme", "themes"))
    if summary.together:
        pairs = ((t.first, t.second, t.n_passages, t.n_documents) for t in summary.together[:10])
        header = ("theme", "together with", "passages", "documents")
        parts.append(table(header, pairs, figures=(2, 3)))
        parts.append(more(len(summary.together) - 10, "pair", "pairs"))
    return framed(*parts)


def _lines(lines: Sequence[Sequence[str]]) -> str:
    """Return a text table's lines, the first its header, as HTML."""
    header, *rows = lines
    shown = table(header, rows[:_ROWS], figures=range(1, len(header)))
    return shown + more(len(rows) - _ROWS, "line", "lines")
