"""Speed against F1: what ``speed.py`` measured beside what ``accuracy.py`` did, as a picture."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed_worker import BASELINE, SYSTEMS

RESULTS = Path(__file__).resolve().parent / "results"
SETFIT = "SetFit on MiniLM"  # of the speed of the encoder that it tunes
KINDS = {"coded": "real text", "written": "written"}


def f1s() -> dict[str, dict[str, float]]:
    """Return core macro-F1 on real and on written passages, by title, as ``accuracy.py`` has it."""
    file = RESULTS / "accuracy.json"
    systems = json.loads(file.read_text(encoding="utf-8"))["systems"] if file.is_file() else {}
    return {
        title: {kind: found[kind]["evaluation"]["core_macro"]["f1"] for kind in KINDS}
        for title, found in systems.items()
    }


def frontier(points: dict[str, tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points that no other is both as fast as and better than, the slowest first."""
    best = -math.inf
    found = []
    for rate, f1 in sorted(points.values(), reverse=True):
        if f1 > best:
            found.append((rate, f1))
            best = f1
    return found[::-1]


def by_rate(item: tuple[str, tuple[float, float]]) -> float:
    return item[1][0]


def plot(found: dict[str, Any], out: Path) -> None:
    """Draw speed on the common texts against F1, and the frontier."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - only this section draws

        mpl.use("svg")
        from matplotlib import pyplot  # noqa: PLC0415
    except ImportError as error:
        print(f"left out: the plot ({error}; pip install matplotlib)", file=sys.stderr)
        return
    mpl.rcParams["svg.hashsalt"] = "speed"  # the same file from the same figures
    f1 = f1s()
    systems = found.get("compare", {}).get("systems", {})
    rates = {one["title"]: one["common_passages_per_second"] for one in systems.values()}
    if BASELINE in systems:
        rates[SETFIT] = rates[SYSTEMS[BASELINE].title]
    figure, axes = pyplot.subplots(1, 2, figsize=(12, 5), sharey=True, layout="constrained")
    for axis, (kind, name) in zip(axes, KINDS.items(), strict=True):
        points = {title: (rate, f1[title][kind]) for title, rate in rates.items() if title in f1}
        if points:
            axis.step(*zip(*frontier(points), strict=True), where="pre", color="0.6", zorder=1)
        middle = math.sqrt(max(rates.values()) * min(rates.values())) if rates else 1.0
        # Names stand by turns above and below, and toward the middle: else they would overlap.
        for number, (title, (rate, value)) in enumerate(sorted(points.items(), key=by_rate)):
            own, right = title.startswith("scr_themes"), rate > middle
            below = number % 2 if not own else title != "scr_themes accurate"  # two are near
            axis.scatter(rate, value, color="tab:red" if own else "tab:blue", zorder=2)
            axis.annotate(
                title.removesuffix(", logistic regression"), (rate, value),
                xytext=(-5 if right else 5, -11 if below else 5), textcoords="offset points",
                ha="right" if right else "left", fontsize=8, weight="bold" if own else "normal",
            )  # fmt: skip
        axis.set(xscale="log", xlabel="passages a second", title=name)
        axis.margins(x=0.1, y=0.1)
    axes[0].set_ylabel("macro-F1 of the core themes")
    figure.savefig(out, metadata={"Date": None})
    print(f"wrote {out}", file=sys.stderr)
