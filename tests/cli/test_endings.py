"""How a run ends, seen from outside: exit codes, streams, interrupts, closed pipes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

SLOW = 0.4
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def wait_for_lines(file: Path, process) -> int:
    """Wait until a file that is being written holds lines; return how many."""
    for _ in range(600):
        if file.exists() and file.read_text().count("\n"):
            return file.read_text().count("\n")
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("nothing was written")


def run_module(*arguments: str, **settings) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scr_themes", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **settings)


def test_streams_and_exit_code(start, reviews):
    process = start("tag", reviews, "--format", "jsonl")
    out, err = process.communicate()
    assert process.returncode == 0
    assert len([json.loads(line) for line in out.splitlines()]) == 44
    assert err.startswith("4 files, 44 passages, ")


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_keeps_what_is_finished(start, reviews, tmp_path, jobs):
    out = tmp_path / "tags.jsonl"
    process = start(
        "tag", reviews, "-o", out, "--jobs", jobs, slow=SLOW * jobs, start_new_session=True
    )
    part = tmp_path / "tags.jsonl.part"
    wait_for_lines(part, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it too
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    first, second = err.splitlines()
    assert first == "Interrupted."
    assert second.endswith(f"finished before this: kept in {part}")
    assert all(json.loads(line) for line in part.read_text().splitlines())
    assert not out.exists()


@posix
def test_a_killed_run_leaves_whole_documents(start, reviews, tmp_path):
    out = tmp_path / "tags.jsonl"
    out.write_text("from before\n")
    process = start("tag", reviews, "-o", out, slow=SLOW)
    part = tmp_path / "tags.jsonl.part"
    wait_for_lines(part, process)
    process.kill()
    process.communicate()
    lines = part.read_text().splitlines()
    assert lines
    assert all(json.loads(line)["coder"] for line in lines)
    assert out.read_text() == "from before\n"


@posix
@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_a_closed_pipe_ends_quietly(start, reviews, form):
    process = start("tag", reviews, "--format", form, slow=SLOW)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.wait(timeout=60)
    assert process.returncode == 141
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@posix
def test_themes_piped_into_head():
    command = f"{sys.executable} -m scr_themes themes --json | head -n 1"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert run.stdout == "{\n"
    assert run.stderr == ""


def test_usage_errors_of_the_module():
    run = run_module("tag")
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("Usage: scr-themes tag")
    assert run_module("nonsense").returncode == 2


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["tag", "-h"], ["themes", "--help"]])
def test_help(arguments):
    run = run_module(*arguments)
    assert run.returncode == 0
    assert run.stdout.startswith("Usage: scr-themes")
    assert run.stderr == ""


def test_version():
    run = run_module("--version")
    assert run.returncode == 0
    assert run.stdout.startswith("scr-themes ")


@posix
def test_a_bar_is_shown_on_a_terminal_and_leaves_nothing_behind(start, reviews):
    import pty  # noqa: PLC0415 - not on Windows

    parent, child = pty.openpty()
    process = start("tag", reviews, stdout=child, stderr=child, slow=SLOW)
    os.close(child)
    seen = b""
    with suppress(OSError):  # Linux: the other end is closed
        while piece := os.read(parent, 65536):
            seen += piece
    os.close(parent)
    assert process.wait(timeout=60) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen.decode())
    assert re.search(r"1/4 +files +\d+ passages/s", text)
    assert text.count("Tagged by ThemeClassifier") == 4
    assert text.rstrip().splitlines()[-1].startswith("4 files, 44 passages")
