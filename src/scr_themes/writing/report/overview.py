"""The first screen of the report: what there is, ranked, with a table behind each chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scr_themes.writing.report.charts import Bar, bars
from scr_themes.writing.report.markup import counted, escaped, folded, isolated, table
from scr_themes.writing.report.passages import Entry, role_title
from scr_themes.writing.report.years import by_year
from scr_themes.writing.settings import Settings
from scr_themes.writing.summary import Summary, Together

_PAIRS = 10  # shown in the chart; the table has them all


def overview(
    summary: Summary, settings: Settings, classes: Mapping[str, int], entries: list[Entry]
) -> Iterator[str]:
    """Yield the sections of the overview.

    Parameters
    ----------
    summary : Summary
        The counts.
    settings : Settings
        Titles and definitions.
    classes : mapping of str to int
        The number of each theme in the markup, for links that filter by it.
    entries : list of Entry
        The documents.
    """
    yield '<section id="overview" aria-labelledby="overview-h"><h2 id="overview-h">Overview</h2>'
    yield '<div class="grid">'
    yield from _themes(summary, settings, classes)
    yield '<div class="stack">'
    yield from _roles(summary, settings)
    yield from _together(summary, settings)
    yield "</div></div>"
    yield from by_year(summary, settings, len(entries))
    yield "</section>"
    if len(entries) > 1:
        yield '<section aria-labelledby="list-h"><h2 id="list-h">Documents</h2>'
        yield folded(
            f"List of the {counted(len(entries), 'document')}",
            _documents(entries),
            kind="list paper",
        )
        yield "</section>"


def _themes(summary: Summary, settings: Settings, classes: Mapping[str, int]) -> Iterator[str]:
    yield '<section class="card"><h3>Themes</h3>'
    if not summary.themes:
        yield "<p>No passage has a tag.</p></section>"
        return
    several = summary.n_documents > 1
    total = counted(summary.n_documents, "document")
    if several:
        yield f"<p>How many of the {total} have at least one passage with the theme.</p>"
    else:
        yield "<p>How many passages have the theme.</p>"
    most = max(theme.n_passages for theme in summary.themes)
    rows = []
    for theme in summary.themes:
        share = theme.n_documents / summary.n_documents
        rows.append(
            Bar(
                label=settings.title(theme.theme),
                value=_share(theme.n_documents, summary.n_documents)
                if several
                else f"{theme.n_passages:,}",
                share=share if several else theme.n_passages / most,
            )
        )
    title = f"Themes by {'documents' if several else 'passages'}"
    yield bars("themes", title, "; ".join(f"{bar.label}: {bar.value}" for bar in rows), rows)
    cells = [
        (
            f'<a href="#passages" data-theme="{classes[theme.theme]}">'
            f"{escaped(settings.title(theme.theme))}</a>",
            f"{theme.n_documents:,}",
            f"{theme.n_documents / summary.n_documents:.0%}",
            f"{theme.n_passages:,}",
        )
        for theme in summary.themes
    ]
    heads = ("Theme", "Documents", "Share", "Passages")
    yield folded("Themes as a table, each with its passages", table(title, heads, cells))
    defined = _definitions(summary, settings)
    if defined:
        yield folded("What each theme means", f"<dl>{defined}</dl>")
    yield "</section>"


def _definitions(summary: Summary, settings: Settings) -> str:
    if settings.codebook is None:
        return ""
    met = {theme.theme for theme in summary.themes}
    return "".join(
        f"<dt>{escaped(theme.title)}</dt><dd>{escaped(theme.definition)}</dd>"
        for theme in settings.codebook.themes
        if theme.id in met and theme.definition
    )


def _roles(summary: Summary, settings: Settings) -> Iterator[str]:
    if not summary.roles:
        return
    yield '<section class="card"><h3>Roles</h3>'
    yield "<p>What passages do in their document; the strong part of a bar has tags.</p>"
    most = max(role.n_passages for role in summary.roles)
    rows = [
        Bar(
            label=role_title(settings.codebook, role.role),
            value=f"{role.n_tagged:,} of {role.n_passages:,} tagged",
            share=role.n_passages / most,
            filled=role.n_tagged / most,
        )
        for role in summary.roles
    ]
    title = "Roles of passages"
    yield bars("roles", title, "; ".join(f"{bar.label}: {bar.value}" for bar in rows), rows)
    cells = [
        (escaped(bar.label), f"{role.n_passages:,}", f"{role.n_tagged:,}")
        for bar, role in zip(rows, summary.roles, strict=True)
    ]
    yield folded("Roles as a table", table(title, ("Role", "Passages", "Tagged"), cells))
    yield "</section>"


def _together(summary: Summary, settings: Settings) -> Iterator[str]:
    yield '<section class="card">'
    yield "<h3>Themes that occur together</h3>"
    if not summary.together:
        yield "<p>No passage has two themes.</p></section>"
        return
    shown = summary.together[:_PAIRS]
    rest = len(summary.together) - len(shown)
    also = f" The {len(shown)} pairs of most passages; the table has {rest} more." if rest else ""
    yield f"<p>Passages that have both themes.{also}</p>"
    most = shown[0].n_passages
    rows = [
        Bar(
            label=_pair(pair, settings),
            value=f"{pair.n_passages:,}",
            share=pair.n_passages / most,
        )
        for pair in shown
    ]
    title = "Themes on the same passage"
    yield bars("together", title, "; ".join(f"{bar.label}: {bar.value}" for bar in rows), rows)
    cells = [
        (escaped(_pair(pair, settings)), f"{pair.n_passages:,}", f"{pair.n_documents:,}")
        for pair in summary.together
    ]
    heads = ("Themes", "Passages", "Documents")
    yield folded("Themes that occur together as a table", table(title, heads, cells))
    yield "</section>"


def _pair(pair: Together, settings: Settings) -> str:
    return f"{settings.title(pair.first)} + {settings.title(pair.second)}"


def _share(n: int, total: int) -> str:
    return f"{n:,} of {total:,} ({n / total:.0%})"


def _documents(entries: list[Entry]) -> str:
    cells = [
        (
            f'<a href="#d{entry.number}">{isolated(entry.title)}</a>',
            isolated(entry.file),
            str(entry.year or "not known"),
            f"{entry.n_passages:,}",
            f"{entry.n_tagged:,}",
        )
        for entry in entries
    ]
    return table(
        "The documents in order", ("Title", "File", "Published", "Passages", "Tagged"), cells
    )
