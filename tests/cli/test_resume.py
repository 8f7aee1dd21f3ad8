"""A run that was killed goes on where it was, and ends as if nothing had been."""

from __future__ import annotations

import random
import signal
import sys
import time

import pytest

from tests.coded import write_reviews

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture
def many(tmp_path):
    """A folder of thirty reviews: more than from which on a journal is kept."""
    return write_reviews(tmp_path / "many", 30)


def finish(process) -> str:
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return err


def test_killed_at_any_moment_it_ends_the_same(start, many, tmp_path):
    finish(start("tag", many, "-o", tmp_path / "unbroken.jsonl", "--jobs", 2))
    out, kept = tmp_path / "tags.jsonl", tmp_path / "tags.jsonl.journal"
    moments = random.Random(5)
    n_kept = []
    for _ in range(3):
        process = start("tag", many, "-o", out, "--jobs", 2, slow=0.4, start_new_session=True)
        n_before = len(list(kept.glob("*.json.gz")))
        for _ in range(600):
            if len(list(kept.glob("*.json.gz"))) > n_before:
                break
            time.sleep(0.05)
        time.sleep(moments.random() / 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        n_kept.append(len(list(kept.glob("*.json.gz"))))
    assert 0 < n_kept[0] < n_kept[1]
    assert not out.exists()
    finish(start("tag", many, "-o", out, "--jobs", 2))
    assert out.read_bytes() == (tmp_path / "unbroken.jsonl").read_bytes()
    assert not kept.exists()


def test_a_journal_stays_where_a_file_failed_or_it_was_named(start, many, tmp_path):
    (many / "broken.txt").write_bytes(b"")
    process = start("tag", many, "-o", tmp_path / "tags.csv", "--jobs", 1)
    process.communicate()
    assert process.returncode == 1
    assert len(list((tmp_path / "tags.csv.journal").iterdir())) == 30
    (many / "broken.txt").unlink()
    finish(start("tag", many, "-o", tmp_path / "tags.csv", "--jobs", 1))
    assert not (tmp_path / "tags.csv.journal").exists()
    finish(start("tag", many, "--format", "csv", "--jobs", 1, "--journal", tmp_path / "named"))
    assert len(list((tmp_path / "named").iterdir())) == 30
