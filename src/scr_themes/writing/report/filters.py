"""The form above the passages; the script reads it, and shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scr_themes.writing.report.markup import escaped
from scr_themes.writing.report.passages import Entry, role_title
from scr_themes.writing.settings import Settings
from scr_themes.writing.summary import Summary


def filters(
    summary: Summary,
    settings: Settings,
    themes: Mapping[str, int],
    roles: Mapping[str, int],
    entries: list[Entry],
) -> str:
    """Return the form; a filter with nothing to choose is left out.

    Parameters
    ----------
    summary : Summary
        How often each theme and role occurs.
    settings : Settings
        Titles.
    themes, roles : mapping of str to int
        The numbers that stand for them in the markup.
    entries : list of Entry
        The documents.
    """
    parts = [
        '<label for="f-words">Words</label>'
        '<input type="search" id="f-words" aria-describedby="f-words-hint" spellcheck="false">'
        '<p class="hint" id="f-words-hint">All of them, in any order. '
        "Put &quot;a phrase&quot; in quotation marks.</p>",
        _choice(
            "theme",
            "Theme",
            "All themes",
            (
                (themes[theme.theme], f"{settings.title(theme.theme)} ({theme.n_passages:,})")
                for theme in summary.themes
            ),
        ),
    ]
    if any(entry.by_program for entry in entries):
        parts.append(
            '<label for="f-least">Probability, at least</label>'
            '<input type="range" id="f-least" min="0" max="95" step="5" value="0"'
            ' aria-describedby="f-least-hint">'
            '<output class="hint" id="f-least-hint" for="f-least">any</output>'
        )
    if summary.roles:
        parts.append(
            _choice(
                "role",
                "Role",
                "All roles",
                (
                    (
                        roles[role.role],
                        f"{role_title(settings.codebook, role.role)} ({role.n_passages:,})",
                    )
                    for role in summary.roles
                ),
            )
        )
    if len(entries) > 1:
        choices = ((entry.number, f"{entry.number}. {_named(entry)}") for entry in entries)
        parts.append(_choice("document", "Document", "All documents", choices))
    parts.append(
        '<label class="tick" for="f-tagged"><input type="checkbox" id="f-tagged" checked>'
        " Only passages with tags</label>"
        '<button type="reset">Clear the filters</button>'
    )
    return (
        '<form id="filters" class="controls" role="search" aria-label="Filter the passages" '
        f'autocomplete="off">{"".join(parts)}</form>'
    )


def _named(entry: Entry) -> str:
    return f"{entry.title} ({entry.file})" if entry.file else entry.title


def _choice(name: str, label: str, everything: str, options: Iterable[tuple[int, str]]) -> str:
    listed = "".join(f'<option value="{value}">{escaped(text)}</option>' for value, text in options)
    return (
        f'<label for="f-{name}">{label}</label><select id="f-{name}">'
        f'<option value="">{everything}</option>{listed}</select>'
    )
