"""Figures and tables for the pages, taken from what the benchmarks wrote to their results."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

from models.card import causes_table
from models.tables import table
from scr_themes.codebook import Codebook

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"
MODELS = ("accurate", "cascade", "fast")
# What each model is set beside, on the page for people who do not build models.
BESIDE = {
    "keyword search": "searching for keywords",
    "TF-IDF, logistic regression": "words counted (TF-IDF), logistic regression",
    "SetFit on MiniLM": "a small language model tuned with SetFit",
}
KINDS = {"coded": "real text", "written": "invented text"}


@cache
def result(name: str) -> Any:
    """Return one file of results."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def system(name: str, kind: str) -> Any:
    """Return what was measured of one system on one kind of text."""
    return result("accuracy")["systems"][name][kind]


def _ours(kind: str) -> Any:
    return system("scr_themes accurate", kind)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _of(counts: Mapping[str, Any], key: str) -> str:
    return f"{counts[key]} of {counts['of']}"


def _core_f1(kind: str) -> str:
    core = _ours(kind)["evaluation"]["core_macro"]
    low, high = core["intervals"]["f1"]
    return f"{core['f1']:.2f} ({low:.2f} to {high:.2f})"


def _source_f1(source: str) -> str:
    return f"{_ours('coded')['by']['source'][source]['micro_f1']:.2f}"


def _evidence() -> str:
    both = result("evidence")["ways"]["scr_themes accurate"]["both"]
    return f"{both['right'] / both['of']:.0%}"


def _rate(model: str) -> str:
    return f"{result('speed')['compare']['systems'][model]['passages_per_second']:,.0f}"


def _right_and_found(kind: str) -> tuple[float, float]:
    micro = _ours(kind)["evaluation"]["micro"]
    return micro["precision"], micro["recall"]


FIGURES: Mapping[str, Callable[[], str]] = {
    "split": lambda: result("accuracy")["data"]["on"],
    "passages coded": lambda: f"{_ours('coded')['evaluation']['n_passages']:,}",
    "documents coded": lambda: str(_ours("coded")["evaluation"]["n_documents"]),
    "passages written": lambda: f"{_ours('written')['evaluation']['n_passages']:,}",
    "core f1 coded": lambda: _core_f1("coded"),
    "core f1 written": lambda: _core_f1("written"),
    "precision coded": lambda: _percent(_right_and_found("coded")[0]),
    "recall coded": lambda: _percent(_right_and_found("coded")[1]),
    "precision random": lambda: _percent(_right_and_found("random")[0]),
    "recall random": lambda: _percent(_right_and_found("random")[1]),
    "passages random": lambda: f"{_ours('random')['evaluation']['n_passages']:,}",
    "precision written": lambda: _percent(_right_and_found("written")[0]),
    "recall written": lambda: _percent(_right_and_found("written")[1]),
    "role coded": lambda: _percent(_ours("coded")["evaluation"]["role_accuracy"]),
    "role written": lambda: _percent(_ours("written")["evaluation"]["role_accuracy"]),
    "good practice tagged": lambda: _of(
        _ours("written")["wrongly_tagged"]["good_practice"], "tagged"
    ),
    "acted on tagged": lambda: _of(_ours("written")["wrongly_tagged"]["acted_on"], "tagged"),
    "pairs right": lambda: _of(_ours("written")["pairs_both_right"], "right"),
    "f1 inspection": lambda: _source_f1("ofsted-local-authority-inspection"),
    "f1 coroner": lambda: _source_f1("coroner-prevention-of-future-deaths"),
    "expected written": lambda: f"{_ours('written')['expected']:.0f}",
    "found written": lambda: str(_ours("written")["found"]),
    "evidence": _evidence,
    "evidence by chance": lambda: _percent(
        result("evidence")["ways"]["at random"]["both"]["right"]
        / result("evidence")["ways"]["at random"]["both"]["of"]
    ),
    "errors read": lambda: str(len(result("errors"))),
    "pages read": lambda: f"{result('reading')['summary']['pages']:,}",
    "words kept": lambda: f"{result('reading')['summary']['words_kept']:.2%}",
    "pages a second": lambda: f"{result('pipeline')['pages_per_second']['ours']:.0f}",
    "passages a second accurate": lambda: _rate("accurate"),
    "passages a second cascade": lambda: _rate("cascade"),
    "passages a second fast": lambda: _rate("fast"),
    "installed": lambda: f"{result('start')['installed_mb']:.0f} MB",
}


def _themes() -> str:
    evaluations = [_ours(kind)["evaluation"] for kind in KINDS]
    by_kind = [{theme["theme"]: theme for theme in found["themes"]} for found in evaluations]
    lines = []
    for theme in Codebook.load().themes:
        cells = [f"[{theme.title}](reference/codebook.md#{theme.id})"]
        for found in by_kind:
            figures = found[theme.id]
            cells += [_percent(figures["precision"]), _percent(figures["recall"])]
            cells.append(str(figures["support"]))
        lines.append(cells)
    header = ["Theme"]
    for name in KINDS.values():
        header += [f"{name}: tags right", "failings found", "passages"]
    return table(header, lines)


def _systems() -> str:
    names = [(f"scr_themes {name}", f"**`{name}`**") for name in MODELS] + list(BESIDE.items())
    lines = []
    for name, shown in names:
        cells = [shown]
        for kind in KINDS:
            cells.append(f"{system(name, kind)['evaluation']['core_macro']['f1']:.2f}")
        written = system(name, "written")
        cells.append(_percent(written["wrongly_tagged"]["good_practice"]["share"]))
        cells.append(_percent(written["pairs_both_right"]["share"]))
        lines.append(cells)
    header = ["", *(f"{name}: core F1" for name in KINDS.values())]
    return table([*header, "good practice tagged as a failing", "both of a pair right"], lines)


def _calibration() -> str:
    lines = [
        [f"{found['said']:.2f}", f"{found['true']:.2f}", f"{found['n']:,}"]
        for found in _ours("random")["calibration"]["all"]
    ]
    return table(["Mean probability given", "share that carried the theme", "of"], lines)


def _curve() -> str:
    drawn = result("curve")["ways"]["MiniLM, logistic regression"]
    lines = []
    for kind, name in KINDS.items():
        means = [mean(one[kind]["core_macro"] for one in draws) for draws in drawn.values()]
        lines.append([name, *(f"{value:.2f}" for value in means)])
    return table(["Passages coded in all", *(f"{int(n):,}" for n in drawn)], lines)


def _corrections() -> str:
    lines = []
    for model, by_figure in result("corrections")["core"].items():
        for figure, by_way in by_figure.items():
            name = f"`{model}`" if model in MODELS else model
            means = [f"{mean(by_way[way]):.3f}" for way in ("before", "suggest", "random")]
            lines.append([f"{name}: {figure} of core themes", *means])
    return table(["", "before", "100 that `suggest` picked", "100 at random"], lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "themes": _themes,
    "systems": _systems,
    "calibration": _calibration,
    "curve": _curve,
    "corrections": _corrections,
    "errors": lambda: causes_table(result("errors")),
}
