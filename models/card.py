"""The model card of ``models/minilm``: text by hand, every figure from the run that measured it.

Called by ``build.py``. The headings are those of Mitchell et al. (2019), *Model cards for model
reporting*, shortened.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from models.corpus import store
from models.corpus.rules import pairs_of
from models.tables import table

Figures = dict[str, Any]

OURS = "scr_themes"  # what benchmarks/accuracy.py calls the model
TEXT = Path(__file__).with_name("card.md")
UNMEASURED = """\
**Not measured yet.** From the root of the checkout, with the coded passages' text at hand:

```
python -m models.corpus.attach --pool POOL -o coded.jsonl
python benchmarks/accuracy.py --coded coded.jsonl   # writes benchmarks/results/accuracy.json
python -m models.build --card                       # writes this card again, with its figures
```"""
SORTS = {
    "good_practice": "good practice",
    "acted_on": "risk seen and acted on",
    "policy": "policy",
    "neutral": "neutral chronology",
}
SETS = {
    "coded": "Coded passages of real documents",
    "random": "Those of them that were drawn at random, so that failings are as rare as they are",
    "written": "Written passages",
}


def write_card(path: Path, recipe: dict[str, Any], figures: Path) -> None:
    """Write the model card.

    Parameters
    ----------
    path : Path
        The file to write.
    recipe : dict
        ``recipe.toml`` as plain data.
    figures : Path
        What ``benchmarks/accuracy.py`` wrote. Without it the card says how to get it.
    """
    results, weak = UNMEASURED, "How far off it is has not been measured yet."
    if figures.is_file():
        measured = json.loads(figures.read_text(encoding="utf-8"))
        results = _results(measured)
        weak = _weak_points(measured["systems"])
    encoder = recipe["encoder"]
    written, coded = store.written_of("train"), store.coded_of("train")
    text = Template(TEXT.read_text(encoding="utf-8")).substitute(
        name=recipe["model"]["name"],
        version=recipe["model"]["version"],
        upstream=encoder["upstream"],
        package=encoder["package"],
        licence=encoder["licence"],
        layers=", ".join(map(str, encoder["layers"])),
        poolings=" and ".join(encoder["poolings"]),
        window=encoder["window"],
        checksums=table(
            ["File", "SHA-256"], ([f"`{k}`", f"`{v}`"] for k, v in encoder["sha256"].items())
        ),
        C=recipe["heads"]["C"],
        folds=recipe["heads"]["n_folds"],
        written=len(written),
        hard=sum(bool(row["about"]) for row in written),
        pairs=len(pairs_of(written)),
        coded=len(coded),
        documents=len({row["document"] for row in coded}),
        failing=sum(bool(row["themes"]) for row in (*written, *coded)),
        results=results,
        weak=weak,
    )
    path.write_text(text, encoding="utf-8")


def _results(measured: Figures) -> str:
    """Return the section on accuracy, from the whole file of figures."""
    data, systems = measured["data"], measured["systems"]
    ours = systems[OURS]
    level = f"{ours['coded']['evaluation']['confidence']:.0%}"
    parts = [
        f"Fitted to the train split ({data['trained_on']['written']} written and "
        f"{data['trained_on']['coded']} coded passages), measured on the {data['on']} split, whose "
        "authors and documents it has not seen. A theme that its coders left open on a passage "
        f"counts neither way. Intervals are {level}, by bootstrap over documents. AP: average "
        "precision. ECE: expected calibration error. Support: passages with the theme.",
    ]
    for kind, title in SETS.items():
        evaluation = ours[kind]["evaluation"]
        parts += [
            f"### {title}",
            f"{evaluation['n_passages']} passages of {evaluation['n_documents']} documents. "
            f"Right role: {_percent(evaluation['role_accuracy'])}. Over every theme of every "
            f"passage: Brier score {_number(evaluation['brier'], 3)}, expected calibration error "
            f"{_number(evaluation['ece'], 3)}. Its probabilities add up to "
            f"{ours[kind]['expected']:.0f} tags; there are {ours[kind]['found']}.",
            _themes_table(evaluation, level),
        ]
    parts += [
        "### Where nothing went wrong",
        "Written passages on a theme's topic where nothing of the kind went wrong, and that were "
        "tagged with it all the same; and coded passages of good practice or context that hit the "
        "theme's keywords:",
        table(
            ["", "tagged", "of", "share"],
            [
                *(
                    [name, *_share(ours["written"]["wrongly_tagged"][sort], "tagged")]
                    for sort, name in SORTS.items()
                ),
                ["coded", *_share(ours["coded"]["calm_on_topic_tagged"], "tagged")],
            ],
        ),
        "### Beside what a user would pick instead",
        "The same splits and passages. Pairs right: of the themes that only one side of a minimal "
        "pair carries, the share told rightly on both sides. Good practice tagged: of the written "
        "hard negatives of that sort.",
        _peers_table(systems, level),
        _comparison(measured["ahead"], systems),
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
    return table(header, lines)


def _peers_table(systems: Figures, level: str) -> str:
    lines = []
    for name, system in systems.items():
        cells = [f"**{name}**" if name == OURS else name]
        for kind in ("coded", "written"):
            core, every = (system[kind]["evaluation"][scope] for scope in ("core_macro", "macro"))
            cells += [_number(core["f1"]), _interval(core["intervals"]["f1"])]
            cells.append(_number(every["f1"]))
        cells.append(_percent(_good_practice_tagged(system)))
        cells.append(_percent(system["written"]["pairs_both_right"]["share"]))
        lines.append(cells)
    header = ["System"]
    for kind in ("coded", "written"):
        header += [f"F1 {kind}, core themes", level, f"F1 {kind}, all themes"]
    return table([*header, "good practice tagged", "pairs right"], lines)


def _comparison(ahead: Figures, systems: Figures) -> str:
    """Say who is ahead, by how much, whether it may be chance, and who tags less good practice."""
    said = []
    for kind, by_peer in ahead.items():
        best = max(
            by_peer, key=lambda name: float(systems[name][kind]["evaluation"]["core_macro"]["f1"])
        )
        lead, (low, high) = by_peer[best]["ahead"], by_peer[best]["interval"]
        verdict = "within chance" if low <= 0 <= high else "more than chance"
        said.append(
            f"On {kind} passages {OURS} is {'ahead of' if lead >= 0 else 'behind'} the best peer, "
            f"{best}, by {abs(lead):.2f} in F1 on the core themes (difference {lead:+.2f}, 95% "
            f"{low:+.2f} to {high:+.2f} on the same draws of documents): {verdict}."
        )
    ours = _good_practice_tagged(systems[OURS])
    fewer = [name for name in by_peer if _good_practice_tagged(systems[name]) < ours]
    if fewer:
        said.append(f"Less good practice is tagged by: {', '.join(fewer)}.")
    return " ".join(said)


def _good_practice_tagged(system: Figures) -> float:
    return float(system["written"]["wrongly_tagged"]["good_practice"]["share"])


def _weak_points(systems: Figures) -> str:
    """Say in figures where the model is weak."""
    ours = systems[OURS]
    wrong = ours["written"]["wrongly_tagged"]["good_practice"]
    pairs = ours["written"]["pairs_both_right"]
    known = [t for t in ours["coded"]["evaluation"]["themes"] if t["f1"] is not None]
    weakest = sorted(known, key=lambda theme: float(theme["f1"]))[:3]
    named = ", ".join(f"`{theme['theme']}` {_number(theme['f1'])}" for theme in weakest)
    return (
        f"Written good practice on a theme's own topic is tagged as a failing {wrong['tagged']} "
        f"times out of {wrong['of']} ({_percent(wrong['share'])}). Of the {pairs['of']} themes "
        f"that only one passage of a minimal pair carries, {pairs['right']} "
        f"({_percent(pairs['share'])}) are told rightly on both sides. "
        f"The themes with the lowest F1 on real passages: {named}."
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
