"""Charts as SVG within the page: no script draws them, and they take its colours."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from scr_themes.writing.report.markup import escaped

_LINE = 19  # pixels of a line of a label
_BAR = 8
_GAP = 12
_LABEL = 42  # characters that fit a label's line on a telephone
_DIGIT = 7.6  # pixels of a character of a value
_ROOMS = (56, 96, 136, 176)  # pixels kept for values; the style has a class for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with its label above and its value behind it.

    Attributes
    ----------
    label, value : str
        Plain text.
    share : float
        How much of the room it fills, from 0 to 1.
    filled : float or None
        How much of the room its darker part fills; None for all of it.
    """

    label: str
    value: str
    share: float
    filled: float | None = None


def bars(name: str, title: str, description: str, rows: Sequence[Bar]) -> str:
    """Draw bars under one another, as wide as their room.

    Parameters
    ----------
    name : str
        An id that nothing else in the page has.
    title, description : str
        What a screen reader says in place of the picture.
    rows : sequence of Bar
        The bars, from above.

    Returns
    -------
    str
        An ``<svg>``. Places along the width are percentages, so that words keep their size; values
        stand to the right of it, where the style leaves room.
    """
    needed = max((len(bar.value) for bar in rows), default=0) * _DIGIT + 10
    room = next((room for room in _ROOMS if room >= needed), _ROOMS[-1])
    drawn: list[str] = []
    y = 0.0
    for bar in rows:
        for line in textwrap.wrap(bar.label, _LABEL) or [""]:
            y += _LINE
            drawn.append(f'<text class="label" x="0" y="{y - 5:g}">{escaped(line)}</text>')
        drawn.append(_rect("track", y, 1))
        drawn.append(_rect("whole" if bar.filled is not None else "bar", y, bar.share))
        if bar.filled is not None:
            drawn.append(_rect("bar", y, bar.filled))
        drawn.append(
            f'<text class="value" x="100%" dx="{room}" y="{y + _BAR + 2:g}">'
            f"{escaped(bar.value)}</text>"
        )
        y += _BAR + _GAP
    opening = f'class="bars room-{room}" height="{y:g}"'
    return _svg(opening, name, title, description, drawn)


def columns(name: str, title: str, description: str, shares: Sequence[float | None]) -> str:
    """Draw columns beside one another, without words.

    Parameters
    ----------
    name, title, description : str
        As for :func:`bars`.
    shares : sequence of float or None
        Heights from 0 to 1; None where nothing is known, which is left empty.
    """
    drawn = [f'<path class="axis" d="M0 39.5H{len(shares) * 10}"/>']
    for place, share in enumerate(shares):
        if share is None:
            continue
        height = max(39 * share, 0.0)
        x = place * 10 + 1
        drawn.append(f'<rect class="room" x="{x}" y="0" width="8" height="39"/>')
        drawn.append(
            f'<rect class="bar" x="{x}" y="{39 - height:.1f}" width="8" height="{height:.1f}"/>'
        )
    box = f"0 0 {max(len(shares), 1) * 10} 40"
    opening = f'class="columns" viewBox="{box}" preserveAspectRatio="none"'
    return _svg(opening, name, title, description, drawn)


def _rect(kind: str, y: float, share: float) -> str:
    return f'<rect class="{kind}" y="{y + 1:g}" width="{share:.2%}" height="{_BAR}" rx="1"/>'


def _svg(opening: str, name: str, title: str, description: str, drawn: Sequence[str]) -> str:
    return (
        f'<svg {opening} role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escaped(title)}</title><desc id="{name}-d">{escaped(description)}'
        f"</desc>{''.join(drawn)}</svg>"
    )
