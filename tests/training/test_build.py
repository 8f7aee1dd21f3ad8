"""The build of the bundled models, small: every stage, kept and taken up again."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from models import build  # noqa: E402 - torch may be missing
from models.card import RARE  # noqa: E402
from scr_themes.classifying import load  # noqa: E402
from tests.training.bert import WINDOW, write_bert  # noqa: E402
from tests.training.test_export import pytestmark  # noqa: E402, F401 - the same warnings

LOOP = {"epochs": 1, "learning_rate": 1e-3, "window": WINDOW}
RECIPE = {
    "weights": {
        name: {
            "packages": [f"{name}==1"],
            "folder": name,
            "upstream": f"us/{name}",
            "licence": "Apache-2.0",
            "sha256": {},
        }
        for name in ("large", "small")
    },
    "teacher": {"weights": "large", "frozen_layers": 1, "loop": LOOP},
    "accurate": {
        "version": "1", "weights": "small", "teacher": "teacher", "teacher_share": 0.3,
        "pool": True, "sentences": 0,
        "loop": LOOP, "layers": [1, 2], "poolings": ["mean"], "window": WINDOW,
        "notice": "{upstream} from {package}, {licence}",
    },
    "fast": {
        "version": "1", "weights": "small", "teacher": "accurate", "teacher_share": 0.2,
        "pool": True, "sentences": 4,
        "shape": {"width": 8, "blocks": 1, "reach": 1, "expansion": 2},
        "loop": LOOP, "window": WINDOW, "notice": "{upstream} from {package}, {licence}",
    },
}  # fmt: skip
SAID = ("The nurse was not told of the visit.", "No child was seen in the week.")


def rows():
    found = []
    for i in range(32):
        failing = i % 3 != 2
        found.append(
            {
                "id": f"r{i}",
                "text": f"{SAID[i % 2]} The note was one of the school." if failing else "A note.",
                "themes": [("information_sharing", "child_voice")[i % 2]] if failing else [],
                "either": [],
                "about": [],
                "role": "finding" if failing else "context",
                "pair": None,
                "evidence": {},
                "split": ("train", "train", "development", "test")[i // 8],
                "corpus": ("written", "coded")[i % 4 // 2],
                "round": "random" if i % 4 > 1 else None,
                "document": f"d{i}",
            }
        )
    return found


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A build in a folder of its own, whose weights are a tiny BERT for teacher and student."""
    for name in ("large", "small"):
        write_bert(tmp_path / name)
    fetched = []
    monkeypatch.setattr(
        build, "fetch_weights", lambda s, target: fetched.append(s) or tmp_path / s["folder"]
    )
    monkeypatch.setattr(build, "HERE", tmp_path / "models")
    documents = [
        {"document": "d1", "source": "s", "area": "here", "title": "t", "split": "test"},
        {"document": "d2", "source": "s", "area": "", "title": "inquest", "split": "development"},
        {"document": "d3", "source": "s", "area": "there", "title": "t", "split": "train"},
    ]
    monkeypatch.setattr(build, "read_documents", lambda: documents)
    pool = tmp_path / "pool.jsonl.gz"
    with gzip.open(pool, "wt", encoding="utf-8") as out:
        places = [("there", "t")] * 5 + [("", "another")] + [("here", "u")] * 3 + [("", "inquest")]
        for i, (area, title) in enumerate(places):
            text = f"The school told the nurse of it. {SAID[i % 2]}"
            row = {"id": f"p{i}", "source": "s", "area": area, "document": title, "text": text}
            out.write(json.dumps(row) + "\n")
    return build.Build(RECIPE, rows(), pool, tmp_path / "work")


def test_both_models_are_built_and_load(made, tmp_path, capsys):
    made.build("accurate")
    made.build("fast")
    for name in ("accurate", "fast"):
        model = load(tmp_path / "models" / name)
        assert model.coder_ == f"{name} 1"
        assert model.themes == made.codebook.theme_ids
        assert np.isfinite(model.predict_proba(["The nurse was told."])).all()
        notice = (tmp_path / "models" / name / "LICENSE-encoder").read_text(encoding="utf-8")
        assert notice == "us/small from small==1, Apache-2.0"
    said = capsys.readouterr().out
    assert said.count("teacher: 16 texts") == 1  # trained once for both
    for reader in ("teacher", "accurate"):
        assert said.count(f"{reader}: reads 16 texts (labelled)") == 1


def test_what_was_done_is_not_done_again(made, tmp_path, capsys):
    made.build("fast")
    first = (tmp_path / "models/fast/heads.safetensors").read_bytes()
    capsys.readouterr()
    again = build.Build(RECIPE, rows(), made.pool, made.work)
    again.build("fast")
    assert (tmp_path / "models/fast/heads.safetensors").read_bytes() == first
    assert "texts" not in capsys.readouterr().out


def test_passages_of_test_documents_are_left_out(made):
    texts = build.unlabelled(made.pool, rows())
    assert len(texts) == 6
    assert build.unlabelled(made.pool, [{"id": "p0"}]) == texts[1:]


def test_no_test_row_is_learnt_from(made):
    held = {row["text"] for row in rows() if row["split"] == "test"}
    assert len(made.train) == 16
    marked = [row | {"text": f"{row['text']} {row['id']}"} for row in rows()]
    again = build.Build(RECIPE, marked, made.pool, made.work)
    learnt = {text.split()[-1] for text in again.labels.texts}
    assert learnt == {row["id"] for row in rows() if row["split"] == "train"}
    assert held


def test_sentences_are_those_of_passages_with_several():
    found = build.sentences_of(["One alone stands here.", "He was not told. He was not told. No."])
    assert found == ["He was not told."]


def test_prevalence_is_that_of_passages_drawn_at_random(made):
    drawn = [row for row in rows() if row["round"] == "random" and row["split"] != "test"]
    assert len(drawn) == 12
    carried = sum("child_voice" in row["themes"] for row in drawn)
    found = build.prevalence_of(rows(), made.codebook)
    assert found["child_voice"] == carried / len(drawn)
    assert found["vetting_checks"] == RARE
