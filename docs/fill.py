"""Write into the pages what has a source elsewhere: help texts, the codebook, measured figures.

``python -m docs.fill`` rewrites what stands between ``<!-- fill: NAME -->`` and ``<!-- /fill -->``
in every page. ``tests/docs/test_reference.py`` holds the pages to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from docs.measured import FIGURES, TABLES
from scr_themes.cli import app
from scr_themes.codebook import Codebook, Theme

HERE = Path(__file__).resolve().parent
WIDTH = 80  # columns of a help text, as on a plain terminal
_REGION = re.compile(r"(<!-- fill: ([^>]+?) -->)(.*?)(<!-- /fill -->)", re.DOTALL)


def pages() -> list[Path]:
    """Return every page of the site."""
    return sorted(HERE.rglob("*.md"))


def filled(text: str) -> str:
    """Return a page with all its regions written anew.

    Raises
    ------
    ValueError
        If a region asks for something that there is not.
    """
    return _REGION.sub(lambda found: f"{found[1]}{content(found[2])}{found[4]}", text)


def content(name: str) -> str:
    """Return what belongs into a region: a figure in its line, anything else in its own."""
    kind, _, rest = name.partition(" ")
    if kind == "figure" and rest in FIGURES:
        return FIGURES[rest]()
    if kind == "table" and rest in TABLES:
        made = TABLES[rest]()
    elif kind == "help":
        made = f"```text\n{help_text(rest)}\n```"
    elif name == "codebook":
        made = codebook()
    else:
        raise ValueError(f"a page asks for {name!r}, which nothing here makes")
    return f"\n\n{made}\n\n"


@cache
def commands() -> Mapping[str, Any]:
    """Return the commands by name."""
    group: Any = get_command(app)
    return dict(group.commands)


def help_text(name: str) -> str:
    """Return what ``scr-themes NAME --help`` prints; of the whole program if there is no name."""
    before = os.environ.get("COLUMNS"), os.environ.get("TERMINAL_WIDTH")
    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = str(WIDTH)
    try:
        return _help_text(name)
    finally:
        for key, value in zip(("COLUMNS", "TERMINAL_WIDTH"), before, strict=True):
            os.environ.pop(key) if value is None else os.environ.update({key: value})


def _help_text(name: str) -> str:
    from typer.testing import CliRunner  # noqa: PLC0415 - brings a test's machinery

    asked = [name] if name else []
    result = CliRunner().invoke(app, [*asked, "--help"], prog_name="scr-themes")
    if result.exit_code:
        raise ValueError(f"scr-themes has no command {name!r}")
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def codebook() -> str:
    """Return the bundled codebook as Markdown."""
    book = Codebook.load()
    core = [theme for theme in book.themes if theme.core]
    further = [theme for theme in book.themes if not theme.core]
    parts = ["## Rules", *(_bullets(book.rules))]
    for title, themes in (("Core themes", core), ("Further themes", further)):
        parts += [f"## {title}", *(_theme(theme) for theme in themes)]
    parts.append("## Roles")
    parts += [
        f"### {role.title} {{ #{role.id} }}\n\n`{role.id}`. {role.definition}"
        for role in book.roles
    ]
    return "\n\n".join(parts)


def _bullets(lines: tuple[str, ...]) -> list[str]:
    return ["\n".join(f"- {line}" for line in lines)]


def _theme(theme: Theme) -> str:
    parts = [f"### {theme.title} {{ #{theme.id} }}", f"`{theme.id}`. {theme.definition}"]
    for title, lines in (
        ("It counts when", theme.counts),
        ("It does not count", theme.excludes),
        ("Invented passages that carry it", theme.examples),
        ("Invented passages on the same topic that do not", theme.counter_examples),
    ):
        if lines:
            parts += [f"**{title}:**", *_bullets(lines)]
    return "\n\n".join(parts)


def main() -> None:
    """Rewrite the pages, and say which changed."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = filled(text)
        if new != text:
            page.write_text(new, encoding="utf-8")
            typer.echo(page.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
