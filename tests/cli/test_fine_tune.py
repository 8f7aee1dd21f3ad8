"""``scr-themes train --fine-tune``: a transformer tuned on one's own coding."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from scr_themes.classifying import load  # noqa: E402 - torch may be missing
from scr_themes.classifying.attention import AttentionHeads  # noqa: E402
from tests.cli.test_train import write  # noqa: E402
from tests.training.bert import write_bert  # noqa: E402
from tests.training.test_export import pytestmark  # noqa: E402, F401 - the same warnings


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    write_bert(folder)
    return folder


def test_a_model_is_tuned_measured_and_saved(run, base, tmp_path):
    coded = write(tmp_path / "coded.jsonl", without=("document",))
    out = tmp_path / "mine"
    result = run("train", coded, "-o", out, "--fine-tune", base, "--epochs", "1")
    assert result.exit_code == 0, result.stderr
    assert "Held out (" in result.stdout
    assert "core macro" in result.stdout
    model = load(out)
    assert isinstance(model.heads_, AttentionHeads)
    assert model.coder_ == "mine 1"
    assert model.predict_proba(["No note of the visit was kept in the file."]).shape == (1, 3)


def test_too_few_documents_are_refused(run, base, tmp_path):
    coded = write(tmp_path / "coded.jsonl")
    result = run("train", coded, "-o", tmp_path / "mine", "--fine-tune", base)
    assert result.exit_code == 1
    assert "are of 5 documents, and fine-tuning holds some out" in result.stderr
    assert not (tmp_path / "mine").exists()


def test_what_is_no_model_folder_is_refused(run, tmp_path):
    coded = write(tmp_path / "coded.jsonl", without=("document",))
    result = run("train", coded, "-o", tmp_path / "mine", "--fine-tune", tmp_path)
    assert result.exit_code == 1
    assert "has no config.json" in result.stderr
