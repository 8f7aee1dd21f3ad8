"""Where a passage's evidence stands: its text cut into runs with the same themes on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from scr_themes.documents import Tag
from scr_themes.writing.report.markup import escaped


class Run(NamedTuple):
    """Words of a passage, and the themes whose evidence they belong to."""

    text: str
    themes: tuple[str, ...]


def runs(text: str, tags: Sequence[Tag]) -> list[Run]:
    """Cut a text where evidence begins or ends.

    Examples
    --------
    >>> runs("It rained. No note exists.", [Tag("recording", 0.9, (11, 26))])
    [Run(text='It rained. ', themes=()), Run(text='No note exists.', themes=('recording',))]
    """
    cuts = sorted({0, len(text), *(place for tag in tags for place in tag.evidence)})
    found: list[Run] = []
    for start, end in pairwise(cuts):
        themes = tuple(
            dict.fromkeys(
                tag.theme for tag in tags if tag.evidence[0] <= start and end <= tag.evidence[1]
            )
        )
        if found and found[-1].themes == themes:
            found[-1] = Run(found[-1].text + text[start:end], themes)
        else:
            found.append(Run(text[start:end], themes))
    return found


def marked(
    text: str, tags: Sequence[Tag], classes: Mapping[str, str], numbers: Mapping[str, int]
) -> str:
    """Return a passage's words with its evidence marked.

    Parameters
    ----------
    text : str
        The words.
    tags : sequence of Tag
        What was given to them.
    classes : mapping of str to str
        The class of each theme.
    numbers : mapping of str to int
        The number under which each theme stands below the passage; empty where all evidence is
        that of all themes, so that numbers would say nothing.
    """
    pieces = []
    found = runs(text, tags)
    for run, following in zip_longest(found, found[1:]):
        words = run.text
        if words.endswith("\r") and following is not None and following.text.startswith("\n"):
            words = words[:-1]  # a browser takes either half of a line end for a whole one
        if not run.themes:
            pieces.append(escaped(words))
            continue
        names = " ".join(classes[theme] for theme in run.themes)
        pieces.append(f'<mark class="{names}">{escaped(words)}</mark>')
        if numbers and not run.text.isspace():
            pieces.append(f"<sup>{','.join(str(numbers[theme]) for theme in run.themes)}</sup>")
    return "".join(pieces)


def numbers_of(text: str, tags: Sequence[Tag]) -> dict[str, int]:
    """Return a number for each theme of a passage; none where all evidence is that of all.

    Examples
    --------
    >>> numbers_of("One. Two.", [Tag("a", 0.9, (0, 4)), Tag("b", 0.8, (5, 9))])
    {'a': 1, 'b': 2}
    >>> numbers_of("One. Two.", [Tag("a", 0.9, (0, 4)), Tag("b", 0.8, (0, 4))])
    {}
    """
    themes = list(dict.fromkeys(tag.theme for tag in tags))
    if all(len(run.themes) in (0, len(themes)) for run in runs(text, tags)):
        return {}
    return {theme: number for number, theme in enumerate(themes, 1)}
