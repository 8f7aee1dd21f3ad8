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

from models.card import SETS, write_card
from models.corpus import store
from scr_themes.codebook import Codebook
from scr_themes.labels import indicator

ROOT = Path(__file__).resolve().parents[1]
RECIPE = tomllib.loads((ROOT / "models" / "recipe.toml").read_text(encoding="utf-8"))

OURS = "scr_themes accurate"

Figures = dict[str, Any]
Writer = Callable[[Figures | None], str]


def rows_of(kind: str) -> list[dict[str, Any]]:
    """Rows as the benchmark has them; the coded ones with words of our own for their text."""
    if kind == "written":
        return [row for row in store.read_written() if row["document"].startswith("a8-")]
    unmarked = {"about": [], "sort": None, "pair": None, "text": "The notes were read by a nurse."}
    return [unmarked | row for row in store.coded_of("test")[:400]]


@pytest.fixture(scope="module")
def figures() -> Figures:
    """A run of two fake systems, measured and laid out by the benchmark itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT), *sys.path])
        from benchmarks.accuracy import measure  # noqa: PLC0415 - it adds to the path
        from benchmarks.peers import Tagged  # noqa: PLC0415
    codebook = Codebook.load()
    rng = np.random.default_rng(0)
    systems: Figures = {}
    for name, noise in (("TF-IDF, logistic regression", 0.9), (OURS, 0.6)):
        systems[name] = {}
        for kind in SETS:
            rows = rows_of(kind)
            truth = indicator([set(row["themes"]) for row in rows], codebook.theme_ids)
            scores = (1 - noise) * truth + noise * rng.random(truth.shape)
            roles = ["finding"] * len(rows) if name == OURS else None
            systems[name][kind] = measure(Tagged(scores, scores >= 0.5, roles), rows, codebook)
    data = {"on": "test", "trained_on": {"written": 1, "coded": 2}, "left_out": ["fastText"]}
    ahead = {
        OURS: {
            kind: {"TF-IDF, logistic regression": {"ahead": 0.25, "interval": [0.2, 0.3]}}
            for kind in ("coded", "written")
        }
    }
    plain: Figures = json.loads(json.dumps({"data": data, "ahead": ahead, "systems": systems}))
    return plain


@pytest.fixture
def card(tmp_path: Path) -> Writer:
    def write(figures: Figures | None) -> str:
        measured, target = tmp_path / "accuracy.json", tmp_path / "README.md"
        if figures is not None:
            measured.write_text(json.dumps(figures), encoding="utf-8")
        write_card(target, "accurate", RECIPE, tmp_path)
        return target.read_text(encoding="utf-8")

    return write


def row_of(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {name}")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def section(text: str, title: str) -> str:
    found: str
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found


@pytest.mark.parametrize("kind", SETS)
def test_each_theme_has_its_figures(card: Writer, figures: Figures, kind: str) -> None:
    (text,) = re.findall(rf"^### {SETS[kind]}\n(.*?)(?=^###? )", card(figures), re.M | re.S)
    evaluation = figures["systems"][OURS][kind]["evaluation"]
    assert len(evaluation["themes"]) == len(Codebook.load().themes)
    for theme in evaluation["themes"]:
        cells = row_of(text, f"`{theme['theme']}`")[1:]
        if theme["f1"] is None:
            assert cells[:5] == ["-"] * 5
            continue
        low, high = theme["intervals"]["f1"]
        assert cells == [
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
    assert f"Right role: {evaluation['role_accuracy']:.1%}" in text


def test_what_was_wrongly_tagged(card: Writer, figures: Figures) -> None:
    text = card(figures)
    ours = figures["systems"][OURS]
    shares = {
        "good practice": ours["written"]["wrongly_tagged"]["good_practice"],
        "risk seen": ours["written"]["wrongly_tagged"]["acted_on"],
        "policy": ours["written"]["wrongly_tagged"]["policy"],
        "neutral": ours["written"]["wrongly_tagged"]["neutral"],
        "coded": ours["coded"]["calm_on_topic_tagged"],
    }
    for name, found in shares.items():
        expected = [str(found["tagged"]), str(found["of"]), f"{found['share']:.1%}"]
        assert row_of(text, name)[1:] == expected


def test_peers_stand_beside_it(card: Writer, figures: Figures) -> None:
    text = card(figures)
    for name, system in figures["systems"].items():
        cells = row_of(text, f"**{name}**" if name == OURS else name)
        for at, kind in ((1, "coded"), (4, "written")):
            evaluation = system[kind]["evaluation"]
            assert cells[at] == f"{evaluation['core_macro']['f1']:.2f}"
            assert cells[at + 2] == f"{evaluation['macro']['f1']:.2f}"
        assert cells[8] == f"{system['written']['pairs_both_right']['share']:.1%}"


@pytest.mark.parametrize(
    ("ahead", "interval", "said"),
    [
        (0.1, [-0.1, 0.2], "ahead of the best peer, TF-IDF, logistic regression, by 0.10"),
        (-0.1, [-0.2, 0.1], "behind the best peer, TF-IDF, logistic regression, by 0.10"),
        (-0.1, [-0.2, -0.05], "behind the best peer, TF-IDF, logistic regression, by 0.10"),
    ],
)
def test_who_is_ahead_and_whether_it_is_chance(
    card: Writer, figures: Figures, ahead: float, interval: list[float], said: str
) -> None:
    other = deepcopy(figures)
    (lead,) = other["ahead"][OURS]["coded"].values()
    lead |= {"ahead": ahead, "interval": interval}
    (sentence,) = re.findall(r"On coded passages .*?: (?:within|more than) chance\.", card(other))
    assert said in sentence
    assert sentence.endswith(
        ": within chance." if interval[0] <= 0 <= interval[1] else ": more than chance."
    )


def test_a_peer_that_tags_less_good_practice_is_named(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    peer, own = (
        system["written"]["wrongly_tagged"]["good_practice"] for system in other["systems"].values()
    )
    own["share"], peer["share"] = 0.2, 0.1
    assert "Less good practice is tagged by: TF-IDF, logistic regression." in card(other)
    own["share"], peer["share"] = 0.1, 0.2
    assert "Less good practice is tagged by" not in card(other)


def test_where_it_is_weak_is_said_in_figures(card: Writer, figures: Figures) -> None:
    weak = section(card(figures), "What it cannot do")
    ours = figures["systems"][OURS]
    wrong = ours["written"]["wrongly_tagged"]["good_practice"]
    pairs = ours["written"]["pairs_both_right"]
    assert f"{wrong['tagged']} times out of {wrong['of']} ({wrong['share']:.1%})" in weak
    assert f"Of the {pairs['of']} themes" in weak
    assert f"{pairs['right']} ({pairs['share']:.1%}) are told rightly on both sides" in weak
    known = [t for t in ours["coded"]["evaluation"]["themes"] if t["f1"] is not None]
    worst = min(known, key=lambda theme: theme["f1"])
    assert f"lowest F1 on real passages: `{worst['theme']}` {worst['f1']:.2f}" in weak


def test_another_run_makes_another_card(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    other["systems"][OURS]["coded"]["evaluation"]["themes"][0]["f1"] = 0.1234
    assert card(other) != card(figures)


def test_a_figure_that_is_undefined_is_a_dash(card: Writer, figures: Figures) -> None:
    other = deepcopy(figures)
    theme = other["systems"][OURS]["coded"]["evaluation"]["themes"][1]
    for name in ("precision", "recall", "f1", "average_precision"):
        theme[name] = None
        theme["intervals"][name] = [None, None]
    results = section(card(other), "How accurate it is")
    lines = [line for line in results.splitlines() if line.startswith(f"| `{theme['theme']}`")]
    assert [cell.strip() for cell in lines[0].split("|")[2:7]] == ["-"] * 5


def test_without_figures_it_says_how_to_get_them(card: Writer) -> None:
    text = card(None)
    results = section(text, "How accurate it is")
    assert "Not measured yet" in results
    assert "python benchmarks/accuracy.py" in results
    assert "python -m models.build --card" in results
    assert not re.search(r"\d\.\d\d\b|\d%", results + section(text, "What it cannot do"))


def test_where_the_encoder_is_from(card: Writer) -> None:
    encoder = section(card(None), "Encoder")
    settings = RECIPE["weights"]["minilm"]
    for said in (settings["upstream"], settings["packages"][0], settings["licence"]):
        assert said in encoder
    for name, checksum in settings["sha256"].items():
        assert row_of(encoder, f"`{name}`")[1] == f"`{checksum}`"


def test_training_data_is_counted(card: Writer) -> None:
    data = section(card(None), "Training data")
    written, coded = store.written_of("train"), store.coded_of("train")
    assert data.strip().startswith(f"{len(written)} invented passages")
    assert f"and {len(coded)} passages of" in data
    assert f"{sum(bool(row['themes']) for row in (*written, *coded))} carry a theme" in data


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


EVIDENCE = {
    "on": "development",
    "passages": 200,
    "ways": {
        "scr_themes fast": {
            "coded": {"right": 8, "of": 10}, "written": {"right": 3, "of": 10},
            "both": {"right": 11, "of": 20}, "two": {"right": 3, "of": 20},
        },
        "at random": {"both": {"right": 5, "of": 20}},
    },
}  # fmt: skip


@pytest.fixture
def fast(figures: Figures, tmp_path: Path) -> str:
    """The card of the fast model, measured on the development split."""
    other = deepcopy(figures)
    for part in ("systems", "ahead"):
        other[part]["scr_themes fast"] = other[part].pop(OURS)
    other["data"]["on"] = "development"
    (tmp_path / "accuracy.json").write_text(json.dumps(other), encoding="utf-8")
    (tmp_path / "evidence.json").write_text(json.dumps(EVIDENCE), encoding="utf-8")
    write_card(tmp_path / "README.md", "fast", RECIPE, tmp_path)
    return (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_card_measured_on_development_says_that_it_flatters(
    fast: str, card: Writer, figures: Figures
) -> None:
    assert "these figures flatter" in section(fast, "How accurate it is")
    assert "these figures flatter" not in card(figures)


def test_the_fast_model_says_what_it_is_and_who_taught_it(fast: str) -> None:
    encoder = section(fast, "Encoder")
    shape = RECIPE["fast"]["shape"]
    assert f"{shape['width']} dimensions and {shape['blocks']} blocks" in encoder
    assert "fine-tuned on the same train split and not shipped, thinks of the same" in encoder
    folds = RECIPE["teacher"]["folds"]
    assert f"networks, {folds} of sentence-transformers/all-mpnet-base-v2" in encoder
    assert "the token vectors of the model `accurate`, whose heads" in encoder
    assert f"of {RECIPE['fast']['sentences']:,} single sentences" in encoder
    assert "$" not in fast


def test_evidence_is_said_with_what_chance_would_do(fast: str, card: Writer) -> None:
    weak = section(fast, "What it cannot do")
    assert "55.0% of the themes that coders gave" in weak
    assert "(8 of 10 on real text" in weak
    assert "a sentence at random: 25.0%" in weak
    assert "quoted 15% of the time" in weak
    assert "coder marked: not measured yet." in card(None)


def test_peers_that_were_not_run_are_named(card: Writer, figures: Figures) -> None:
    assert "Not run this time: fastText." in card(figures)


def test_the_shares_that_probabilities_rest_on_are_there(card: Writer) -> None:
    calibration = section(card(None), "Heads")
    drawn = [
        row
        for split in ("train", "development")
        for row in store.coded_of(split)
        if row["round"] == "random"
    ]
    carried = sum("child_voice" in row["themes"] for row in drawn)
    assert row_of(calibration, "`child_voice`")[1] == str(carried)


def test_errors_that_were_read_are_told_with_examples_of_our_own(
    figures: Figures, tmp_path: Path
) -> None:
    row = next(row for row in store.written_of("development") if row["themes"])
    error = {
        "id": row["id"], "corpus": "written", "theme": row["themes"][0], "core": False,
        "error": "missed", "probability": 0.01, "model": "accurate 1.0.0", "cause": "narrative",
    }  # fmt: skip
    others = [
        error | {"id": "of-real-text", "corpus": "coded", "error": "wrong", "cause": "calm"},
        error | {"model": "another 1"},
    ]
    (tmp_path / "errors.json").write_text(json.dumps([error, *others]))
    (tmp_path / "accuracy.json").write_text(json.dumps(figures))
    write_card(tmp_path / "README.md", "accurate", RECIPE, tmp_path)
    found = section((tmp_path / "README.md").read_text(encoding="utf-8"), "Known failures")
    assert "2 of its errors" in found
    bare = "a failing told as bare fact, without a judging word"
    assert f"| missed | {bare} | 0 | 1 |" in found
    assert f"not tagged `{row['themes'][0]}`: {row['text'][:30]}" in found
    assert found.count("\n- ") == 1  # no words of a real document are quoted
