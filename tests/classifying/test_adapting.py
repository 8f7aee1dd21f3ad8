from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from scr_themes.classifying import ThemeClassifier, load
from scr_themes.classifying.adapting import (
    FEWEST,
    STRENGTHS,
    Lesson,
    Move,
    attended_vectors,
    held_out_folds,
    moved,
    terms_of,
)
from scr_themes.classifying.attention import Attended, columns_of
from scr_themes.classifying.bundled import bundled_folder
from scr_themes.classifying.heads import expit
from scr_themes.documents import Passage
from scr_themes.encoding.protocol import multiplied
from scr_themes.errors import LabelsError, ModelError
from scr_themes.labels import indicator
from tests.classifying.cases import GROUPS, LABELS, TEXTS, THEMES, UNSEEN, features, tiny

# A coder's own word, which the classifier has never seen, for what went wrong with records.
OWN = [f"The ledger {words}." for words in ("was bare", "ended in May", "lay unread", "was lost")]
OTHER = [
    "The river rose in May.",
    "The park was bare.",
    "A letter lay unread.",
    "The key was lost.",
]
CORRECTED = (OWN + OTHER) * 5
CORRECTIONS = ([{"recording"}] * 4 + [set()] * 4) * 5
NEW = ["The ledger stopped in June.", "No ledger was found."]
COLUMN = THEMES.index("recording")


@pytest.fixture(scope="module")
def fast() -> ThemeClassifier:
    folder = bundled_folder("fast")
    if folder is None:
        pytest.skip("models/fast is not built: see models/README.md")
    return load(folder)


def lesson(classifier, texts=CORRECTED, labels=CORRECTIONS, counted=None) -> Lesson:
    target = indicator(labels, classifier.themes)
    counted = np.ones_like(target) if counted is None else counted
    return Lesson(classifier.heads_, terms_of(classifier, texts), target, counted)


def theme_of(classifier, theme="recording") -> int:
    return classifier.themes.index(theme)


def test_what_corrections_say_is_learnt(counting):
    adapted = counting.learn(CORRECTED, CORRECTIONS)
    before = counting.predict_proba(NEW)[:, COLUMN]
    after = adapted.predict_proba(NEW)[:, COLUMN]
    assert (after > before + 0.1).all()


def test_what_corrections_say_is_learnt_by_attention_heads(fast):
    adapted = fast.learn(CORRECTED, CORRECTIONS)
    column = theme_of(fast)
    gain = adapted.predict_proba(NEW)[:, column] - fast.predict_proba(NEW)[:, column]
    loss = adapted.predict_proba(OTHER)[:, column] - fast.predict_proba(OTHER)[:, column]
    assert gain.min() > 0.05
    assert gain.min() > loss.max()


def test_the_classifier_itself_stays_as_it_is(counting):
    before = counting.predict_proba(TEXTS)
    weights = counting.heads_.weights.copy()
    adapted = counting.learn(CORRECTED, CORRECTIONS)
    assert np.array_equal(counting.heads_.weights, weights)
    assert np.array_equal(counting.predict_proba(TEXTS), before)
    assert adapted is not counting
    assert (adapted.themes, adapted.roles) == (counting.themes, counting.roles)
    assert adapted.thresholds == counting.thresholds
    assert adapted.predict_role(UNSEEN).tolist() == counting.predict_role(UNSEEN).tolist()


def test_the_same_corrections_teach_the_same(counting):
    one, other = (counting.learn(CORRECTED, CORRECTIONS) for _ in range(2))
    assert np.array_equal(one.heads_.weights, other.heads_.weights)


def test_labels_without_rhyme_or_reason_move_little(counting):
    rng = np.random.default_rng(0)
    noise = [{"recording"} if rng.random() < 0.5 else set() for _ in TEXTS]
    before = counting.predict_proba(UNSEEN)
    after = counting.learn(TEXTS, noise, groups=GROUPS).predict_proba(UNSEEN)
    taught = counting.learn(CORRECTED, CORRECTIONS).predict_proba(NEW)
    assert np.abs(after - before).max() < np.abs(taught - counting.predict_proba(NEW)).max()


def test_how_often_a_theme_occurs_is_not_learnt(counting):
    """Corrections are chosen: all of a theme's passages, say. That is no reason to tag it more."""
    rows = [i for i, labels in enumerate(LABELS) if "recording" in labels]
    adapted = counting.learn([TEXTS[i] for i in rows], [LABELS[i] for i in rows])
    plain = ["The town has a park.", "The panel met in May."]
    change = adapted.predict_proba(plain) - counting.predict_proba(plain)
    assert np.abs(change[:, COLUMN]).max() < 0.05


def test_a_theme_left_open_teaches_nothing(counting):
    left_open = [{"recording"}] * len(CORRECTED)
    adapted = counting.learn(CORRECTED, CORRECTIONS, either=left_open)
    assert np.array_equal(adapted.heads_.weights[COLUMN], counting.heads_.weights[COLUMN])


def test_a_theme_that_the_passages_leave_open_now_and_then_is_learnt_from_the_others(counting):
    target = indicator(CORRECTIONS, counting.themes)
    counted = np.ones_like(target)
    counted[::3, COLUMN] = False
    rows = np.arange(len(target))
    some = lesson(counting, counted=counted).moves(rows, 1.0)[COLUMN]
    kept = rows[counted[:, COLUMN]]
    same = lesson(counting).moves(kept, 1.0)[COLUMN]
    assert np.allclose(some.weights, same.weights)


@pytest.mark.parametrize("strength", [1.0, 30.0])
def test_no_small_step_from_where_weights_end_is_better(counting, strength):
    """The end is a minimum of the penalised loss, worked out here in another way."""
    taught = lesson(counting)
    move = taught.moves(np.arange(len(CORRECTED)), strength)[COLUMN]
    vectors = taught.terms.of(COLUMN)
    centre = vectors.mean(axis=0)
    length = np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean())
    target = taught.target[:, COLUMN]

    def penalised(values: np.ndarray) -> float:
        weights, shift = values[:-1] / length, values[-1]
        linear = taught.terms.linear[:, COLUMN] + (vectors - centre) @ weights
        scores = -np.log1p(np.exp(-linear)) - np.log1p(np.exp(-taught.terms.rest))
        z = counting.heads_.slopes[COLUMN] * scores + counting.heads_.intercepts[COLUMN] + shift
        chances = expit(z)
        likelihood = np.log(np.where(target, chances, 1 - chances)).sum()
        return -likelihood + strength * (values[:-1] ** 2).sum() / 2 + 0.1 * shift**2 / 2

    end = np.append(move.weights * length, move.shift)
    assert np.abs(approx_fprime(end, penalised, 1e-6)).max() < 0.02
    assert penalised(end) < penalised(np.zeros_like(end))


def test_a_stronger_penalty_moves_less(counting):
    taught, rows = lesson(counting), np.arange(len(CORRECTED))
    lengths = [np.linalg.norm(taught.moves(rows, s)[COLUMN].weights) for s in STRENGTHS]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 0


def test_without_folds_nothing_is_learnt(counting):
    adapted = counting.learn(CORRECTED, CORRECTIONS, groups=["one"] * len(CORRECTED))
    assert np.array_equal(adapted.heads_.weights, counting.heads_.weights)


def test_documents_are_held_out_whole():
    names = np.array([f"document {i % 7}" for i in range(40)], dtype=object)
    for learnt, held_out in held_out_folds(names, 40, 0):
        assert not set(names[learnt]) & set(names[held_out])


def test_terms_add_up_to_the_scores(fast):
    terms = terms_of(fast, UNSEEN)
    scores = terms.linear + terms.rest[:, None]
    chances = expit(scores * fast.heads_.slopes + fast.heads_.intercepts)
    assert np.allclose(chances, fast.predict_proba(UNSEEN), atol=1e-6)
    products = np.einsum("ptd,td->pt", terms.vectors, fast.heads_.weights) + fast.heads_.biases
    assert np.allclose(products, terms.linear, atol=1e-4)


def test_moved_heads_score_as_the_lesson_says(fast):
    rng = np.random.default_rng(0)
    move = Move(rng.normal(size=fast.heads_.weights.shape[1]) / 20, 0.3, 0.0)
    moves = [move] * len(fast.themes)
    heads = moved(fast.heads_, moves)
    terms = terms_of(fast, NEW)
    expected = terms.linear + terms.vectors @ move.weights + move.bias
    attended = Attended(multiplied(fast.encoder_.tokens(NEW), columns_of(heads, None)))
    assert np.allclose(heads.scores(attended.means), expected, atol=1e-3)


def test_a_text_without_a_token_has_vectors_of_nought(fast):
    (tokens,) = fast.encoder_.tokens([""])
    found = attended_vectors([tokens], fast.heads_.queries)
    assert found.shape == (1, *fast.heads_.queries.shape)
    assert np.isfinite(found).all()


def test_what_was_learnt_is_stored(fast, tmp_path):
    adapted = fast.learn(CORRECTED, CORRECTIONS)
    adapted.save(tmp_path / "model")
    stored = load(tmp_path / "model")
    assert np.array_equal(stored.predict_proba(NEW), adapted.predict_proba(NEW))


def test_tags_are_signed_with_the_corrections(counting):
    adapted = counting.learn(CORRECTED, CORRECTIONS)
    assert adapted.coder_ == f"{counting.coder_}, {len(CORRECTED)} corrections"
    (tagged,) = adapted.tag([Passage(text=NEW[1])])
    assert "recording" in {tag.theme for tag in tagged.candidates}


def test_too_few_corrections_are_refused(counting):
    with pytest.raises(LabelsError, match=f"settle {FEWEST} or more"):
        counting.learn(CORRECTED[: FEWEST - 1], CORRECTIONS[: FEWEST - 1])


def test_labels_that_do_not_fit_are_refused(counting):
    with pytest.raises(LabelsError, match="there are 39 for 40 passages"):
        counting.learn(CORRECTED, CORRECTIONS[:-1])
    with pytest.raises(LabelsError, match="unknown theme 'housing'"):
        counting.learn(CORRECTED, [{"housing"}] * len(CORRECTED))
    with pytest.raises(LabelsError, match="groups"):
        counting.learn(CORRECTED, CORRECTIONS, groups=["one"])


def test_a_classifier_of_features_cannot_learn_from_texts():
    fitted = tiny(encoder=None).fit(features(), LABELS)
    with pytest.raises(ModelError, match="works on features"):
        fitted.learn(CORRECTED, CORRECTIONS)


def test_a_cascade_says_what_can_learn():
    if bundled_folder("cascade") is None:
        pytest.skip("models/cascade is not built")
    with pytest.raises(ModelError, match="let its second model learn"):
        load("cascade").learn(CORRECTED, CORRECTIONS)
