"""``tag``: a batch of files, streamed, on one core or several."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import BatchError, ModelError, ReadingError, ScrThemesError, WritingError
from scr_themes.tagging.journal import Journal
from scr_themes.tagging.pool import Outcome, Task, dask_client, in_workers
from scr_themes.tagging.sources import Source, find_sources
from scr_themes.tagging.workers import (
    Reading,
    Shipment,
    Tagger,
    setting_of,
    tag_one,
    tag_one_shipped,
    unforeseen,
)

if TYPE_CHECKING:
    from scr_themes.classifying.reader import ThemeReader


def tag(
    paths: Source | Iterable[Source],
    *,
    model: str | os.PathLike[str] | None = None,
    classifier: ThemeReader | None = None,
    jobs: int = 1,
    text_column: str | None = None,
    encoding: str | None = None,
    journal: str | os.PathLike[str] | None = None,
    on_error: Callable[[ScrThemesError], object] | None = None,
) -> Iterator[TaggedDocument]:
    """Tag files, each handed over as soon as it is done.

    Parameters
    ----------
    paths : path, Document, or iterable of these
        Files; folders, searched to any depth for readable files; documents already read.
    model : str or path-like, optional
        The name of a bundled model or the folder of your own; the bundled one by default.
    classifier : ThemeClassifier or ThemeReader, optional
        A fitted classifier, instead of ``model``.
    jobs : int, default 1
        How many files to do side by side: worker processes, -1 for one a core. With 1 there is
        none, and the encoder itself uses every core.
    text_column : str, optional
        The column with the words, for files that are tables.
    encoding : str, optional
        The encoding of text files, where known.
    journal : path-like, optional
        A folder for finished documents. What was finished in an earlier run, of the same files by
        the same model and settings, is taken from there; so a run that was stopped, or killed,
        goes on where it was. Nothing is deleted from it.
    on_error : callable, optional
        Called with the error of each file that fails.

    Yields
    ------
    TaggedDocument
        In the order of ``paths``; the same whatever ``jobs`` is. A table of passages of more than
        8 MB, in UTF-8 or Parquet, comes in parts of a thousand rows, so that its length costs no
        memory; ``start`` and ``end`` of a passage are then places in the text of its part.

    Raises
    ------
    ModelError
        If the model cannot be loaded, or cannot tag the first file that can be read.
    BatchError
        If files failed and there is no ``on_error``: after every other file was handed over.
    ScrThemesError
        If a Dask cluster has no workers, is lost, or lacks this package.
    WritingError
        If a finished document cannot be kept in ``journal``.
    ValueError
        If ``jobs`` is 0, or both ``model`` and ``classifier`` are given.

    Notes
    -----
    Worker processes are joblib's: under ``joblib.parallel_config(backend="dask")``, from the first
    document to the last, and with ``jobs=-1`` they are all those of the Dask cluster, which must
    see the files, the journal and the model's folder by the same paths.

    Examples
    --------
    A path would do as well as a document:

    >>> from scr_themes.documents import Passage
    >>> passage = Passage(text="No one told the health visitor.")
    >>> document = Document(path=None, title="A note", text=passage.text, passages=(passage,))
    >>> for tagged in tag(document):
    ...     print(tagged.document.title, [p.role for p in tagged.passages])
    A note ['finding']
    """
    if jobs == 0:
        raise ValueError("jobs is 0; give 1 or more, or -1 for one a core")
    if model is not None and classifier is not None:
        raise ValueError("both model and classifier are given; give one of them")
    # Checked at the call, and not when the first document is asked for.
    return _batch(
        paths,
        tagger=lambda: _tagger(model, classifier),
        jobs=jobs,
        reading=Reading(text_column, encoding),
        journal=None if journal is None else Path(journal),
        on_error=on_error,
    )


def _tagger(model: str | os.PathLike[str] | None, classifier: ThemeReader | None) -> Tagger:
    from scr_themes.classifying import open_reader  # noqa: PLC0415 - brings onnxruntime

    return classifier or (open_reader() if model is None else open_reader(model))


def _batch(
    paths: Source | Iterable[Source],
    *,
    tagger: Callable[[], Tagger],
    jobs: int,
    reading: Reading,
    journal: Path | None,
    on_error: Callable[[ScrThemesError], object] | None,
) -> Iterator[TaggedDocument]:
    from scr_themes.reading import is_long_table  # noqa: PLC0415

    found = find_sources(paths)
    by = tagger()
    kept = None if journal is None else Journal(journal, setting_of(by, reading))
    n_jobs = _n_workers(jobs)
    # Once: to see that a long one is UTF-8 it is read from end to end.
    long = {s for s in found if isinstance(s, Path) and is_long_table(s, reading.encoding)}
    if not long:
        # As many workers as there is work for: each of them loads the model.
        n_jobs = min(n_jobs, sum(not isinstance(source, ReadingError) for source in found))
    tasks = _tasks(found, long, reading)
    outcomes: Generator[Outcome, None, None]
    if n_jobs > 1 or (jobs != 1 and dask_client() is not None):
        tag_there = partial(
            tag_one_shipped,
            shipment=Shipment.pack(by),
            reading=reading,
            journal=kept,
            folder=Path.cwd(),
        )
        outcomes = in_workers(tasks, tag_there, n_jobs)
    else:
        outcomes = (
            task if isinstance(task, ScrThemesError) else tag_one(task, by, reading, kept)
            for task in tasks
        )
    failures: list[ScrThemesError] = []
    n_done = 0
    with closing(outcomes):  # workers stop when the caller has had enough
        for outcome in outcomes:
            if isinstance(outcome, TaggedDocument):
                n_done += 1
                yield outcome
            elif isinstance(outcome, WritingError) or (
                isinstance(outcome, ModelError) and not n_done
            ):
                raise outcome  # not the file's fault, and every other file would fail as well
            elif on_error is not None:
                on_error(outcome)
            else:
                failures.append(outcome)
    if failures:
        raise BatchError(failures, n_done)


def _n_workers(jobs: int) -> int:
    if jobs == 1:
        return 1
    from joblib import effective_n_jobs  # noqa: PLC0415 - slow to import

    try:
        return int(effective_n_jobs(jobs))
    except TimeoutError as error:
        raise ScrThemesError(
            "Dask cluster", "has no workers", "start some: dask worker SCHEDULER"
        ) from error


def _tasks(
    found: Iterable[Path | Document | ReadingError], long: Collection[Path], reading: Reading
) -> Iterator[Task]:
    """Yield what is to be tagged, a long table part by part, and what cannot be read, in order."""
    from scr_themes.reading import read_in_parts  # noqa: PLC0415

    for source in found:
        if not isinstance(source, Path) or source not in long:
            yield source
            continue
        try:
            yield from read_in_parts(source, text_column=reading.text_column)
        except ScrThemesError as error:
            yield error
        except Exception as error:
            yield unforeseen(error, source)
