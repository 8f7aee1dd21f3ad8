"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scr_themes.documents import TaggedDocument

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """Counts files and passages as they are done.

    Parameters
    ----------
    progress : rich Progress or None
        None: count only, show nothing.
    n_files : int
        How many there are to do.
    gives_way : bool
        Whether what is done is shown on the same terminal, so that the bar must leave meanwhile.

    Attributes
    ----------
    n_files, n_passages, n_tags : int
        Done so far; failed files are not counted.
    """

    def __init__(self, progress: Progress | None, n_files: int, *, gives_way: bool) -> None:
        self._progress = progress
        self._gives_way = gives_way
        self._task: TaskID | None = None
        if progress is not None:
            self._task = progress.add_task("", total=n_files, speed="")
        self.n_files = self.n_passages = self.n_tags = 0
        self._last: str | None = None

    def watch(self, documents: Iterable[TaggedDocument]) -> Iterator[TaggedDocument]:
        """Yield the documents on, counting them."""
        for tagged in documents:
            self.n_passages += len(tagged.document.passages)
            self.n_tags += sum(len(passage.tags) for passage in tagged.passages)
            if tagged.document.name != self._last:  # else the next part of a long table
                self._last = tagged.document.name
                self.n_files += 1
                self.advance()
            if self._progress is not None and self._gives_way:
                self._progress.stop()
                yield tagged
                self._progress.start()
            else:
                yield tagged

    def advance(self) -> None:
        """Count one file, done or failed, on the bar."""
        if self._progress is None or self._task is None:
            return
        elapsed = self._progress.tasks[0].elapsed
        speed = f"{self.n_passages / elapsed:.0f} passages/s" if elapsed else ""
        self._progress.update(self._task, advance=1, speed=speed)


@contextmanager
def progress_bar(n_files: int, *, on_stdout: bool) -> Iterator[Bar]:
    """Show a bar while files are done, if standard error is a terminal.

    Parameters
    ----------
    n_files : int
        How many there are to do.
    on_stdout : bool
        Whether what is done is printed on standard output.
    """
    if not sys.stderr.isatty():
        yield Bar(None, n_files, gives_way=False)
        return
    from rich.console import Console  # noqa: PLC0415 - for terminals only
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(), MofNCompleteColumn(), "files", TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as progress:
        yield Bar(progress, n_files, gives_way=on_stdout and sys.stdout.isatty())


@contextmanager
def step_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of steps with the time left, if standard error is a terminal.

    Yields
    ------
    callable
        To be called with how many steps are done, and of how many.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None  # noqa: ARG005 - nobody watches
        return
    from rich.console import Console  # noqa: PLC0415 - for terminals only
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
