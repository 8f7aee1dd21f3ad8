"""The model cards: text by hand, every figure from the run that measured it.

Called by ``build.py``. The headings are those of Mitchell et al. (2019), *Model cards for model
reporting*, shortened.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from string import Template
from textwrap import shorten
from typing import Any

from safetensors.numpy import load as load_arrays

from models.corpus import store
from models.corpus.rules import pairs_of
from models.tables import table
from scr_themes.codebook import Codebook

Figures = dict[str, Any]

RARE = 0.01  # no theme is taken to be rarer, whatever passages drawn at random say
MODELS = Path(__file__).resolve().parent
TEXTS = MODELS / "cards"
CAUSES = MODELS.parent / "benchmarks" / "errors.toml"
PLACES = {
    "accurate": "It is the default model of `scr_themes`.",
    "fast": 'It is the small model of `scr_themes`, `load("fast")`, for large collections.',
}
UNMEASURED = """\
**Not measured yet.** From the root of the checkout, with the coded passages' text at hand:

```
python -m models.corpus.attach --pool POOL -o coded.jsonl
python benchmarks/accuracy.py --coded coded.jsonl   # writes benchmarks/results/accuracy.json
python benchmarks/evidence.py --coded coded.jsonl   # writes benchmarks/results/evidence.json
python -m models.build --card                       # writes the cards again, with their figures
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


def write_card(path: Path, name: str, recipe: dict[str, Any], results: Path) -> None:
    """Write the card of one model.

    Parameters
    ----------
    path : Path
        The file to write.
    name : {"accurate", "fast"}
        The model.
    recipe : dict
        ``recipe.toml`` as plain data.
    results : Path
        The folder that the benchmarks write to. Without their figures the card says how to get
        them.
    """
    settings = recipe[name]
    weights = recipe["weights"][settings["weights"]]
    written, coded = store.written_of("train"), store.coded_of("train")
    drawn = [
        row
        for split in ("train", "development")
        for row in store.coded_of(split)
        if row["round"] == "random"
    ]
    accuracy, evidence = (results / f"{kind}.json" for kind in ("accuracy", "evidence"))
    values = {
        "name": name,
        "version": settings["version"],
        "place": PLACES[name],
        "upstream": weights["upstream"],
        "package": weights["packages"][0],
        "licence": weights["licence"],
        "taught": _taught(settings, recipe),
        "carrying": _carrying(name),
        "window": settings["window"],
        "checksums": table(
            ["File", "SHA-256"], ([f"`{k}`", f"`{v}`"] for k, v in weights["sha256"].items())
        ),
        "random": len(drawn),
        "prevalence": table(
            ["Theme", f"of {len(drawn)}", "share taken"],
            (
                [f"`{theme}`", str(n), f"{max(n / len(drawn), RARE):.2%}"]
                for theme in Codebook.load().theme_ids
                for n in [sum(theme in row["themes"] for row in drawn)]
            ),
        ),
        "written": len(written),
        "hard": sum(bool(row["about"]) for row in written),
        "pairs": len(pairs_of(written)),
        "coded": len(coded),
        "documents": len({row["document"] for row in coded}),
        "failing": sum(bool(row["themes"]) for row in (*written, *coded)),
        "results": UNMEASURED,
        "weak": "How far off it is has not been measured yet.",
        "evidence": "not measured yet.",
        "failures": "",
        "rights": f"This card and the heads are under the MIT licence; `LICENSE-encoder` says what "
        f"is of {weights['upstream']}, under {weights['licence']}.",
        **settings.get("shape", {}),
    }
    if accuracy.is_file():
        measured = json.loads(accuracy.read_text(encoding="utf-8"))
        if f"scr_themes {name}" in measured["systems"]:
            values["results"] = _results(f"scr_themes {name}", measured)
            values["weak"] = _weak_points(measured["systems"][f"scr_themes {name}"])
    if evidence.is_file():
        found = json.loads(evidence.read_text(encoding="utf-8"))
        if f"scr_themes {name}" in found["ways"]:
            values["evidence"] = _evidence(name, found)
    errors = results / "errors.json"
    if errors.is_file():
        values["failures"] = _failures(f"{name} {settings['version']}", errors)
    values["how"] = _filled(TEXTS / f"{name}.md", values).strip()
    path.write_text(_filled(TEXTS / "common.md", values), encoding="utf-8")


def _evidence(name: str, found: Figures) -> str:
    """Say how often the sentence is one that a coder marked, and how often by chance."""
    counts = found["ways"][f"scr_themes {name}"]
    chance = found["ways"]["at random"]["both"]
    real, written = (
        f"{counts[kind]['right']} of {counts[kind]['of']}" for kind in ("coded", "written")
    )
    return (
        f"{counts['both']['right'] / counts['both']['of']:.1%} of the themes that coders gave, "
        f"tagged or not, in {found['passages']} passages of three sentences or more of the "
        f"{found['on']} split ({real} on real text, where two coders marked; {written} on written "
        f"text, where one did; a sentence at random: {chance['right'] / chance['of']:.1%}). Two "
        f"sentences in a row are quoted {counts['two']['right'] / counts['two']['of']:.0%} of the "
        "time; they count as right if one of them was marked."
    )


def read_causes() -> dict[str, dict[str, str]]:
    """Return why a model errs: for errors missed and wrong, each cause and what it means."""
    return tomllib.loads(CAUSES.read_text(encoding="utf-8"))


def causes_table(errors: Sequence[Figures]) -> str:
    """Return how many errors have each cause, as a Markdown table."""
    counts = Counter((error["error"], error["cause"], error["corpus"]) for error in errors)
    return table(
        ["Error", "Cause", "real text", "written"],
        (
            [kind, said, *(str(counts[kind, cause, corpus]) for corpus in ("coded", "written"))]
            for kind, causes in read_causes().items()
            for cause, said in causes.items()
        ),
    )


def _failures(coder: str, file: Path) -> str:
    """Return the section on errors that were read, with an example of each cause of our own."""
    errors = [e for e in json.loads(file.read_text(encoding="utf-8")) if e["model"] == coder]
    if not errors:
        return ""
    texts = {row["id"]: row["text"] for row in store.read_written()}
    examples = []
    for kind, causes in read_causes().items():
        for cause, said in causes.items():
            shown = [e for e in errors if (e["error"], e["cause"]) == (kind, cause)]
            for error in [e for e in shown if e["id"] in texts][:1]:
                quote = shorten(texts[error["id"]], 400, placeholder=" ...")
                verb = "not tagged" if kind == "missed" else "tagged wrongly"
                examples.append(
                    f"- {said[0].upper()}{said[1:]}, {verb} `{error['theme']}`: {quote}"
                )
    return "\n\n".join(
        [
            "## Known failures",
            f"{len(errors)} of its errors on the development split, drawn at random from each "
            "corpus and from core and further themes, were read and sorted by a language model "
            "(`benchmarks/errors.py`):",
            causes_table(errors),
            "An invented passage of each sort:",
            "\n".join(examples),
            "",
        ]
    )


def _taught(settings: dict[str, Any], recipe: dict[str, Any]) -> str:
    """Say what a model learnt from, a teacher's opinions among it if it had one."""
    said = (
        "It learnt from the coders' labels, from the sentences that they marked, and from minimal "
        "pairs shown side by side (the side that carries a theme must score above the side that "
        "does not)"
    )
    asked = settings.get("teacher")
    if asked is None:
        return f"{said}."
    teachers = [_teacher(name, recipe) for name in asked]
    who = " and ".join(teachers)
    if len(teachers) > 1:
        who = who.rstrip(",") + ", on average,"
    imitated = ""
    if "imitation" in settings:
        shown = _teacher(settings["imitates"], recipe).rstrip(",")
        imitated = (
            " Before all that it learnt to give, through a linear map, the token vectors of "
            f"{shown}, whose heads, so mapped, its own began as."
        )
    return (
        f"{said}; and from what {who} {'thinks' if len(teachers) == 1 else 'think'} of the same "
        "passages (for "
        f"{settings['teacher_share']:.0%} of each target)"
        + (
            f", of {settings['pool']:,} of the pool's other passages, none of a development "
            "or test document"
            if settings["pool"]
            else ""
        )
        + (
            f", and of {settings['sentences']:,} single sentences."
            if settings["sentences"]
            else "."
        )
        + imitated
        + _taught_in_turn(asked, recipe)
    )


def _carrying(name: str) -> str:
    """Say how often passages of each role carry a theme, as the model's heads have it."""
    arrays = load_arrays((MODELS / name / "heads.safetensors").read_bytes())
    roles = zip(Codebook.load().roles, arrays["themes.carrying"], strict=True)
    return ", ".join(f"{role.title.lower()} {share:.0%}" for role, share in roles)


def _teacher(name: str, recipe: dict[str, Any]) -> str:
    """Say who a teacher is."""
    if name in PLACES:
        return f"the model `{name}`"
    settings = recipe[name]
    weights = recipe["weights"][settings["weights"]]
    return (
        f"{weights['upstream']} (licence {weights['licence']}), fine-tuned on the same train split "
        "and not shipped,"
    )


def _taught_in_turn(teachers: list[str], recipe: dict[str, Any]) -> str:
    """Say who taught the teachers that had teachers of their own."""
    said = ""
    for name in teachers:
        settings = recipe[name]
        if name in PLACES or "teacher" not in settings:
            continue
        networks = []
        for asked in settings["teacher"]:
            weights = recipe["weights"][recipe[asked]["weights"]]
            networks.append(
                f"{recipe[asked].get('folds', 1)} of {weights['upstream']} (licence "
                f"{weights['licence']})"
            )
        said += (
            " Its teacher was taught in the same way, by the mean opinion of networks, "
            f"{' and '.join(networks)}, each fine-tuned on the train split without the passages "
            "of a part of its authors and documents, and asked of these."
        )
    return said


def _filled(file: Path, values: dict[str, Any]) -> str:
    return Template(file.read_text(encoding="utf-8")).substitute(values)


def _results(name: str, measured: Figures) -> str:
    """Return the section on accuracy, from the whole file of figures."""
    data, systems = measured["data"], measured["systems"]
    ours = systems[name]
    level = f"{ours['coded']['evaluation']['confidence']:.0%}"
    parts = [
        f"Fitted to the train split ({data['trained_on']['written']} written and "
        f"{data['trained_on']['coded']} coded passages), calibrated on the development split, "
        f"measured on the **{data['on']}** split. A theme that its coders left open on a passage "
        f"counts neither way. Intervals are {level}, by bootstrap over documents. AP: average "
        "precision. ECE: expected calibration error. Support: passages with the theme.",
    ]
    if data["on"] == "development":
        parts.append(
            "**The development split set the thresholds and the calibration, chose among "
            "candidates, and showed what authors a29 to a60 should write for: these figures "
            "flatter.** The test splits are kept for the finished models."
        )
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
        "### Roles",
        _roles_table(ours),
        "### Nations, years and kinds of document",
        "F1 over all themes together (micro), and mean F1 of the core themes where any is present.",
        _groups_table(ours),
        "### Calibration",
        "What was said of passages drawn at random, and what came true, by tenths of the "
        "probability:",
        _calibration_table(ours["random"]["calibration"]),
        "### Where nothing went wrong",
        "Written passages on a theme's topic where nothing of the kind went wrong, and that were "
        "tagged with it all the same; and coded passages of good practice or context that hit the "
        "theme's keywords:",
        table(
            ["", "tagged", "of", "share"],
            [
                *(
                    [title, *_share(ours["written"]["wrongly_tagged"][sort], "tagged")]
                    for sort, title in SORTS.items()
                ),
                ["coded", *_share(ours["coded"]["calm_on_topic_tagged"], "tagged")],
            ],
        ),
        "### Beside what a user would pick instead",
        "The same splits and passages. Pairs right: of the themes that only one side of a minimal "
        "pair carries, the share told rightly on both sides. Good practice tagged: of the written "
        "hard negatives of that sort.",
        _peers_table(systems, level),
        _comparison(name, measured["ahead"][name], systems),
    ]
    if data["left_out"]:
        parts.append(f"Not run this time: {', '.join(data['left_out'])}.")
    return "\n\n".join(parts)


def _roles_table(ours: Figures) -> str:
    lines = []
    for kind in ("coded", "written"):
        confusion = ours[kind]["evaluation"]["role_confusion"]
        for role, given in confusion.items():
            of, right = sum(given.values()), given.get(role, 0)
            said = sum(row.get(role, 0) for row in confusion.values())
            lines.append(
                [f"`{role}`, {kind}", str(of), _percent(right / of if of else None),
                 _percent(right / said if said else None)]
            )  # fmt: skip
    return table(["Role", "passages", "found", "right where given"], lines)


def _groups_table(ours: Figures) -> str:
    lines = [
        [name, str(found["passages"]), _number(found["micro_f1"]), _number(found["core_macro_f1"])]
        for kind, key in (("coded", "source"), ("written", "nation"), ("written", "years"))
        for name, found in ours[kind]["by"][key].items()
    ]
    return table(["Passages of", "n", "F1, all themes", "F1, core themes"], lines)


def _calibration_table(bins: Figures) -> str:
    lines = []
    for kind, title in (("core", "core themes"), ("all", "all themes")):
        for found in bins[kind]:
            bar = "\u2588" * round(20 * found["true"])
            lines.append(
                [title, f"{found['said']:.2f}", f"{found['true']:.2f}", str(found["n"]), bar]
            )
    return table(["", "said", "came true", "n", "came true, drawn"], lines)


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
        cells = [f"**{name}**" if name.startswith("scr_themes") else name]
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


def _comparison(own: str, ahead: Figures, systems: Figures) -> str:
    """Say who is ahead, by how much, whether it may be chance, and who tags less good practice."""
    said = []
    by_peer: Figures = {}
    for kind, by_peer in ahead.items():
        if not by_peer:
            return ""
        best = max(
            by_peer, key=lambda name: float(systems[name][kind]["evaluation"]["core_macro"]["f1"])
        )
        lead, (low, high) = by_peer[best]["ahead"], by_peer[best]["interval"]
        verdict = "within chance" if low <= 0 <= high else "more than chance"
        said.append(
            f"On {kind} passages {own} is {'ahead of' if lead >= 0 else 'behind'} the best peer, "
            f"{best}, by {abs(lead):.2f} in F1 on the core themes (difference {lead:+.2f}, 95% "
            f"{low:+.2f} to {high:+.2f} on the same draws of documents): {verdict}."
        )
    ours = _good_practice_tagged(systems[own])
    fewer = [name for name in by_peer if _good_practice_tagged(systems[name]) < ours]
    if fewer:
        said.append(f"Less good practice is tagged by: {', '.join(fewer)}.")
    return " ".join(said)


def _good_practice_tagged(system: Figures) -> float:
    return float(system["written"]["wrongly_tagged"]["good_practice"]["share"])


def _weak_points(ours: Figures) -> str:
    """Say in figures where the model is weak."""
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
