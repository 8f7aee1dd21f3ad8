"""``tag``: a batch of files, streamed, on one core or several."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import BatchError, ModelError, ReadingError, ScrThemesError
from scr_themes.tagging.sources import Source, find_sources
from scr_themes.tagging.workers import Reading, Shipment, Tagger, tag_one, tag_one_shipped

if TYPE_CHECKING:
    from scr_themes.classifying import ThemeClassifier

Outcome = TaggedDocument | ScrThemesError


def tag(
    paths: Source | Iterable[Source],
    *,
    model: str | os.PathLike[str] | None = None,
    classifier: ThemeClassifier | None = None,
    jobs: int = 1,
    text_column: str | None = None,
    encoding: str | None = None,
    on_error: Callable[[ScrThemesError], object] | None = None,
) -> Iterator[TaggedDocument]:
    """Tag files, each handed over as soon as it is done.

    Parameters
    ----------
    paths : path, Document, or iterable of these
        Files; folders, searched to any depth for readable files; documents already read.
    model : str or path-like, optional
        The name of a bundled model or the folder of your own; the bundled one by default.
    classifier : ThemeClassifier, optional
        A fitted classifier, instead of ``model``.
    jobs : int, default 1
        How many files to do side by side: worker processes, -1 for one a core. With 1 there is
        none, and the encoder itself uses every core.
    text_column : str, optional
        The column with the words, for files that are tables.
    encoding : str, optional
        The encoding of text files, where known.
    on_error : callable, optional
        Called with the error of each file that fails.

    Yields
    ------
    TaggedDocument
        In the order of ``paths``; the same whatever ``jobs`` is.

    Raises
    ------
    ModelError
        If the model cannot be loaded, or cannot tag the first file that can be read.
    BatchError
        If files failed and there is no ``on_error``: after every other file was handed over.
    ValueError
        If ``jobs`` is 0, or both ``model`` and ``classifier`` are given.

    Notes
    -----
    Worker processes are joblib's: under ``joblib.parallel_config(backend="dask")`` they are those
    of the Dask cluster, which must see the files and the model's folder by the same paths.

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
        model=model,
        classifier=classifier,
        jobs=jobs,
        reading=Reading(text_column, encoding),
        on_error=on_error,
    )


def _batch(
    paths: Source | Iterable[Source],
    *,
    model: str | os.PathLike[str] | None,
    classifier: ThemeClassifier | None,
    jobs: int,
    reading: Reading,
    on_error: Callable[[ScrThemesError], object] | None,
) -> Iterator[TaggedDocument]:
    from scr_themes.classifying import load  # noqa: PLC0415 - brings scikit-learn

    found = find_sources(paths)
    sources = [source for source in found if not isinstance(source, ReadingError)]
    tagger: Tagger = classifier or (load() if model is None else load(model))
    if min(_n_workers(jobs), len(sources)) > 1:
        outcomes = _in_workers(sources, tagger, jobs, reading)
    else:
        outcomes = (tag_one(source, tagger, reading) for source in sources)
    failures: list[ScrThemesError] = []
    n_done = 0
    with closing(outcomes):  # workers stop when the caller has had enough
        for source in found:
            outcome = source if isinstance(source, ReadingError) else next(outcomes)
            if isinstance(outcome, TaggedDocument):
                n_done += 1
                yield outcome
            elif isinstance(outcome, ModelError) and not n_done:
                raise outcome  # not the file's fault, and every other file would fail as well
            elif on_error is not None:
                on_error(outcome)
            else:
                failures.append(outcome)
    if failures:
        raise BatchError(failures, n_done)


def _n_workers(jobs: int) -> int:
    from joblib import effective_n_jobs  # noqa: PLC0415

    return int(effective_n_jobs(jobs))


def _in_workers(
    sources: list[Path | Document], tagger: Tagger, jobs: int, reading: Reading
) -> Generator[Outcome, None, None]:
    from joblib import Parallel, delayed  # noqa: PLC0415

    shipment = Shipment.pack(tagger)
    # As many workers as there is work for: each of them loads the model.
    n_jobs = min(_n_workers(jobs), len(sources))
    # Batches of one: files differ much in length, and each is to be had as soon as it is done.
    parallel = Parallel(n_jobs=n_jobs, prefer="processes", return_as="generator", batch_size=1)
    tasks = (delayed(tag_one_shipped)(source, shipment, reading) for source in sources)
    n_had = 0
    try:
        results = parallel(tasks)
        try:
            for outcome in results:
                n_had += 1
                yield outcome
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that work was begun which nobody waits for
                results.close()
    except BrokenProcessPool:
        yield from (_lost(source) for source in sources[n_had:])


def _lost(source: Path | Document) -> ReadingError:
    return ReadingError(
        source.name if isinstance(source, Document) else source,
        "was not tagged, since a worker process died (perhaps out of memory)",
        "tag it again with fewer jobs",
    )
