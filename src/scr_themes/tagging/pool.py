"""Worker processes: tasks handed out a little ahead, results had back in order, deaths outlived."""

from __future__ import annotations

import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeAlias

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import ReadingError, ScrThemesError

Outcome: TypeAlias = TaggedDocument | ScrThemesError
# What is to be done, or in its place the error of what cannot be.
Task: TypeAlias = Path | Document | ScrThemesError
Work: TypeAlias = Callable[[Path | Document], Outcome]


def in_workers(tasks: Iterable[Task], work: Work, n_jobs: int) -> Generator[Outcome, None, None]:
    """Do tasks in worker processes, joblib's.

    Where a worker dies, what was in hand is done again, one task at a time: so the one at which a
    worker dies again is the one that is lost, and no other.

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
    """
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


def _lost(task: Task) -> ScrThemesError:
    if isinstance(task, ScrThemesError):
        return task
    return ReadingError(
        task.name if isinstance(task, Document) else task,
        "was not tagged, since a worker process died (perhaps out of memory)",
        "tag it again with fewer jobs",
    )
