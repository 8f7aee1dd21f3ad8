"""What importing costs; each case in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

import pytest

HEAVY = {
    "docx", "joblib", "lxml", "numpy", "onnxruntime", "pypdfium2", "rich", "safetensors", "scipy",
    "sentence_transformers", "sklearn", "tokenizers", "torch", "transformers", "typer",
}  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Return the packages in ``sys.modules`` after running ``code``."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(run.stderr.splitlines()[-1])}


def test_importing_the_package_brings_nothing_heavy():
    assert not HEAVY & loaded_after("import scr_themes")


@pytest.mark.parametrize(
    "code",
    [
        "scr_themes.Codebook.load()",
        "scr_themes.ReadingError; scr_themes.Document; scr_themes.__version__; dir(scr_themes)",
    ],
)
def test_light_names_bring_nothing_heavy(code):
    assert not HEAVY & loaded_after(f"import scr_themes\n{code}")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["tag", "-h"], ["themes"]])
def test_the_command_line_starts_without_anything_heavy(arguments):
    code = f"""
import sys
from scr_themes.cli import app
try:
    app({arguments!r})
except SystemExit as end:
    assert end.code in (0, None), end.code
"""
    assert not (HEAVY - {"typer", "rich"}) & loaded_after(code)


def test_no_name_brings_torch():
    assert not {"torch", "transformers", "sentence_transformers"} & loaded_after(
        "import scr_themes\nfor name in scr_themes.__all__: getattr(scr_themes, name)"
    )


def test_importing_is_quick():
    def seconds(code: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(time.perf_counter() - started)
        return statistics.median(times)

    assert seconds("import scr_themes") - seconds("pass") < 0.3
