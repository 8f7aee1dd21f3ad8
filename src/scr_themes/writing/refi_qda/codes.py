"""Themes and roles as codes."""

from __future__ import annotations

from collections.abc import Iterator

from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.reading.codings.refi_qda.codebook import ID_LABEL, LABELS
from scr_themes.reading.codings.refi_qda.layout import Kind
from scr_themes.reading.codings.refi_qda.names import ROLES, THEMES, xml_safe
from scr_themes.writing.colours import colour
from scr_themes.writing.refi_qda.xml import described, made_id, opening


class Codes:
    """The codes of a project or codebook: those of a codebook, and others as they are met.

    Parameters
    ----------
    codebook : Codebook or None
        Where titles and meanings come from.

    Attributes
    ----------
    found : dict of (kind, id) to (str, str)
        Each code's id and name. Programs keep codes apart by name, whatever its case, so no name
        is given twice.
    """

    def __init__(self, codebook: Codebook | None) -> None:
        self.found: dict[tuple[Kind, str], tuple[str, str]] = {}
        self._taken = {THEMES.casefold(), ROLES.casefold()}
        self._entries: dict[tuple[Kind, str], Theme | Role] = {}
        if codebook is not None:
            self._entries |= {("theme", theme.id): theme for theme in codebook.themes}
            self._entries |= {("role", role.id): role for role in codebook.roles}
        for kind, own_id in self._entries:
            self.get(kind, own_id)

    def get(self, kind: Kind, own_id: str) -> tuple[str, str]:
        """Return the id and the name of a theme or role as a code."""
        code = self.found.get((kind, own_id))
        if code is None:
            entry = self._entries.get((kind, own_id))
            title = name = _one_line(entry.title if entry else own_id) or kind
            n = 1
            while name.casefold() in self._taken:
                name = _one_line(f"{title} ({kind} {own_id if n == 1 else n})")
                n += 1
            self._taken.add(name.casefold())
            code = self.found[kind, own_id] = made_id("code", kind, own_id), name
        return code

    def xml(self) -> Iterator[str]:
        """Yield the ``Codes`` element; nothing where there is no code."""
        if self.found:
            yield "<Codes>\n"
            yield from self._group("theme", THEMES)
            yield from self._group("role", ROLES)
            yield "</Codes>\n"

    def _group(self, kind: Kind, title: str) -> Iterator[str]:
        members = [key for key in self.found if key[0] == kind]
        if not members:
            return
        guid = made_id("group", kind)
        yield opening("Code", guid=guid, name=title, isCodable="false") + "\n"
        for place, key in enumerate(members):
            guid, name = self.found[key]
            own = colour(place, 0.42 if kind == "theme" else 0.7)
            yield opening("Code", guid=guid, name=name, isCodable="true", color=own)
            yield described(_meaning(key[1], self._entries.get(key)))
            yield "</Code>\n"
        yield "</Code>\n"


def _one_line(text: str) -> str:
    return xml_safe(" ".join(text.split()))


def _meaning(own_id: str, entry: Theme | Role | None) -> str:
    """Return what a code means, laid out as :func:`read_codebook` reads it."""
    lines: list[str] = []
    if entry is not None:
        lines += [entry.definition, ""] if entry.definition else []
        for label, field in LABELS.items():
            items = getattr(entry, field, ())
            if items:
                lines += [label, *(f"- {' '.join(item.split())}" for item in items), ""]
    return "\n".join([*lines, ID_LABEL + own_id])
