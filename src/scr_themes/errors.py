"""The exceptions of ``scr_themes``: one tree, one line each.

::

    ScrThemesError
    ├── ReadingError         a file that could not be read
    ├── LabelsError          labelled data that is not what it should be
    ├── CodebookError        a codebook that contradicts itself
    ├── ModelError           a model folder that is missing, foreign or changed
    ├── WritingError         tags that could not be written
    ├── BatchError           some files of a batch failed (the others are done)
    └── MissingExtraError    an optional dependency is not installed (also an ImportError)

Every one carries ``subject`` (the file or object it is about), ``fault`` (what is wrong) and
``remedy`` (what to do), and prints as one line: ``subject: fault; remedy``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ScrThemesError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    subject : object
        The file, folder, column or setting that the error is about.
    fault : str
        What is wrong with it.
    remedy : str
        What to do about it.

    Examples
    --------
    >>> print(ScrThemesError("review.pdf", "no such file", "check the path"))
    review.pdf: no such file; check the path
    """

    def __init__(self, subject: object, fault: str, remedy: str) -> None:
        super().__init__(subject, fault, remedy)
        self.subject = subject
        self.fault = fault
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(f"{self.subject}: {self.fault}; {self.remedy}".split())


class ReadingError(ScrThemesError):
    """A file could not be read; ``subject`` is its path."""


class LabelsError(ScrThemesError, ValueError):
    """Labels or labelled passages are not what they should be."""


class CodebookError(ScrThemesError, ValueError):
    """A codebook is malformed or contradicts itself."""


class ModelError(ScrThemesError):
    """A model folder is missing, of another format, or has changed since it was saved."""


class WritingError(ScrThemesError):
    """Tags could not be written where or how they were asked for."""


class BatchError(ScrThemesError):
    """Some files of a batch failed; every other file was done before this was raised.

    Parameters
    ----------
    failures : sequence of ScrThemesError
        One error a file that failed, in input order.
    n_done : int
        How many files were done.
    """

    def __init__(self, failures: Sequence[ScrThemesError], n_done: int) -> None:
        self.failures = tuple(failures)
        self.n_done = n_done
        total = len(self.failures) + n_done
        super().__init__(
            f"{len(self.failures)} of {total} files",
            "could not be tagged: " + " | ".join(str(failure) for failure in self.failures),
            f"the other {n_done} are done",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Tell pickle what to call, so that the error can leave a worker process."""
        return type(self), (self.failures, self.n_done)


class MissingExtraError(ScrThemesError, ImportError):
    """An optional dependency is needed and not installed.

    Parameters
    ----------
    package : str
        The package that could not be imported.
    extra : str
        The extra of ``scr-themes`` that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.extra = extra
        super().__init__(package, "is not installed", f'run: pip install "scr-themes[{extra}]"')

    def __reduce__(self) -> tuple[Any, ...]:
        """Tell pickle what to call, so that the error can leave a worker process."""
        return type(self), (self.subject, self.extra)
