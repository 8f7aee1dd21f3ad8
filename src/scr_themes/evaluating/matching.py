"""Which passage of one coder's file is which of another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError
from scr_themes.evaluating.coded import Coded, CodedPassage, coded_passages
from scr_themes.evaluating.places import Place, find_places
from scr_themes.reading.labelled import Labelled

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Coders' codes of the same passages in the same order, as :func:`scr_themes.agree` takes them.

    Attributes
    ----------
    keys : tuple of str
        What tells each passage from the others: its id; document and place; or its words.
    themes : dict of str to list of (frozenset of str or None)
        Coder to the themes of each passage; None where the coder has not coded it.
    either : dict of str to list of frozenset of str
        Coder to the themes left open.
    roles : dict of str to list of (str or None), or None
        Coder to the roles, of the coders who give any; None where fewer than two do.
    documents : list of str or None
        The document of each passage; None where some file does not name it.
    theme_ids : tuple of str
        The themes that occur, in the order of the codebook; others behind, sorted.
    n_alone : int
        How many passages only one coder coded, in documents that others have.
    documents_alone : tuple of str
        Documents that only one coder has.
    coded : dict of str to list of (CodedPassage or None)
        All that each coder has of each passage, the words coded and where it stands.
    """

    keys: tuple[str, ...]
    themes: dict[str, list[frozenset[str] | None]]
    either: dict[str, list[frozenset[str]]]
    roles: dict[str, list[str | None]] | None
    documents: list[str] | None
    theme_ids: tuple[str, ...]
    n_alone: int
    documents_alone: tuple[str, ...] = ()
    coded: dict[str, list[CodedPassage | None]] = field(default_factory=dict, repr=False)

    def best(self, i: int) -> CodedPassage:
        """Return the passage at a place as the coder has it who says most of where it stands."""
        given = [passages[i] for passages in self.coded.values()]
        return max((one for one in given if one is not None), key=lambda one: one.placed)


def match_codings(coded: Mapping[str, Coded], *, codebook: Codebook | None = None) -> Matched:
    """Find the passages that two coders or more have coded.

    Parameters
    ----------
    coded : mapping of str to Labelled or iterable of TaggedDocument
        Coder to what the coder has coded, such as ``codings.of(coder)``. A passage of a document
        that has no tag counts as coded, with no theme.
    codebook : Codebook, optional
        Gives the order of the themes; the bundled one by default.

    Returns
    -------
    Matched
        The passages stand in the order in which they are first met. Where every coder's have ids,
        those with the same id are the same; else, of labelled files alone, those with the same
        words; else those with the same words in the same document, and at the same place if the
        words stand there more than once. Documents may be named as
        :func:`~scr_themes.evaluating.naming.common_names` allows.

    Raises
    ------
    LabelsError
        If there are fewer than two coders, no passage is shared, or nobody gave a theme; or if in
        labelled files a passage stands twice, only some have words, or a passage is of two
        documents.

    Examples
    --------
    >>> ann = Labelled(("He was not asked.", "He rang."), (frozenset({"child_voice"}), frozenset()))
    >>> ben = Labelled(("He was not asked.",), (frozenset(),))
    >>> found = match_codings({"Ann": ann, "Ben": ben})
    >>> found.keys, found.n_alone
    (('He was not asked.',), 1)
    """
    if len(coded) < 2:
        raise LabelsError("coders", f"are {len(coded)}", "give the codings of two coders or more")
    held = {name: coded_passages(coding) for name, coding in coded.items()}
    labelled = all(isinstance(coding, Labelled) for coding in coded.values())
    by_id = labelled and all(one.id for passages in held.values() for one in passages)
    where: Mapping[str, Mapping[Any, int]]
    if labelled:
        where = {name: _once_each(name, passages, by_id=by_id) for name, passages in held.items()}
    else:
        where = find_places(held)
    alone = () if labelled else _documents_alone(where)
    times = Counter(key for places in where.values() for key in places)
    keys = [key for key, n in times.items() if n > 1]
    if not keys:
        what = "id" if by_id else "words" if labelled else "words in the same document"
        raise LabelsError(
            ", ".join(coded), f"have no passage of the same {what}", "give codings of one set"
        )
    shared = {
        name: [held[name][i] if (i := places.get(key)) is not None else None for key in keys]
        for name, places in where.items()
    }
    return Matched(
        keys=tuple(map(str, keys)) if labelled else _labels(keys, shared),
        themes={
            name: [None if one is None else one.themes for one in passages]
            for name, passages in shared.items()
        },
        either={
            name: [_NOTHING if one is None else one.either for one in passages]
            for name, passages in shared.items()
        },
        roles=_roles(shared),
        documents=_agreed_documents(shared) if labelled else _all_named(keys),
        theme_ids=_theme_ids(shared, codebook or Codebook.load()),
        n_alone=sum(n == 1 and (labelled or key.document not in alone) for key, n in times.items()),
        documents_alone=alone,
        coded=shared,
    )


def _once_each(name: str, passages: Sequence[CodedPassage], *, by_id: bool) -> dict[str, int]:
    keys = [(one.id or "") if by_id else one.words for one in passages]
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


def _documents_alone(where: Mapping[str, Mapping[Place, int]]) -> tuple[str, ...]:
    times = Counter(
        document
        for places in where.values()
        for document in dict.fromkeys(place.document for place in places)
    )
    return tuple(name for name, n in times.items() if n == 1 and name is not None)


def _labels(
    keys: Sequence[Place], shared: Mapping[str, Sequence[CodedPassage | None]]
) -> tuple[str, ...]:
    """Name each passage by its document and place, so that it can be found again."""
    labels: list[str] = []
    seen: set[str] = set()
    for i, key in enumerate(keys):
        given = [one for passages in shared.values() if (one := passages[i]) is not None]
        start = next((one.tagged.passage.start for one in given if one.placed), "")
        label = f"{key.document}#{start}"
        while label in seen:
            label += "'"
        seen.add(label)
        labels.append(label)
    return tuple(labels)


def _roles(
    shared: Mapping[str, Sequence[CodedPassage | None]],
) -> dict[str, list[str | None]] | None:
    roles = {
        name: [None if one is None else one.role for one in passages]
        for name, passages in shared.items()
    }
    given = {name: found for name, found in roles.items() if any(found)}
    return given if len(given) > 1 else None


def _theme_ids(
    shared: Mapping[str, Sequence[CodedPassage | None]], codebook: Codebook
) -> tuple[str, ...]:
    given = [one for passages in shared.values() for one in passages if one is not None]
    occurring = _NOTHING.union(*(one.themes | one.either for one in given))
    if not occurring:
        raise LabelsError(
            ", ".join(shared), "give no passage any theme", "there is nothing to compare"
        )
    known = codebook.theme_ids
    return (
        *(theme for theme in known if theme in occurring),
        *sorted(occurring.difference(known)),
    )


def _all_named(keys: Sequence[Place]) -> list[str] | None:
    named = [key.document for key in keys if key.document is not None]
    return named if len(named) == len(keys) else None


def _agreed_documents(shared: Mapping[str, Sequence[CodedPassage | None]]) -> list[str] | None:
    """Return the document of each passage, which all who name it must name alike."""
    found: dict[int, str] = {}
    for name, passages in shared.items():
        for place, one in enumerate(passages):
            if one is None or one.document is None:
                continue
            if found.setdefault(place, one.document) != one.document:
                raise LabelsError(
                    name,
                    f"has a passage in the document {one.document!r} that another coder has in "
                    f"{found[place]!r}",
                    "name the documents alike",
                )
    n = len(next(iter(shared.values())))
    return [found[i] for i in range(n)] if len(found) == n else None
