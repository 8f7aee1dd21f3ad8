from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from scr_themes.cli.outcomes import Commands
from scr_themes.errors import ReadingError

ERROR = ReadingError("a.pdf", "is empty", "check it")


def noted(error: BaseException) -> BaseException:
    error.add_note("2 files finished before this: kept in tags.part")
    return error


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (ERROR, 1, "Error: a.pdf: is empty; check it\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (
            noted(KeyboardInterrupt()),
            130,
            "Interrupted.\n2 files finished before this: kept in tags.part\n",
        ),
        (
            noted(ReadingError("a.pdf", "is empty", "check it")),
            1,
            "Error: a.pdf: is empty; check it\n2 files finished before this: kept in tags.part\n",
        ),
        (BrokenPipeError(), 141, ""),
        (typer.Exit(1), 1, ""),
    ],
)
def test_how_errors_end_a_run(error, code, says):
    app = typer.Typer(cls=Commands)

    @app.command()
    def one():
        raise error

    @app.command()
    def other():
        pass

    result = CliRunner().invoke(app, ["one"])
    assert (result.exit_code, result.stderr) == (code, says)


def test_other_errors_are_not_hidden():
    app = typer.Typer(cls=Commands)

    @app.command()
    def one():
        raise ZeroDivisionError

    @app.command()
    def other():
        pass

    assert isinstance(CliRunner().invoke(app, ["one"]).exception, ZeroDivisionError)
