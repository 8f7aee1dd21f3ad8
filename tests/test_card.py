"""The model card: every figure in it is one that the benchmark wrote."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.card import write_card
from models.corpus.describe import read_rows
from scr_themes.codebook import Codebook
from scr_themes.labels import indicator

ROOT = Path(__file__).resolve().parents[1]
RECIPE = tomllib.loads((ROOT / "models" / "recipe.toml").read_text(encoding="utf-8"))

Figures = dict[str, Any]
Writer = Callable[[Figures | None], str]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [row for row in read_rows() if row["document"].startswith("a8-")]


@pytest.fixture(scope="module")
def figures(rows: list[dict[str, Any]]) -> Figures:
    """A run of two fake systems, measured and laid out by the benchmark itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT), *sys.path])
        from benchmarks.accuracy import measure  # noqa: PLC0415 - it adds models/ to the path
    codebook = Codebook.load()
    truth = indicator([set(row["themes"]) for row in rows], codebook.theme_ids)
    rng = np.random.default_rng(0)
    systems = {}
    for name, noise in (("TF-IDF, logistic regression", 0.9), ("scr_themes", 0.6)):
        scores = (1 - noise) * truth + noise * rng.random(truth.shape)
        systems[name] = measure(scores, scores >= 0.5, truth, rows, codebook)
    systems["scr_themes"]["role_accuracy"] = 0.8125
    written = {"data": {"passages": 241, "documents": 19, "folds": 5, "seed": 0}}
    plain: Figures = json.loads(json.dumps({**written, "systems": systems}))
    return plain


@pytest.fixture
def card(rows: list[dict[str, Any]], tmp_path: Path) -> Writer:
    def write(figures: Figures | None) -> str:
        measured, target = tmp_path / "accuracy.json", tmp_path / "README.md"
        if figures is not None:
            measured.write_text(json.dumps(figures), encoding="utf-8")
        write_card(target, RECIPE, rows, measured)
        return target.read_text(encoding="utf-8")

    return write


def row_of(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {name}")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def section(text: str, title: str) -> str:
    found: str
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found


def test_each_theme_has_its_figures(card: Writer, figures: Figures) -> None:
    text = card(figures)
    evaluation = figures["systems"]["scr_themes"]["evaluation"]
    assert len(evaluation["themes"]) == len(Codebook.load().themes)
    for theme in evaluation["themes"]:
        low, high = theme["intervals"]["f1"]
        assert row_of(text, f"`{theme['theme']}`")[1:] == [
            f"{theme['precision']:.2f}",
            f"{theme['recall']:.2f}",
            f"{theme['f1']:.2f}",
            f"{low:.2f} to {high:.2f}",
            f"{theme['average_precision']:.2f}",
            f"{theme['brier']:.3f}",
            f"{theme['ece']:.3f}",
            str(theme["support"]),
        ]
    assert row_of(text, "**mean of the core themes**")[3] == f"{evaluation['core_macro']['f1']:.2f}"
    assert row_of(text, "**mean of all themes**")[3] == f"{evaluation['macro']['f1']:.2f}"


def test_what_was_wrongly_tagged_and_the_role(card: Writer, figures: Figures) -> None:
    text = card(figures)
    wrong = figures["systems"]["scr_themes"]["good_practice_wrongly_tagged"]
    for sort, name in (("good_practice", "good practice"), ("acted_on", "risk seen"),
                       ("policy", "policy"), ("neutral", "neutral")):  # fmt: skip
        found = wrong[sort]
        expected = [str(found["tagged"]), str(found["of"]), f"{found['share']:.1%}"]
        assert row_of(text, name)[1:] == expected
    assert "Right role: 81.2% of the passages" in text


def test_peers_stand_beside_it(card: Writer, figures: Figures) -> None:
    text = card(figures)
    for name, system in figures["systems"].items():
        cells = row_of(text, f"**{name}**" if name == "scr_themes" else name)
        assert cells[1] == f"{system['evaluation']['core_macro']['f1']:.2f}"
        assert cells[4] == f"{system['evaluation']['macro']['f1']:.2f}"
        assert cells[6] == f"{system['pairs_both_right']['share']:.1%}"


@pytest.mark.parametrize(
    ("ours", "said"), [([0.3, 0.5], "they establish no lead"), ([0.5, 0.6], "lie apart")]
)
def test_a_lead_within_chance_is_called_so(
    card: Writer, figures: Figures, ours: list[float], said: str
) -> None:
    other = deepcopy(figures)
    peer, own = (system["evaluation"]["core_macro"] for system in other["systems"].values())
    peer["intervals"]["f1"], own["intervals"]["f1"] = [0.2, 0.4], ours
    assert said in card(other)


def test_a_peer_that_tags_less_good_practice_is_named(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    peer, own = (
        system["good_practice_wrongly_tagged"]["good_practice"]
        for system in other["systems"].values()
    )
    own["share"], peer["share"] = 0.2, 0.1
    assert "Less good practice is tagged by: TF-IDF, logistic regression." in card(other)
    own["share"], peer["share"] = 0.1, 0.2
    assert "Less good practice is tagged by" not in card(other)


def test_where_it_is_weak_is_said_in_figures(card: Writer, figures: Figures) -> None:
    weak = section(card(figures), "What it cannot do")
    ours = figures["systems"]["scr_themes"]
    wrong, pairs = ours["good_practice_wrongly_tagged"]["good_practice"], ours["pairs_both_right"]
    assert f"{wrong['tagged']} times out of {wrong['of']} ({wrong['share']:.1%})" in weak
    assert f"Of the {pairs['of']} core themes" in weak
    assert f"{pairs['right']} ({pairs['share']:.1%}) are told rightly on both sides" in weak
    worst = min(ours["evaluation"]["themes"], key=lambda theme: theme["f1"])
    assert f"lowest F1: `{worst['theme']}` {worst['f1']:.2f}" in weak


def test_another_run_makes_another_card(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    other["systems"]["scr_themes"]["evaluation"]["themes"][0]["f1"] = 0.1234
    assert card(other) != card(figures)


def test_a_figure_that_is_undefined_is_a_dash(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    theme = other["systems"]["scr_themes"]["evaluation"]["themes"][1]
    for name in ("precision", "recall", "f1", "average_precision"):
        theme[name] = None
        theme["intervals"][name] = [None, None]
    assert row_of(card(other), f"`{theme['theme']}`")[1:6] == ["-"] * 5


def test_without_figures_it_says_how_to_get_them(card: Writer) -> None:
    text = card(None)
    results = section(text, "How accurate it is")
    assert "Not measured yet" in results
    assert "python benchmarks/accuracy.py" in results
    assert "python models/build.py --card" in results
    assert not re.search(r"\d\.\d\d\b|\d%", results + section(text, "What it cannot do"))


def test_where_the_encoder_is_from(card: Writer) -> None:
    encoder = section(card(None), "Encoder")
    settings = RECIPE["encoder"]
    for said in (settings["upstream"], settings["package"], settings["licence"]):
        assert said in encoder
    for name, checksum in settings["sha256"].items():
        assert row_of(encoder, f"`{name}`")[1] == f"`{checksum}`"


def test_training_data_is_counted(card: Writer, rows: list[dict[str, Any]]) -> None:
    data = section(card(None), "Training data")
    assert data.strip().startswith(f"{len(rows)} passages".replace(" ", " invented "))
    assert f"{sum(bool(row['themes']) for row in rows)} carry a theme" in data


@pytest.mark.parametrize(
    "never", ["risk to a living child", "ranking", "blaming", "replacing the reading"]
)
def test_what_it_must_not_be_used_for(card: Writer, never: str) -> None:
    assert never in section(card(None), "Must not be used for")


def test_nothing_is_left_to_fill_in(card: Writer, figures: Figures) -> None:
    for text in (card(None), card(figures)):
        assert "$" not in text
        assert "None" not in text
        assert "nan" not in text.split()
