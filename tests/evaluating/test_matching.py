from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError
from scr_themes.evaluating.matching import match_codings
from scr_themes.reading.labelled import Labelled
from tests.evaluating.coding import coded_document
from tests.tagged import laid_out_documents

R, V, NONE = frozenset({"recording"}), frozenset({"child_voice"}), frozenset[str]()


def test_passages_are_matched_by_id_in_whatever_order():
    ann = Labelled(("", ""), (R, V), roles=("finding", "context"), ids=("1", "2"))
    ben = Labelled(("", "", ""), (V, NONE, R), roles=("finding",) * 3, ids=("2", "3", "1"))
    found = match_codings({"ann": ann, "ben": ben})
    assert found.keys == ("1", "2")
    assert found.themes == {"ann": [R, V], "ben": [R, V]}
    assert found.roles == {"ann": ["finding", "context"], "ben": ["finding", "finding"]}
    assert found.theme_ids == ("child_voice", "recording")  # the order of the codebook
    assert found.n_alone == 1
    assert found.documents is None


def test_passages_are_matched_by_words_where_a_file_has_no_ids():
    ann = Labelled(("One.", "Two."), (R, V), ids=("1", "2"))
    ben = Labelled(("Two.", "One."), (V, NONE))
    found = match_codings({"ann": ann, "ben": ben})
    assert found.keys == ("One.", "Two.")
    assert found.themes["ben"] == [NONE, V]


def test_three_coders_need_not_have_coded_the_same():
    a, b, c = (Labelled(("",) * 2, (R, V), ids=ids) for ids in (("1", "2"), ("2", "3"), ("3", "4")))
    found = match_codings({"a": a, "b": b, "c": c})
    assert found.keys == ("2", "3")
    assert found.themes == {"a": [V, None], "b": [R, V], "c": [None, R]}
    assert found.n_alone == 2


def test_documents_are_taken_from_whoever_names_them():
    ann = Labelled(("", ""), (R, V), ids=("1", "2"))
    ben = Labelled(("", ""), (R, V), documents=("x", "y"), ids=("1", "2"))
    assert match_codings({"ann": ann, "ben": ben}).documents == ["x", "y"]


def test_what_was_left_open_comes_along():
    ann = Labelled(("",), (NONE,), ids=("1",), either=(R,))
    ben = Labelled(("",), (NONE,), ids=("1",))
    found = match_codings({"ann": ann, "ben": ben})
    assert found.either == {"ann": [R], "ben": [NONE]}
    assert found.theme_ids == ("recording",)


def test_themes_of_another_codebook_come_behind():
    ann = Labelled(("",), (frozenset({"zeal", "recording", "alibi"}),), ids=("1",))
    assert match_codings({"a": ann, "b": ann}).theme_ids == ("recording", "alibi", "zeal")


@pytest.mark.parametrize(
    ("ben", "said"),
    [
        (Labelled(("",), (R,), ids=("9",)), "have no passage of the same id"),
        (Labelled(("x",), (R,)), "ann: has ids and no words"),
        (Labelled(("", ""), (R, R), ids=("1", "1")), "ben: holds '1' twice"),
    ],
)
def test_what_cannot_be_matched(ben, said):
    with pytest.raises(LabelsError, match=said):
        match_codings({"ann": Labelled(("",), (R,), ids=("1",)), "ben": ben})


def test_documents_named_differently_are_refused():
    ann = Labelled(("",), (R,), documents=("x",), ids=("1",))
    ben = Labelled(("",), (R,), documents=("y",), ids=("1",))
    with pytest.raises(LabelsError, match="ben: has a passage in the document 'y'"):
        match_codings({"ann": ann, "ben": ben})


def test_nothing_to_compare():
    ann = Labelled(("",), (NONE,), ids=("1",))
    with pytest.raises(LabelsError, match="give no passage any theme"):
        match_codings({"ann": ann, "ben": ann})


def test_one_coder_is_not_enough():
    with pytest.raises(LabelsError, match="two coders or more"):
        match_codings({"ann": Labelled(("x",), (R,))})


def test_passages_of_codings_are_matched_by_words_in_the_same_document():
    ann = [
        coded_document("Ann", ("One.", {"recording"}, "finding"), ("Two.", ()), name="x/a.pdf"),
        coded_document("Ann", ("One.", ()), name="b.pdf"),
    ]
    ben = [coded_document("Ben", ("Two.", {"child_voice"}, "context"), ("One.", ()), name="A")]
    found = match_codings({"Ann": ann, "Ben": ben})
    assert found.themes == {"Ann": [R, NONE], "Ben": [NONE, V]}
    assert found.roles == {"Ann": ["finding", None], "Ben": [None, "context"]}
    assert found.documents == ["x/a.pdf", "x/a.pdf"]
    assert found.documents_alone == ("b.pdf",)
    assert found.n_alone == 0
    assert found.keys == ("x/a.pdf#0", "x/a.pdf#6")


def test_the_same_words_are_told_apart_by_where_they_stand():
    rows = [("See above.", {"recording"}), ("Two.", {"recording"}), ("See above.", ())]
    ann = [coded_document("Ann", *rows)]
    ben = [coded_document("Ben", *rows[1:], start=len("See above.") + 2)]
    found = match_codings({"Ann": ann, "Ben": ben})
    assert found.themes == {"Ann": [R, NONE], "Ben": [R, NONE]}
    assert found.n_alone == 1  # the first of Ann's


def test_the_same_words_at_other_places_are_paired_in_order():
    rows = [("See above.", {"recording"}), ("See above.", {"child_voice"})]
    found = match_codings(
        {"Ann": [coded_document("Ann", *rows)], "Ben": [coded_document("Ben", *rows, start=500)]}
    )
    assert found.themes["Ann"] == found.themes["Ben"] == [R, V]


def test_a_labelled_file_beside_codings():
    rows = [("One.", {"recording"}), ("Two.", ()), ("Two.", {"child_voice"})]
    coders = {
        "model": [coded_document("model", *rows)],
        "Ben": [coded_document("Ben", *rows, name="A")],
        "settled": Labelled(("Two.", "One."), (R, V), documents=("a.txt", "a.txt"), ids=("1", "2")),
    }
    found = match_codings(coders)
    assert found.themes["settled"] == [V, R, None]  # the first "Two.": it has no place


def test_a_labelled_file_without_documents_finds_them_by_words():
    ann = [
        coded_document("Ann", ("One.", {"recording"}), ("Both.", ()), name="a"),
        coded_document("Ann", ("Both.", ()), ("Two.", ()), name="b"),
    ]
    ben = Labelled(("Two.", "Both.", "One."), (V, R, NONE))
    found = match_codings({"Ann": ann, "Ben": ben})
    assert found.documents == ["a", "b"]
    assert found.themes["Ben"] == [NONE, V]
    assert found.n_alone == 3  # nobody knows which "Both." Ben's is


def test_typographic_and_straight_quotes_are_the_same_words():
    ann = [coded_document("Ann", ("No “notes”.", {"recording"}))]
    ben = [coded_document("Ben", ('No  "notes".', ()))]
    assert len(match_codings({"Ann": ann, "Ben": ben}).keys) == 1


def test_codings_of_nothing_in_common():
    coders = {
        "Ann": [coded_document("Ann", ("One.", {"recording"}))],
        "Ben": [coded_document("Ben", ("Two.", ()))],
    }
    with pytest.raises(LabelsError, match="have no passage of the same words in the same document"):
        match_codings(coders)


def test_a_codebook_of_ones_own_gives_the_order():
    rows = [("One.", {"recording", "child_voice", "zeal"})]
    coders = {name: [coded_document(name, *rows)] for name in ("Ann", "Ben")}
    book = Codebook.of(("zeal", "recording"))
    assert match_codings(coders, codebook=book).theme_ids == ("zeal", "recording", "child_voice")


@given(laid_out_documents())
def test_a_coder_agrees_with_a_copy(tagged):
    other = replace(tagged, coder="copy")
    given_any = any(passage.tags for passage in tagged.passages)
    if not given_any:
        with pytest.raises(LabelsError):
            match_codings({"one": [tagged], "copy": [other]})
        return
    found = match_codings({"one": [tagged], "copy": [other]})
    assert len(found.keys) == len(set(found.keys)) == len(tagged.passages)
    assert found.themes["one"] == found.themes["copy"]
    assert found.n_alone == 0
    assert [one.tagged for one in found.coded["one"]] == list(tagged.passages)
