"""Which passage of one coder's file is which of another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError
from scr_themes.reading.labelled import Labelled

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Coders' codes of the same passages in the same order, as :func:`scr_themes.agree` takes them.

    Attributes
    ----------
    keys : tuple of str
        The id of each passage, or its words where a file has no ids.
    themes : dict of str to list of (frozenset of str or None)
        Coder to the themes of each passage; None where the coder has not coded it.
    either : dict of str to list of frozenset of str
        Coder to the themes left open.
    roles : dict of str to list of (str or None), or None
        Coder to the roles; None where some coder gives none.
    documents : list of str or None
        The document of each passage; None where some file does not name it.
    theme_ids : tuple of str
        The themes that occur, in the order of the bundled codebook; others behind, sorted.
    n_alone : int
        How many passages only one coder coded.
    """

    keys: tuple[str, ...]
    themes: dict[str, list[frozenset[str] | None]]
    either: dict[str, list[frozenset[str]]]
    roles: dict[str, list[str | None]] | None
    documents: list[str] | None
    theme_ids: tuple[str, ...]
    n_alone: int


def match_codings(coded: Mapping[str, Labelled]) -> Matched:
    """Find the passages that two coders or more have coded.

    Parameters
    ----------
    coded : mapping of str to Labelled
        Coder to what the coder has coded.

    Returns
    -------
    Matched
        Passages are the same where their ids are, if every coder's have ids; else where their
        words are. They stand in the order in which they are first met.

    Raises
    ------
    LabelsError
        If there are fewer than two coders, a coder has coded a passage twice, only some have
        words, they name different documents for a passage, or nobody gave a theme.

    Examples
    --------
    >>> ann = Labelled(("He was not asked.", "He rang."), (frozenset({"child_voice"}), frozenset()))
    >>> ben = Labelled(("He was not asked.",), (frozenset(),))
    >>> found = match_codings({"Ann": ann, "Ben": ben})
    >>> found.keys, found.n_alone
    (('He was not asked.',), 1)
    """
    if len(coded) < 2:
        raise LabelsError("coders", f"are {len(coded)}", "give the files of two coders or more")
    by_id = all(coding.ids is not None for coding in coded.values())
    places = {name: _places(name, coding, by_id=by_id) for name, coding in coded.items()}
    times = Counter(key for place in places.values() for key in place)
    keys = [key for key, n in times.items() if n > 1]
    if not keys:
        what = "id" if by_id else "words"
        raise LabelsError(
            ", ".join(coded), f"have no passage of the same {what}", "give codings of one set"
        )
    rows = {name: [place.get(key) for key in keys] for name, place in places.items()}
    themes = {
        name: [None if i is None else coded[name].themes[i] for i in at]
        for name, at in rows.items()
    }
    either = {name: [_either(coded[name], i) for i in at] for name, at in rows.items()}
    given = [*(row for coding in themes.values() for row in coding if row is not None)]
    given += [row for coding in either.values() for row in coding]
    occurring = frozenset[str]().union(*given)
    if not occurring:
        raise LabelsError(
            ", ".join(coded), "give no passage any theme", "there is nothing to compare"
        )
    known = Codebook.load().theme_ids
    return Matched(
        keys=tuple(keys),
        themes=themes,
        either=either,
        roles=_roles(coded, rows),
        documents=_documents(coded, rows, len(keys)),
        theme_ids=(
            *(theme for theme in known if theme in occurring),
            *sorted(occurring.difference(known)),
        ),
        n_alone=sum(n == 1 for n in times.values()),
    )


def _places(name: str, coding: Labelled, *, by_id: bool) -> dict[str, int]:
    keys = coding.ids if by_id and coding.ids is not None else coding.texts
    if not all(keys):
        raise LabelsError(
            name, "has ids and no words, and another coder's file has no ids", "give ids to both"
        )
    twice = next((key for key, n in Counter(keys).items() if n > 1), None)
    if twice is not None:
        raise LabelsError(
            name, f"holds {twice[:60]!r} twice", "make ids unique in the file, or take a row out"
        )
    return {key: i for i, key in enumerate(keys)}


def _either(coding: Labelled, i: int | None) -> frozenset[str]:
    return _NOTHING if i is None or coding.either is None else coding.either[i]


def _roles(
    coded: Mapping[str, Labelled], rows: Mapping[str, list[int | None]]
) -> dict[str, list[str | None]] | None:
    found: dict[str, list[str | None]] = {}
    for name, at in rows.items():
        roles = coded[name].roles
        if roles is None:
            return None
        found[name] = [None if i is None else roles[i] for i in at]
    return found


def _documents(
    coded: Mapping[str, Labelled], rows: Mapping[str, list[int | None]], n: int
) -> list[str] | None:
    found: list[str | None] = [None] * n
    for name, at in rows.items():
        documents = coded[name].documents
        for place, i in enumerate(at):
            if documents is None or i is None:
                continue
            if found[place] not in (None, documents[i]):
                raise LabelsError(
                    name,
                    f"has a passage in the document {documents[i]!r} that another coder has in "
                    f"{found[place]!r}",
                    "name the documents alike",
                )
            found[place] = documents[i]
    named = [document for document in found if document is not None]
    return named if len(named) == n else None
