"""``scr-themes report``: tags as one HTML file, to look at, filter, cite from and print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from scr_themes.cli.outcomes import say
from scr_themes.codebook import Codebook
from scr_themes.codings import Codings, Unmapped
from scr_themes.errors import ReadingError

_ID = re.compile(r"[a-z][a-z0-9_]*")
_LISTED = 20  # codes named on stderr


def report(
    tags: Annotated[
        list[Path],
        typer.Argument(
            metavar="TAGS",
            help="Files that `tag -o` wrote, or of codings by hand (REFI-QDA, XLSX, CSV, ...).",
        ),
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="HTML", help="The file to write.")
    ],
    coder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose tags to show, where there are several coders."),
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Codebook of the tags. [default: the bundled one]"),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help='Other names for codes: "My code" = "theme_id".'),
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Heading of the report.")
    ] = None,
) -> None:
    """Write tags as one HTML file: what there is, and each passage with its evidence.

    The file loads nothing and sends nothing. Codes that are no theme of the codebook are counted
    on stderr; without --codebook, a code that is written as ids are is taken for a theme.
    """
    from scr_themes.writing.files import save_file  # noqa: PLC0415
    from scr_themes.writing.report import save  # noqa: PLC0415
    from scr_themes.writing.settings import Settings  # noqa: PLC0415

    twice = next((path for path in tags if tags.count(path) > 1), None)
    if twice is not None:
        raise ReadingError(twice, "is given twice", "give each file once")
    codings, book = _read(tags, codebook, mapping)
    chosen = _choose(codings, coder)
    _tell(chosen.unmapped)
    settings = Settings(codebook=book)
    save_file(lambda part: save(chosen, settings, part, title=title), output, lambda: 0)


def _read(
    paths: list[Path], codebook: Path | None, mapping: Path | None
) -> tuple[Codings, Codebook]:
    """Read all files, and return what they hold in the terms of a codebook."""
    from scr_themes.reading.codings import read_as_coded  # noqa: PLC0415
    from scr_themes.reading.codings.mapping import map_codes, read_mapping  # noqa: PLC0415

    book = Codebook.load(codebook)
    names = read_mapping(mapping, book)
    files = [read_as_coded(path) for path in paths]
    as_coded = Codings(
        documents=tuple(tagged for file in files for tagged in file),
        unmapped=tuple(code for file in files for code in file.unmapped),
    )
    codings = map_codes(as_coded, book, names)
    if codebook is not None or not codings.unmapped:
        return codings, book
    wider = _widened(book, as_coded, {code.code for code in codings.unmapped})
    return map_codes(as_coded, wider, names), wider


def _widened(book: Codebook, as_coded: Codings, unknown: set[str]) -> Codebook:
    """Add what is written as ids are: the tags have a codebook of their own."""
    own = {code for code in unknown if _ID.fullmatch(code)}
    roles = {passage.role for tagged in as_coded for passage in tagged.passages} & own
    return book.covering({*book.theme_ids, *(own - roles)}, {*book.role_ids, *roles})


def _choose(codings: Codings, coder: str | None) -> Codings:
    """Return one coder's work: a report shows one, and never mixes two."""
    coders = codings.coders
    named = ", ".join(coders)
    if coder is None and len(coders) > 1:
        raise ReadingError(
            "report", f"these are the tags of {len(coders)} coders: {named}", "choose one: --coder"
        )
    if coder is not None and coder not in coders:
        raise typer.BadParameter(
            f"{coder!r} coded none of these; who did: {named or 'nobody'}", param_hint="'--coder'"
        )
    if coder is None:
        return codings
    lost = tuple(code for code in codings.unmapped if code.coder == coder)
    return Codings(documents=codings.of(coder), unmapped=lost)


def _tell(unmapped: Iterable[Unmapped]) -> None:
    """Say which codings the report leaves out."""
    counts = Counter((code.code, code.reason) for code in unmapped)
    if not counts:
        return
    say(f"codings that are not in the report (--mapping can name them): {counts.total()}")
    for (code, reason), n in counts.most_common(_LISTED):
        say(f"  {n} x {code!r}: {reason}")
    if len(counts) > _LISTED:
        say(f"  ... and {len(counts) - _LISTED} more codes")
