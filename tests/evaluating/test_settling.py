from __future__ import annotations

from scr_themes.documents import Passage
from scr_themes.evaluating import Suggestion, differences, match_codings
from scr_themes.evaluating.settling import to_code, to_settle
from scr_themes.reading.labelled import Labelled
from tests.evaluating.coding import coded_document

R, NONE = frozenset({"recording"}), frozenset[str]()


def test_differences_become_rows():
    ann = [coded_document("Ann", ("One.", R, "finding"), ("Same.", R), name="pdf/a.pdf")]
    ben = [coded_document("Ben", ("One.", ()), ("Same.", R), name="a")]
    (row,) = to_settle(differences(match_codings({"Ann": ann, "Ben": ben})))
    assert (row.id, row.document, row.passage.text) == ("pdf/a.pdf#0", "a.pdf", "One.")
    assert row.themes == {"Ann": ("recording",), "Ben": ()}
    assert row.roles == {"Ann": "finding"}  # Ben gave none at all


def test_words_that_are_their_own_key_have_no_id():
    coders = {"a": Labelled(("One.",), (R,)), "b": Labelled(("One.",), (NONE,))}
    (row,) = to_settle(differences(match_codings(coders)))
    assert (row.id, row.document) == ("", "")
    with_ids = {name: Labelled(c.texts, c.themes, ids=("p1",)) for name, c in coders.items()}
    (row,) = to_settle(differences(match_codings(with_ids)))
    assert row.id == "p1"


def test_suggestions_become_rows():
    passages = [("x/a.pdf", Passage(text="One.", start=7)), ("y/a.pdf", Passage(text="Two."))]
    found = [
        Suggestion(index=k, uncertainty=1.0, probabilities={"recording": 0.4}, reason="unsure")
        for k in (1, 0)
    ]
    two, one = to_code(passages, found)
    assert (one.id, one.document) == ("x/a.pdf#7", "x/a.pdf")  # there are two of that file name
    assert (two.id, two.passage.text) == ("y/a.pdf#0", "Two.")
    assert two.probabilities == {"recording": 0.4}
    assert to_code(passages, found[:1])[0].document == "a.pdf"
