from __future__ import annotations

import os
import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import pytest

from scr_themes.documents import Document, Passage
from scr_themes.errors import ModelError, ScrThemesError
from scr_themes.tagging import batch, pool
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


@pytest.mark.parametrize("pause", [0, 0.3])
def test_only_the_file_at_which_a_worker_dies_is_lost(pause):
    texts = ["one", "two", "die", "four", "five", "six", "seven"]
    errors: list[ScrThemesError] = []
    done = []
    for tagged in batch.tag(
        [document(text) for text in texts], classifier=Dying(), jobs=2, on_error=errors.append
    ):
        time.sleep(pause)  # a slow consumer: others are done meanwhile, and stay done
        done.append(tagged.document.text)
    assert done == [text for text in texts if text != "die"]
    (error,) = errors
    assert "worker process died" in str(error)


def test_no_more_is_handed_out_than_is_had_back():
    given = []

    def texts():
        for number in range(90):
            given.append(number)
            yield document(f"{number}")

    stream = pool.in_workers(texts(), partial(tag_one, classifier=Tagging(), reading=Reading()), 2)
    next(stream)
    time.sleep(1)
    assert len(given) <= 2 * pool.AHEAD + 1
    stream.close()


def test_only_broken_pools_are_taken_for_lost_workers(monkeypatch):
    class Pool:
        def __init__(self, error):
            self.error = error

        def __call__(self, *args, **settings):
            return self

        def submit(self, *args):
            raise self.error

        def shutdown(self, **settings):
            pass

    place = "joblib.externals.loky.ProcessPoolExecutor"
    monkeypatch.setattr(place, Pool(BrokenProcessPool()))
    errors: list[ScrThemesError] = []
    given = [document("one"), document("two")]
    assert list(batch.tag(given, classifier=Tagging(), jobs=2, on_error=errors.append)) == []
    assert len(errors) == 2
    monkeypatch.setattr(place, Pool(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        list(batch.tag(given, classifier=Tagging(), jobs=2))
