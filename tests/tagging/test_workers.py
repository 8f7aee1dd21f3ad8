from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from scr_themes.documents import Document, Passage
from scr_themes.errors import ModelError, ScrThemesError
from scr_themes.tagging import batch
from scr_themes.tagging.workers import Reading, Shipment, tag_one, tag_one_shipped


def document(text: str) -> Document:
    passage = Passage(text=text, end=len(text))
    return Document(path=None, title="Given", text=text, passages=(passage,))


class Threaded:
    """What a worker must know of an encoder that has threads of its own."""

    n_threads = 8


class Tagging:
    """A classifier that tells how many threads its encoder has."""

    coder_ = "a test"

    def __init__(self) -> None:
        self.encoder_ = Threaded()

    def tag(self, X, /):
        return [self.encoder_.n_threads for _ in X]


class Unloadable(Tagging):
    """A classifier whose encoder is gone when a worker comes to open it."""

    def __setstate__(self, state):
        raise ModelError("encoder", "has no model.onnx", "give an exported encoder folder")

    def __getstate__(self):
        return {"n": 1}


def test_a_shipped_classifier_tags_as_before(tiny_classifier):
    given = document("No record was kept.")
    shipped = tag_one_shipped(given, Shipment.pack(tiny_classifier), Reading())
    assert shipped == tag_one(given, tiny_classifier, Reading())


def test_an_encoder_in_a_worker_has_one_thread():
    assert tag_one_shipped(document("A."), Shipment.pack(Tagging()), Reading()).passages == (1,)


def test_a_shipment_is_unpacked_once():
    shipment = Shipment.pack(Tagging())
    assert shipment.unpack() is shipment.unpack()


def test_a_model_that_does_not_open_in_a_worker_is_an_error_of_the_file():
    outcome = tag_one_shipped(document("A."), Shipment.pack(Unloadable()), Reading())
    assert isinstance(outcome, ModelError)


def test_a_file_that_is_missing_is_returned_as_an_error(tiny_classifier):
    outcome = tag_one(Path("nowhere.txt"), tiny_classifier, Reading())
    assert isinstance(outcome, ScrThemesError)
    assert "nowhere.txt" in str(outcome)


class Dying(Tagging):
    """A classifier that kills the process on one document."""

    def tag(self, X, /):
        if any("die" in passage.text for passage in X):
            os._exit(3)
        return super().tag(X)


def test_files_lost_with_a_worker_are_named():
    texts = ["one", "two", "die", "four", "five"]
    errors: list[ScrThemesError] = []
    done = batch.tag(
        [document(text) for text in texts], classifier=Dying(), jobs=2, on_error=errors.append
    )
    n_done = len(list(done))
    assert errors
    assert n_done + len(errors) == len(texts)
    assert all("worker process died" in str(error) for error in errors)


def test_only_broken_pools_are_taken_for_lost_workers(monkeypatch):
    def broken(*args, **kwargs):
        raise BrokenProcessPool

    monkeypatch.setattr("joblib.Parallel", lambda **settings: broken)
    errors: list[ScrThemesError] = []
    given = [document("one"), document("two")]
    assert list(batch.tag(given, classifier=Tagging(), jobs=2, on_error=errors.append)) == []
    assert len(errors) == 2

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("joblib.Parallel", lambda **settings: interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(batch.tag(given, classifier=Tagging(), jobs=2))
