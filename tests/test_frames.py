"""Results as data frames of both libraries."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scr_themes
from scr_themes.codings import Codings, Unmapped
from scr_themes.errors import MissingExtraError, WritingError
from scr_themes.evaluating import agree, evaluate
from scr_themes.frames import building
from scr_themes.frames.building import frame
from scr_themes.frames.tags import to_frame
from scr_themes.writing.summary import summarise
from tests.tagged import laid_out_documents, tagged_document, tagged_documents, tagged_passage

LIBRARIES = ("pandas", "polars")


def records(table) -> list[dict]:
    """Return the rows of either library's frame as plain values, None for what is missing."""
    if isinstance(table, pl.DataFrame):
        return table.to_dicts()
    return [{key: known(value) for key, value in row.items()} for row in table.to_dict("records")]


def known(value):
    if isinstance(value, list):
        return value
    return None if pd.isna(value) else value


def a_document(**settings):
    passages = (
        tagged_passage("A heading.", {}, role="", page=None),
        tagged_passage(
            "No note. She was not asked.", {"recording": 0.75, "child_voice": 0.875}, index=1,
            page=3, paragraph="4.1", section="Findings", evidence=(0, 8),
        ),
        tagged_passage("Nothing here.", {}, index=2, page=4),
    )  # fmt: skip
    return tagged_document(*passages, **settings)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_passage_is_a_row_tagged_or_not(library):
    first, second, third = records(a_document().to_frame(library=library))
    assert second == {
        "document": "a review.txt",
        "title": "A review",
        "passage": 1,
        "page": 3,
        "paragraph": "4.1",
        "section": "Findings",
        "kind": "paragraph",
        "start": 0,
        "end": 27,
        "text": "No note. She was not asked.",
        "role": "finding",
        "role_probability": 0.9,
        "themes": ["child_voice", "recording"],
        "probabilities": [0.875, 0.75],
        "evidence": ["No note.", "No note."],
        "coder": "tiny 1",
    }
    assert list(second) == list(first) == list(third)
    assert (first["role"], first["role_probability"], first["page"]) == (None, None, None)
    assert third["themes"] == third["probabilities"] == third["evidence"] == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_tag_is_a_row(library):
    first, second = records(a_document().to_frame(rows="tags", library=library))
    assert (first["theme"], first["probability"]) == ("child_voice", 0.875)
    assert (second["theme"], second["probability"]) == ("recording", 0.75)
    assert (second["evidence"], second["evidence_start"], second["evidence_end"]) == (
        "No note.",
        0,
        8,
    )
    assert (second["page"], second["paragraph"], second["role"]) == (3, "4.1", "finding")


def test_what_an_analyst_does_with_it_in_pandas():
    table = to_frame([a_document(), a_document(name="b.txt")], rows="tags", library="pandas")
    assert table.groupby("theme")["document"].nunique().to_dict() == {
        "child_voice": 2,
        "recording": 2,
    }
    whole = to_frame([a_document()], library="pandas")
    assert list(whole[whole["role"] == "finding"]["passage"]) == [1, 2]  # a missing role is not it
    assert list(whole["page"].dropna()) == [3, 4]
    long = whole.explode(["themes", "probabilities", "evidence"])
    assert list(long["themes"].dropna()) == ["child_voice", "recording"]


def test_what_an_analyst_does_with_it_in_polars():
    table = to_frame([a_document()], library="polars")
    long = table.explode("themes", "probabilities", "evidence").drop_nulls("themes")
    assert long["probabilities"].to_list() == [0.875, 0.75]
    assert table.filter(pl.col("role") == "finding")["page"].sum() == 7


EMPTY = tagged_document()


@pytest.mark.parametrize("rows", ["passages", "tags"])
def test_types_are_the_same_whatever_is_in_it(rows):
    for document in (EMPTY, a_document()):
        pandas = to_frame(document, rows=rows, library="pandas").dtypes.astype(str).to_dict()
        assert {pandas[name] for name in ("passage", "page", "start", "end")} == {"Int64"}
        assert {pandas[name] for name in ("document", "paragraph", "role", "text")} == {"string"}
        assert pandas["role_probability"] == "float64"
    full, none = (to_frame(d, rows=rows, library="polars") for d in (a_document(), EMPTY))
    assert full.schema == none.schema
    assert full.schema["page"] == pl.Int64


def test_frames_of_documents_without_pages_can_be_put_together():
    bare = tagged_document(tagged_passage("No pages.", {"recording": 0.9}))
    both = pd.concat([bare.to_frame(library="pandas"), a_document().to_frame(library="pandas")])
    assert str(both["page"].dtype) == "Int64"
    stacked = pl.concat([bare.to_frame(library="polars"), a_document().to_frame(library="polars")])
    assert stacked["page"].to_list() == [None, None, 3, 4]


@given(st.lists(tagged_documents() | laid_out_documents(), max_size=3))
@settings(deadline=None, max_examples=40)
def test_every_tag_and_passage_is_there_in_both_libraries(documents):
    tags = [(d, p, t) for d in documents for p in d.passages for t in p.tags]
    for library in LIBRARIES:
        found = records(to_frame(iter(documents), rows="tags", library=library))
        assert len(found) == len(tags)
        for row, (document, passage, tag) in zip(found, tags, strict=True):
            assert row["document"] == document.document.name
            assert (row["text"], row["evidence"]) == (passage.text, passage.quote(tag))
            assert (row["theme"], row["probability"]) == (tag.theme, tag.probability)
            assert row["text"][row["evidence_start"] : row["evidence_end"]] == row["evidence"]
            assert row["coder"] == document.coder
        whole = records(to_frame(documents, library=library))
        assert [row["text"] for row in whole] == [p.text for d in documents for p in d.passages]
        for row in whole:
            assert len(row["themes"]) == len(row["probabilities"]) == len(row["evidence"])


def test_passages_of_a_classifier_have_no_document():
    table = to_frame([tagged_passage("No note.", {"recording": 0.9})], library="polars")
    assert table["document"].to_list() == table["coder"].to_list() == [None]
    assert table["themes"].to_list() == [["recording"]]


@pytest.mark.parametrize("library", LIBRARIES)
def test_half_characters_of_file_names_do_no_harm(library):
    (row,) = records(
        to_frame(tagged_document(tagged_passage("x", {}), name="caf\udce9.txt"), library=library)
    )
    assert row["document"] == "caf\\udce9.txt"


def test_codings_give_all_documents_and_what_is_in_no_tag():
    lost = Unmapped(coder="Ann", document="a.txt", code="Rent", quote="", reason="no such code")
    codings = Codings(
        documents=(a_document(coder="Ann"), a_document(coder="Ben")), unmapped=(lost,)
    )
    assert list(codings.to_frame(rows="tags")["coder"]) == ["Ann", "Ann", "Ben", "Ben"]
    assert len(codings.to_frame()) == 6
    for library in LIBRARIES:
        assert records(codings.to_frame(rows="unmapped", library=library)) == [
            {
                "document": "a.txt", "code": "Rent", "quote": None, "reason": "no such code",
                "start": None, "end": None, "coder": "Ann",
            }
        ]  # fmt: skip


def an_evaluation(**more):
    truth = [{"recording"}, {"recording", "child_voice"}, set(), {"child_voice"}]
    score = [[0.9, 0.2, 0.1], [0.4, 0.8, 0.2], [0.6, 0.1, 0.8], [0.1, 0.7, 0.1]]
    themes = ["recording", "child_voice", "supervision"]
    return evaluate(truth, score, themes=themes, n_resamples=20, **more)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_figures_of_an_evaluation(library):
    roles = ["finding", "finding", "context", "finding"]
    result = an_evaluation(core=["recording"], roles_true=["finding"] * 4, roles_pred=roles)
    first, _, last = records(result.to_frame(library=library))
    assert (first["theme"], first["core"], first["support"]) == ("recording", True, 2)
    assert first["f1"] == result["recording"].f1
    assert (first["f1_low"], first["f1_high"]) == result["recording"].intervals["f1"]
    assert last["f1"] is last["f1_low"] is last["precision"] is None  # no positive
    assert last["n_predicted"] == 1
    averages = records(result.to_frame(rows="averages", library=library))
    assert [row["average"] for row in averages] == ["micro", "macro", "core micro", "core macro"]
    assert averages[1]["f1"] == result.macro.f1
    confusion = records(result.to_frame(rows="roles", library=library))
    assert {(r["true"], r["predicted"]): r["n_passages"] for r in confusion} == {
        ("finding", "finding"): 3,
        ("finding", "context"): 1,
        ("context", "finding"): 0,
        ("context", "context"): 0,
    }


def test_an_evaluation_without_core_or_roles():
    result = an_evaluation()
    assert list(result.to_frame(rows="averages")["average"]) == ["micro", "macro"]
    assert list(result.to_frame()["core"]) == [False] * 3
    assert len(result.to_frame(rows="roles")) == 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_figures_of_agreement(library):
    ann = [{"recording"}, {"recording"}, set(), set()]
    ben = [{"recording"}, set(), set(), set()]
    roles = {"Ann": ["finding"] * 4, "Ben": ["finding"] * 3 + ["context"]}
    found = agree({"Ann": ann, "Ben": ben}, themes=["recording"], roles=roles, n_resamples=20)
    theme, role = records(found.to_frame(library=library))
    assert (theme["code"], theme["kind"], theme["kappa"]) == (
        "recording",
        "theme",
        found["recording"].kappa,
    )
    assert (theme["n_given: Ann"], theme["n_given: Ben"]) == (2, 1)
    assert (role["kind"], role["n_given: Ann"], role["specific"]) == ("role", None, None)
    assert role["observed"] == found.role.observed


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_counts_of_a_summary(library):
    summary = summarise(
        [
            a_document(name="one 2014.txt"),
            a_document(name="two 2014.txt"),
            tagged_document(tagged_passage("No note.", {"recording": 0.9}), name="three 2015.txt"),
        ]
    )
    themes = records(summary.to_frame(library=library))
    assert themes[0] == {"theme": "recording", "n_documents": 3, "share": 1.0, "n_passages": 3}
    (pair,) = records(summary.to_frame(rows="together", library=library))
    assert pair == {
        "first": "child_voice",
        "second": "recording",
        "n_documents": 2,
        "n_passages": 2,
    }
    roles = records(summary.to_frame(rows="roles", library=library))
    assert roles == [{"role": "finding", "n_passages": 5, "n_tagged": 3}]
    years = records(summary.to_frame(rows="years", library=library))
    assert {(y["year"], y["theme"]): (y["n_documents"], y["share"]) for y in years} == {
        (2014, "recording"): (2, 1.0),
        (2014, "child_voice"): (2, 1.0),
        (2015, "recording"): (1, 1.0),
    }


@pytest.mark.parametrize(
    ("imported", "used"),
    [
        ({}, "pandas"),
        ({"pandas"}, "pandas"),
        ({"polars"}, "polars"),
        ({"pandas", "polars"}, "pandas"),
    ],
)
def test_the_library_is_the_one_in_use(monkeypatch, imported, used):
    modules = dict.fromkeys(imported, sys)
    monkeypatch.setattr(building, "sys", SimpleNamespace(modules=modules))
    assert type(a_document().to_frame()).__module__.partition(".")[0] == used


def test_the_other_library_where_pandas_is_not_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert isinstance(a_document().to_frame(), pl.DataFrame)
    with pytest.raises(MissingExtraError) as caught:
        a_document().to_frame(library="pandas")
    assert str(caught.value).endswith('run: pip install "scr-themes[pandas]"')


def test_neither_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtraError, match=r'pip install "scr-themes\[pandas\]"$'):
        a_document().to_frame()
    with pytest.raises(MissingExtraError, match=r'pip install "scr-themes\[polars\]"$'):
        a_document().to_frame(library="polars")


def test_a_library_that_is_broken_says_so_itself(monkeypatch):
    def broken(name: str) -> None:
        raise ModuleNotFoundError("No module named 'dateutil'", name="dateutil")

    monkeypatch.setattr(building, "import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="dateutil"):
        a_document().to_frame()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: a_document().to_frame(rows="sentences"), "rows: is 'sentences'; use one of pass"),
        (lambda: a_document().to_frame(library="arrow"), "library: is 'arrow'; use one of pandas"),
        (lambda: Codings(documents=()).to_frame(rows="tag"), "use one of passages, tags, unmapped"),
        (lambda: an_evaluation().to_frame(rows="all"), "use one of themes, averages, roles"),
        (lambda: summarise([]).to_frame(rows="all"), "use one of themes, together, roles, years"),
    ],
)
def test_settings_that_there_are_not(call, said):
    with pytest.raises(WritingError, match=said):
        call()


@given(st.lists(st.tuples(st.none() | st.integers(-9, 9), st.none() | st.floats()), max_size=5))
def test_missing_numbers_are_missing_in_both(rows):
    for library in LIBRARIES:
        found = records(frame({"whole": "whole", "number": "number"}, rows, library))
        for row, (whole, number) in zip(found, rows, strict=True):
            assert row["whole"] == whole
            nothing = number is None or math.isnan(number)
            assert row["number"] is None if nothing else row["number"] == number


def test_numpy_figures_are_numbers():
    rows = [(np.float64("nan"), np.int64(3)), (np.float64(0.5), None)]
    table = frame({"number": "number", "whole": "whole"}, rows, "polars")
    assert table.to_dicts() == [{"number": None, "whole": 3}, {"number": 0.5, "whole": None}]


def test_it_is_a_public_name():
    assert scr_themes.to_frame is to_frame
