"""What the README and the benchmark notes say was measured is what was measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.corpus import store

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    file = ROOT / "benchmarks/results/accuracy.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("page", ["README.md", "benchmarks/README.md"])
def test_the_table_of_accuracy_is_that_of_the_last_run(page: str, measured: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT), *sys.path])
        from benchmarks.accuracy import results_table  # noqa: PLC0415 - it adds to the path
    assert results_table(measured["systems"]) in (ROOT / page).read_text(encoding="utf-8")


def test_the_last_run_was_on_the_corpus_as_it_is(measured: dict[str, Any]) -> None:
    data = measured["data"]
    for name, of in (("written", store.written_of), ("coded", store.coded_of)):
        assert data["trained_on"][name] == len(of("train"))
        assert data["passages"][name] == len(of(data["on"]))


@pytest.mark.parametrize("page", ["README.md", "benchmarks/README.md"])
def test_the_split_that_was_measured_is_named(page: str, measured: dict[str, Any]) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert f"**{measured['data']['on']}\nsplit**" in text or (
        f"**Measured on the {measured['data']['on']} split" in text
    )


@pytest.mark.parametrize("name", ["evidence", "candidates", "errors"])
def test_the_tables_of_the_notes_are_those_of_the_last_run(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT), *sys.path])
        from benchmarks.candidates import candidates_table  # noqa: PLC0415 - it adds to the path
        from benchmarks.evidence import evidence_table  # noqa: PLC0415
        from models.card import causes_table  # noqa: PLC0415
    tables: dict[str, Callable[[Any], str]] = {
        "evidence": lambda found: evidence_table(found["ways"]),
        "candidates": candidates_table,
        "errors": causes_table,
    }
    found = json.loads((ROOT / f"benchmarks/results/{name}.json").read_text(encoding="utf-8"))
    assert tables[name](found) in (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
