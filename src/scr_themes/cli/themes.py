"""``scr-themes themes``: the codebook, to read."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scr_themes.cli.choices import Model, check_ids, load_model
from scr_themes.codebook import Codebook, Role, Theme


def themes(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Themes or roles to show.")
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Codebook to show. [default: the bundled one]"),
    ] = None,
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="QDC",
            help="Write a REFI-QDA codebook, for NVivo and its like, instead of printing.",
        ),
    ] = None,
) -> None:
    """Show what each theme and role means.

    What counts, what does not, and examples of both.
    """
    if output is not None and output.suffix.lower() != ".qdc":
        raise typer.BadParameter("end the name in .qdc", param_hint="'--output'")
    if output is not None and as_json:
        raise typer.BadParameter("give --output or --json, not both", param_hint="'--output'")
    if codebook is not None and model is not None:
        raise typer.BadParameter("give --codebook or --model, not both", param_hint="'--model'")
    shown = load_model(model).codebook_ if model is not None else Codebook.load(codebook)
    if ids:
        check_ids(ids, (*shown.theme_ids, *shown.role_ids), "ID")
        shown = replace(
            shown,
            rules=(),
            themes=tuple(theme for theme in shown.themes if theme.id in ids),
            roles=tuple(role for role in shown.roles if role.id in ids),
        )
    if output is not None:
        from scr_themes.writing.refi_qda import write_codebook  # noqa: PLC0415 - slow to import

        write_codebook(shown, output)
    elif as_json:
        typer.echo(json.dumps(shown.to_dict(), indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(shown)))


def _lines(codebook: Codebook) -> Iterator[str]:
    yield f"{codebook.name}, version {codebook.version}"
    if codebook.rules:
        yield from _listed("Rules", codebook.rules)
    for theme in codebook.themes:
        yield from _entry(theme, "core theme" if theme.core else "theme")
        yield from _listed("Counts", theme.counts)
        yield from _listed("Does not count", theme.excludes)
        yield from _listed("Examples", theme.examples)
        yield from _listed("Not examples", theme.counter_examples)
    for role in codebook.roles:
        yield from _entry(role, "role")
        yield from _listed("Examples", role.examples)
        yield from _listed("Not examples", role.counter_examples)


def _entry(entry: Theme | Role, what: str) -> Iterator[str]:
    yield ""
    yield f"{entry.id}  {entry.title} ({what})"
    if entry.definition:
        yield _wrapped(entry.definition, "  ", "  ")


def _listed(name: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield f"  {name}:"
        for item in items:
            yield _wrapped(item, "  - ", "    ")


def _wrapped(text: str, first: str, rest: str) -> str:
    width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 80
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
