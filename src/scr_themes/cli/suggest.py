"""``scr-themes suggest``: the passages to code by hand next, in a sheet ready to fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.cli.choices import Encoding, Model, TextColumn, load_model
from scr_themes.cli.outcomes import FAILED, complain, say
from scr_themes.cli.passages import show_suggestion
from scr_themes.errors import ReadingError, ScrThemesError

if TYPE_CHECKING:
    from scr_themes.documents import Document


def suggest(
    reviews: Annotated[
        list[Path],
        typer.Argument(
            metavar="REVIEW|TAGS",
            help="Files or folders, as for `tag`, or files of tags or codings, whose passages are "
            "taken.",
        ),
    ],
    *,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, metavar="N", help="How many passages to pick.")
    ] = 100,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Worksheet to write: .xlsx, .csv or .jsonl. [default: printed]",
        ),
    ] = None,
    coded: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="CODED",
            help="Passages coded already (LABELLED, or a file of codings), which are left out; may "
            "be repeated.",
        ),
    ] = None,
    model: Model = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave out of the worksheet what the model makes of it.")
    ] = False,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Another number picks other passages.")
    ] = 0,
    text_column: TextColumn = None,
    encoding: Encoding = None,
) -> None:
    """Pick the passages to code by hand next.

    Those that the model is unsure of, and unlike one another: what a model learns most from. Fill
    the worksheet's column `themes` in, and it is LABELLED, for train, evaluate and agree.

    Such passages are the hard ones, and not a fair sample: to measure how good a model is, code
    whole documents or passages drawn at random.
    """
    from scr_themes.evaluating import suggest as pick  # noqa: PLC0415 - brings scikit-learn

    _check_output(output, blind=blind)
    failures: list[ScrThemesError] = []

    def failed(error: ScrThemesError) -> None:
        failures.append(error)
        complain(error)

    passages = [
        (document.name, passage)
        for document in _documents(reviews, text_column, encoding, failed)
        for passage in document.passages
    ]
    known = [text for file in coded or () for text in _coded_texts(file)]
    classifier = load_model(model)
    picked = pick(
        [passage.text for _, passage in passages],
        number,
        classifier=classifier,
        coded=known,
        random_state=seed,
    )
    if output is None:
        shown = (
            show_suggestion(found, place, *passages[found.index])
            for place, found in enumerate(picked, start=1)
        )
        typer.echo("\n\n".join(shown))
    else:
        from scr_themes.evaluating.settling import to_code  # noqa: PLC0415
        from scr_themes.writing.worksheet import write_worksheet  # noqa: PLC0415

        rows = to_code(passages, picked)
        write_worksheet(rows, output, codebook=classifier.codebook_, blind=blind)
    where = "" if output is None else f": {output}"
    say(f"{len(picked)} of {len(passages)} passages to code{where}")
    if failures:
        raise typer.Exit(FAILED)


def _check_output(output: Path | None, *, blind: bool) -> None:
    from scr_themes.writing.worksheet import SUFFIXES  # noqa: PLC0415

    if output is None and blind:
        raise typer.BadParameter("is for the worksheet; give -o too", param_hint="'--blind'")
    if output is not None and output.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(
            f"{output} is no worksheet; end its name in one of {' '.join(SUFFIXES)}",
            param_hint="'--output'",
        )


def _documents(
    reviews: list[Path],
    text_column: str | None,
    encoding: str | None,
    failed: Callable[[ScrThemesError], None],
) -> Iterator[Document]:
    """Yield the documents, each once; what cannot be read is told and left out."""
    from scr_themes.reading import read  # noqa: PLC0415
    from scr_themes.reading.coded_files import is_codings  # noqa: PLC0415
    from scr_themes.reading.codings import read_as_coded  # noqa: PLC0415
    from scr_themes.tagging import find_sources  # noqa: PLC0415

    for source in find_sources(reviews):
        if isinstance(source, ReadingError):
            failed(source)
        elif isinstance(source, Path):
            try:
                if is_codings(source):
                    coders = read_as_coded(source).documents
                    yield from {tagged.document.name: tagged.document for tagged in coders}.values()
                else:
                    yield read(source, text_column=text_column, encoding=encoding)
            except ScrThemesError as error:
                failed(error)


def _coded_texts(path: Path) -> list[str]:
    """Return the passages of a file that somebody has coded."""
    from scr_themes.reading.coded_files import is_labelled  # noqa: PLC0415
    from scr_themes.reading.codings import read_as_coded  # noqa: PLC0415
    from scr_themes.reading.labelled import read_labelled  # noqa: PLC0415

    if is_labelled(path):
        return list(read_labelled(path).texts)
    return [
        passage.text
        for tagged in read_as_coded(path).documents
        for passage in tagged.passages
        if passage.tags or passage.role
    ]
