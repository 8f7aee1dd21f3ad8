"""How a run ends: exit codes, and one line on standard error for every failure."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from scr_themes.errors import ScrThemesError

FAILED = 1
USAGE = 2
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
PIPE_CLOSED = 141  # 128 and the number of SIGPIPE


def say(message: object) -> None:
    """Print a line on standard error."""
    print(message, file=sys.stderr)


def complain(error: BaseException) -> None:
    """Print an error in one line, and the notes on it."""
    say(f"Error: {error}")
    for note in getattr(error, "__notes__", ()):
        say(note)


class Commands(TyperGroup):
    """The commands; what they raise becomes a line on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ScrThemesError as error:
            complain(error)
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt as error:
            say("Interrupted.")
            for note in getattr(error, "__notes__", ()):
                say(note)
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            # What reads the output has had enough. Python would complain when it closes it.
            with suppress(OSError, ValueError):  # a stream that is no file
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(PIPE_CLOSED) from error
