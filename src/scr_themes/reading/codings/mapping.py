"""Codes, as people and programs name them, to themes and roles of a codebook."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from scr_themes.codebook import Codebook
from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Tag, TaggedDocument, TaggedPassage
from scr_themes.errors import CodebookError

LEFT_OUT = ""
NO_THEME = frozenset({"none", "-", "–", "—"})  # what people write for no theme
_PARTING = re.compile(r"[\W_]+")
# Programs name a code in a hierarchy by its path.
_HIERARCHY = re.compile(r"[\\/>]+|::?")


def read_mapping(
    mapping: str | os.PathLike[str] | Mapping[str, str] | None, codebook: Codebook
) -> dict[str, str]:
    """Return a mapping of code names to ids of the codebook, checked.

    Parameters
    ----------
    mapping : path or mapping or None
        A TOML file of ``"code" = "theme id"`` lines, or the same as a mapping. An empty id leaves
        the code out knowingly.
    codebook : Codebook
        Whose ids the values must be.

    Raises
    ------
    CodebookError
        If the file cannot be read or is no TOML of texts, or an id is not the codebook's.
    """
    if mapping is None:
        return {}
    if isinstance(mapping, str | os.PathLike):
        source, values = str(mapping), _load(Path(mapping))
    else:
        source, values = "mapping", dict(mapping)
    known = {*codebook.theme_ids, *codebook.role_ids, LEFT_OUT}
    for code, name in values.items():
        if not isinstance(name, str) or name not in known:
            raise CodebookError(
                source,
                f"maps {code!r} to {name!r}, which is no theme or role of {codebook.name}",
                "see `scr-themes themes` for the ids; an empty text leaves the code out",
            )
    return {folded(code): name for code, name in values.items()}


def _load(path: Path) -> dict[str, str]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CodebookError(path, "no such file", "check the path of the mapping") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(path, f"could not be read ({error})", "give a UTF-8 file") from error
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(
            path, f"is not valid TOML ({error})", 'write lines such as "My code" = "recording"'
        ) from error


def folded(name: str) -> str:
    """Return a name without what people write now so, now so.

    Examples
    --------
    >>> folded("Vetting checks (CRB/DBS) failing "), folded("Child_Voice")
    ('vetting checks crb dbs failing', 'child voice')
    """
    return _PARTING.sub(" ", name.casefold()).strip()


def map_codes(codings: Codings, codebook: Codebook, names: Mapping[str, str]) -> Codings:
    """Return codings whose tags are themes of the codebook, and whose roles are its roles.

    Parameters
    ----------
    codings : Codings
        With codes as tags, named as in the file. A role may stand in ``role``, or among the tags.
    codebook : Codebook
        What they are mapped to, by id or title.
    names : mapping of str to str
        Other names, as :func:`read_mapping` returns them; they come first.

    Returns
    -------
    Codings
        What matches nothing is in ``unmapped``. A theme given twice to the same words is one tag,
        of the greater probability.
    """
    named = [(role.title, role.id) for role in codebook.roles]
    named += [(theme.title, theme.id) for theme in codebook.themes]  # a theme wins over a role
    targets = {folded(name): own_id for title, own_id in named for name in (title, own_id)}
    targets |= names
    target = cache(partial(_target, targets=targets))  # a file has few codes and many codings
    unmapped = list(codings.unmapped)
    documents = tuple(
        replace(
            tagged,
            passages=tuple(
                _mapped(passage, tagged, target, codebook, unmapped) for passage in tagged.passages
            ),
        )
        for tagged in codings.documents
    )
    return Codings(documents=documents, unmapped=tuple(unmapped))


def _target(code: str, targets: Mapping[str, str]) -> str | None:
    """Return the id that a code stands for; None where it stands for none."""
    whole = targets.get(folded(code))
    if whole is not None:
        return whole
    return targets.get(folded(_HIERARCHY.split(code)[-1]))


def _mapped(
    passage: TaggedPassage,
    tagged: TaggedDocument,
    target_of: Callable[[str], str | None],
    codebook: Codebook,
    unmapped: list[Unmapped],
) -> TaggedPassage:
    def refuse(tag: Tag, reason: str) -> None:
        start, end = (passage.passage.start + place for place in tag.evidence)
        unmapped.append(
            Unmapped(
                coder=tagged.coder,
                document=tagged.document.name,
                code=tag.theme,
                quote=passage.quote(tag),
                reason=reason,
                start=start,
                end=end,
            )
        )

    whole = (0, len(passage.text))
    given = Tag(passage.role, passage.role_probability, whole) if passage.role else None
    role: Tag | None = None
    kept: list[Tag] = []
    for tag in (*([given] if given else []), *passage.tags):
        target = target_of(tag.theme)
        if target == LEFT_OUT:
            continue
        if target in codebook.theme_ids and tag is not given:
            kept.append(replace(tag, theme=target))
        elif target not in codebook.role_ids:
            refuse(tag, "no such code in the codebook")
        elif role is not None and role.theme != target:
            refuse(tag, f"the passage has the role {role.theme} already")
        else:
            role = replace(tag, theme=target)
    tags = candidates = tuple(_once_each(kept))
    if passage.candidates != passage.tags:
        candidates = tuple(
            replace(tag, theme=target)
            for tag in passage.candidates
            if (target := target_of(tag.theme)) in codebook.theme_ids and target is not None
        )
    return replace(
        passage,
        role="" if role is None else role.theme,
        role_probability=0.0 if role is None else role.probability,
        tags=tags,
        candidates=candidates,
    )


def _once_each(tags: Iterable[Tag]) -> list[Tag]:
    """Return the tags without repetitions, in their order."""
    best: dict[tuple[str, tuple[int, int]], Tag] = {}
    for tag in tags:
        key = tag.theme, tag.evidence
        if key not in best or best[key].probability < tag.probability:
            best[key] = tag
    return list(best.values())
