"""Docstrings, written to be read in an editor, made to suit the site: roles become links."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

import scr_themes

_ROLE = re.compile(r":(?:class|func|meth|mod|attr|data):`([~.]?)([\w.]+)`")
# A type in words, which would be taken for a subtraction.
_HYPHEN = re.compile(r"^( *[\w, ]+ : .*?)path-like", re.MULTILINE)
_PUBLIC = frozenset(f"scr_themes.{name}" for name in scr_themes.__all__)


def link(match: re.Match[str]) -> str:
    """Return a link to a public name, and the bare name of anything else."""
    shortened, path = match.groups()
    shown = path.rpartition(".")[2] if shortened else path
    target = f"scr_themes.{path.rpartition('.')[2]}"
    return f"[`{shown}`][{target}]" if target in _PUBLIC else f"`{shown}`"


class CrossReferences(Extension):
    """Rewrites every docstring as it is read."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring is not None:
            text = _HYPHEN.sub(r"\1path", obj.docstring.value)
            obj.docstring.value = _ROLE.sub(link, text)
