"""Probabilities in words and numbers; what the words mean is said once, in the report."""

from __future__ import annotations

WORDS = (
    (90, "very likely"),
    (70, "likely"),
    (50, "more likely than not"),
    (30, "possible"),
    (0, "unlikely"),
)
"""The least percentage of each word, and the word."""


def percentage(probability: float) -> int:
    """Return a probability in whole hundredths; only what is certain is 0 or 100.

    Examples
    --------
    >>> percentage(0.943), percentage(0.9999), percentage(1.0)
    (94, 99, 100)
    """
    if 0 < probability < 1:
        return min(max(round(probability * 100), 1), 99)
    return round(probability * 100)


def word(percent: int) -> str:
    """Return the word for a percentage.

    Examples
    --------
    >>> word(94), word(55)
    ('very likely', 'more likely than not')
    """
    return next(name for least, name in WORDS if percent >= least)


def worded(percent: int) -> str:
    """Return word and number.

    Examples
    --------
    >>> worded(94)
    'very likely 0.94'
    """
    return f"{word(percent)} {percent / 100:.2f}"


def meanings() -> list[tuple[str, str, str]]:
    """Return each word, the numbers it stands for, and what that means.

    Examples
    --------
    >>> meanings()[1]
    ('likely', '0.70 to 0.89', 'about 7 to 9 of 10 such tags')
    """
    above = 101
    rows = []
    for least, name in WORDS:
        most = above - 1
        if most == 100:
            numbers, share = f"{least / 100:.2f} or more", f"at least {least // 10} of 10 such tags"
        elif least == 0:
            numbers = f"below {above / 100:.2f}"
            share = f"fewer than {above // 10} of 10 such tags"
        else:
            numbers = f"{least / 100:.2f} to {most / 100:.2f}"
            share = f"about {least // 10} to {above // 10} of 10 such tags"
        rows.append((name, numbers, share))
        above = least
    return rows
