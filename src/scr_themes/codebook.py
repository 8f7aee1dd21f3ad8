"""The codebook: which themes and roles there are, and what each of them means.

A codebook is data, a TOML file; nothing in the package knows a theme by name.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from scr_themes.errors import CodebookError

_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A recurring failure.

    Attributes
    ----------
    id : str
        Lower-case words joined by underscores; what files and arrays call it.
    title : str
        What people call it.
    definition : str
        One sentence: what went wrong.
    counts : tuple of str
        What counts as this theme.
    excludes : tuple of str
        What does not, and which theme it is instead.
    examples : tuple of str
        Passages that carry the theme.
    counter_examples : tuple of str
        Passages on the same topic that do not.
    core : bool
        Whether it is one of the codebook's core themes.
    """

    id: str
    title: str
    definition: str
    counts: tuple[str, ...] = field(default=(), repr=False)
    excludes: tuple[str, ...] = field(default=(), repr=False)
    examples: tuple[str, ...] = field(default=(), repr=False)
    counter_examples: tuple[str, ...] = field(default=(), repr=False)
    core: bool = False

    def _repr_html_(self) -> str:
        from scr_themes.notebook.meanings import entry_html  # noqa: PLC0415 - for notebooks only

        return entry_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a passage does in its document: report a failing, report a strength, recommend, inform.

    Attributes
    ----------
    id : str
        Lower-case words joined by underscores.
    title : str
        What people call it.
    definition : str
        One sentence.
    examples, counter_examples : tuple of str
        Passages that have the role, and passages that look it and have another.
    """

    id: str
    title: str
    definition: str
    examples: tuple[str, ...] = field(default=(), repr=False)
    counter_examples: tuple[str, ...] = field(default=(), repr=False)

    def _repr_html_(self) -> str:
        from scr_themes.notebook.meanings import entry_html  # noqa: PLC0415 - for notebooks only

        return entry_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """Themes and roles, in the order in which their columns stand.

    Attributes
    ----------
    name : str
        What the codebook is called.
    version : str
        Raised when a meaning changes.
    rules : tuple of str
        What holds for every theme.
    themes : tuple of Theme
        At least one; ids unique.
    roles : tuple of Role
        None, or at least two; ids unique.

    Examples
    --------
    >>> codebook = Codebook.load()
    >>> codebook["vetting_checks"].title
    'Vetting checks (CRB/DBS) failing'
    >>> len(codebook.theme_ids), codebook.role_ids[0]
    (17, 'finding')
    """

    name: str
    version: str
    themes: tuple[Theme, ...]
    roles: tuple[Role, ...] = ()
    rules: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Codebook:
        """Read a codebook, by default the bundled one.

        Parameters
        ----------
        path : path-like, optional
            A TOML file laid out as the bundled one: ``name``, ``version``, ``[[theme]]`` and
            ``[[role]]`` tables.

        Returns
        -------
        Codebook

        Raises
        ------
        CodebookError
            If the file is missing, is not TOML, lacks a field, holds an unknown one, or gives two
            themes or two roles the same id.
        """
        if path is None:
            bundled = files("scr_themes").joinpath("codebook.toml")
            return cls.parse(bundled.read_text(encoding="utf-8"), source="bundled codebook")
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise CodebookError(path, "no such file", "check the path") from error
        except (OSError, UnicodeDecodeError) as error:
            raise CodebookError(
                path, f"could not be read ({error})", "give a UTF-8 text file in TOML"
            ) from error
        return cls.parse(text, source=str(path))

    @classmethod
    def parse(cls, text: str, *, source: str = "codebook") -> Codebook:
        """Make a codebook of TOML text; ``source`` names it in errors.

        Raises
        ------
        CodebookError
            As :meth:`load`.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CodebookError(source, f"is not valid TOML ({error})", "mend that line") from error
        return cls.from_dict(data, source=source)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "codebook") -> Codebook:
        """Make a codebook of plain data, such as a model's stored copy.

        Raises
        ------
        CodebookError
            As :meth:`load`.
        """
        unknown = set(data) - {"name", "version", "rules", "theme", "role"}
        if unknown:
            raise CodebookError(
                source, f"has an unknown entry {min(unknown)!r}", "see the bundled codebook.toml"
            )
        themes = tuple(
            Theme(**_entry(Theme, item, source)) for item in _tables(data, "theme", source)
        )
        roles = tuple(Role(**_entry(Role, item, source)) for item in _tables(data, "role", source))
        if not themes:
            raise CodebookError(source, "has no [[theme]]", "add at least one")
        if len(roles) == 1:
            raise CodebookError(source, "has a single [[role]]", "give two or more roles, or none")
        for what, ids in (("theme", [t.id for t in themes]), ("role", [r.id for r in roles])):
            twice = next((i for n, i in enumerate(ids) if i in ids[:n]), None)
            if twice is not None:
                raise CodebookError(
                    source, f"has the {what} id {twice!r} twice", "give each its own id"
                )
        return cls(
            name=str(data.get("name", "unnamed")),
            version=str(data.get("version", "0")),
            rules=_strings(data.get("rules", ()), "rules", source),
            themes=themes,
            roles=roles,
        )

    @classmethod
    def of(cls, theme_ids: tuple[str, ...], role_ids: tuple[str, ...] = ()) -> Codebook:
        """Make a bare codebook of ids, for labels that come without definitions.

        Raises
        ------
        CodebookError
            As :meth:`load`, so that what is learnt from such labels can be stored and read back.

        Examples
        --------
        >>> Codebook.of(("housing",)).themes[0].title
        'housing'
        """
        entries = {"theme": list(map(_bare, theme_ids)), "role": list(map(_bare, role_ids))}
        return cls.from_dict(entries, source="labels")

    def covering(
        self, theme_ids: Iterable[str], role_ids: Iterable[str] = (), *, source: str = "labels"
    ) -> Codebook:
        """Return a codebook of just these ids: this one's meanings where it has them, bare others.

        Parameters
        ----------
        theme_ids, role_ids : iterable of str
            The ids that occur in some labels. Fewer than two roles count as none.
        source : str, default "labels"
            What errors call them.

        Raises
        ------
        CodebookError
            If there is no theme, or an id is not made as ids are.

        Examples
        --------
        >>> Codebook.load().covering({"recording", "housing"}).theme_ids
        ('recording', 'housing')
        """
        themes, roles = set(theme_ids), set(role_ids)
        own_themes = sorted(themes - set(self.theme_ids))
        own_roles = sorted(roles - set(self.role_ids))
        book = replace(
            self,
            themes=(
                *(theme for theme in self.themes if theme.id in themes),
                *(Theme(**_bare(i)) for i in own_themes),
            ),
            roles=(
                *(role for role in self.roles if role.id in roles),
                *(Role(**_bare(i)) for i in own_roles),
            ),
        )
        if len(book.roles) < 2:
            book = replace(book, roles=())
        return Codebook.from_dict(book.to_dict(), source=source)  # which checks it

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that :meth:`from_dict` reads back."""

        def plain(entry: Theme | Role) -> dict[str, Any]:
            values = {f.name: getattr(entry, f.name) for f in fields(entry)}
            return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

        return {
            "name": self.name,
            "version": self.version,
            "rules": list(self.rules),
            "theme": [plain(theme) for theme in self.themes],
            "role": [plain(role) for role in self.roles],
        }

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """Ids of the themes, in column order."""
        return tuple(theme.id for theme in self.themes)

    @property
    def core_ids(self) -> tuple[str, ...]:
        """Ids of the core themes, in column order."""
        return tuple(theme.id for theme in self.themes if theme.core)

    @property
    def role_ids(self) -> tuple[str, ...]:
        """Ids of the roles, in column order."""
        return tuple(role.id for role in self.roles)

    def __repr__(self) -> str:
        holds = f"{len(self.themes)} themes, {len(self.roles)} roles"
        return f"<Codebook {self.name!r} {self.version}: {holds}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.meanings import codebook_html  # noqa: PLC0415 - notebooks only

        return codebook_html(self)

    def __getitem__(self, theme_id: str) -> Theme:
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise KeyError(theme_id)


def _bare(entry_id: str) -> dict[str, Any]:
    """Return an entry of which nothing but the id is known."""
    return {"id": entry_id, "title": entry_id.replace("_", " "), "definition": ""}


def _tables(data: Mapping[str, Any], key: str, source: str) -> list[dict[str, Any]]:
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CodebookError(source, f"{key!r} is not a list of tables", f"write [[{key}]]")
    return tables


def _strings(value: Any, name: str, source: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise CodebookError(source, f"{name} is not a list of strings", 'write ["...", "..."]')
    return tuple(value)


def _entry(kind: type[Theme | Role], item: dict[str, Any], source: str) -> dict[str, Any]:
    """Check one [[theme]] or [[role]] table against the fields of its class."""
    what = f"{kind.__name__.lower()} {item.get('id', '(no id)')}"
    known = {f.name: f for f in fields(kind)}
    unknown = set(item) - set(known)
    if unknown:
        raise CodebookError(
            source, f"{what} has an unknown field {min(unknown)!r}", f"known: {', '.join(known)}"
        )
    values: dict[str, Any] = {}
    for name in ("id", "title", "definition"):
        if not isinstance(item.get(name), str):
            raise CodebookError(source, f"{what} lacks {name!r}", f'add {name} = "..."')
        values[name] = item[name]
    if not _ID.fullmatch(values["id"]):
        raise CodebookError(
            source,
            f"{what}: the id is not lower-case words joined by underscores",
            "rename it, such as information_sharing",
        )
    for name in set(item) - {"id", "title", "definition", "core"}:
        values[name] = _strings(item[name], f"{what}: {name}", source)
    if "core" in item:
        if not isinstance(item["core"], bool):
            raise CodebookError(source, f"{what}: core is not true or false", "write core = true")
        values["core"] = item["core"]
    return values
