"""What the charts are drawn with: axes, titles, bars, and cells that are the darker the more."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from scr_themes.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DARK, LIGHT = "#08519c", "#9ecae1"  # two blues of one hue, far apart in grey as well
_SHADES = "Blues"
_NO_DATA = "#dddddd"
_LONGEST = 36  # characters of a title on one line


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes given, or those of a new figure of so many inches."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise MissingExtraError("matplotlib", "plot") from error
    new: Axes = pyplot.subplots(figsize=(width, height), layout="constrained")[1]
    return new


def titled(entries: Sequence[Any], ids: Sequence[str], width: int = _LONGEST) -> list[str]:
    """Return the titles that a codebook's entries give to ids, folded; ids where it has none."""
    known = {entry.id: entry.title for entry in entries}
    return [fill(known.get(one, one), width) for one in ids]


def share_of(n: int) -> str:
    """Return what the axis of shares is called."""
    return f"Share of {n:,} document{'' if n == 1 else 's'} (%)"


def head(ax: Axes, title: str, x: str = "", y: str = "") -> None:
    """Write the titles, and leave the frame open above and to the right."""
    ax.set_title(title, loc="left")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.spines[["top", "right"]].set_visible(False)


def bars(
    ax: Axes, names: Sequence[str], lengths: Sequence[float], numbers: Sequence[str], **how: Any
) -> None:
    """Draw a bar for each name, the first on top, with a number after it."""
    if not names:
        _nothing(ax)
        return
    drawn = ax.barh(range(len(names)), lengths, height=0.7, **how)
    if numbers:
        ax.bar_label(drawn, numbers, padding=3, fontsize="small")
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)


def cells(
    ax: Axes,
    rows: Sequence[str],
    columns: Sequence[str],
    shades: Sequence[Sequence[float | None]],
    numbers: Sequence[Sequence[int | None]],
    *,
    label: str,
    top: float | None = None,
    gap: str = _NO_DATA,
) -> None:
    """Draw a table of cells, the darker the higher, with their numbers.

    ``top`` is the value of the darkest, by default the highest there is; ``gap`` is the colour of
    cells that are None.
    """
    if not rows or not columns:
        _nothing(ax)
        return
    values = [[float("nan") if shade is None else shade for shade in row] for row in shades]
    if top is None:
        top = max(shade for row in shades for shade in row if shade is not None)
    mesh = ax.pcolormesh(values, cmap=_SHADES, vmin=0, vmax=top, edgecolors="white", linewidth=1)
    ax.set_facecolor(gap)
    for i, row in enumerate(numbers):
        for j, n in enumerate(row):
            if n:
                colour = "white" if values[i][j] > 0.6 * top else "black"
                ax.text(j + 0.5, i + 0.5, str(n), ha="center", va="center", color=colour,
                        fontsize="small")  # fmt: skip
    ax.set_xticks([j + 0.5 for j in range(len(columns))], columns, parse_math=False)
    ax.set_yticks([i + 0.5 for i in range(len(rows))], rows, parse_math=False)
    ax.set_ylim(len(rows), 0)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(mesh, ax=ax, label=label, shrink=0.6, pad=0.02)
    bar.outline.set_visible(False)
    whole_numbers(bar.ax.yaxis)


def whole_numbers(axis: Any) -> None:
    """Put no ticks between whole numbers: there are no half passages."""
    axis.get_major_locator().set_params(integer=True)


def _nothing(ax: Axes) -> None:
    ax.text(0.5, 0.5, "Nothing to show", ha="center", va="center", transform=ax.transAxes)
    ax.set(xticks=[], yticks=[])
