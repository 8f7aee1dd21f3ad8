"""The model card of ``models/minilm``: text by hand, every figure from the run that measured it.

Called by ``build.py``. The headings are those of Mitchell et al. (2019), *Model cards for model
reporting*, shortened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template
from typing import Any

Figures = dict[str, Any]

OURS = "scr_themes"  # what benchmarks/accuracy.py calls the model
TEXT = Path(__file__).with_name("card.md")
UNMEASURED = """\
**Not measured yet.** From the root of the checkout, with the extra `train` installed:

```
python benchmarks/accuracy.py      # writes benchmarks/results/accuracy.json
python models/build.py --card      # writes this card again, with its figures
```"""
SORTS = {
    "good_practice": "good practice",
    "acted_on": "risk seen and acted on",
    "policy": "policy",
    "neutral": "neutral chronology",
}


def write_card(
    path: Path, recipe: dict[str, Any], rows: list[dict[str, Any]], figures: Path
) -> None:
    """Write the model card.

    Parameters
    ----------
    path : Path
        The file to write.
    recipe : dict
        ``recipe.toml`` as plain data.
    rows : list of dict
        The passages that the model is fitted to.
    figures : Path
        What ``benchmarks/accuracy.py`` wrote. Without it the card says how to get it.
    """
    results, weak = UNMEASURED, "How far off it is has not been measured yet."
    if figures.is_file():
        measured = json.loads(figures.read_text(encoding="utf-8"))
        results = _results(measured)
        weak = _weak_points(measured["systems"])
    encoder = recipe["encoder"]
    text = Template(TEXT.read_text(encoding="utf-8")).substitute(
        name=recipe["model"]["name"],
        version=recipe["model"]["version"],
        upstream=encoder["upstream"],
        package=encoder["package"],
        licence=encoder["licence"],
        layers=", ".join(map(str, encoder["layers"])),
        poolings=" and ".join(encoder["poolings"]),
        window=encoder["window"],
        checksums=_table(
            ["File", "SHA-256"], ([f"`{k}`", f"`{v}`"] for k, v in encoder["sha256"].items())
        ),
        C=recipe["heads"]["C"],
        folds=recipe["heads"]["n_folds"],
        passages=len(rows),
        documents=len({row["document"] for row in rows}),
        failing=sum(bool(row["themes"]) for row in rows),
        hard=sum(bool(row["about"]) for row in rows),
        pairs=len({row["pair"] for row in rows if row["pair"]}),
        results=results,
        weak=weak,
    )
    path.write_text(text, encoding="utf-8")


def _results(measured: Figures) -> str:
    """Return the section on accuracy, from the whole file of figures."""
    data, systems = measured["data"], measured["systems"]
    ours = systems[OURS]
    evaluation = ours["evaluation"]
    level = f"{evaluation['confidence']:.0%}"
    parts = [
        f"Cross-validation in {data['folds']} folds over {data['passages']} written passages, each "
        f"of the {data['documents']} documents held out whole; thresholds and calibration from the "
        f"training folds alone. Intervals are {level}, by bootstrap over documents. AP: average "
        "precision. ECE: expected calibration error. Support: passages with the theme.",
        _themes_table(evaluation, level),
        f"Over every theme of every passage: Brier score {_number(evaluation['brier'], 3)}, "
        f"expected calibration error {_number(evaluation['ece'], 3)}. "
        f"Right role: {_percent(ours.get('role_accuracy'))} of the passages.",
        "Passages on the topic of a core theme where nothing of the kind went wrong, and that were "
        "tagged with it all the same:",
        _table(
            ["", "tagged", "of", "share"],
            (
                [name, *_share(ours["good_practice_wrongly_tagged"][sort], "tagged")]
                for sort, name in SORTS.items()
            ),
        ),
        "### Beside what a user would pick instead",
        "The same folds and passages. Pairs right: of the core themes that only one passage of a "
        "minimal pair carries, the share told rightly on both sides.",
        _peers_table(systems, level),
        _comparison(systems),
    ]
    return "\n\n".join(parts)


def _themes_table(evaluation: Figures, level: str) -> str:
    lines: list[list[str]] = []
    for theme in evaluation["themes"]:
        name = f"`{theme['theme']}`" + (" (core)" if theme["theme"] in evaluation["core"] else "")
        calibration = [_number(theme["brier"], 3), _number(theme["ece"], 3), str(theme["support"])]
        lines.append([name, *_accuracy(theme), *calibration])
    for scope, name in (("core_macro", "mean of the core themes"), ("macro", "mean of all themes")):
        if evaluation[scope] is not None:
            lines.append([f"**{name}**", *_accuracy(evaluation[scope]), "", "", ""])
    header = ["Theme", "precision", "recall", "F1", level, "AP", "Brier", "ECE", "support"]
    return _table(header, lines)


def _peers_table(systems: Figures, level: str) -> str:
    lines = []
    for name, system in systems.items():
        core, every = system["evaluation"]["core_macro"], system["evaluation"]["macro"]
        lines.append(
            [
                f"**{name}**" if name == OURS else name,
                _number(core["f1"]),
                _interval(core["intervals"]["f1"]),
                _number(core["average_precision"]),
                _number(every["f1"]),
                _percent(_good_practice_tagged(system)),
                _percent(system["pairs_both_right"]["share"]),
            ]
        )
    header = ["System", "F1, core themes", level, "AP, core", "F1, all themes"]
    return _table([*header, "good practice tagged", "pairs right"], lines)


def _comparison(systems: Figures) -> str:
    """Say whether the lead over the best peer is more than chance, and who does better."""
    peers = {name: system for name, system in systems.items() if name != OURS}
    best = max(peers, key=lambda name: float(peers[name]["evaluation"]["core_macro"]["f1"]))
    ends = [s["evaluation"]["core_macro"]["intervals"]["f1"] for s in (systems[OURS], peers[best])]
    overlap = ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1]
    verdict = "overlap, so that they establish no lead" if overlap else "lie apart"
    said = (
        f"The intervals of F1 on the core themes of {OURS} and of the best peer, {best}, {verdict}."
    )
    ours = _good_practice_tagged(systems[OURS])
    fewer = [name for name in peers if _good_practice_tagged(peers[name]) < ours]
    return said + (f" Less good practice is tagged by: {', '.join(fewer)}." if fewer else "")


def _good_practice_tagged(system: Figures) -> float:
    return float(system["good_practice_wrongly_tagged"]["good_practice"]["share"])


def _weak_points(systems: Figures) -> str:
    """Say in figures where the model is weak."""
    ours = systems[OURS]
    wrong = ours["good_practice_wrongly_tagged"]["good_practice"]
    pairs = ours["pairs_both_right"]
    known = [t for t in ours["evaluation"]["themes"] if t["f1"] is not None]
    weakest = sorted(known, key=lambda theme: float(theme["f1"]))[:3]
    named = ", ".join(f"`{theme['theme']}` {_number(theme['f1'])}" for theme in weakest)
    return (
        f"Good practice on a core theme's own topic is tagged as a failing {wrong['tagged']} times "
        f"out of {wrong['of']} ({_percent(wrong['share'])}). Of the {pairs['of']} core themes that "
        f"only one passage of a minimal pair carries, {pairs['right']} "
        f"({_percent(pairs['share'])}) are told rightly on both sides. "
        f"The themes with the lowest F1: {named}."
    )


def _accuracy(figures: Figures) -> list[str]:
    return [
        _number(figures["precision"]),
        _number(figures["recall"]),
        _number(figures["f1"]),
        _interval(figures["intervals"]["f1"]),
        _number(figures["average_precision"]),
    ]


def _share(counts: Figures, key: str) -> list[str]:
    return [str(counts[key]), str(counts["of"]), _percent(counts["share"])]


def _number(value: float | None, places: int = 2) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _interval(ends: Sequence[float | None]) -> str:
    return "-" if ends[0] is None else f"{_number(ends[0])} to {_number(ends[1])}"


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table: names to the left, figures to the right."""
    rule = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *lines))
