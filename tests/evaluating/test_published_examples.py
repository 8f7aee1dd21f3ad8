"""Published worked examples of kappa and alpha, by the public functions, to the digits printed.

Tables not seen in print were taken from the tests of dkpro-statistics, which cite their pages, and
from what SAS and R's package irr print. ``test_reliability.py`` holds others.

The tables of Sim and Wright, Viera and Garrett, and those of kappa from Wikipedia were written down
from memory, the others found in the tests and manuals of other programs; no paper was at hand.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from scr_themes import agree
from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.evaluating import agree_on_characters, match_codings

NOBODY = [set()]  # themes of one passage, where roles are what is compared


def on_roles(*coders):
    """Compare coders by the roles they gave, which may be any number of categories."""
    roles = {f"coder {k}": list(codes) for k, codes in enumerate(coders)}
    themes = {name: NOBODY * len(codes) for name, codes in roles.items()}
    found = agree(themes, themes=["none"], roles=roles, n_resamples=0)
    assert found.role is not None
    return found.role


def pairs_of(table):
    """Two coders' codes out of the table of how often which met which."""
    codes = [(str(a), str(b)) for a, row in enumerate(table) for b, n in enumerate(row) if n
             for _ in range(n)]  # fmt: skip
    return zip(*codes, strict=True)


def coded(words):
    return [None if word == "." else word for word in words.split()]


def printed(value, digits):
    """Tell whether a figure rounds to the digits that a publication prints."""
    return f"{value:.{len(digits.rpartition('.')[2])}f}" == digits


@pytest.mark.parametrize(
    ("source", "table", "observed", "kappa"),
    [
        ("Cohen (1960), p. 45", [[88, 14, 18], [10, 40, 10], [2, 6, 12]], "0.70", "0.492"),
        ("Artstein & Poesio (2008), p. 558", [[20, 10], [20, 50]], "0.7", "0.348"),
        ("Artstein & Poesio (2008), p. 568", [[46, 0, 0], [6, 32, 6], [0, 0, 10]], "0.88", "0.801"),
        ("Krippendorff (2004), p. 246", [[12, 9, 9], [9, 14, 9], [9, 9, 20]], "0.460", "0.186"),
        ("Krippendorff (2004), p. 246", [[12, 18, 18], [0, 14, 18], [0, 0, 20]], "0.460", "0.258"),
        ("Sim & Wright (2005), table 1", [[22, 2], [4, 11]], "0.85", "0.67"),
        ("Viera & Garrett (2005), table 2", [[15, 5], [10, 70]], "0.85", "0.57"),
        ("SAS PROC FREQ, in statsmodels", [[0, 4, 1], [0, 8, 0], [0, 1, 5]], "0.684", "0.4842"),
        ("Wikipedia, Cohen's kappa: grants", [[20, 5], [10, 15]], "0.7", "0.4"),
        ("Wikipedia, same percentages (1)", [[45, 15], [25, 15]], "0.6", "0.1304"),
        ("Wikipedia, same percentages (2)", [[25, 35], [5, 35]], "0.6", "0.2593"),
    ],
)
def test_kappa_of_two_coders(source, table, observed, kappa):
    found = on_roles(*pairs_of(table))
    assert printed(found.observed, observed), source
    assert printed(found.kappa, kappa), source


@pytest.mark.parametrize(
    ("source", "coders", "alpha"),
    [
        (
            "Krippendorff (1980), p. 139: three coders",
            ("1 1 2 4 1 2 1 3 2", "1 2 2 4 4 2 2 3 2", "1 2 2 4 4 2 3 3 2"),
            "0.642",
        ),
        (
            "Krippendorff (2004), p. 227",
            ("a a b b b b b c c c c c", "a b b b b b c c c c c c"),
            "0.734",
        ),
        (
            "Krippendorff (2004), p. 230; (2011), example C: four coders, codes missing",
            ("B L P P L B C B L . . .", "B L P P L L C B L F . .", ". P P P L P C L L F B P",
             "B L P P L C C B L F B ."),
            "0.743",
        ),
        (
            "Wikipedia, Krippendorff's alpha: three coders, codes missing",
            (". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .",
             ". . 2 1 3 4 4 . 2 1 1 3 3 . 4"),
            "0.691",
        ),
    ],
)  # fmt: skip
def test_alpha(source, coders, alpha):
    assert printed(on_roles(*map(coded, coders)).alpha, alpha), source


def test_alpha_of_artstein_and_poesio_2008():
    """Alpha without weights of the dialogue acts on page 568."""
    found = on_roles(*pairs_of([[46, 0, 0], [6, 32, 6], [0, 0, 10]]))
    assert found.alpha == pytest.approx(0.800, abs=1e-3)


def test_agreement_on_presence_of_artstein_and_poesio_2008():
    """Page 558: specific agreement on one of two acts is 0.571, on the other 0.769."""
    one, other = pairs_of([[20, 10], [20, 50]])
    for act, expected in (("0", "0.571"), ("1", "0.769")):
        coders = {"a": [{"x"} if c == act else set() for c in one],
                  "b": [{"x"} if c == act else set() for c in other]}  # fmt: skip
        found = agree(coders, themes=["x"], n_resamples=0)
        assert printed(found["x"].specific, expected)


def test_light_s_kappa_of_six_raters():
    """R's ``kappam.light(diagnoses)``, the psychiatric diagnoses of Fleiss (1971), prints 0.459."""
    diagnoses = (
        "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 "
        "222333 144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 "
        "144445 222224 111155 224444 133333 555555"
    )
    rows = diagnoses.split()
    assert len(rows) == 30
    assert printed(on_roles(*zip(*rows, strict=True)).kappa, "0.459")


@given(st.data())
def test_kappa_of_many_is_the_mean_of_scikit_learn_s(data):
    n = data.draw(st.integers(2, 12))
    code = st.sampled_from("abc")
    coders = [data.draw(st.lists(code, min_size=n, max_size=n)) for _ in range(3)]
    each = [cohen_kappa_score(x, y) for x, y in combinations(coders, 2) if len({*x, *y}) > 1]
    if each:
        assert on_roles(*coders).kappa == pytest.approx(np.mean(each))


@given(st.data())
def test_alpha_is_that_of_the_package_krippendorff(data):
    krippendorff = pytest.importorskip("krippendorff")
    n = data.draw(st.integers(2, 12))
    code = st.sampled_from([None, "1", "2", "3"])
    coders = [data.draw(st.lists(code, min_size=n, max_size=n)) for _ in range(3)]
    paired = [c for row in zip(*coders, strict=True) if sum(map(bool, row)) > 1 for c in row if c]
    if len(set(paired)) > 1:
        values = [[float(c) if c else np.nan for c in codes] for codes in coders]
        expected = krippendorff.alpha(reliability_data=values, level_of_measurement="nominal")
        assert on_roles(*coders).alpha == pytest.approx(expected)


def marked(coder, *spans, n=1000):
    """A document of as many characters, of which a coder marked some."""
    passage = Passage(text="x" * n, end=n)
    tags = tuple(Tag("recording", 1.0, span) for span in spans)
    tagged = TaggedPassage(
        passage=passage, role="", role_probability=0.0, tags=tags, candidates=tags
    )
    document = Document(path="a.txt", title="A", text=passage.text, passages=(passage,))
    return [TaggedDocument(document=document, passages=(tagged,), coder=coder)]


def test_characters_of_nvivo_s_help():
    """Of 1000 characters 50 are coded by both, 150 by one of them, 800 by neither: 85%.

    Kappa by the formula of the same page, with 100 characters of the 150 coded by A alone: by
    chance 150 x 100 / 1000 and 850 x 900 / 1000 are expected to agree.
    """
    coders = {"A": marked("A", (0, 150)), "B": marked("B", (100, 200))}
    found = agree_on_characters(match_codings(coders), n_resamples=0)
    assert found.n_characters == 1000
    assert printed(found["recording"].observed, "0.85")
    assert found["recording"].n_given == (150, 100)
    by_chance = 150 * 100 / 1000 + 850 * 900 / 1000
    assert found["recording"].kappa == pytest.approx((850 - by_chance) / (1000 - by_chance))


def test_characters_of_sim_and_wright_2005():
    """The 39 of their table 1, were they characters."""
    both, only_a, only_b = (0, 22), (22, 24), (24, 28)
    texts = {"A": (both, only_a), "B": (both, only_b)}
    coders = {name: marked(name, *spans, n=39) for name, spans in texts.items()}
    found = agree_on_characters(match_codings(coders), n_resamples=0)
    assert printed(found["recording"].kappa, "0.67")
