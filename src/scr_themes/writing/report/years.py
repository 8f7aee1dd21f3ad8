"""Themes by year: a small chart for each, of the share of the year's documents that report it."""

from __future__ import annotations

from collections.abc import Iterator

from scr_themes.writing.report.charts import columns
from scr_themes.writing.report.markup import counted, escaped, folded, table
from scr_themes.writing.settings import Settings
from scr_themes.writing.summary import Summary, YearCount


def by_year(summary: Summary, settings: Settings, n_documents: int) -> Iterator[str]:
    """Yield the section on years; nothing where there is one document, or no tag."""
    if n_documents < 2 or not summary.themes:
        return
    yield '<section class="card"><h3>By year</h3>'
    yield f"<p>{_introduction(summary)}</p>"
    if len(summary.years) > 1:
        yield from _charts(summary, settings)
    yield "</section>"


def _introduction(summary: Summary) -> str:
    known = sum(year.n_documents for year in summary.years)
    if not known:
        return "No document says plainly when it was published: title, file name or front page."
    unknown = summary.n_documents - known
    rest = f" {counted(unknown, 'document')} of no known year left out." if unknown else ""
    if len(summary.years) == 1:
        return f"All documents whose year is known were published in {summary.years[0].year}.{rest}"
    fewest = min(year.n_documents for year in summary.years)
    most = max(year.n_documents for year in summary.years)
    each = f"{fewest} to {most}" if fewest < most else str(most)
    return (
        f"The share of each year's documents that report the theme, from none to all; {each} "
        f"documents a year, so one document more or less moves a column.{rest}"
    )


def _charts(summary: Summary, settings: Settings) -> Iterator[str]:
    by_number = {year.year: year for year in summary.years}
    first, last = min(by_number), max(by_number)
    span = [by_number.get(number) for number in range(first, last + 1)]
    yield '<div class="years">'
    for place, theme in enumerate(summary.themes):
        title = settings.title(theme.theme)
        shares = [_share(year, theme.theme) for year in span]
        said = "; ".join(f"{year.year}: {_of(year, theme.theme)}" for year in summary.years)
        yield f"<figure><figcaption>{escaped(title)}</figcaption>"
        yield columns(f"year-{place}", f"{title} by year", said, shares)
        yield f'<p class="ends"><span>{first}</span><span>{last}</span></p></figure>'
    yield "</div>"
    heads = ("Theme", *(f"{year.year}" for year in summary.years))
    rows = [("All documents", *(f"{year.n_documents:,}" for year in summary.years))]
    rows += [
        (
            escaped(settings.title(theme.theme)),
            *(f"{year.themes.get(theme.theme, 0):,}" for year in summary.years),
        )
        for theme in summary.themes
    ]
    shown = table("Documents that report each theme, by year of publication", heads, rows)
    yield folded("Years as a table", shown, kind="paper")


def _share(year: YearCount | None, theme: str) -> float | None:
    return None if year is None else year.themes.get(theme, 0) / year.n_documents


def _of(year: YearCount, theme: str) -> str:
    return f"{year.themes.get(theme, 0)} of {year.n_documents}"
