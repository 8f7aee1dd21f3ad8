"""Models by name: the one that ships, and what a name may not do."""

from __future__ import annotations

import numpy as np
import pytest

from scr_themes.classifying import ThemeClassifier, load
from scr_themes.classifying.bundled import bundled_folder
from scr_themes.codebook import Codebook
from scr_themes.encoding import OnnxEncoder
from scr_themes.errors import ModelError
from tests.classifying.cases import UNSEEN, tiny
from tests.encoding.fakes import WordCounts


@pytest.fixture(scope="module")
def shipped(shipped_folder):
    return load(shipped_folder)


@pytest.fixture(scope="module")
def fast():
    if bundled_folder("fast") is None:
        pytest.skip("models/fast is not built")
    return load("fast")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "/", "accurate/", "../models/accurate", "accu rate", "nothing", "corpus"],
)
def test_what_is_no_bundled_name(name):
    assert bundled_folder(name) is None


def test_a_name_that_there_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="no such model folder; give a folder"):
        load("nothing")


def test_a_folder_of_the_same_name_is_reached_by_its_path(tmp_path, monkeypatch, counting):
    monkeypatch.chdir(tmp_path)
    counting.save("accurate")
    assert load("./accurate", encoder=WordCounts()).coder_ == "accurate 1"
    assert load(tmp_path / "accurate", encoder=WordCounts()).themes == counting.themes


def test_the_shipped_model_is_what_the_name_stands_for(shipped, shipped_folder):
    assert bundled_folder("accurate") == shipped_folder
    default = load()
    assert default.coder_ == shipped.coder_
    assert np.array_equal(default.predict_proba(UNSEEN), shipped.predict_proba(UNSEEN))


def test_the_shipped_model_has_the_bundled_codebook(shipped):
    assert shipped.codebook_ == Codebook.load()
    assert shipped.themes == Codebook.load().theme_ids
    assert shipped.roles == Codebook.load().role_ids
    assert shipped.coder_.startswith("accurate ")
    assert all(0 < threshold < 1 for threshold in shipped.thresholds.values())


def test_the_shipped_model_tells_the_codebooks_examples_from_its_counter_examples(shipped):
    """A theme's counter-examples are of its topic, and carry nothing that went wrong."""
    right = []
    for column, theme in enumerate(shipped.codebook_.themes):
        examples = shipped.predict_proba(theme.examples)[:, column]
        counter_examples = shipped.predict_proba(theme.counter_examples)[:, column]
        right += (examples[:, None] > counter_examples).ravel().tolist()
    assert np.mean(right) > 0.8


def test_the_shipped_model_finds_what_is_said_plainly(shipped):
    calm = "The panel was made up of six people and met on four days in the spring."
    plain = {
        "information_sharing": "The school was never told what the police and the GP knew.",
        "parental_risk": "The risk that his violence posed to the baby was not assessed.",
        "child_voice": "No one spoke to the girl alone or asked her how she felt.",
        "vetting_checks": "Two of the staff had started before their DBS check came back.",
    }
    right = 0
    for theme, text in plain.items():
        (tagged,) = shipped.tag([f"{calm} {text}"])
        found = {tag.theme: tagged.quote(tag) for tag in tagged.tags}
        right += found.get(theme) == text
    assert right >= 3


def test_the_shipped_model_scores_a_text_alike_in_any_company(shipped):
    together = shipped.predict_proba(UNSEEN)
    assert np.isfinite(together).all()
    for text, row in zip(UNSEEN, together, strict=True):
        assert np.array_equal(shipped.predict_proba([text])[0], row)
    assert np.array_equal(shipped.predict_proba(UNSEEN[::-1]), together[::-1])


def test_the_shipped_model_reads_to_the_end(shipped):
    calm = "The family lived in a flat above a shop near the station, and the school was close by, "
    ends = ("and the panel met in the town hall.", "and nobody ever told the nurse what they knew.")
    quiet, failing = shipped.predict_proba([calm * 40 + end for end in ends])
    assert not np.array_equal(quiet, failing)


def test_the_fast_model_is_small_and_of_the_same_codebook(fast, shipped):
    folder = bundled_folder("fast")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size < 12e6
    assert fast.codebook_ == shipped.codebook_
    assert fast.coder_.startswith("fast ")


def test_the_fast_model_scores_a_text_alike_in_any_company(fast):
    together = fast.predict_proba(UNSEEN)
    assert np.isfinite(together).all()
    for text, row in zip(UNSEEN, together, strict=True):
        assert np.array_equal(fast.predict_proba([text])[0], row)
    assert np.array_equal(fast.predict_proba(UNSEEN[::-1]), together[::-1])


def test_precise_thresholds_are_never_the_lower(fast, shipped):
    for model in (fast, shipped):
        usual, precise = model.cuts(None), model.cuts("precise")
        assert all(usual[theme] <= precise[theme] <= 1 for theme in model.themes)


def test_an_encoder_by_its_name_or_folder(shipped_folder):
    texts, labels = ["The file is lost.", "He was heard.", "Lost.", "Heard."], [{"a"}, set()] * 2
    by_name = ThemeClassifier("accurate", C=1.0, n_folds=2).fit(texts, labels)
    by_folder = tiny(encoder=shipped_folder / "encoder", n_folds=2).fit(texts, labels)
    assert isinstance(by_name.encoder_, OnnxEncoder)
    assert by_name.encoder == "accurate"
    assert np.array_equal(by_name.predict_proba(texts), by_folder.predict_proba(texts))
