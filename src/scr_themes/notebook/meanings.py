"""Codebooks and their entries in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scr_themes.notebook.markup import count, framed, heading, line, more, plain, short, table

if TYPE_CHECKING:
    from scr_themes.codebook import Codebook, Role, Theme

_LISTED = 30
_LONGEST = 500
_PARTS = {
    "counts": "What counts",
    "excludes": "What does not",
    "examples": "Examples",
    "counter_examples": "Counter-examples",
}


def codebook_html(codebook: Codebook) -> str:
    """Show what each theme and role means."""
    themes, roles = codebook.themes, codebook.roles
    holds = f"{count(len(themes), 'theme')}, {count(len(roles), 'role')}"
    parts = [heading(f"{short(codebook.name, 200)}, version {short(codebook.version, 40)}")]
    parts.append(line(holds))
    parts.append(_entries("theme", themes))
    if roles:
        parts.append(_entries("role", roles))
    if codebook.rules:
        parts.append(f"<details><summary>Rules</summary>{_list(codebook.rules)}</details>")
    return framed(*parts)


def entry_html(entry: Theme | Role) -> str:
    """Show a theme or role: what counts, what does not, and examples."""
    core = " (core)" if getattr(entry, "core", False) else ""
    parts = [heading(entry.title), line(f"{entry.id}{core}", quiet=True)]
    parts.append(line(short(entry.definition, 2000)))
    for name, title in _PARTS.items():
        items = getattr(entry, name, ())
        if items:
            parts += [line(title, quiet=True), _list(items)]
    return framed(*parts)


def _entries(what: str, entries: Sequence[Theme | Role]) -> str:
    rows = (
        (e.id, e.title + (" (core)" if getattr(e, "core", False) else ""), short(e.definition, 300))
        for e in entries[: 2 * _LISTED]
    )
    shown = table((what, "title", "definition"), rows)
    return shown + more(len(entries) - 2 * _LISTED, what, f"{what}s")


def _list(items: Sequence[str]) -> str:
    drawn = (f'<li dir="auto">{plain(short(item, _LONGEST))}</li>' for item in items[:_LISTED])
    left = more(len(items) - _LISTED, "entry", "entries")
    return f"<ul>{''.join(drawn)}</ul>{left}"
