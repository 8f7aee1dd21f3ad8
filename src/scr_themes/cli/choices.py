"""Options that several commands share, and checks that name the closest thing meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.errors import ScrThemesError

if TYPE_CHECKING:
    from scr_themes.classifying import ThemeClassifier

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


def load_model(model: str | None) -> ThemeClassifier:
    """Load the model asked for, or the bundled one."""
    from scr_themes.classifying import load  # noqa: PLC0415 - brings scikit-learn

    return load() if model is None else load(model)


def usage_error(error: ScrThemesError, option: str) -> typer.BadParameter:
    """Return an error of the library as one of usage: exit code 2."""
    return typer.BadParameter(str(error), param_hint=f"'{option}'")
