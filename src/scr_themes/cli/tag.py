"""``scr-themes tag``: reviews in, tagged passages out."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.cli.choices import Encoding, Model, TextColumn, check_ids, load_model, usage_error
from scr_themes.cli.outcomes import FAILED, complain, say
from scr_themes.cli.progress import Bar, progress_bar
from scr_themes.errors import MissingExtraError, ReadingError, ScrThemesError, WritingError
from scr_themes.writing.formats import FORMATS, guess_format

if TYPE_CHECKING:
    from scr_themes.documents import Document, TaggedDocument

_STDIN = "-"
# Files from which on worker processes are worth their start, and a journal its folder.
MANY = 8
# Seconds in which a Dask scheduler must answer.
PATIENCE = 10


def _known_format(name: str | None) -> str | None:
    if name is not None and name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}")
    return name


def _threshold(given: list[str], themes: Collection[str]) -> str | float | dict[str, str | float]:
    """Read the values of ``--threshold``: a word or number for all themes, or one a theme."""
    if len(given) == 1 and "=" not in given[0]:
        return _cut(given[0])
    cuts = {}
    for value in given:
        theme, equals, number = value.partition("=")
        if not equals:
            raise typer.BadParameter(
                f"{value!r} beside others; give ID=CUT, or one value for all themes",
                param_hint="'--threshold'",
            )
        check_ids([theme], themes, "--threshold")
        cuts[theme] = _cut(number)
    return cuts


def _cut(text: str) -> str | float:
    if text == "precise":
        return text
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise typer.BadParameter(
            f"{text!r} is neither a number from 0 to 1 nor 'precise'", param_hint="'--threshold'"
        )
    return number


def _usable_jobs(jobs: int | None) -> int | None:
    if jobs is not None and (jobs == 0 or jobs < -1):
        raise typer.BadParameter(f"{jobs} is neither -1 nor 1 or more")
    return jobs


def tag(
    reviews: Annotated[
        list[str],
        typer.Argument(
            metavar="REVIEW",
            help="Files or folders: PDF, DOCX, HTML, text, Markdown, or tables of passages (CSV, "
            "JSONL, Parquet). - reads plain text from standard input.",
        ),
    ],
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="File to write; - prints.")
    ] = "-",
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            callback=_known_format,
            help="[default: by the ending of OUT; a table when printed]",
        ),
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only passages with this theme; may be repeated."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE", help="Only passages with this role; may be repeated."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            callback=_usable_jobs,
            help="Files to do side by side; -1: one for each core. [default: one for each core, "
            f"from {MANY} files on]",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Tag on all workers of a Dask cluster, tcp://HOST:8786 for instance. They must "
            "see files, journal and model by the same paths.",
        ),
    ] = None,
    model: Model = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CUT",
            help="Tag from this probability on: a number, `precise` (nine in ten right, fewer "
            "found), or ID=CUT for one theme; may be repeated. [default: the model's]",
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Passages shown for each theme in a table; 0: all."),
    ] = 5,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin a CSV so that Excel takes it for UTF-8.")
    ] = False,
    text_column: TextColumn = None,
    encoding: Encoding = None,
    journal: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep finished documents here: the same command, stopped or killed, goes on from "
            f"them. [default: OUT.journal, from {MANY} files on; removed when all is done]",
        ),
    ] = None,
) -> None:
    """Find the passages that report a failing.

    Each comes with the theme, its probability, the sentence that shows it, page and paragraph.

    Probabilities are calibrated: in documents like those that the model was calibrated on, about
    8 in 10 of those at 0.80 carry the theme. In others more or fewer do. They are a
    program's reading; check each passage against its page before you cite it.
    """
    form = _format(output, format_name)
    if scheduler is not None and jobs is not None:
        raise typer.BadParameter(
            "the cluster of --scheduler has as many as it has; leave it out",
            param_hint="'--jobs'",
        )
    from scr_themes.reading import is_long_table  # noqa: PLC0415
    from scr_themes.tagging import find_sources, select  # noqa: PLC0415
    from scr_themes.tagging import tag as tag_files  # noqa: PLC0415
    from scr_themes.tagging.journal import Journal  # noqa: PLC0415
    from scr_themes.writing import write  # noqa: PLC0415

    started = time.perf_counter()
    failures: list[ScrThemesError] = []
    given = _given(reviews, encoding, failures)
    found = find_sources(given)
    _refuse_overwriting(output, found)
    classifier = load_model(model)
    check_ids(theme or (), classifier.themes, "--theme")
    check_ids(role or (), classifier.roles, "--role")
    many = sum(not isinstance(source, ReadingError) for source in found) >= MANY or any(
        isinstance(source, Path) and is_long_table(source, encoding) for source in found
    )
    kept = Path(f"{output}.journal") if journal is None and many and output != "-" else None
    cuts = None if not threshold else classifier.cuts(_threshold(threshold, classifier.themes))

    with _cluster(scheduler), progress_bar(len(found), on_stdout=output == "-") as bar:

        def failed(error: ScrThemesError) -> None:
            failures.append(error)
            complain(error)
            bar.advance()

        def documents() -> Iterator[TaggedDocument]:
            for tagged in tag_files(
                given,
                classifier=classifier,
                jobs=jobs if jobs is not None else -1 if many or scheduler is not None else 1,
                text_column=text_column,
                encoding=encoding,
                journal=journal or kept,
                on_error=failed,
            ):
                for warning in tagged.document.warnings:
                    say(f"{tagged.document.name}: {warning}")
                yield select(tagged, themes=theme or (), roles=role or (), threshold=cuts)

        write(
            bar.watch(documents()),
            output,
            format=form,
            codebook=classifier.codebook_,
            limit=limit,
            bom=bom,
        )
    _sum_up(bar, len(failures), time.perf_counter() - started)
    if kept is not None and not failures:
        Journal(kept, "").remove()
    if failures:
        raise typer.Exit(FAILED)


@contextmanager
def _cluster(scheduler: str | None) -> Iterator[None]:
    """Have joblib's tasks done on a Dask cluster, if one is named."""
    if scheduler is None:
        yield
        return
    try:
        from distributed import Client  # noqa: PLC0415 - the extra ``dask``
    except ImportError as error:
        raise MissingExtraError("distributed", "dask") from error
    from joblib import parallel_config  # noqa: PLC0415 - slow to import

    # What it has to say of workers that come and go is the cluster's own affair.
    for name in ("distributed", "distributed.client"):  # both have a level of their own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError among the first; no address at all
        raise ScrThemesError(
            scheduler,
            f"no Dask scheduler answered there within {PATIENCE} seconds",
            "check the address, and that `dask scheduler` runs there",
        ) from error
    with client, parallel_config(backend="dask", client=client):
        yield


def _format(output: str, name: str | None) -> str:
    if name is not None:
        return name
    if output == "-":
        return "table"
    try:
        return guess_format(output)
    except WritingError as error:
        raise usage_error(error, "--output") from error


def _given(
    reviews: list[str], encoding: str | None, failures: list[ScrThemesError]
) -> list[str | Document]:
    """Put what standard input holds in the place of ``-``."""
    given: list[str | Document] = []
    for review in dict.fromkeys(reviews):
        if review != _STDIN:
            given.append(review)
            continue
        try:
            given.append(_standard_input(encoding))
        except ReadingError as error:
            failures.append(error)
            complain(error)
    return given


def _standard_input(encoding: str | None) -> Document:
    from scr_themes.reading.plain import read_plain  # noqa: PLC0415

    name = Path("standard input")
    data = sys.stdin.buffer.read()
    if not data.strip():
        raise ReadingError(name, "is empty", "pipe the text of a review into it")
    return read_plain(name, data, encoding)


def _refuse_overwriting(output: str, found: list[Path | Document | ReadingError]) -> None:
    place = Path(output).resolve()
    if any(isinstance(source, Path) and source.resolve() == place for source in found):
        raise typer.BadParameter(
            f"{output} is itself among the files to tag; name another, or another folder",
            param_hint="'--output'",
        )


def _sum_up(bar: Bar, n_failed: int, seconds: float) -> None:
    total = bar.n_files + n_failed
    files = f"{bar.n_files} of {total}" if n_failed else str(total)
    say(
        f"{files} file{'' if total == 1 else 's'}, {bar.n_passages} passages, "
        f"{bar.n_tags} tags, {seconds:.1f} seconds"
    )
