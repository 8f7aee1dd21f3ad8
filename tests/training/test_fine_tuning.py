"""Fine-tuning and learning from a teacher: what is taught is learnt, kept, exported, calibrated."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from scr_themes.classifying import load  # noqa: E402 - torch may be missing
from scr_themes.classifying.attention import (  # noqa: E402
    Attended,
    AttentionHeads,
    columns_of,
)
from scr_themes.classifying.calibration import fit_sigmoid  # noqa: E402
from scr_themes.classifying.features import read_products  # noqa: E402
from scr_themes.codebook import Codebook  # noqa: E402
from scr_themes.encoding import OnnxEncoder  # noqa: E402
from scr_themes.errors import LabelsError, ModelError  # noqa: E402
from scr_themes.training.examples import Example, soft_targets, targets_of  # noqa: E402
from scr_themes.training.export import export_encoder  # noqa: E402
from scr_themes.training.fine_tuning import (  # noqa: E402
    Teaching,
    carrying_by_role,
    finish,
    opinions,
    teach,
)
from scr_themes.training.loop import LoopSettings, imitate, predict, train_network  # noqa: E402
from scr_themes.training.networks import (  # noqa: E402
    AttentionNetwork,
    ConvolutionalEncoder,
    Tokens,
    TransformerEncoder,
)
from tests.training.bert import WINDOW, vocabulary, write_bert  # noqa: E402
from tests.training.test_export import pytestmark  # noqa: E402, F401 - the same warnings

CODEBOOK = Codebook.of(("told", "seen"), ("finding", "good_practice"))
QUIET = "The note of the week was in the school."


def passages(n=32):
    """Passages of a calm sentence and one that tells a theme, a failing or its opposite."""
    rows = []
    for i in range(n):
        theme, wrong, right = (
            ("told", "The nurse was not told.", "The nurse was told."),
            ("seen", "No child was seen.", "One child was seen."),
        )[i % 2]
        failing = i % 4 < 2
        text = wrong if failing else right
        whole = f"{QUIET} {text}" if i % 3 else f"{text} {QUIET}"
        start = whole.index(text)
        rows.append(
            Example(
                text=whole,
                themes=frozenset({theme} if failing else ()),
                role="finding" if failing else "good_practice",
                pair=f"p{i // 4}-{theme}",
                evidence={theme: [(start, start + len(text))]} if failing else {},
            )
        )
    return rows


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    write_bert(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """More threads than one only wait for each other on networks as small as these."""
    n = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n)


SETTINGS = LoopSettings(
    epochs=60,
    learning_rate=3e-3,
    head_rate=3e-2,
    tokens_a_batch=300,
    window=WINDOW,
    evidence_weight=3.0,
)


@pytest.fixture(scope="module")
def tuned(base):
    torch.manual_seed(0)
    network = AttentionNetwork(TransformerEncoder(base), 4)
    teach(network, targets_of(passages(), CODEBOOK), Teaching(base / "tokenizer.json", SETTINGS))
    return network


@pytest.fixture(scope="module")
def classifier(tuned, base, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("tuned")
    tuned.encoder.model.save_pretrained(scratch)
    (scratch / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    folder = export_encoder(
        scratch, scratch / "encoder", poolings=("mean", "max"), window=WINDOW, int8=False
    )
    held = targets_of(passages(), CODEBOOK)
    return finish(tuned, OnnxEncoder(folder, n_threads=1), held, CODEBOOK, sources=["a", "b"] * 16)


def test_what_was_taught_is_learnt(classifier):
    rows = passages()
    assert isinstance(classifier.heads_, AttentionHeads)
    expected = [[theme in row.themes for theme in classifier.themes] for row in rows]
    assert np.mean(classifier.predict([row.text for row in rows]) == expected) > 0.95
    assert np.mean(classifier.predict_role([r.text for r in rows]) == [r.role for r in rows]) > 0.95


def test_how_often_each_role_carries_a_theme_is_learnt(classifier):
    """Held against each source by itself, and with a passage more in each."""
    half = 0.5  # of these passages carry a theme
    np.testing.assert_allclose(classifier.heads_.carrying, [(8 + half) / 9, half / 9])
    rows = [replace(row, pair=None) for row in passages()]
    rows += [replace(row, themes=frozenset(), evidence={}) for row in rows if row.themes][:4]
    held, sources = targets_of(rows, CODEBOOK), np.array(["large"] * 32 + ["small"] * 4)
    whole = 16 / 36
    expected = [((16 + whole) / 17 + whole / 5) / 2, whole / 17]
    np.testing.assert_allclose(carrying_by_role(held, sources), expected)
    left_open = replace(held, counted=np.where(sources == "small", 0, 1)[:, None] * held.counted)
    np.testing.assert_allclose(carrying_by_role(left_open, sources), [(16 + half) / 17, half / 17])
    findings = replace(held, roles=held.roles * [1, 0])
    whole = 16 / 20
    np.testing.assert_allclose(
        carrying_by_role(findings, np.array(["one"] * 36)), [(16 + whole) / 21, whole]
    )


def means(classifier, texts):
    """What the attention of each theme sees."""
    heads = classifier.heads_
    return Attended(read_products(classifier.encoder_, texts, columns_of(heads, None))).means


def test_calibration_is_that_of_scores_weighed_by_role(tuned, classifier):
    held = targets_of(passages(), CODEBOOK)
    roles = classifier.predict_role_proba(list(held.texts))
    found = classifier.heads_.scores(means(classifier, held.texts), roles)
    for k in range(2):
        slope, intercept = fit_sigmoid(found[:, k], held.themes[:, k] > 0)
        assert classifier.heads_.slopes[k] == pytest.approx(slope, rel=1e-3)
        assert classifier.heads_.intercepts[k] == pytest.approx(intercept, rel=1e-3)


def test_without_roles_nothing_is_weighed(tuned, classifier, tmp_path):
    rows = [replace(row, role=None) for row in passages()]
    plain = finish(tuned, classifier.encoder_, targets_of(rows, CODEBOOK), CODEBOOK)
    assert plain.role_head_ is None
    assert not plain.heads_.carrying.size
    texts = [row.text for row in rows]
    plain.save(tmp_path / "plain")
    copy = load(tmp_path / "plain")
    assert np.array_equal(copy.predict_proba(texts), plain.predict_proba(texts))


def test_attention_rests_on_the_marked_sentence(classifier):
    rows = [row for row in passages() if row.themes]
    found = [
        (row.text[slice(*tag.evidence)], row)
        for row, tagged in zip(rows, classifier.tag([r.text for r in rows]), strict=True)
        for tag in tagged.tags
        if tag.theme in row.themes
    ]
    assert len(found) > 12
    assert np.mean([QUIET not in quote for quote, _ in found]) > 0.9


def test_the_exported_classifier_says_what_the_network_says(classifier, tuned, base):
    rows = passages(12)
    targets = targets_of(rows, CODEBOOK)
    scores, _ = predict(tuned, Tokens(base / "tokenizer.json", targets.texts, WINDOW), targets)
    found = classifier.heads_.scores(means(classifier, targets.texts))
    # bfloat16, on processors that have it, keeps three digits.
    np.testing.assert_allclose(found, scores[:, :2], atol=0.1)


def test_it_is_saved_and_loaded_with_its_attention(classifier, tmp_path):
    texts = [row.text for row in passages(8)]
    classifier.save(tmp_path / "model")
    copy = load(tmp_path / "model")
    assert np.array_equal(copy.predict_proba(texts), classifier.predict_proba(texts))
    assert np.array_equal(copy.predict_role(texts), classifier.predict_role(texts))
    assert [t.tags for t in copy.tag(texts)] == [t.tags for t in classifier.tag(texts)]
    assert np.array_equal(copy.heads_.carrying, classifier.heads_.carrying)
    manifest = json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))
    assert manifest["format"] == 3


def test_a_student_learns_from_a_teacher_alone(tuned, base):
    texts = [row.text for row in passages(40)] + ["The nurse was not told.", "One child was seen."]
    taught = opinions(tuned, base / "tokenizer.json", texts, 2, window=WINDOW)
    torch.manual_seed(1)
    encoder = ConvolutionalEncoder(len(vocabulary()), width=24, blocks=2, reach=2, expansion=2)
    student = AttentionNetwork(encoder, 4)
    settings = replace(SETTINGS, epochs=40, learning_rate=1e-2, pair_weight=0)
    teach(student, taught, Teaching(base / "tokenizer.json", settings))
    scores, _ = predict(student, Tokens(base / "tokenizer.json", taught.texts, WINDOW), taught)
    agreed = (scores[:, :2] > 0) == (taught.themes > 0.5)
    assert agreed.mean() > 0.95


def test_a_student_that_imitates_token_vectors_has_its_teachers_heads(tuned, base, tmp_path):
    """No label is shown to it, and no step of training to its heads."""
    texts = [row.text for row in passages(40)]
    file = base / "tokenizer.json"
    held = targets_of(passages(40), CODEBOOK)
    expected, _ = predict(tuned, Tokens(file, texts, WINDOW), held)

    def student():
        torch.manual_seed(1)
        encoder = ConvolutionalEncoder(len(vocabulary()), width=24, blocks=2, reach=2, expansion=2)
        return AttentionNetwork(encoder, 4)

    settings = replace(SETTINGS, epochs=40, learning_rate=1e-2, head_rate=1e-2)
    taught = student()
    kept = tmp_path / "kept"
    imitate(taught, tuned, Tokens(file, texts, WINDOW), settings, checkpoint=kept)
    scores, _ = predict(taught, Tokens(file, texts, WINDOW), held)
    assert ((scores[:, :2] > 0) == (expected[:, :2] > 0)).mean() > 0.9
    again = student()
    imitate(again, tuned, Tokens(file, texts, WINDOW), settings, checkpoint=kept)
    for name, value in taught.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value)
    with pytest.raises(ModelError, match="of another training"):
        imitate(student(), tuned, Tokens(file, texts[:9], WINDOW), settings, checkpoint=kept)


def test_masked_tokens_are_a_share_of_the_text(base):
    tokens = Tokens(base / "tokenizer.json", [row.text for row in passages()], WINDOW)
    torch.manual_seed(0)
    whole = tokens.batch(range(32))
    masked = tokens.batch(range(32), masked=0.25)
    gone = masked.input_ids != whole.input_ids
    assert 0.15 < gone.sum() / whole.inner.sum() < 0.35
    assert (masked.input_ids[gone] == tokens.mask).all()
    assert not (gone & ~whole.inner).any()  # neither the special tokens nor padding


def test_dropout_and_masking_are_the_loop_s_while_it_runs(base, monkeypatch):
    """Frozen layers have no dropout, and get none; afterwards the network is as it was."""
    targets = targets_of(passages(4), CODEBOOK)
    tokens = Tokens(base / "tokenizer.json", targets.texts, WINDOW)
    torch.manual_seed(6)
    network = AttentionNetwork(TransformerEncoder(base, frozen_layers=1), 4)

    def rates():
        return [module.p for module in network.modules() if isinstance(module, torch.nn.Dropout)]

    before, during, shares = rates(), [], []
    assert 0 in before
    plain = Tokens.batch
    monkeypatch.setattr(
        Tokens,
        "batch",
        lambda self, rows, device="cpu", *, masked=0.0: (
            shares.append(masked) or plain(self, rows, device, masked=masked)
        ),
    )
    settings = replace(SETTINGS, epochs=1, dropout=0.4, token_dropout=0.2)
    train_network(network, tokens, targets, settings, on_progress=lambda _: during.append(rates()))
    assert during[0] == [0.4 if p else 0.0 for p in before]
    assert rates() == before
    assert set(shares) == {0.2}


def test_a_theme_left_open_teaches_nothing(base):
    """The gradient of a column is nought where every example leaves it open."""
    rows = [replace(row, either=frozenset({"told"}) - row.themes) for row in passages(16)]
    rows = [row for row in rows if "told" not in row.themes]
    targets = targets_of(rows, CODEBOOK)
    torch.manual_seed(3)
    network = AttentionNetwork(TransformerEncoder(base), 4)
    before = network.scores.weight[0].detach().clone()
    train_network(
        network,
        Tokens(base / "tokenizer.json", targets.texts, WINDOW),
        targets,
        replace(SETTINGS, epochs=1),
    )
    assert torch.equal(network.scores.weight[0].detach(), before)


def test_training_goes_on_from_its_checkpoint(base, tmp_path):
    """Stopped after two epochs of three, and taken up again: the network of an unbroken run."""
    targets = targets_of(passages(16), CODEBOOK)
    tokens = Tokens(base / "tokenizer.json", targets.texts, WINDOW)
    settings = replace(SETTINGS, epochs=3)

    def fresh():
        torch.manual_seed(4)
        return AttentionNetwork(TransformerEncoder(base), 4)

    whole = fresh()
    train_network(whole, tokens, targets, settings)

    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.epoch == 3:
            raise Stopped

    file = tmp_path / "state.pt"
    with pytest.raises(Stopped):
        train_network(fresh(), tokens, targets, settings, checkpoint=file, on_progress=stop)
    steps = []
    again = fresh()
    train_network(again, tokens, targets, settings, checkpoint=file, on_progress=steps.append)
    assert {progress.epoch for progress in steps} == {3}
    for a, b in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)
    others = targets_of([replace(row, themes=frozenset()) for row in passages(16)], CODEBOOK)
    for what in ((targets, replace(settings, epochs=4)), (others, settings)):
        with pytest.raises(ModelError, match="is of another training"):
            train_network(fresh(), tokens, *what, checkpoint=file)


def test_what_cannot_be_taught(base, tmp_path):
    with pytest.raises(LabelsError, match="there are none"):
        targets_of([], CODEBOOK)
    with pytest.raises(LabelsError, match="not a role"):
        targets_of([Example(text="a", role="verdict")], CODEBOOK)
    with pytest.raises(LabelsError, match="nothing"):
        targets_of([Example(text="a", themes=frozenset({"nothing"}))], CODEBOOK)
    with pytest.raises(ModelError, match=r"has no config\.json"):
        TransformerEncoder(tmp_path)


def test_marks_are_the_sentences_that_spans_share_most_of():
    row = Example(
        text="  A calm one.  The  “nurse” was not told. And a last.",
        themes=frozenset({"told"}),
        evidence={"told": [(16, 38)], "seen": [(0, 5)]},
    )
    targets = targets_of([row], CODEBOOK)
    assert targets.marks == ({0: frozenset({1})},)
    assert [targets.texts[0][i:][:3] for i in targets.sentences[0]] == ["A c", "The", "And"]


def test_soft_targets_count_everything():
    found = soft_targets(["a b. c."], np.array([[0.2, 0.9]]), np.array([[0.5, 0.5]]), [{}])
    assert found.counted.all()
    assert found.themes.dtype == np.float32
    assert len(found + found) == 2
