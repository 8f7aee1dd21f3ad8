"""``scr-themes agree``: how far coders, people or models, give the same passages the same codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.cli.choices import JsonOut, TextColumn, write_json
from scr_themes.cli.outcomes import say
from scr_themes.errors import LabelsError

if TYPE_CHECKING:
    from scr_themes.reading.labelled import Labelled


def agree(
    codings: Annotated[
        list[Path],
        typer.Argument(
            metavar="CODER",
            help="One LABELLED file a coder, two or more; each coder is named by its file.",
        ),
    ],
    json_out: JsonOut = None,
    text_column: TextColumn = None,
) -> None:
    """Compare coders, theme by theme.

    Prints Cohen's kappa and Krippendorff's alpha with their intervals, plain agreement, agreement
    on the theme's presence (the F1 of one coder against the other) and how often each gave it.

    Passages are matched by their id where every file has ids, and else by their words. Those that
    one coder alone coded are left out, and counted on stderr.
    """
    from scr_themes.evaluating import agree as compare  # noqa: PLC0415 - brings scipy
    from scr_themes.evaluating.matching import match_codings  # noqa: PLC0415
    from scr_themes.reading.labelled import read_labelled  # noqa: PLC0415

    twice = next((path for path in codings if codings.count(path) > 1), None)
    if twice is not None:
        raise LabelsError(twice, "is given twice", "give a file for each coder")
    stems = [path.stem for path in codings]
    named = stems if len(set(stems)) == len(stems) else [str(path) for path in codings]
    coded: dict[str, Labelled] = {
        name: read_labelled(path, text_column=text_column, need_text=False)
        for name, path in zip(named, codings, strict=True)
    }
    matched = match_codings(coded)
    if matched.n_alone:
        say(f"{matched.n_alone} passages were coded by one coder alone and are left out")
    result = compare(
        matched.themes,
        themes=matched.theme_ids,
        roles=matched.roles,
        either=matched.either,
        documents=matched.documents,
    )
    typer.echo(str(result))
    write_json(json_out, result.to_dict())
