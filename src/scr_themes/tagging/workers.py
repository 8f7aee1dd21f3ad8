"""One file to one tagged document, here or in a worker process."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import signal
import threading
import time
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import ModelError, ReadingError, ScrThemesError
from scr_themes.reading.loading import load_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scr_themes.documents import Passage, TaggedPassage
    from scr_themes.tagging.journal import Journal


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
    source: Path | Document,
    classifier: Tagger,
    reading: Reading,
    journal: Journal | None = None,
    folder: Path = Path(),
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
    journal : Journal, optional
        What is finished is taken from there, and what gets finished is kept there.
    folder : Path, optional
        What a relative path starts from, which the document is called by all the same.

    Returns
    -------
    TaggedDocument or ScrThemesError
    """
    if journal is None:
        return _tag(source, classifier, reading, folder)
    try:
        key = journal.key(_name(source), _content(source, folder))
        outcome: TaggedDocument | ScrThemesError | None = journal.get(key)
        if outcome is None:
            outcome = _tag(source, classifier, reading, folder)
            if isinstance(outcome, TaggedDocument):
                journal.put(key, outcome)
    except ScrThemesError as error:
        return error
    return outcome


def _tag(
    source: Path | Document, classifier: Tagger, reading: Reading, folder: Path
) -> TaggedDocument | ScrThemesError:
    from scr_themes.reading import read  # noqa: PLC0415 - brings every format

    try:
        if isinstance(source, Document):
            document = source
        else:
            document = read(
                folder / source, text_column=reading.text_column, encoding=reading.encoding
            )
            document = replace(document, path=str(source))
    except ScrThemesError as error:
        return error
    except Exception as error:  # a file nobody foresaw must not end the batch
        return unforeseen(error, source)
    try:
        passages = tuple(classifier.tag(document.passages))
    except ScrThemesError as error:
        return _of_model(error, source)
    except Exception as error:
        return unforeseen(error, source)
    return TaggedDocument(document=document, passages=passages, coder=classifier.coder_)


def _content(source: Path | Document, folder: Path) -> bytes:
    if isinstance(source, Document):
        return repr(astuple(source)).encode("utf-8", "backslashreplace")
    return load_bytes(folder / source)


def _name(source: Path | Document) -> str:
    return source.name if isinstance(source, Document) else str(source)


def _of_model(error: ScrThemesError, source: Path | Document) -> ModelError:
    """Return an error of the classifier as one that names the file at which it came."""
    return ModelError(f"{_name(source)}: {error.subject}", error.fault, error.remedy)


def unforeseen(error: Exception, source: Path | Document) -> ReadingError:
    """Return an error that tells the kind of another: that one's own words may hold the file's."""
    return ReadingError(
        _name(source),
        f"failed in a way not foreseen ({type(error).__name__})",
        "please report it; scr_themes.read() on this file alone shows where",
    )


@dataclass(frozen=True, slots=True)
class Shipment:
    """A classifier on its way to worker processes, in memory only.

    Every task carries it; a worker unpacks it for its first task and keeps it for the next ones.
    With a bundled model it is 40 to 130 KB: less than the tags of a review.
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
        with _unpacking:  # a Dask worker may have several threads
            if self.key not in _unpacked:
                _unpacked.clear()
                if _is_joblibs():
                    _leave_interrupts_to_parent()
                    _end_with_parent()
                classifier = pickle.loads(self.payload)
                encoder = getattr(classifier, "encoder_", None)
                if encoder is not None and hasattr(encoder, "n_threads"):
                    encoder.n_threads = 1
                _unpacked[self.key] = classifier
            return _unpacked[self.key]


def setting_of(classifier: Tagger, reading: Reading) -> str:
    """Return all that tags hang on beside the file, for a journal: model, reading, versions."""
    import onnxruntime  # noqa: PLC0415 - heavy

    from scr_themes import __version__  # noqa: PLC0415 - imports this

    checksum = getattr(classifier, "checksum_", None) or Shipment.pack(classifier).key
    versions = f"scr_themes {__version__}, onnxruntime {onnxruntime.__version__}"
    return f"{classifier.coder_}, {checksum}, {reading}, {versions}, numpy {np.__version__}"


_unpacked: dict[str, Tagger] = {}
_unpacking = threading.Lock()


def _is_joblibs() -> bool:
    """Tell whether this process is joblib's own, which works in the main thread.

    The process of a Dask worker, which works in others, is not ours to set up or to end.
    """
    in_worker = multiprocessing.parent_process() is not None
    return in_worker and threading.current_thread() is threading.main_thread()


def _leave_interrupts_to_parent() -> None:
    """Let Ctrl-C, which a terminal sends to workers too, end them through their parent.

    Of themselves they would end with a traceback each, between its own words.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_parent() -> None:
    """End this worker soon after its parent, which may be killed and then tells it nothing.

    Of itself it would wait five minutes for work, with the model in memory.
    """
    if _watching.is_set():
        return
    _watching.set()
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


_watching = threading.Event()


def tag_one_shipped(
    source: Path | Document,
    shipment: Shipment,
    reading: Reading,
    journal: Journal | None = None,
    folder: Path = Path(),
) -> TaggedDocument | ScrThemesError:
    """Do :func:`tag_one` in a worker process, which may work in another folder."""
    try:
        classifier = shipment.unpack()
    except ScrThemesError as error:
        return _of_model(error, source)
    if folder == Path.cwd():
        folder = Path()
    if journal is not None:
        journal = replace(journal, folder=folder / journal.folder)
    return tag_one(source, classifier, reading, journal, folder)
