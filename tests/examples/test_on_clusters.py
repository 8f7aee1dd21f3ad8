"""The recipes for Spark and Ray, where these are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import scr_themes
from tests.coded import coded_passages

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
no_spark = not (find_spec("pyspark") and find_spec("pandas") and shutil.which("java"))
no_ray = not (find_spec("ray") and find_spec("pandas"))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("on_spark.py", marks=pytest.mark.skipif(no_spark, reason="needs pyspark")),
        pytest.param("on_ray.py", marks=pytest.mark.skipif(no_ray, reason="needs ray[data]")),
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_every_passage_is_tagged_as_here(script: str, ending: str, tmp_path: Path) -> None:
    texts = [row.text for row in coded_passages()]
    table = tmp_path / f"passages.{ending}"
    if ending == "jsonl":
        table.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    else:
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.table({"text": texts}), table)
    # Without -W error: both have warnings of their own.
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, table, tmp_path / "out"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "RAY_USAGE_STATS_ENABLED": "0"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = "".join(part.read_text() for part in (tmp_path / "out").glob("*.json")).splitlines()
    rows = {row["text"]: row for row in map(json.loads, lines)}
    assert len(lines) == len(rows) == len(texts)
    for passage in scr_themes.load("fast").tag(texts):
        row = rows[passage.text]
        assert (row["role"], row["themes"]) == (passage.role, list(passage.themes))
        expected = [tag.probability for tag in passage.tags]
        assert row["probabilities"] == pytest.approx(expected, abs=1e-6)
