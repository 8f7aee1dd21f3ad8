"""What ThemeClassifier takes, what it refuses, and what it does with odd labels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from scr_themes.classifying import ThemeClassifier
from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.documents import Passage
from scr_themes.errors import CodebookError, LabelsError, ModelError
from tests.classifying.cases import (
    GROUPS,
    LABELS,
    MATRIX,
    ROLES,
    TEXTS,
    THEMES,
    UNSEEN,
    features,
    tiny,
)
from tests.encoding.fakes import WordCounts


def book(*themes, roles=()):
    return Codebook(
        name="small",
        version="3",
        themes=tuple(Theme(id=i, title=i, definition="What went wrong.") for i in themes),
        roles=tuple(Role(id=i, title=i, definition="What it does.") for i in roles),
    )


def column_of_sets():
    column = np.empty(len(LABELS), dtype=object)
    column[:] = LABELS
    return column


@pytest.mark.parametrize(
    ("labels", "themes"),
    [
        ([sorted(labels) for labels in LABELS], THEMES),
        ([frozenset(labels) for labels in LABELS], THEMES),
        (column_of_sets(), THEMES),
        (iter(LABELS), THEMES),
        (MATRIX.astype(int), None),
        (MATRIX.astype(np.float32), None),
        (MATRIX.tolist(), None),
        (sparse.csr_array(MATRIX.astype(int)), None),
    ],
    ids=["lists", "frozensets", "column", "iterator", "int", "float", "nested lists", "sparse"],
)
def test_labels_in_every_form(labels, themes, counting):
    classifier = tiny().fit(iter(TEXTS), labels, roles=ROLES, groups=GROUPS)
    assert classifier.themes == (themes or ("theme_0", "theme_1", "theme_2"))
    assert np.array_equal(classifier.predict_proba(TEXTS), counting.predict_proba(TEXTS))


def test_columns_stand_in_the_order_of_the_codebook(counting):
    order = ("recording", "child_voice", "information_sharing")
    codebook = book(*order, roles=("recommendation", "finding", "good_practice", "context"))
    classifier = tiny(codebook=codebook).fit(TEXTS, LABELS, roles=ROLES, groups=GROUPS)
    assert classifier.themes == order
    assert classifier.roles == codebook.role_ids
    assert classifier.codebook_ is codebook
    places = [THEMES.index(theme) for theme in order]
    assert np.array_equal(classifier.predict_proba(TEXTS), counting.predict_proba(TEXTS)[:, places])
    assert list(classifier.thresholds) == list(order)
    assert [tag.theme for tag in classifier.tag(TEXTS[:1])[0].candidates] == list(order)


def test_roles_stand_in_the_order_of_the_codebook():
    by_name = tiny().fit(TEXTS, LABELS, roles=ROLES)
    codebook = book(*THEMES, roles=tuple(reversed(by_name.roles)))
    turned = tiny(codebook=codebook).fit(TEXTS, LABELS, roles=ROLES)
    assert by_name.roles == tuple(sorted(set(ROLES)))
    assert turned.roles == tuple(reversed(by_name.roles))
    np.testing.assert_allclose(
        turned.predict_role_proba(TEXTS)[:, ::-1], by_name.predict_role_proba(TEXTS), atol=1e-3
    )
    assert turned.predict_role(TEXTS).tolist() == by_name.predict_role(TEXTS).tolist()


def test_a_codebook_of_two_themes_of_another_trade():
    texts = ["the pump leaked again", "oil leaked", "a fuse blew", "the fuse had blown"] * 3
    labels = [{"leak"}, {"leak"}, {"electric"}, {"electric"}] * 3
    classifier = tiny(codebook=book("leak", "electric")).fit(texts, labels)
    assert classifier.themes == ("leak", "electric")
    assert classifier.predict(["it leaked", "a blown fuse"]).tolist() == [
        [True, False],
        [False, True],
    ]


def test_shapes_and_types(counting):
    probabilities, decided = counting.predict_proba(UNSEEN), counting.predict(UNSEEN)
    roles, role_probabilities = counting.predict_role(UNSEEN), counting.predict_role_proba(UNSEEN)
    assert (probabilities.dtype, decided.dtype) == (np.float32, np.bool_)
    assert probabilities.shape == decided.shape == (len(UNSEEN), 3)
    assert role_probabilities.dtype == np.float32
    assert role_probabilities.shape == (len(UNSEEN), 4)
    assert roles.dtype.kind == "U"
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(role_probabilities.sum(axis=1), 1, atol=1e-6)
    assert [counting.roles[k] for k in role_probabilities.argmax(axis=1)] == roles.tolist()


def test_learns_what_it_was_shown(counting):
    assert counting.score(TEXTS, LABELS) > 0.95
    assert (counting.predict_role(TEXTS) == ROLES).mean() > 0.9


def test_no_texts(counting):
    assert counting.predict_proba([]).shape == counting.predict(iter(())).shape == (0, 3)
    assert counting.predict([]).dtype == np.bool_
    assert counting.predict_role_proba([]).shape == (0, 4)
    assert counting.predict_role([]).tolist() == counting.tag([]) == []


def test_texts_from_a_generator(counting):
    expected = counting.predict_proba(TEXTS)
    assert np.array_equal(counting.predict_proba(text for text in TEXTS), expected)
    assert counting.tag(text for text in TEXTS) == counting.tag(TEXTS)
    assert np.array_equal(counting.predict_proba(tuple(TEXTS)), expected)
    assert np.array_equal(counting.predict_proba(np.array(TEXTS, dtype=object)), expected)


def test_long_iterators_are_read_in_pieces(counting):
    drawn = 0

    def endless():
        nonlocal drawn
        while True:
            drawn += 1
            if drawn > 10_000:
                raise RuntimeError("never looked up from reading")
            yield TEXTS[drawn % 10] if drawn < 1000 else 7  # no text: stops the run

    with pytest.raises(LabelsError, match="not a string"):
        counting.predict_proba(endless())
    assert drawn < 2000


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_role", "tag"])
def test_one_string_is_no_list_of_texts(counting, method):
    with pytest.raises(LabelsError, match="one string; give a list of passages"):
        getattr(counting, method)("The school was not told.")


def test_fit_refuses_one_string():
    with pytest.raises(LabelsError, match="one string"):
        tiny().fit("The school was not told.", [{"recording"}])


@pytest.mark.parametrize("item", [None, 4, b"bytes", ["nested"], float("nan")])
def test_what_is_no_text_is_named_by_its_place(counting, item):
    with pytest.raises(LabelsError, match=rf"item 1 is a {type(item).__name__}, not a string"):
        counting.predict_proba(["text", item])
    with pytest.raises(LabelsError, match="not a string"):
        counting.tag(["text", item])
    with pytest.raises(LabelsError, match="item 1"):
        tiny().fit(["text", item], [{"a"}, {"b"}])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "requires y to be passed"),
        ("recording", "one text"),
        (LABELS[:-1], "there are 43 for 44 passages"),
        ([*LABELS, set()], "there are 45 for 44 passages"),
        (["recording"] * 44, "not a set of theme ids"),
        ([1, 0] * 22, "not a set of theme ids"),
        ([{"recording"}, {1}] * 22, "unknown theme 1"),
        (MATRIX[:, 0], "has 1 dimension"),
        (MATRIX * 2, "holds 2"),
        (MATRIX * np.nan, "holds nan"),
        ([], "there are 0 for 44"),
    ],
)
def test_labels_that_do_not_fit(labels, message):
    with pytest.raises(LabelsError, match=message):
        tiny(codebook=book(*THEMES)).fit(TEXTS, labels)


def test_labels_that_name_no_theme_at_all():
    with pytest.raises(LabelsError, match="themes: is empty"):
        tiny().fit(TEXTS, [set()] * 44)
    assert not tiny(codebook=book(*THEMES)).fit(TEXTS, [set()] * 44).predict(UNSEEN).any()


@pytest.mark.parametrize("theme", ["Poor recording", "", "1st", "café", "a-b", "Recording"])
def test_ids_that_no_codebook_could_hold_are_refused_before_anything_is_saved(theme):
    with pytest.raises(CodebookError, match="lower-case words joined by underscores"):
        tiny().fit(TEXTS[:4], [{theme}, set()] * 2)


def test_unknown_theme_names_row_and_nearest():
    with pytest.raises(
        LabelsError, match=r"row 1 .*'recordin'.*closest known theme is 'recording'"
    ):
        tiny(codebook=book(*THEMES)).fit(["a", "b"], [{"recording"}, {"recordin"}])


def test_matrix_of_other_width_than_the_codebook():
    with pytest.raises(LabelsError, match="has 3 columns for 2 themes"):
        tiny(codebook=book("recording", "child_voice")).fit(TEXTS, MATRIX)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"roles": ROLES[1:]}, "roles: there are 43 for 44"),
        ({"groups": GROUPS[1:]}, "groups: there are 43 for 44"),
        ({"roles": ["musing", *ROLES[1:]]}, "'musing' is not a role of the codebook; use finding"),
    ],
)
def test_roles_and_groups_that_do_not_fit(given, message):
    codebook = book(*THEMES, roles=("finding", "good_practice", "recommendation", "context"))
    with pytest.raises(LabelsError, match=message):
        tiny(codebook=codebook).fit(TEXTS, LABELS, **given)


def test_a_single_role_is_no_choice():
    with pytest.raises(
        CodebookError, match=r"single \[\[role\]\]; give two or more roles, or none"
    ):
        tiny().fit(TEXTS, LABELS, roles=["finding"] * len(TEXTS))


def test_without_roles():
    classifier = tiny(codebook=book(*THEMES, roles=("finding", "context"))).fit(TEXTS, LABELS)
    assert classifier.roles == ()
    for ask in (classifier.predict_role, classifier.predict_role_proba):
        with pytest.raises(LabelsError, match="fitted without roles"):
            ask(TEXTS)
        with pytest.raises(LabelsError, match="fitted without roles"):
            ask([])
    (tagged,) = classifier.tag(TEXTS[:1])
    assert (tagged.role, tagged.role_probability) == ("", 0.0)


def test_a_role_without_an_example_is_never_chosen():
    codebook = book(*THEMES, roles=("anecdote", *sorted(set(ROLES))))
    classifier = tiny(codebook=codebook).fit(TEXTS, LABELS, roles=ROLES)
    assert classifier.roles[0] == "anecdote"
    assert (classifier.predict_role_proba(UNSEEN)[:, 0] < 1e-6).all()
    assert "anecdote" not in classifier.predict_role(UNSEEN)


@pytest.mark.parametrize("role", ["finding", "context"])
def test_a_codebook_of_two_roles_of_which_one_is_seen(role):
    codebook = book(*THEMES, roles=("finding", "context"))
    classifier = tiny(codebook=codebook).fit(TEXTS, LABELS, roles=[role] * len(TEXTS))
    assert set(classifier.predict_role(UNSEEN)) == {role}


@pytest.mark.parametrize("groups", [GROUPS, None], ids=["groups", "no groups"])
@pytest.mark.parametrize("n_positives", [0, 1, 2, 3, 22, 42, 43, 44])
def test_a_theme_of_any_number_of_positives(n_positives, groups):
    target = np.column_stack([np.arange(44) < n_positives, MATRIX[:, 0]])
    classifier = tiny().fit(TEXTS, target, groups=groups)
    probabilities = classifier.predict_proba([*TEXTS, *UNSEEN])
    assert np.isfinite(probabilities).all()
    assert 0 <= classifier.thresholds["theme_0"] <= 1
    if n_positives in (0, 44):  # nothing to learn from: the prior, for every text
        expected = 1 / 46 if n_positives == 0 else 45 / 46
        np.testing.assert_allclose(probabilities[:, 0], expected, atol=1e-4)
        assert classifier.predict(UNSEEN)[:, 0].tolist() == [n_positives == 44] * len(UNSEEN)
    else:  # what is learnt, if anything, is not the wrong way round
        own = np.arange(44) < n_positives
        assert probabilities[:44][own, 0].mean() > probabilities[:44][~own, 0].mean() - 1e-4


def test_one_passage():
    classifier = tiny().fit(["The file is lost."], [{"recording"}])
    assert classifier.predict_proba(["anything"]).tolist() == [[pytest.approx(2 / 3)]]


def test_no_passage():
    with pytest.raises(LabelsError, match="there are none"):
        tiny().fit([], [])


@pytest.mark.parametrize("value", [0.0, 0.1, 3.0])
def test_features_that_never_vary(value):
    X = np.full((44, 5), value, dtype=np.float32)
    found = tiny(encoder=None).fit(X, MATRIX, roles=ROLES).predict_proba(X)
    assert np.isfinite(found).all()
    assert (found == found[0]).all()


def test_some_features_that_never_vary(counting):
    padded = np.hstack([features(), np.full((44, 2), 9, dtype=np.float32)])
    with_them = tiny(encoder=None).fit(padded, MATRIX, groups=GROUPS).predict_proba(padded)
    without = tiny(encoder=None).fit(features(), MATRIX, groups=GROUPS).predict_proba(features())
    np.testing.assert_allclose(with_them, without, atol=1e-3)


@pytest.mark.parametrize("groups", [["one"] * 44, ["a", "b"] * 22, GROUPS, list(range(44))])
def test_more_folds_than_documents(groups):
    found = tiny(n_folds=40).fit(TEXTS, LABELS, roles=ROLES, groups=groups).predict_proba(TEXTS)
    assert np.isfinite(found).all()


def test_probabilities_are_those_of_unseen_documents():
    """Labels by coin: held-out calibration must not claim to know them."""
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{n}" for n in rng.integers(0, 5000, 12)) for _ in range(120)]
    labels = rng.random((120, 1)) < 0.3
    found = tiny(C=100.0).fit(texts, labels).predict_proba(texts)
    assert abs(found.mean() - 0.3) < 0.1
    assert found.std() < 0.2


def test_documents_are_held_out_whole():
    """A theme that goes with the document, not with its words, must not look learnable."""
    rng = np.random.default_rng(0)
    groups = [document for document in range(40) for _ in range(5)]
    texts = [f"name{document} place{document} " + f"w{rng.integers(99)}" for document in groups]
    labels = (rng.random(40) < 0.5)[groups][:, None]
    by_text = tiny(C=100.0).fit(texts, labels).predict_proba(texts)
    by_document = tiny(C=100.0).fit(texts, labels, groups=groups).predict_proba(texts)
    assert by_text.std() > 0.3
    assert by_document.std() < 0.2


def test_a_theme_of_a_single_document_can_still_be_tagged():
    classifier = tiny().fit(TEXTS, LABELS, groups=["the only one"] * 44)
    assert classifier.score(TEXTS, LABELS) > 0.8


def test_topics_teach_what_good_practice_sounds_like():
    poor = [
        "records were missing",
        "no records of calls",
        "records lost",
        "boy not asked",
        "no one asked the girl",
        "she was not asked",
    ]
    good = [
        "records were exemplary",
        "clear records of calls",
        "the girl was asked promptly",
        "he was asked, promptly and clearly",
    ]
    failing = [{"recording"}] * 3 + [{"child_voice"}] * 3 + [set()] * 4
    about = (
        [{"recording"}] * 3 + [{"child_voice"}] * 3 + [{"recording"}] * 2 + [{"child_voice"}] * 2
    )
    plain = tiny(n_folds=2).fit(poor + good, failing)
    taught = tiny(n_folds=2).fit(poor + good, failing, topics=about)
    same = tiny(n_folds=2).fit(poor + good, failing, topics=failing)
    assert taught.themes == ("child_voice", "recording")
    assert not np.array_equal(taught.predict_proba(poor), plain.predict_proba(poor))
    assert np.array_equal(same.predict_proba(poor), plain.predict_proba(poor))


@pytest.mark.parametrize(
    ("topics", "message"),
    [(LABELS[1:], "there are 43 for 44"), ([{"weather"}] * 44, "unknown theme 'weather'")],
)
def test_topics_that_do_not_fit(topics, message):
    with pytest.raises(LabelsError, match=message):
        tiny().fit(TEXTS, LABELS, topics=topics)


class Odd:
    """An encoder that is wrong in one way."""

    def __init__(self, change):
        self.change = change

    def encode(self, texts):
        return self.change(WordCounts().encode(texts))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v[:-1], "must return one row a text"),
        (lambda v: v.ravel(), "must return one row a text"),
        (lambda v: v[None], "must return one row a text"),
        (lambda v: v * np.nan, "not finite"),
        (lambda v: v + np.inf, "not finite"),
    ],
)
def test_an_encoder_that_keeps_no_promise(change, message):
    with pytest.raises(ModelError, match=message):
        tiny(encoder=Odd(change)).fit(TEXTS, LABELS)


def test_an_encoder_of_another_width(counting):
    narrow = tiny(encoder=Odd(lambda v: v[:, :-1])).fit(TEXTS, LABELS)
    narrow.encoder_ = WordCounts()
    with pytest.raises(LabelsError, match="use the encoder that the classifier was fitted with"):
        narrow.predict(TEXTS)


def test_an_encoder_may_return_lists(counting):
    classifier = tiny(encoder=Odd(lambda v: v.tolist())).fit(
        TEXTS, LABELS, roles=ROLES, groups=GROUPS
    )
    assert np.array_equal(classifier.predict_proba(TEXTS), counting.predict_proba(TEXTS))


def test_passages_keep_where_they_come_from(counting):
    passage = Passage(text=TEXTS[0], index=12, start=90, end=120, page=4, paragraph="4.12")
    from_text, from_passage = counting.tag([TEXTS[0], passage])
    assert from_passage.passage is passage
    assert from_text.passage == Passage(text=TEXTS[0], index=0, start=0, end=len(TEXTS[0]))
    assert from_passage.candidates == from_text.candidates


def test_bare_texts_are_counted_through(counting):
    many = [*TEXTS] * 7  # more than are held at once
    assert [tagged.passage.index for tagged in counting.tag(many)] == list(range(len(many)))


def test_seed_decides():
    first, again = (tiny(random_state=3).fit(TEXTS, LABELS) for _ in range(2))
    assert np.array_equal(first.predict_proba(UNSEEN), again.predict_proba(UNSEEN))


def test_signs_with_its_class_until_it_has_a_name(counting):
    assert counting.coder_ == ThemeClassifier.__name__
