"""Running the command line, in this process and in others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scr_themes.cli import app
from tests.coded import write_reviews

ROOT = Path(__file__).resolve().parents[2]
Process = subprocess.Popen[str]


@pytest.fixture
def run(tiny_classifier, monkeypatch) -> Callable[..., Result]:
    """Run the command line in this process, the tiny classifier in the bundled model's place."""
    monkeypatch.setattr("scr_themes.classifying.open_reader", lambda *_, **__: tiny_classifier)
    monkeypatch.setenv("COLUMNS", "80")

    def invoke(*arguments: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)

    return invoke


@pytest.fixture
def start() -> Callable[..., Process]:
    """Start the command line in another process, with the tiny classifier."""
    started: list[Process] = []

    def begin(*arguments: object, slow: float = 0, **settings) -> Process:
        command = [sys.executable, "-m", "tests.cli.driver", *map(str, arguments)]
        environment = os.environ | {"SLOW_ENCODING": str(slow), "PYTHONUNBUFFERED": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A folder of four reviews."""
    return write_reviews(tmp_path / "reviews", 4)
