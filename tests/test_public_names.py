from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import scr_themes
from scr_themes import errors

SOURCE = Path(scr_themes.__file__).read_text(encoding="utf-8")


def test_all_names_are_sorted_and_there():
    assert scr_themes.__all__ == sorted(set(scr_themes.__all__))
    for name in scr_themes.__all__:
        assert getattr(scr_themes, name) is not None
    assert set(scr_themes.__all__) <= set(dir(scr_themes))


def test_every_error_is_public():
    kinds = {
        name
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.ScrThemesError)
    }
    assert kinds <= set(scr_themes.__all__)


def test_names_for_type_checkers_are_the_names_found_at_run_time():
    (block,) = (
        node
        for node in ast.parse(SOURCE).body
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
    )
    imported = {
        (statement.module, alias.name)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert imported == {(f"scr_themes.{home}", name) for name, home in scr_themes._HOME.items()}
    assert {name for _, name in imported} | {"__version__"} == set(scr_themes.__all__)


def test_public_names_are_documented():
    for name in set(scr_themes.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(scr_themes, name)), name


def test_a_name_that_there_is_not():
    with pytest.raises(AttributeError, match="no attribute 'taggs'"):
        _ = scr_themes.taggs


def test_star_import():
    found: dict[str, object] = {}
    exec("from scr_themes import *", found)
    assert set(scr_themes.__all__) <= set(found)
