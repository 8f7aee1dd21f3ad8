"""Models on disk: whole, checked, plain data."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import pickletools
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scr_themes.classifying import load
from scr_themes.classifying.storage import _READABLE, FORMAT, read_model, save
from scr_themes.codebook import Codebook
from scr_themes.errors import ModelError
from tests.classifying.cases import GROUPS, LABELS, ROLES, TEXTS, UNSEEN, tiny
from tests.classifying.stored import FORMATS, Letters
from tests.encoding.fakes import WordCounts

ROOT = Path(__file__).parents[2]
FILES = (
    "model.json",
    "heads.safetensors",
    "encoder/encoder.json",
    "encoder/model.onnx",
    "encoder/tokenizer.json",
)


@pytest.fixture(scope="module")
def whole(onnx_classifier, tmp_path_factory):
    """A saved model, encoder included; not to be changed."""
    folder = tmp_path_factory.mktemp("models") / "whole"
    save(onnx_classifier, folder, version="2.1")
    return folder


@pytest.fixture
def model(whole, tmp_path):
    """A copy of it to damage."""
    return Path(shutil.copytree(whole, tmp_path / "model"))


@pytest.fixture
def bare(counting, tmp_path):
    """A model saved without its encoder."""
    save(counting, tmp_path / "bare")
    return tmp_path / "bare"


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def forge(folder, **changes):
    """Change a manifest and give it the checksum that belongs to the changed one."""
    path = folder / "model.json"
    manifest = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    manifest["checksum"] = hashlib.sha256(plain.encode()).hexdigest()
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_lies_in_the_folder(whole):
    assert sorted(snapshot(whole)) == sorted(FILES)
    assert [path.name for path in whole.parent.iterdir()] == ["whole"]


def test_comes_back_the_same(whole, onnx_classifier):
    again = load(whole)
    texts = [*TEXTS, *UNSEEN]
    assert np.array_equal(again.predict_proba(texts), onnx_classifier.predict_proba(texts))
    assert np.array_equal(
        again.predict_role_proba(texts), onnx_classifier.predict_role_proba(texts)
    )
    assert again.tag(texts) == onnx_classifier.tag(texts)
    assert again.thresholds == onnx_classifier.thresholds
    assert again.codebook_ == onnx_classifier.codebook_
    assert again.roles == onnx_classifier.roles
    assert again.coder_ == "whole 2.1"
    ours, theirs = again.get_params(), onnx_classifier.get_params()
    for name in ("C", "n_folds", "max_iter", "random_state"):
        assert ours[name] == theirs[name]


def test_saved_again_it_is_the_same_to_the_byte(whole, tmp_path):
    save(load(whole), tmp_path / "second", name="whole", version="2.1")
    assert snapshot(tmp_path / "second") == snapshot(whole)


def test_can_be_fitted_again(whole):
    again = load(whole).fit(TEXTS, LABELS, groups=GROUPS)
    assert again.roles == ()
    assert again.predict_proba(TEXTS).shape == (len(TEXTS), 3)


def test_without_roles(tmp_path):
    classifier = tiny().fit(TEXTS, LABELS)
    classifier.save(tmp_path / "model")
    again = load(tmp_path / "model", encoder=WordCounts())
    assert again.roles == ()
    assert np.array_equal(again.predict_proba(TEXTS), classifier.predict_proba(TEXTS))


def test_with_the_bundled_codebook(tmp_path):
    codebook = Codebook.load()
    tiny(codebook=codebook).fit(TEXTS, LABELS, roles=ROLES).save(tmp_path / "model")
    assert load(tmp_path / "model", encoder=WordCounts()).codebook_ == codebook


def test_another_encoder_is_given_again(bare, counting):
    assert sorted(snapshot(bare)) == ["heads.safetensors", "model.json"]
    with pytest.raises(
        ModelError, match=r"without its encoder; give load\(\.\.\., encoder=\.\.\.\)"
    ):
        load(bare)
    again = load(bare, encoder=WordCounts())
    assert np.array_equal(again.predict_proba(UNSEEN), counting.predict_proba(UNSEEN))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0, 0.5, -1])
def test_a_changed_byte_is_named(model, name, place):
    path = model / name
    flip(path, int(place * path.stat().st_size) if place > 0 else place)
    with pytest.raises(ModelError) as caught:
        load(model)
    assert str(path) in str(caught.value)
    assert "get a fresh copy" in str(caught.value) or "format" in str(caught.value)


@pytest.mark.parametrize("name", ["model.json", "encoder/encoder.json", "heads.safetensors"])
@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_byte_of_it(whole, tmp_path_factory, name, data):
    model = tmp_path_factory.getbasetemp() / f"flipped-{name.replace('/', '-')}"
    if not model.exists():
        shutil.copytree(whole, model)
    path = model / name
    good = (whole / name).read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[at]))
    path.write_bytes(good[:at] + bytes([other]) + good[at + 1 :])
    with pytest.raises(ModelError) as caught:
        load(model)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", [lambda data: data[: len(data) // 2], lambda _: b""])
def test_a_file_cut_short(model, name, change):
    path = model / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ModelError, match="get a fresh copy"):
        load(model)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_named(model, name):
    (model / name).unlink()
    with pytest.raises(ModelError) as caught:
        load(model)
    assert str(caught.value) == (
        f"{model / name}: is missing from the model; get a fresh copy of the model"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such model folder"),
        (lambda path: path.mkdir(), r"is not a model folder \(no model.json\)"),
        (lambda path: path.write_text("a file"), "no such model folder"),
    ],
)
def test_what_is_no_model(tmp_path, make, message):
    make(tmp_path / "thing")
    with pytest.raises(ModelError, match=message):
        load(tmp_path / "thing")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"format"',
        "{}",
        '{"format": 1}',
        '{"format": [1]}',
        "[" * 200_000,
        '{"format": 1, "checksum": null}',
        "\ufeff{}",
        '{"format": "layers-model"}',
    ],
)
def test_a_manifest_of_something_else(model, text):
    (model / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.json"):
        load(model)


@pytest.mark.parametrize("number", [0, 4, 999, "1", None, 1.5])
def test_a_format_of_another_version(model, number):
    forge(model, format=number)
    with pytest.raises(ModelError, match=r"has format .*install the scr-themes that wrote it"):
        load(model)


@pytest.mark.parametrize(
    "name", ["../outside", "encoder/../../outside", "/etc/hostname", "encoder/../heads.safetensors"]
)
def test_a_manifest_that_points_outside(model, name):
    secret = model.parent / "outside"
    secret.write_bytes(b"secret")
    files = json.loads((model / "model.json").read_text(encoding="utf-8"))["files"]
    forge(model, files={**files, name: hashlib.sha256(b"secret").hexdigest()})
    with pytest.raises(ModelError, match="names a file outside itself"):
        load(model)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": []},
        {"files": None},
        {"files": {}},
        {"files": {"heads.safetensors": None}},
        {"codebook": {}},
        {"codebook": {"theme": [{"id": "a"}]}},
        {"settings": {}},
        {"settings": None},
        {"n_features": "wide"},
    ],
)
def test_a_forged_manifest_is_refused_too(model, changes):
    forge(model, **changes)
    with pytest.raises(ModelError, match="fresh copy"):
        load(model)


def test_arrays_that_are_no_arrays(model):
    (model / "heads.safetensors").write_bytes(b"\x80\x04.")
    files = json.loads((model / "model.json").read_text(encoding="utf-8"))["files"]
    forge(model, files={**files, "heads.safetensors": hashlib.sha256(b"\x80\x04.").hexdigest()})
    with pytest.raises(ModelError, match="is damaged"):
        load(model)


def test_replaces_a_model(model, counting):
    save(counting, model)
    assert sorted(snapshot(model)) == ["heads.safetensors", "model.json"]
    assert load(model, encoder=WordCounts()).coder_ == "model 1"
    assert [path.name for path in model.parent.iterdir()] == ["model"]


def test_saves_over_the_folder_that_it_was_loaded_from(model, onnx_classifier):
    load(model).save(model)
    assert np.array_equal(load(model).predict_proba(TEXTS), onnx_classifier.predict_proba(TEXTS))


def test_fills_an_empty_folder_and_makes_its_parents(tmp_path, counting):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b" / "model"):
        counting.save(folder)
        assert sorted(snapshot(folder)) == ["heads.safetensors", "model.json"]


@pytest.mark.parametrize("name", ["notes.txt", "model.json", "deep/er/file", "heads.safetensors"])
def test_refuses_a_folder_of_something_else(tmp_path, counting, name):
    path = tmp_path / "mine" / name
    path.parent.mkdir(parents=True)
    path.write_text('{"format": "layers-model"}')
    with pytest.raises(ModelError, match="exists and is not a model; name a new folder"):
        counting.save(tmp_path / "mine")
    assert path.read_text() == '{"format": "layers-model"}'
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_refuses_a_file(tmp_path, counting):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ModelError, match="exists and is not a model"):
        counting.save(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("step", ["write_bytes", "rename", "second rename", "copyfile"])
def test_a_save_that_fails_midway_leaves_the_old_model(model, onnx_classifier, monkeypatch, step):
    before = snapshot(model)
    calls = 0

    def failing(*args, **kwargs):
        nonlocal calls
        calls += 1
        if step == "second rename" and calls != 2:
            return rename(*args, **kwargs)
        raise OSError("No space left on device")

    rename = Path.rename
    if step == "copyfile":
        monkeypatch.setattr(shutil, "copyfile", failing)
    else:
        monkeypatch.setattr(Path, step.split()[-1], failing)
    with pytest.raises(OSError, match="No space left"):
        save(onnx_classifier, model, version="new")
    monkeypatch.undo()
    assert snapshot(model) == before
    assert load(model).coder_ == "whole 2.1"
    assert [path.name for path in model.parent.iterdir()] == ["model"]


def test_a_first_save_that_fails_leaves_nothing(tmp_path, counting, monkeypatch):
    def failing(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="No space left"):
        counting.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def is_pickle(data):
    try:
        list(pickletools.genops(data))
    except Exception:  # whatever a disassembler meets in bytes that are no pickle
        return False
    return True


def test_nothing_in_it_is_a_pickle(whole):
    assert is_pickle(pickle.dumps(whole))
    for name, data in snapshot(whole).items():
        assert not data.startswith((b"PK", b"\x93NUMPY")), name
        assert not is_pickle(data), name


def test_nothing_is_unpickled_and_torch_stays_out(whole):
    script = f"""
import sys
import pickle
def refuse(*args, **kwargs):
    raise AssertionError("unpickled")
pickle.load = pickle.loads = pickle.Unpickler = refuse
import scr_themes
import joblib
joblib.load = refuse
classifier = scr_themes.load({str(whole)!r})
classifier.tag(["The school was not told. No one asked the boy."])
heavy = {{"torch", "transformers", "sentence_transformers", "onnx"}} & set(sys.modules)
assert not heavy, heavy
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "stored", [f"{file.parent.name}/{file.stem}" for file in sorted(FORMATS.glob("*/*.json"))]
)
def test_what_older_versions_wrote_is_read(stored):
    """Folders written when each format number was the newest; never to be written again."""
    expected = json.loads((FORMATS / f"{stored}.json").read_text(encoding="utf-8"))
    classifier = read_model(FORMATS / stored, encoder=Letters())
    texts = expected["texts"]
    tagged = classifier.tag(texts)
    assert list(classifier.themes) == expected["themes"]
    assert list(classifier.roles) == expected["roles"]
    assert classifier.thresholds == expected["thresholds"]
    assert classifier.coder_ == expected["coder"]
    # Not to the last digit: another processor adds in another order.
    np.testing.assert_allclose(
        classifier.predict_proba(texts), expected["probabilities"], rtol=1e-5
    )
    np.testing.assert_allclose(
        classifier.predict_role_proba(texts), expected["role_probabilities"], rtol=1e-5
    )
    assert [list(t.themes) for t in tagged] == expected["tagged"]
    assert [[list(tag.evidence) for tag in t.candidates] for t in tagged] == expected["evidence"]


def test_every_readable_format_has_a_stored_copy():
    assert FORMAT in _READABLE
    assert {path.name for path in FORMATS.iterdir()} == {str(number) for number in _READABLE}
