"""Places in a text counted in UTF-16 code units, as JavaScript, Java and .NET programs count."""

from __future__ import annotations

from bisect import bisect_left


class Utf16Offsets:
    r"""Converts offsets into one text between code points and UTF-16 code units.

    Characters beyond U+FFFF, such as emoji, are one code point and two code units; all others,
    lone surrogates too, are one of each.

    Parameters
    ----------
    text : str
        The text that the offsets point into.

    Examples
    --------
    >>> offsets = Utf16Offsets("👩 left")
    >>> offsets.units(2), offsets.points(3), offsets.length
    (3, 2, 7)
    """

    def __init__(self, text: str) -> None:
        far = () if text.isascii() else (i for i, sign in enumerate(text) if sign > "\uffff")
        self._far = list(far)
        self._far_units = [place + n for n, place in enumerate(self._far)]
        self.length = len(text) + len(self._far)  # of the text, in code units

    def units(self, points: int) -> int:
        """Return an offset in UTF-16 code units, given one in code points."""
        return points + bisect_left(self._far, points)

    def points(self, units: int) -> int:
        """Return an offset in code points, given one in UTF-16 code units.

        One that falls between the two units of a character counts as in front of it.
        """
        before = bisect_left(self._far_units, units)
        if before and units == self._far_units[before - 1] + 1:
            return self._far[before - 1]
        return units - before
