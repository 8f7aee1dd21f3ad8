"""Worker processes: tasks handed out a little ahead, results had back in order, deaths outlived."""

from __future__ import annotations

import threading
import warnings
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
# Seconds after which a Dask cluster is asked whether it still has workers, and then to get some.
_PATIENCE = 60


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
    waiting = iter(tasks)
    suspects: list[Task] = []
    while True:
        again = iter(suspects)
        run = _Run(
            again if suspects else waiting, work, n_jobs, n_ahead=1 if suspects else 2 * n_jobs
        )
        try:
            yield from run.outcomes()
        except BrokenProcessPool:
            in_hand = [*run.in_hand, *again]
            if suspects:
                yield _lost(in_hand.pop(0))
            elif not in_hand:  # it broke before anything was handed out
                for task in waiting:
                    yield _lost(task)
                return
            suspects = in_hand
            continue
        if not suspects:
            return
        suspects = []


class _Run:
    """One pool of workers, until all is done or a worker dies.

    Attributes
    ----------
    in_hand : deque of Task
        Handed out and not had back; errors among them wait for their turn.
    """

    def __init__(self, tasks: Iterator[Task], work: Work, n_jobs: int, *, n_ahead: int) -> None:
        self.in_hand: deque[Task] = deque()
        self._tasks = tasks
        self._work = work
        self._n_jobs = n_jobs
        self._n_ahead = n_ahead
        self._lock = threading.Lock()  # joblib asks for tasks from threads of its own
        self._is_over = False

    def outcomes(self) -> Generator[Outcome, None, None]:
        from joblib import Parallel  # noqa: PLC0415

        # Batches of one: files differ much in length, and each is to be had as soon as it is done.
        parallel = Parallel(
            n_jobs=self._n_jobs, prefer="processes", return_as="generator", batch_size=1,
            pre_dispatch=self._n_ahead,
        )  # fmt: skip
        try:
            results = parallel(self._handed_out())
        except BaseException:
            self._is_over = True
            raise
        try:
            for outcome in results:
                yield from self._errors()
                self.in_hand.popleft()
                yield outcome
            yield from self._errors()
        except GeneratorExit:
            # Whoever asked has had enough. What is in hand is waited for: to kill workers that are
            # about to answer is a race in loky (a KeyError in a thread of its own, joblib 1.6).
            self._over()
            for _ in results:
                pass
            raise
        finally:
            self._over()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that work was begun which nobody waits for
                results.close()

    def _over(self) -> None:
        with self._lock:
            self._is_over = True

    def _errors(self) -> Iterator[ScrThemesError]:
        while self.in_hand and isinstance(self.in_hand[0], ScrThemesError):
            yield self.in_hand.popleft()  # type: ignore[misc]  # as was just seen

    def _handed_out(self) -> Iterator[object]:
        from joblib import delayed  # noqa: PLC0415

        while True:
            with self._lock:
                if self._is_over:
                    return
                task = next(self._tasks, None)
                if task is None:
                    return
                self.in_hand.append(task)
            if not isinstance(task, ScrThemesError):
                yield delayed(self._work)(task)


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
    if isinstance(task, ScrThemesError):
        return task
    return ReadingError(
        task.name if isinstance(task, Document) else task,
        "was not tagged, since a worker process died (perhaps out of memory)",
        "tag it again with fewer jobs",
    )
