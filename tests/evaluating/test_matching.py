from __future__ import annotations

import pytest

from scr_themes.errors import LabelsError
from scr_themes.evaluating.matching import match_codings
from scr_themes.reading.labelled import Labelled

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
