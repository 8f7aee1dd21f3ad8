"""A data frame of either library, from rows of plain values."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Literal, TypeAlias

from scr_themes.errors import MissingExtraError, WritingError

Library: TypeAlias = Literal["pandas", "polars"]
Kind: TypeAlias = Literal["text", "whole", "number", "yes or no", "texts", "numbers"]
Columns: TypeAlias = dict[str, Kind]
Row: TypeAlias = Sequence[object]

_LIBRARIES = ("pandas", "polars")
_PANDAS = {"text": "string", "whole": "Int64", "number": "float64", "yes or no": "boolean"}


def frame(columns: Columns, rows: Iterable[Row], library: Library | None) -> Any:
    """Make a frame of rows.

    Parameters
    ----------
    columns : dict of str to str
        Name to kind of the columns, in order.
    rows : iterable of sequence
        One value a column; None or NaN for what is missing.
    library : {"pandas", "polars"} or None
        As in :func:`to_frame`.
    """
    module, name = _load(library)
    values: dict[str, list[Any]] = {column: [] for column in columns}
    cells = [(values[column], kind in ("text", "texts")) for column, kind in columns.items()]
    for row in rows:
        for (column, words), value in zip(cells, row, strict=True):
            column.append(_sound(value) if words else _known(value))
    if name == "polars":
        return module.DataFrame(
            values, schema={c: _polars(module, kind) for c, kind in columns.items()}
        )
    series = {c: module.Series(values[c], dtype=_PANDAS.get(k, object)) for c, k in columns.items()}
    return module.DataFrame(series)


def _polars(polars: Any, kind: Kind) -> Any:
    text, number = polars.String, polars.Float64
    kinds = {"text": text, "whole": polars.Int64, "number": number, "yes or no": polars.Boolean}
    return {**kinds, "texts": polars.List(text), "numbers": polars.List(number)}[kind]


def _load(library: str | None) -> tuple[Any, str]:
    """Return the library to use, and its name."""
    if library is not None:
        one_of("library", library, _LIBRARIES)
    imported = [name for name in _LIBRARIES if sys.modules.get(name) is not None]
    usual = imported if len(imported) == 1 else _LIBRARIES
    wanted = usual if library is None else (library,)
    for name in wanted:
        try:
            return import_module(name), name
        except ModuleNotFoundError as error:
            if error.name != name:  # it is there, and something that it needs is not
                raise
    raise MissingExtraError(wanted[0], wanted[0])


def one_of(what: str, given: str, known: Sequence[str]) -> None:
    """Raise WritingError unless a setting is one of those known."""
    if given not in known:
        raise WritingError(what, f"is {given!r}", f"use one of {', '.join(known)}")


def _sound(value: Any) -> Any:
    """Return text that can be stored as UTF-8."""
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
