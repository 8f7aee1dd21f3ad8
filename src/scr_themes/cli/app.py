"""``scr-themes``: the commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from scr_themes.cli.agree import agree
from scr_themes.cli.evaluate import evaluate
from scr_themes.cli.outcomes import Commands
from scr_themes.cli.report import report
from scr_themes.cli.suggest import suggest
from scr_themes.cli.tag import tag
from scr_themes.cli.themes import themes
from scr_themes.cli.train import train

app = typer.Typer(
    name="scr-themes",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (tag, report, evaluate, agree, suggest, train, themes):
    app.command()(command)


def _print_version(asked: bool) -> None:
    if asked:
        import scr_themes  # noqa: PLC0415

        typer.echo(f"scr-themes {scr_themes.__version__}")
        raise typer.Exit


@app.callback()
def scr_themes_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Find the recurring failings that reviews report, with the words, page and paragraph to cite.

    Everything runs on this machine; nothing is sent anywhere.
    """


def main() -> None:
    """Run the command line; what ``scr-themes`` and ``python -m scr_themes`` call."""
    app(prog_name="scr-themes")
