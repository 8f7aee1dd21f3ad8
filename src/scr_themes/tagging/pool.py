"""Worker processes: tasks handed out a little ahead, results had back in order, deaths outlived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import ReadingError, ScrThemesError

Outcome: TypeAlias = TaggedDocument | ScrThemesError
# What is to be done, or in its place the error of what cannot be.
Task: TypeAlias = Path | Document | ScrThemesError
Work: TypeAlias = Callable[[Path | Document], Outcome]
# Tasks a worker that are handed out ahead: files differ much in length, and while the first takes
# its time the others go on.
AHEAD = 8
# Seconds after which a Dask cluster is asked whether it still has workers, and then to get some.
_PATIENCE = 60
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def in_workers(tasks: Iterable[Task], work: Work, n_jobs: int) -> Generator[Outcome, None, None]:
    """Do tasks in worker processes, joblib's or a Dask cluster's.

    Where a worker dies, what was in hand is done again, one task at a time: so the one at which a
    worker dies again is the one that is lost, and no other. A cluster does again by itself what a
    worker had in hand, and tells at which task workers died again and again.

    Parameters
    ----------
    tasks : iterable of Path, Document or ScrThemesError
        Read a little ahead of what was had back. Errors are passed on in their places.
    work : callable
        What a worker does with a task. It can be pickled, and raises nothing.
    n_jobs : int
        How many workers.

    Yields
    ------
    TaggedDocument or ScrThemesError
        In the order of the tasks.

    Raises
    ------
    ScrThemesError
        If the cluster is lost, or its workers cannot take a task up.
    """
    client = dask_client()
    if client is not None:
        # More than with processes here: while the first is slow, nothing more is handed out.
        yield from _on_cluster(tasks, work, client, n_ahead=4 * max(n_jobs, 1))
        return
    yield from _in_processes(tasks, work, n_jobs)


def _in_processes(tasks: Iterable[Task], work: Work, n_jobs: int) -> Generator[Outcome, None, None]:
    """Do tasks in processes of this machine: those of loky, which joblib brings.

    Not by ``joblib.Parallel``, which hands out all there is however slowly results are taken, and
    stops a stream that is left early by killing workers, in a race with those about to answer.
    """
    from joblib.externals.loky import ProcessPoolExecutor  # noqa: PLC0415 - slow to import

    def opened() -> Any:
        # On one thread each: the other cores have workers, too.
        return ProcessPoolExecutor(n_jobs, env=_ONE_THREAD)

    executor = opened()
    waiting = iter(tasks)
    in_hand: deque[tuple[Task, Any]] = deque()  # with their futures; errors have none
    try:
        while True:
            try:
                for task in islice(waiting, AHEAD * n_jobs - len(in_hand)):
                    in_hand.append((task, None))  # before it begins: that may break, too
                    if not isinstance(task, ScrThemesError):
                        in_hand[-1] = task, executor.submit(work, task)
                if not in_hand:
                    return
                task, future = in_hand[0]
                outcome = task if isinstance(task, ScrThemesError) else future.result()
            except BrokenProcessPool:
                yield from _one_by_one(in_hand, work, opened)
                executor = opened()
            else:
                in_hand.popleft()
                yield outcome
    except KeyboardInterrupt:
        executor.shutdown(wait=False, kill_workers=True)
        raise
    finally:
        for _, future in in_hand:
            if future is not None:
                future.cancel()  # what runs already runs to its end
        executor.shutdown()


def _one_by_one(
    in_hand: deque[tuple[Task, Any]], work: Work, opened: Callable[[], Any]
) -> Iterator[Outcome]:
    """Do again what was in hand when a worker died: at which one dies again, that is lost."""
    while in_hand:
        task, future = in_hand.popleft()
        found = _done_already(task, future)
        if found is None:
            executor = opened()
            try:
                found = executor.submit(work, task).result()
            except BrokenProcessPool:
                found = _lost(task)
            finally:
                executor.shutdown()
        yield found


def _done_already(task: Task, future: Any) -> Outcome | None:
    """Return what there is of a task after its pool broke."""
    if isinstance(task, ScrThemesError):
        return task
    if future is not None and future.done() and future.exception() is None:
        return future.result()  # type: ignore[no-any-return]
    return None


def dask_client() -> Any | None:
    """Return the client of the Dask cluster that joblib is set to work on, if it is."""
    from joblib.parallel import get_active_backend  # noqa: PLC0415 - slow to import

    backend, _ = get_active_backend()
    return getattr(backend, "client", None)


def _on_cluster(
    tasks: Iterable[Task], work: Work, client: Any, *, n_ahead: int
) -> Generator[Outcome, None, None]:
    """Do tasks on a Dask cluster, so many ahead of what was had back: results wait on workers.

    Not by ``joblib.Parallel``: on Dask that waits for ever for a task that Dask gave up (joblib
    1.6), and hands out all there is however slowly results are taken.
    """
    from distributed import KilledWorker  # noqa: PLC0415 - the extra ``dask``

    _check_packages(client)
    waiting = iter(tasks)
    in_hand: deque[tuple[Task, Any]] = deque()  # with their futures; errors have none

    def begin(task: Task) -> Any:
        with _told_of(client):
            return client.submit(work, task, pure=False)  # pure: results would be known by the path

    try:
        while True:
            for task in islice(waiting, n_ahead - len(in_hand)):
                future = None if isinstance(task, ScrThemesError) else begin(task)
                in_hand.append((task, future))
            if not in_hand:
                return
            task, future = in_hand[0]
            try:
                outcome = task if isinstance(task, ScrThemesError) else _had_back(client, future)
            except KilledWorker:
                # It may only have stood behind the one that kills: it is done again, alone.
                others = [other for _, other in islice(in_hand, 1, None) if other is not None]
                outcome = _had_back_alone(client, partial(begin, task), others) or _lost(task)
            in_hand.popleft()
            yield outcome
    finally:
        with suppress(Exception):  # a cluster that is lost has nothing to cancel
            client.cancel([future for _, future in in_hand if future is not None])


def _check_packages(client: Any) -> None:
    """Refuse workers that lack this package: they would end at their first task, all of them."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to import

    name = "scr-themes"
    ours = version(name)
    with _told_of(client):
        theirs = client.run(version, name, on_error="return")
    for worker, found in theirs.items():
        if isinstance(found, str | PackageNotFoundError) and found != ours:
            has = found if isinstance(found, str) else "none"
            raise ScrThemesError(
                worker, f"this Dask worker has {name} {has}, and not {ours}", "install it there"
            )


def _had_back(client: Any, future: Any) -> Outcome:
    from distributed import KilledWorker  # noqa: PLC0415 - the extra ``dask``

    with _told_of(client, but=KilledWorker):
        while True:
            try:
                outcome: Outcome = future.result(timeout=_PATIENCE)
            except TimeoutError:  # it takes long, or no worker is left and none comes back
                client.wait_for_workers(1, timeout=_PATIENCE)
            else:
                return outcome


def _had_back_alone(client: Any, begin: Callable[[], Any], others: list[Any]) -> Outcome | None:
    """Return the outcome of a task that is begun when others are done; None if it kills again."""
    from distributed import KilledWorker  # noqa: PLC0415 - the extra ``dask``

    for other in others:
        with suppress(KilledWorker):  # it gets its own turn
            _had_back(client, other)
    with suppress(KilledWorker):
        return _had_back(client, begin())
    return None


@contextmanager
def _told_of(client: Any, but: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """Tell in one line what ails a cluster; work itself raises nothing."""
    address = client.scheduler.address if client.scheduler is not None else "Dask cluster"
    try:
        yield
    except but:
        raise
    except Exception as error:
        if client.status == "running" and not isinstance(error, CancelledError | OSError):
            # Without the error's own words: what a task that failed holds is a file's.
            raise ScrThemesError(
                address,
                f"the Dask cluster cannot take tasks up ({type(error).__name__})",
                "see that scheduler and workers have the packages that there are here",
            ) from error
        raise ScrThemesError(
            address,
            "the Dask scheduler no longer answers, or has no workers left",
            "see that it runs, and tag again",
        ) from error


def _lost(task: Task) -> ScrThemesError:
    return ReadingError(
        task.name if isinstance(task, Document) else task,
        "was not tagged, since a worker process died (perhaps out of memory)",
        "tag it again with fewer jobs",
    )
