"""Colours for codes, for programs that show each in its own."""

from __future__ import annotations

import colorsys

_GOLDEN = 0.61803398875  # of a turn between two hues: neighbours differ, however many there are


def colour(place: int, lightness: float) -> str:
    """Return the colour of a place in a list, as ``#rrggbb``.

    Examples
    --------
    >>> colour(0, 0.42)
    '#b12525'
    """
    parts = colorsys.hls_to_rgb(place * _GOLDEN % 1, lightness, 0.65)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
