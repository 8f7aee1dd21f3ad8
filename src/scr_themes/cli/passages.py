"""Passages on a terminal, one under another."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scr_themes.documents import Passage
    from scr_themes.evaluating import Difference, Suggestion

_WIDEST = 100  # columns; longer lines are hard to follow
_LONGEST = 600  # characters of a passage


def show_difference(found: Difference, number: int) -> str:
    """Return a passage on which coders differ, with what each of them gave."""
    given = {
        coder: "not coded" if themes is None else ", ".join(themes) or "none"
        for coder, themes in found.themes.items()
    }
    given |= {coder: f"{given[coder]} ({role})" for coder, role in found.roles.items() if role}
    given["differ on"] = ", ".join(
        f"{theme} ({found.probabilities[theme]:.2f})" if theme in found.probabilities else theme
        for theme in found.disagreed
    )
    width = max(map(len, given))
    lines = [*_head(number, found.document, found.passage)]
    for name, words in given.items():
        lines += _wrapped(words, f"   {name:{width}}  ")
    return "\n".join(lines)


def show_suggestion(found: Suggestion, number: int, document: str, passage: Passage) -> str:
    """Return a passage to code by hand, with why."""
    return "\n".join([*_head(number, document, passage), f"   {found.reason}"])


def _head(number: int, document: str | None, passage: Passage) -> list[str]:
    where = [document or "", f"page {passage.page}" if passage.page is not None else ""]
    where.append(f"paragraph {passage.paragraph}" if passage.paragraph else "")
    text = textwrap.shorten(passage.text, _LONGEST, placeholder=" ...")
    place = f"{number}. {', '.join(part for part in where if part)}".rstrip()
    return [place, *_wrapped(text, "   ")]


def _wrapped(text: str, indent: str) -> list[str]:
    """Return lines of a text: what it is indented with on the first, blanks on the others."""
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), len(indent) + 40)
    blanks = " " * len(indent)
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=blanks)
