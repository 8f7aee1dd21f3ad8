"""What was tried for the models that ship: networks, teachers and data, and what each cost.

Each candidate is a section of ``candidates.toml``: settings that take the place of those of
``models/recipe.toml``. It is trained as ``models.build`` trains, in the same work folder, and
measured on the development split before rounding to int8, with each theme's threshold, and the
shares of roles that weigh themes, taken from there. Of several networks, each trained without a
fold, the figures are the mean of what each is by itself. Minutes are those of its own training on
labels and opinions; a teacher's reading, what it took to train it, and imitating its token vectors
come on top.

Run ``python benchmarks/candidates.py --coded coded.jsonl --pool POOL --work build/models``, and the
names of some candidates if not all are wanted (half an hour on a large GPU, a day on two cores;
what was trained before is not trained again). Writes ``benchmarks/results/candidates.json``: those
not named keep their figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.accuracy import kept_rows, measure, part, task_of  # noqa: E402 - the checkout's own
from models.build import Build, add_arguments, read_recipe  # noqa: E402
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.tables import table  # noqa: E402

LISTED = Path(__file__).with_name("candidates.toml")
RESULTS = ROOT / "benchmarks/results/candidates.json"
HEADER = (
    "Candidate", "parameters", "texts", "minutes",
    "real text: core F1", "core AP", "written: core F1", "core AP",
    "written good practice, wrongly tagged", "minimal pairs, both right",
)  # fmt: skip
FIGURES = ("f1", "average_precision")


def listed() -> dict[str, Any]:
    """Return the candidates' settings, by name."""
    return tomllib.loads(LISTED.read_text(encoding="utf-8"))


def recipe_with(candidates: dict[str, Any]) -> dict[str, Any]:
    """Return the recipe with a section for each candidate: its base, with changes."""
    recipe = read_recipe()
    made = dict(recipe)
    for name, changes in candidates.items():
        dropped = {"base", "what", "without", *changes.get("without", ())}
        settings = recipe[changes.get("base", name)] | changes
        made[name] = {key: value for key, value in settings.items() if key not in dropped}
    return made


def figures_of(name: str, build: Build) -> dict[str, Any]:
    """Train one candidate, unless it was, and measure it on the development split.

    Of one that has several networks, the mean of what each is by itself.
    """
    return mean_of([_figures_of(member, build) for member in build.members(name)])


def mean_of(found: Sequence[Any]) -> Any:
    """Return the mean of figures of one shape; what is no number is that of the first."""
    if isinstance(found[0], dict):
        return {key: mean_of([each[key] for each in found]) for key in found[0]}
    return found[0] if isinstance(found[0], str) else sum(found) / len(found)


def _figures_of(name: str, build: Build) -> dict[str, Any]:
    network = build.taught(name)
    rows = [row for row in build.rows if row["split"] == "development"]
    task = task_of(rows, build.codebook)
    tagged = task.cut(build.probabilities(name, network, rows))
    found: dict[str, Any] = dict(
        build.cost[name], parameters=sum(p.numel() for p in network.parameters())
    )
    for kind in ("coded", "written"):
        kept = task.sources == kind
        result = measure(part(tagged, kept), kept_rows(rows, kept), build.codebook)
        found[kind] = {
            scope: {figure: result["evaluation"][scope][figure] for figure in FIGURES}
            for scope in ("core_macro", "macro")
        }
        if kind == "written":
            found["good_practice"] = result["wrongly_tagged"]["good_practice"]
            found["pairs"] = result["pairs_both_right"]
    return found


def candidates_table(figures: dict[str, Any]) -> str:
    """Return the Markdown table of the benchmark notes."""
    lines = []
    for name, what in listed().items():
        if name in figures:
            found = figures[name]
            lines.append([
                what["what"], f"{found['parameters'] / 1e6:.1f} M", f"{found['texts']:,.0f}",
                f"{found['seconds'] / 60:.0f} ({found['device']})",
                *(f"{found[kind]['core_macro'][figure]:.3f}" for kind in ("coded", "written")
                  for figure in FIGURES),
                *(f"{found[key]['share']:.0%}" for key in ("good_practice", "pairs")),
            ])  # fmt: skip
    return table(HEADER, lines)


def main() -> None:
    """Train and measure candidates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="candidates [all]")
    add_arguments(parser)
    options = parser.parse_args()
    candidates = listed()
    unknown = set(options.names) - set(candidates)
    if unknown:
        parser.error(f"no such candidate: {', '.join(sorted(unknown))}")
    build = Build(
        recipe_with(candidates), read_labelled_rows(options.coded), options.pool, options.work
    )
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for name in options.names or candidates:
        kept[name] = figures_of(name, build)
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(candidates_table(kept))


if __name__ == "__main__":
    main()
