"""One file to one tagged document, here or in a worker process."""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import ModelError, ReadingError, ScrThemesError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scr_themes.documents import Passage, TaggedPassage


class Tagger(Protocol):
    """What tagging needs of a classifier."""

    coder_: str

    def tag(self, X: Sequence[Passage], /) -> list[TaggedPassage]:
        """Tag passages, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read.

    Attributes
    ----------
    text_column : str or None
        The column with the words, where a file is a table.
    encoding : str or None
        The encoding of text files, where known.
    """

    text_column: str | None = None
    encoding: str | None = None


def tag_one(
    source: Path | Document, classifier: Tagger, reading: Reading
) -> TaggedDocument | ScrThemesError:
    """Read and tag one file; a failure is returned, so that it cannot stop the others.

    Parameters
    ----------
    source : Path or Document
        The file, or the document already read.
    classifier : ThemeClassifier
        A fitted one.
    reading : Reading
        How to read the file.

    Returns
    -------
    TaggedDocument or ScrThemesError
    """
    from scr_themes.reading import read  # noqa: PLC0415 - brings every format

    try:
        if isinstance(source, Document):
            document = source
        else:
            document = read(source, text_column=reading.text_column, encoding=reading.encoding)
    except ScrThemesError as error:
        return error
    except Exception as error:  # a file nobody foresaw must not end the batch
        return _unforeseen(error, source)
    try:
        passages = tuple(classifier.tag(document.passages))
    except ScrThemesError as error:
        return _of_model(error, source)
    except Exception as error:
        return _unforeseen(error, source)
    return TaggedDocument(document=document, passages=passages, coder=classifier.coder_)


def _name(source: Path | Document) -> str:
    return source.name if isinstance(source, Document) else str(source)


def _of_model(error: ScrThemesError, source: Path | Document) -> ModelError:
    """Return an error of the classifier as one that names the file at which it came."""
    return ModelError(f"{_name(source)}: {error.subject}", error.fault, error.remedy)


def _unforeseen(error: Exception, source: Path | Document) -> ReadingError:
    """Return an error that tells the kind of another: that one's own words may hold the file's."""
    return ReadingError(
        _name(source),
        f"failed in a way not foreseen ({type(error).__name__})",
        "please report it; scr_themes.read() on this file alone shows where",
    )


@dataclass(frozen=True, slots=True)
class Shipment:
    """A classifier on its way to worker processes of this machine, in memory only.

    Every task carries it; a worker unpacks it for its first task and keeps it for the next ones.
    An :class:`~scr_themes.encoding.OnnxEncoder` travels as the path of its folder.
    """

    key: str
    payload: bytes

    @classmethod
    def pack(cls, classifier: Tagger) -> Shipment:
        """Pack a classifier, be its encoder defined in a script or a notebook."""
        from joblib import wrap_non_picklable_objects  # noqa: PLC0415 - for several jobs only

        payload = pickle.dumps(wrap_non_picklable_objects(classifier, keep_wrapper=False))
        return cls(hashlib.sha256(payload).hexdigest(), payload)

    def unpack(self) -> Tagger:
        """Return the classifier, its encoder on one thread: the other cores have workers too."""
        if self.key not in _unpacked:
            _unpacked.clear()
            _leave_interrupts_to_parent()
            classifier = pickle.loads(self.payload)
            encoder = getattr(classifier, "encoder_", None)
            if encoder is not None and hasattr(encoder, "n_threads"):
                encoder.n_threads = 1
            _unpacked[self.key] = classifier
        return _unpacked[self.key]


_unpacked: dict[str, Tagger] = {}


def _leave_interrupts_to_parent() -> None:
    """Let Ctrl-C, which a terminal sends to workers too, end them through their parent.

    Of themselves they would end with a traceback each, between its own words.
    """
    in_worker = multiprocessing.parent_process() is not None
    if in_worker and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def tag_one_shipped(
    source: Path | Document, shipment: Shipment, reading: Reading
) -> TaggedDocument | ScrThemesError:
    """Do :func:`tag_one` in a worker process."""
    try:
        classifier = shipment.unpack()
    except ScrThemesError as error:
        return _of_model(error, source)
    return tag_one(source, classifier, reading)
