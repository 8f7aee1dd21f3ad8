"""Tagging on a Dask cluster: the same tags as here, whatever becomes of a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from importlib import metadata
from pathlib import Path

import pytest

pytest.importorskip("distributed")

import dask
import joblib
from distributed import Client, LocalCluster
from typer.testing import CliRunner

from scr_themes.cli import app
from scr_themes.documents import Document, Passage
from scr_themes.errors import ScrThemesError
from scr_themes.reading import tables
from scr_themes.tagging import tag
from scr_themes.tagging.pool import in_workers
from tests.coded import fit_tiny_classifier, write_reviews
from tests.encoding.fakes import SlowWordCounts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

ROOT = Path(__file__).resolve().parents[2]
N_REVIEWS = 12


def cluster_of(n_workers: int, n_threads: int = 1) -> LocalCluster:
    return LocalCluster(
        n_workers=n_workers, threads_per_worker=n_threads, processes=True, dashboard_address=":0"
    )


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes of one thread each; tests must leave both as they were."""
    with cluster_of(2) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    with Client(cluster) as client:
        yield client


@pytest.fixture
def on_dask(client):
    with joblib.parallel_config(backend="dask"):
        yield client


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "reviews", N_REVIEWS)


def document(text: str) -> Document:
    return Document(path=None, title=text, text=text, passages=(Passage(text=text, end=len(text)),))


class Telling:
    """A classifier that tells which copy of it tagged, in which process."""

    coder_ = "a test"

    def __init__(self) -> None:
        self.copy = None

    def __setstate__(self, state):
        time.sleep(0.2)  # as a model takes, so that two threads would meet here
        self.copy = uuid.uuid4().hex

    def __getstate__(self):
        return {"n": 1}

    def tag(self, X, /):
        time.sleep(0.02)
        return [(self.copy, os.getpid()) for _ in X]


class Dying(Telling):
    """A classifier that kills the process on one document."""

    def tag(self, X, /):
        if any("die" in passage.text for passage in X):
            os._exit(3)
        return super().tag(X)


def test_results_are_the_same_as_without(reviews, tiny_classifier, on_dask, tmp_path):
    alone = list(tag(reviews, classifier=tiny_classifier))
    assert list(tag(reviews, classifier=tiny_classifier, jobs=-1)) == alone
    kept = tmp_path / "kept"
    assert list(tag(reviews, classifier=tiny_classifier, jobs=-1, journal=kept)) == alone
    assert len(list(kept.iterdir())) == N_REVIEWS
    assert list(tag(reviews, classifier=tiny_classifier, jobs=-1, journal=kept)) == alone


def test_the_parts_of_a_long_table_come_in_order(tmp_path, tiny_classifier, on_dask, monkeypatch):
    monkeypatch.setattr("scr_themes.reading.LONG", 1)
    defaults = {**tables.read_long_table.__kwdefaults__, "size": 7}
    monkeypatch.setattr(tables.read_long_table, "__kwdefaults__", defaults)
    lines = "".join(f'{{"text": "Nobody asked {n} times."}}\n' for n in range(100))
    (tmp_path / "t.jsonl").write_text(lines)
    parts = list(tag(tmp_path / "t.jsonl", classifier=tiny_classifier, jobs=-1))
    assert [p.passage.index for part in parts for p in part.passages] == list(range(100))
    assert parts == list(tag(tmp_path / "t.jsonl", classifier=tiny_classifier))


def test_each_worker_unpacks_the_model_once(on_dask):
    given = [document(str(number)) for number in range(20)]
    found = {p for one in tag(given, classifier=Telling(), jobs=-1) for p in one.passages}
    assert {pid for _, pid in found} == set(on_dask.run(os.getpid).values())
    assert len(found) == 2


def test_threads_of_a_worker_share_one_model(tiny_classifier, reviews):
    given = [document(str(number)) for number in range(8)]
    with cluster_of(1, 3) as cluster, Client(cluster) as client:
        with joblib.parallel_config(backend="dask", client=client):
            found = {p for one in tag(given, classifier=Telling(), jobs=-1) for p in one.passages}
            done = list(tag(reviews, classifier=tiny_classifier, jobs=-1))
        assert len(found) == 1
    assert done == list(tag(reviews, classifier=tiny_classifier))


def test_one_file_and_one_worker_are_the_cluster_s_too(on_dask):
    (one,) = tag(document("one"), classifier=Telling(), jobs=-1)
    assert one.passages[0][1] in on_dask.run(os.getpid).values()
    (here,) = tag(document("one"), classifier=Telling(), jobs=1)
    assert here.passages[0][1] == os.getpid()


@pytest.mark.parametrize("given", [["nowhere.pdf"], ["nowhere.pdf", document("one")]])
def test_paths_that_lead_nowhere_are_named(on_dask, given):
    errors: list[ScrThemesError] = []
    done = list(tag(given, classifier=Telling(), jobs=-1, on_error=errors.append))
    assert len(done) == len(given) - 1
    assert [str(error.subject) for error in errors] == ["nowhere.pdf"]


def test_workers_in_another_folder_find_relative_paths(
    reviews, tiny_classifier, on_dask, monkeypatch
):
    monkeypatch.chdir(reviews.parent)
    before = on_dask.run(os.getcwd)
    on_dask.run(os.chdir, str(ROOT))
    try:
        done = list(tag("reviews", classifier=tiny_classifier, jobs=-1, journal="kept"))
    finally:
        for worker, folder in before.items():
            on_dask.run(os.chdir, folder, workers=[worker])
    assert done == list(tag("reviews", classifier=tiny_classifier))
    assert len(list((reviews.parent / "kept").iterdir())) == N_REVIEWS
    assert list(tag("reviews", classifier=tiny_classifier, journal="kept")) == done


def length(task: Document) -> int:
    return len(task.text)


def test_no_more_is_handed_out_than_is_taken(on_dask):
    handed = []

    def tasks():
        for number in range(1000):
            handed.append(number)
            yield document("x" * number)

    outcomes = in_workers(tasks(), length, 2)
    assert next(outcomes) == 0
    time.sleep(1)
    assert len(handed) <= 8
    outcomes.close()
    for _ in range(100):
        if not on_dask.who_has():
            break
        time.sleep(0.05)
    assert not on_dask.who_has()


def test_a_worker_killed_on_the_way_changes_nothing(reviews, monkeypatch):
    slow = fit_tiny_classifier()
    alone = list(tag(reviews, classifier=slow))
    slow.encoder_ = SlowWordCounts()
    monkeypatch.setenv("SLOW_ENCODING", "0.2")
    with (
        cluster_of(2) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask", client=client),
    ):
        before = client.run(os.getpid)
        stream = tag(reviews, classifier=slow, jobs=-1)
        done = [next(stream)]
        os.kill(next(iter(before.values())), signal.SIGKILL)
        done += stream
        client.wait_for_workers(2, timeout=30)
        assert set(client.run(os.getpid).values()) != set(before.values())
    assert done == alone


def test_the_file_at_which_workers_die_is_named_and_no_other():
    texts = ["one", "two", "die", "four", "five", "six"]
    errors: list[ScrThemesError] = []
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        cluster_of(2) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask", client=client),
    ):
        given = [document(text) for text in texts]
        done = list(tag(given, classifier=Dying(), jobs=-1, on_error=errors.append))
    assert [one.document.title for one in done] == ["one", "two", "four", "five", "six"]
    (error,) = errors
    assert str(error).startswith("die: was not tagged, since a worker process died")


def test_a_cluster_that_goes_away_is_one_line():
    with cluster_of(1) as cluster, Client(cluster, timeout=2) as client:
        given = [document(str(number)) for number in range(400)]
        with joblib.parallel_config(backend="dask", client=client):
            stream = tag(given, classifier=Telling(), jobs=-1)
            next(stream)
            cluster.close()
            with pytest.raises(ScrThemesError, match="no longer answers"):
                list(stream)


def test_a_cluster_whose_workers_all_went_is_one_line(monkeypatch):
    monkeypatch.setattr("scr_themes.tagging.pool._PATIENCE", 0.5)
    with cluster_of(1) as cluster, Client(cluster) as client:
        given = [document(str(number)) for number in range(20)]
        with joblib.parallel_config(backend="dask", client=client):
            stream = tag(given, classifier=Telling(), jobs=-1)
            next(stream)
            cluster.scale(0)
            with pytest.raises(ScrThemesError, match="or has no workers left"):
                list(stream)


def hide_package(hide: bool) -> None:
    """Have a worker say that it lacks the package, or no longer."""
    found = metadata.version
    metadata.version = metadata.PackageNotFoundError if hide else metadata.version_as_it_was
    metadata.version_as_it_was = found


def test_workers_without_the_package_are_named(on_dask):
    on_dask.run(hide_package, True)
    try:
        with pytest.raises(ScrThemesError, match=r"this Dask worker has scr-themes none, and not"):
            list(tag(document("one"), classifier=Telling(), jobs=-1))
    finally:
        on_dask.run(hide_package, False)
    assert len(list(tag(document("one"), classifier=Telling(), jobs=-1))) == 1


def test_a_cluster_without_workers_is_one_line():
    settings = {"backend": "dask", "wait_for_workers_timeout": 0.5}
    with (
        cluster_of(0) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(client=client, **settings),
    ):
        stream = tag([document("one")], classifier=Telling(), jobs=-1)
        with pytest.raises(ScrThemesError, match="has no workers; start some"):
            next(stream)


def test_the_command_line_writes_the_same_bytes(cluster, reviews, tmp_path):
    def run(*options: object) -> None:
        command = [sys.executable, "-m", "tests.cli.driver", "tag", "reviews", *map(str, options)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr

    run("-o", "here.jsonl", "--jobs", 1)
    run("-o", "there.jsonl", "--scheduler", cluster.scheduler_address)
    assert (tmp_path / "there.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    assert not (tmp_path / "there.jsonl.journal").exists()


@pytest.fixture
def run(tiny_classifier, monkeypatch):
    monkeypatch.setattr("scr_themes.classifying.open_reader", lambda *_, **__: tiny_classifier)
    monkeypatch.setattr("scr_themes.cli.tag.PATIENCE", 1)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "no such://thing"])
def test_a_scheduler_that_is_not_there_is_one_line(run, reviews, address):
    done = run("tag", reviews, "--scheduler", address)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {address}: no Dask scheduler answered there within 1 seconds")


def test_without_the_extra_the_command_to_get_it_is_named(run, reviews, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run("tag", reviews, "--scheduler", "tcp://127.0.0.1:8786")
    assert done.exit_code == 1
    assert done.stderr == (
        'Error: distributed: is not installed; run: pip install "scr-themes[dask]"\n'
    )


def test_the_number_of_jobs_is_the_cluster_s(run, reviews):
    done = run("tag", reviews, "--scheduler", "tcp://127.0.0.1:8786", "--jobs", 2)
    assert done.exit_code == 2
    assert "--jobs" in done.stderr
