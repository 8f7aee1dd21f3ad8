"""Passages that coders differ on, or that a model suggests, as rows of a worksheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from scr_themes.documents import Passage
from scr_themes.evaluating.differing import Difference
from scr_themes.evaluating.naming import file_name
from scr_themes.evaluating.suggesting import Suggestion
from scr_themes.writing.worksheet import SheetRow


def to_settle(differences: Sequence[Difference]) -> list[SheetRow]:
    """Return differences as rows to settle them in.

    Parameters
    ----------
    differences : sequence of Difference
        As :func:`~scr_themes.evaluating.differences` lists them.

    Returns
    -------
    list of SheetRow
        For :func:`scr_themes.writing.worksheet.write_worksheet`. Coders who gave no role to any of
        them have no column for it.
    """
    short = _short_names(found.document or "" for found in differences)
    with_roles = {
        coder for found in differences for coder, role in found.roles.items() if role is not None
    }
    return [
        SheetRow(
            # Words that are their own key need no id.
            id="" if found.key == found.passage.text else found.key,
            document=short[found.document or ""],
            passage=found.passage,
            themes=found.themes,
            roles={coder: role for coder, role in found.roles.items() if coder in with_roles},
            probabilities=found.probabilities,
        )
        for found in differences
    ]


def to_code(
    passages: Sequence[tuple[str, Passage]], suggestions: Sequence[Suggestion]
) -> list[SheetRow]:
    """Return suggested passages as rows to code them in.

    Parameters
    ----------
    passages : sequence of (str, Passage)
        Document and passage, for each text that was given to
        :func:`~scr_themes.evaluating.suggest`.
    suggestions : sequence of Suggestion
        What it picked.

    Returns
    -------
    list of SheetRow
        For :func:`scr_themes.writing.worksheet.write_worksheet`.
    """
    rows = []
    short = _short_names(passages[found.index][0] for found in suggestions)
    for found in suggestions:
        document, passage = passages[found.index]
        rows.append(
            SheetRow(
                id=f"{document}#{passage.start}",
                document=short[document],
                passage=passage,
                probabilities=found.probabilities,
            )
        )
    return rows


def _short_names(documents: Iterable[str]) -> dict[str, str]:
    """Name documents without their folders, where that tells them apart."""
    names = dict.fromkeys(documents)
    files = {name: re.split(r"[/\\]", name)[-1] for name in names}
    times = Counter(map(file_name, names))
    return {name: file if times[file_name(name)] == 1 else name for name, file in files.items()}
