"""Codebooks in REFI-QDA (``.qdc``) to a :class:`~scr_themes.codebook.Codebook`."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from scr_themes.codebook import Codebook
from scr_themes.errors import CodebookError
from scr_themes.reading.codings.refi_qda.names import ROLES

# The labels that we write in a code's description, and the field that each stands for.
LABELS = {
    "What counts:": "counts",
    "What does not count:": "excludes",
    "Examples:": "examples",
    "Not examples:": "counter_examples",
}
ID_LABEL = "Id: "
_LARGEST = 64 << 20


def read_codebook(path: str | os.PathLike[str]) -> Codebook:
    """Read a codebook that we or another program exported.

    Codes that can be given become themes, in their order, whatever they stand under; those under a
    code called "Roles" become roles. Descriptions become definitions. What we wrote comes back
    with its ids, lists of what counts, and examples; other codes get ids made of their names.

    Parameters
    ----------
    path : path
        The ``.qdc``.

    Raises
    ------
    CodebookError
        If the file is missing, is no codebook, or holds no code.
    """
    root = _root(path)
    codes = list(_codes(root, ()))
    taken: set[str] = set()
    roles = [code for code in codes if code.above[:1] == (ROLES,)]
    if len(roles) < 2:  # a codebook has none, or at least two
        roles = []
    themes = [code for code in codes if code not in roles]
    entries: dict[str, Any] = {
        "name": root.get("origin") or os.fspath(path),
        "theme": [_entry(code, taken, "theme") for code in themes],
        "role": [_entry(code, taken, "role") for code in roles],
    }
    return Codebook.from_dict(entries, source=os.fspath(path))


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that can be given, and the names of the codes that it stands under."""

    name: str
    description: str
    above: tuple[str, ...]


def _root(path: str | os.PathLike[str]) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        if os.path.getsize(path) > _LARGEST:  # noqa: PTH202 - any path-like
            raise CodebookError(path, "is too large for a codebook", "give a .qdc file")
        root = etree.parse(os.fspath(path), parser).getroot()
    except OSError as error:
        raise CodebookError(
            path, f"cannot be read ({error.strerror or error})", "check the path"
        ) from error
    except etree.XMLSyntaxError as error:
        raise CodebookError(path, f"is no sound XML ({error})", "export it again") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CodebookError(path, "brings a document type of its own", "give a REFI-QDA codebook")
    if etree.QName(root).localname != "CodeBook":
        raise CodebookError(path, "is no REFI-QDA codebook", "export the codebook as .qdc")
    return root


def _codes(element: etree._Element, above: tuple[str, ...]) -> Iterator[_Code]:
    for child in element.iterchildren("{*}Codes", "{*}Code"):
        if etree.QName(child).localname == "Codes":
            yield from _codes(child, above)
            continue
        name = " ".join((child.get("name") or "").split())
        if child.get("isCodable", "true").strip() in ("true", "1"):
            yield _Code(name, child.findtext("{*}Description") or "", above)
        yield from _codes(child, (*above, name))


def _entry(code: _Code, taken: set[str], kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {"title": code.name, "definition": ""}
    field, definition = "", []
    for line in code.description.splitlines():
        if line.strip() in LABELS:
            field = LABELS[line.strip()]
        elif line.startswith(ID_LABEL):
            values["id"] = line.removeprefix(ID_LABEL).strip()
        elif field and line.startswith("- "):
            values.setdefault(field, []).append(line[2:])
        elif line.strip():
            field = ""
            definition.append(line.strip())
    values["definition"] = " ".join(definition)
    if kind == "role":
        values = {k: v for k, v in values.items() if k not in ("counts", "excludes")}
    own = values.get("id") or _made_id(code.name)
    unique, n = own, 2
    while f"{kind} {unique}" in taken:
        unique, n = f"{own}_{n}", n + 1
    taken.add(f"{kind} {unique}")
    return {**values, "id": unique}


def _made_id(name: str) -> str:
    """Make an id of a name.

    Examples
    --------
    >>> _made_id("Élan & drive (new)"), _made_id("2nd visit")
    ('elan_drive_new', 'code_2nd_visit')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return made if made[:1].isalpha() else f"code_{made}".rstrip("_")
