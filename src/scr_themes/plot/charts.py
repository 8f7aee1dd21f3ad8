"""The charts: what is counted, and how it is laid out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from scr_themes.documents import TaggedDocument
from scr_themes.plot.drawing import (
    DARK,
    LIGHT,
    bars,
    cells,
    head,
    new_axes,
    share_of,
    titled,
    whole_numbers,
)
from scr_themes.writing.summary import Summary, summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from scr_themes.codebook import Codebook
    from scr_themes.evaluating import Evaluation

Counted: TypeAlias = Summary | TaggedDocument | Iterable[TaggedDocument]


def themes(
    tagged: Counted, *, codebook: Codebook | None = None, limit: int = 20, ax: Axes | None = None
) -> Axes:
    """Draw how many documents have each theme, those of most documents on top.

    Of a single document: how many of its passages.

    Parameters
    ----------
    tagged : Summary, TaggedDocument or iterable of TaggedDocument
        What to count; :class:`scr_themes.Codings` are such an iterable.
    codebook : Codebook, optional
        Where titles come from; without it, ids are shown.
    limit : int, default 20
        Themes drawn.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from scr_themes import Document, Passage, Tag, TaggedDocument, TaggedPassage
    >>> passage = Passage(text="Nobody asked her.", end=17)
    >>> tag = Tag("child_voice", 0.9, (0, 17))
    >>> tagged = TaggedPassage(passage=passage, role="finding", role_probability=0.8, tags=(tag,),
    ...                        candidates=(tag,))
    >>> document = Document(path="a.txt", title="A", text=passage.text, passages=(passage,))
    >>> ax = themes([TaggedDocument(document=document, passages=(tagged,), coder="Ann")])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['child_voice']
    """
    summary = _summary(tagged)
    shown = summary.themes[:limit]
    ax = new_axes(ax, 7.5, 1.2 + 0.32 * len(shown))
    names = titled(codebook.themes if codebook else (), [found.theme for found in shown])
    if summary.n_documents == 1:
        counts = [found.n_passages for found in shown]
        bars(ax, names, counts, [f"{n}" for n in counts], color=DARK)
        head(ax, "Passages that report each theme", x="Passages")
        if shown:
            whole_numbers(ax.xaxis)
        return ax
    shares = [100 * found.n_documents / summary.n_documents for found in shown]
    bars(ax, names, shares, [f"{found.n_documents}" for found in shown], color=DARK)
    head(ax, "Documents that report each theme", x=share_of(summary.n_documents))
    ax.set_xlim(0, 100)
    return ax


def years(
    tagged: Counted, *, codebook: Codebook | None = None, limit: int = 20, ax: Axes | None = None
) -> Axes:
    """Draw the share of each year's documents that have each theme.

    Only documents whose year is known count: see :func:`scr_themes.writing.summary.year_of`. The
    number of them stands under the year, and the number that have the theme in the cell.
    Parameters, returns and errors are those of :func:`themes`.
    """
    summary = _summary(tagged)
    known = {found.year: found for found in summary.years}
    span = range(min(known), max(known) + 1) if known else range(0)
    # Years of which there is no document stand between the others as gaps, unless there are many.
    columns = list(span) if len(span) <= 30 else sorted(known)
    rows = [found.theme for found in summary.themes][:limit]
    counts = [
        [known[year].themes.get(theme, 0) if year in known else None for year in columns]
        for theme in rows
    ]
    sizes = [known[year].n_documents if year in known else 0 for year in columns]
    ax = new_axes(ax, 4 + 0.5 * len(columns), 1.8 + 0.32 * len(rows))
    names = titled(codebook.themes if codebook else (), rows)
    below = [f"{year}\n({n})" for year, n in zip(columns, sizes, strict=True)]
    shares = [
        [None if n is None else 100 * n / size for n, size in zip(row, sizes, strict=True)]
        for row in counts
    ]
    head(ax, "Documents that report each theme, by year", x="Year (documents)")
    cells(ax, names, below, shares, counts, label="Share of the year's documents (%)", top=100)
    return ax


def together(
    tagged: Counted, *, codebook: Codebook | None = None, limit: int = 12, ax: Axes | None = None
) -> Axes:
    """Draw how many passages have both of two themes, for the themes most often together.

    Parameters, returns and errors are those of :func:`themes`.
    """
    summary = _summary(tagged)
    pairs = {frozenset((pair.first, pair.second)): pair.n_passages for pair in summary.together}
    often: dict[str, int] = {}
    for pair, n in pairs.items():
        for theme in pair:
            often[theme] = often.get(theme, 0) + n
    chosen = sorted(often, key=lambda theme: (-often[theme], theme))[:limit]
    # Below the diagonal only: the other half says the same again.
    counts = [
        [pairs.get(frozenset((one, other)), 0) if j < i else None for j, other in
         enumerate(chosen[:-1])]
        for i, one in enumerate(chosen)
    ][1:]  # fmt: skip
    ax = new_axes(ax, 4.5 + 0.5 * len(chosen), 3.2 + 0.36 * len(chosen))
    entries = codebook.themes if codebook else ()
    rows, columns = titled(entries, chosen[1:]), titled(entries, chosen[:-1], width=60)
    head(ax, "Themes that stand on one passage")
    cells(ax, rows, columns, counts, counts, label="Passages", gap="none")
    ax.tick_params(axis="x", rotation=45)
    for label in ax.get_xticklabels():
        label.set(ha="right", rotation_mode="anchor")
    return ax


def roles(tagged: Counted, *, codebook: Codebook | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many passages have each role, and how many of those have a theme.

    Parameters, returns and errors are those of :func:`themes`.
    """
    found = _summary(tagged).roles
    ax = new_axes(ax, 7.5, 1.6 + 0.36 * len(found))
    names = titled(codebook.roles if codebook else (), [count.role for count in found])
    rest = [count.n_passages - count.n_tagged for count in found]
    with_theme = [count.n_tagged for count in found]
    head(ax, "What passages do", x="Passages")
    bars(ax, names, with_theme, [], color=DARK, label="with a theme")
    if found:
        totals = [f"{count.n_tagged} of {count.n_passages}" for count in found]
        bars(ax, names, rest, totals, color=LIGHT, label="without", left=with_theme)
        whole_numbers(ax.xaxis)
        ax.legend(frameon=False, loc="lower right")
        ax.margins(x=0.15)  # room for the numbers
    return ax


def reliability(evaluation: Evaluation, *, ax: Axes | None = None) -> Axes:
    """Draw how true probabilities are: of what is given 0.8, 8 in 10 should have the theme.

    Parameters
    ----------
    evaluation : Evaluation
        Its ``calibration`` is drawn: a point a bin, larger where more (passage, theme) pairs are,
        with their number. Below the diagonal, probabilities are too high; above, too low.
    ax : matplotlib.axes.Axes, optional
        As in :func:`themes`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    bins = evaluation.calibration
    ax = new_axes(ax, 5, 5)
    ax.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1)
    x, y = [found.probability for found in bins], [found.share for found in bins]
    ax.plot(x, y, color=DARK, linewidth=1)
    most = max((found.n for found in bins), default=1)
    ax.scatter(x, y, [20 + 180 * found.n / most for found in bins], color=DARK, zorder=3)
    for found in bins:
        # Towards the middle of the chart, where there is room.
        right = found.probability < 0.5
        ax.annotate(
            f"{found.n:,}", (found.probability, found.share), fontsize="small",
            xytext=(9 if right else -9, 0), textcoords="offset points",
            ha="left" if right else "right", va="center",
        )  # fmt: skip
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    title = f"Calibration (expected calibration error {evaluation.ece:.3f})"
    head(ax, title, x="Mean probability given", y="Share that has the theme")
    return ax


def _summary(tagged: Counted) -> Summary:
    if isinstance(tagged, Summary):
        return tagged
    return summarise([tagged] if isinstance(tagged, TaggedDocument) else tagged)
