"""One tree of errors, one line each."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from scr_themes import errors
from scr_themes.errors import (
    BatchError,
    CodebookError,
    LabelsError,
    MissingExtraError,
    ModelError,
    ReadingError,
    ScrThemesError,
    WritingError,
)

PLAIN = [ReadingError, LabelsError, CodebookError, ModelError, WritingError, ScrThemesError]
ONE_OF_EACH = [
    *(kind(Path("a b.pdf"), "is not a PDF", "give a PDF") for kind in PLAIN),
    BatchError([ReadingError("x.pdf", "no such file", "check the path")], 2),
    MissingExtraError("onnx", "train"),
]
each = pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)


def test_every_error_of_the_module_is_here():
    ours = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ScrThemesError)
    }
    assert ours == {type(error) for error in ONE_OF_EACH}
    for kind in ours:
        assert kind.__name__ in (errors.__doc__ or "")


@each
def test_belongs_to_the_tree_and_is_one_line(error):
    assert isinstance(error, ScrThemesError)
    assert str(error) == f"{error.subject}: {error.fault}; {error.remedy}"
    assert "\n" not in str(error)


@each
def test_travels_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert (copy.subject, copy.fault, copy.remedy) == (error.subject, error.fault, error.remedy)


def test_a_message_of_several_lines_becomes_one():
    error = ModelError("model", "does not open (first\n   second\tthird)", "get\n another")
    assert str(error) == "model: does not open (first second third); get another"


def test_caught_as_what_they_also_are():
    for kind in (LabelsError, CodebookError):
        assert issubclass(kind, ValueError)
    assert issubclass(MissingExtraError, ImportError)
    assert not issubclass(ReadingError, OSError)


def test_a_missing_extra_names_the_command():
    error = MissingExtraError("pyarrow", "parquet")
    assert str(error) == 'pyarrow: is not installed; run: pip install "scr-themes[parquet]"'
    assert error.extra == "parquet"


def test_a_batch_counts_and_names_its_failures():
    failures = [
        ReadingError("a.pdf", "no such file", "check the path"),
        ReadingError("b.docx", "is not a DOCX", "save it again"),
    ]
    error = BatchError(iter(failures), 3)
    assert error.failures == tuple(failures)
    assert error.n_done == 3
    assert str(error).startswith("2 of 5 files: could not be tagged: ")
    assert all(str(failure) in str(error) for failure in failures)
    assert str(error).endswith("the other 3 are done")
