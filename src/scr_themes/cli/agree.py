"""``scr-themes agree``: how far coders, people or models, give the same passages the same codes."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scr_themes.cli.choices import JsonOut, TextColumn, load_model, say_unsettled, write_json
from scr_themes.cli.outcomes import say
from scr_themes.cli.passages import show_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scr_themes.codebook import Codebook
    from scr_themes.evaluating import Difference, Matched
    from scr_themes.evaluating.coders import Coders

_SHOWN = 5  # codes without a theme that are named


class By(StrEnum):
    """What is compared."""

    PASSAGE = "passage"
    CHARACTER = "character"
    BOTH = "both"


def agree(
    codings: Annotated[
        list[Path],
        typer.Argument(
            metavar="CODER",
            help="Files of two coders or more: LABELLED, one coder a file, named by it; or tags or "
            "codings whose coders are named in them (.jsonl, .qdpx, .xlsx, .sqlite, .json, ...).",
        ),
    ],
    *,
    by: Annotated[
        By,
        typer.Option(
            help="Compare whole passages, the characters that carry each theme, or both in turn."
        ),
    ] = By.PASSAGE,
    coder: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Compare only these coders; may be repeated."),
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option(metavar="TOML", help="Your codebook. [default: the bundled one]")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML", help='Other names for codes, as lines of "code" = "theme_id".'
        ),
    ] = None,
    differences: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Also list N passages on which they differ, best settled first.",
        ),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT", help="Write these passages (all, without N) as a worksheet to settle in."
        ),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave out of the worksheet what each coder gave.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Order the differences by what settling them would teach this model (a folder, "
            "accurate or fast). [default: by how many themes they differ on]",
        ),
    ] = None,
    json_out: JsonOut = None,
    text_column: TextColumn = None,
) -> None:
    """Compare coders, theme by theme, and find what is to be settled between them.

    Prints Cohen's kappa and Krippendorff's alpha with their intervals, plain agreement, agreement
    on the theme's presence (the F1 of one coder against the other) and how often each gave it.

    Passages are matched by their id where every file is LABELLED and has ids, else by their words,
    in the same document where documents are named. Those that one coder alone coded are left out,
    and counted on stderr. A passage that a file of codings holds without a code counts as coded,
    with no theme.

    The worksheet, its column `themes` filled in, is LABELLED for train, evaluate and agree.
    """
    from scr_themes.codebook import Codebook  # noqa: PLC0415
    from scr_themes.evaluating import match_codings  # noqa: PLC0415 - brings scipy
    from scr_themes.evaluating.coders import read_coders  # noqa: PLC0415

    if xlsx is None and blind:
        raise typer.BadParameter("is for the worksheet; give --xlsx too", param_hint="'--blind'")
    book = Codebook.load(codebook)
    found = read_coders(
        codings, codebook=book, mapping=mapping, coders=coder or (), text_column=text_column
    )
    _say_what_is_lost(found)
    matched = match_codings(found.coded, codebook=book)
    _say_what_is_alone(matched)
    figures = _compare(matched, by)
    if differences is not None or xlsx is not None:
        listed = _differences(matched, book, model)
        shown = listed if differences is None else listed[:differences]
        figures["differences"] = [entry.to_dict() for entry in shown]
        if differences is not None:
            _show(shown, len(listed))
        if xlsx is not None:
            _write(shown, xlsx, book, blind=blind)
    write_json(json_out, figures)


def _say_what_is_lost(found: Coders) -> None:
    from scr_themes.evaluating.coders import n_without_theme  # noqa: PLC0415
    from scr_themes.reading.labelled import Labelled  # noqa: PLC0415

    for name, work in found.coded.items():
        if isinstance(work, Labelled):
            say_unsettled(work, name)
            continue
        n, n_none = n_without_theme(work)
        if n_none:
            say(f"{name}: {n} passages; {n_none} without a code count as coded, with no theme")
        else:
            say(
                f"{name}: every one of {n} passages has a code; passages without one are not in "
                "the file, and count as not coded"
            )
    if found.unmapped:
        codes = Counter(entry.code for entry in found.unmapped)
        named = ", ".join(f"{code!r} {n}" for code, n in codes.most_common(_SHOWN))
        more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
        say(
            f"{len(found.unmapped)} codings stand for no theme and are left out: {named}{more}; "
            "name them in a file for --mapping"
        )


def _say_what_is_alone(matched: Matched) -> None:
    if matched.documents_alone:
        n = len(matched.documents_alone)
        say(f"{n} documents that one coder alone has are left out: {matched.documents_alone[0]}"
            + (", ..." if n > 1 else ""))  # fmt: skip
    if matched.n_alone:
        say(f"{matched.n_alone} passages were coded by one coder alone and are left out")


def _compare(matched: Matched, by: By) -> dict[str, Any]:
    from scr_themes.evaluating import agree as compare  # noqa: PLC0415
    from scr_themes.evaluating import agree_on_characters  # noqa: PLC0415

    figures: dict[str, Any] = {}
    if by != By.CHARACTER:
        result = compare(
            matched.themes,
            themes=matched.theme_ids,
            roles=matched.roles,
            either=matched.either,
            documents=matched.documents,
        )
        typer.echo(str(result))
        figures = result.to_dict()
    if by != By.PASSAGE:
        characters = agree_on_characters(matched)
        typer.echo(f"\n{characters}" if figures else str(characters))
        figures = {**figures, "characters": characters.to_dict()}
    return figures


def _differences(matched: Matched, book: Codebook, model: str | None) -> list[Difference]:
    from scr_themes.evaluating import differences  # noqa: PLC0415

    classifier = None if model is None else load_model(model)
    return differences(matched, classifier=classifier, core=book.core_ids)


def _show(shown: Sequence[Difference], n: int) -> None:
    by_model = any(entry.probabilities for entry in shown)
    order = "what settling them would teach the model" if by_model else "how many themes"
    typer.echo(f"\n{n} passages on which they differ; the first {len(shown)}, by {order}:")
    for number, entry in enumerate(shown, start=1):
        typer.echo(f"\n{show_difference(entry, number)}")


def _write(shown: Sequence[Difference], path: Path, book: Codebook, *, blind: bool) -> None:
    from scr_themes.evaluating.settling import to_settle  # noqa: PLC0415
    from scr_themes.writing.worksheet import write_worksheet  # noqa: PLC0415

    write_worksheet(to_settle(shown), path, codebook=book, blind=blind)
    say(f"{len(shown)} passages to settle: {path}")
