"""Options that several commands share, and checks that name the closest thing meant."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scr_themes.cli.outcomes import say
from scr_themes.errors import ScrThemesError, WritingError

if TYPE_CHECKING:
    from scr_themes.classifying.reader import ThemeReader
    from scr_themes.reading.labelled import Labelled

Model = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="DIR", help="Model folder that `train` wrote. [default: the bundled one]"
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", metavar="NAME", help="Column with the words, in tables."),
]

Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of text files, where known.")
]

JsonOut = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Also write all figures as JSON.")
]


def check_ids(given: Iterable[str], known: Collection[str], option: str) -> None:
    """Refuse an id that there is not, naming the closest one.

    Raises
    ------
    typer.BadParameter
        Exit code 2.
    """
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f"the closest is {near[0]!r}" if near else "there are none"
            raise typer.BadParameter(
                f"{name!r} is not known; {hint} (all of them: scr-themes themes)",
                param_hint=f"'{option}'",
            )


def load_model(model: str | None) -> ThemeReader:
    """Load the model asked for, or the bundled one."""
    from scr_themes.classifying import open_reader  # noqa: PLC0415 - brings onnxruntime

    return open_reader() if model is None else open_reader(model)


def say_unsettled(coded: Labelled, name: object) -> None:
    """Say how many rows of a worksheet nobody has filled in yet."""
    if coded.n_unsettled:
        say(f"{name}: {coded.n_unsettled} rows are not settled and are left out")


def write_json(path: Path | None, figures: Mapping[str, Any]) -> None:
    """Write figures where ``--json`` asks for them.

    Raises
    ------
    WritingError
        If the file cannot be written.
    """
    if path is None:
        return
    try:
        text = json.dumps(figures, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise WritingError(
            path, f"cannot be written ({error.strerror})", "name another file for --json"
        ) from error


def usage_error(error: ScrThemesError, option: str) -> typer.BadParameter:
    """Return an error of the library as one of usage: exit code 2."""
    return typer.BadParameter(str(error), param_hint=f"'{option}'")
