"""The reference is that of this version, and leaves nothing out."""

from __future__ import annotations

import re

import pytest

import scr_themes
from docs import fill
from docs.measured import FIGURES, TABLES
from tests.docs.blocks import DOCS, pages

COMMANDS = fill.commands()
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# Options of other programs that a page mentions.
FOREIGN = {"--group"}


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pages())
def test_what_has_a_source_elsewhere_is_as_the_source_has_it(page: str) -> None:
    text = text_of(page)
    assert fill.filled(text) == text, "run: python -m docs.fill"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_has_its_help_text(name: str) -> None:
    page = text_of("reference/command-line.md")
    assert f"<!-- fill: {f'help {name}'.strip()} -->" in page
    assert f"\n## {name}\n" in page or not name
    assert fill.help_text(name).startswith(f"Usage: scr-themes {name}".rstrip())


def options() -> set[str]:
    found = {"--version", "--help"}
    for command in COMMANDS.values():
        for parameter in command.params:
            found |= {name for name in parameter.opts if name.startswith("--")}
    return found


def test_every_option_is_in_the_reference() -> None:
    assert options() <= set(OPTION.findall(text_of("reference/command-line.md")))


@pytest.mark.parametrize("page", pages())
def test_every_option_that_a_page_names_is_there(page: str) -> None:
    prose = re.sub(r"<!--.*?-->", "", text_of(page))
    assert set(OPTION.findall(prose)) <= options() | FOREIGN


def test_every_command_is_shown_in_use_on_some_page() -> None:
    guides = "\n".join(text_of(page) for page in pages() if not page.startswith("reference/"))
    assert [name for name in COMMANDS if f"scr-themes {name} " not in guides] == []


def test_every_public_name_is_in_the_reference() -> None:
    listed = re.findall(r"^::: scr_themes\.(\w+)$", text_of("reference/python.md"), re.M)
    assert sorted(listed) == sorted(
        {*scr_themes.__all__, *scr_themes._SUBMODULES} - {"__version__"}
    )
    assert len(listed) == len(set(listed))


def test_every_theme_and_role_is_in_the_codebook_page() -> None:
    page, book = text_of("reference/codebook.md"), scr_themes.Codebook.load()
    for entry in (*book.themes, *book.roles):
        assert f"{{ #{entry.id} }}" in page
        assert entry.definition in page


def test_the_page_on_limits_takes_its_figures_from_results() -> None:
    page = text_of("limits.md")
    for name in ("systems", "themes", "calibration", "errors"):
        assert f"<!-- fill: table {name} -->\n\n{TABLES[name]()}\n\n<!-- /fill -->" in page
    for name in ("precision random", "recall random", "good practice tagged", "pairs right"):
        assert f"<!-- fill: figure {name} -->{FIGURES[name]()}<!-- /fill -->" in page


def test_no_share_on_the_page_on_limits_is_typed_by_hand() -> None:
    page = text_of("limits.md").partition("```text")[0]  # what follows is for readers to fill in
    prose = re.sub(r"<!-- fill: .*?<!-- /fill -->", "", page, flags=re.DOTALL)
    assert set(re.findall(r"\d+(?:\.\d+)?%|\b0\.\d+", prose)) <= {"95%"}


def test_figures_and_tables_are_all_used() -> None:
    text = "\n".join(map(text_of, pages()))
    kinds = [("figure", name) for name in FIGURES] + [("table", name) for name in TABLES]
    assert [name for kind, name in kinds if f"<!-- fill: {kind} {name} -->" not in text] == []


@pytest.mark.parametrize("page", pages())
def test_no_line_of_a_paragraph_begins_with_a_comment(page: str) -> None:
    """Markdown would end the paragraph there."""
    assert not re.search(r"^[ ]*<!-- fill: figure", text_of(page), re.M)


def test_a_region_that_nothing_fills() -> None:
    with pytest.raises(ValueError, match="'figure speed of light'"):
        fill.filled("It is <!-- fill: figure speed of light --><!-- /fill -->.")
    with pytest.raises(ValueError, match="no command 'fly'"):
        fill.help_text("fly")


def test_filling_twice_changes_nothing() -> None:
    once = fill.filled("a\n\n<!-- fill: help themes -->qwertz<!-- /fill -->\n\nb")
    assert "qwertz" not in once
    assert fill.filled(once) == once


def test_help_texts_have_one_width_whatever_the_terminal(monkeypatch) -> None:
    wide = fill.help_text("tag")
    monkeypatch.setenv("COLUMNS", "200")
    assert fill.help_text("tag") == wide
    assert max(map(len, wide.splitlines())) <= fill.WIDTH
