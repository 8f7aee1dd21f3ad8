"""The rules find what is wrong with rows, documents and pairs."""

from __future__ import annotations

import pytest

from models.corpus import rules
from scr_themes.codebook import Codebook
from tests.corpus.rows import TEXT, coded, written

CODEBOOK = Codebook.load()


def faults_of(rows_written=(), rows_coded=()) -> list[str]:
    return list(rules.row_faults(rows_written, rows_coded, CODEBOOK))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"themes": ["recordings"]}, "an unknown theme"),
        ({"about": ["recording"], "sort": "policy"}, "a theme in two of themes, either, about"),
        ({"either": ["recording"]}, "a theme in two of themes, either, about"),
        ({"themes": ["recording", "recording"]}, "themes is not a list, or has an id twice"),
        ({"sort": "policy"}, "about without sort, or sort without about"),
        ({"about": ["child_voice"], "sort": "praise"}, "an unknown sort"),
        ({"text": "Short."}, "1 words"),
        ({"text": TEXT + " "}, "white space"),
        ({"id": "a1-02-01"}, "the id is not the document's and a number"),
        ({"year": "2012"}, "a year out of range"),
        ({"nation": "Cornwall"}, "an unknown nation"),
        ({"role": "praise"}, "an unknown role"),
        ({"pair": "a2-p01"}, "a pair that is not its author's"),
        ({"note": ""}, "has the fields"),
    ],
)
def test_faults_of_written_rows(change, said):
    assert faults_of([written()]) == []
    assert [fault.partition(": ")[2][: len(said)] for fault in faults_of([written(**change)])] == [
        said
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"themes": ["child_voice"]}, "evidence is not of its themes"),
        ({"evidence": {"recording": [[0, 999]]}}, "evidence outside of the text"),
        ({"either": ["recording"]}, "a theme in two of themes, either"),
        ({"role": "praise"}, "an unknown role"),
        ({"id": "xyz"}, "the id is not 12 hex digits"),
        ({"round": "fourth"}, "an unknown round"),
        ({"coders": []}, "no coder, or one twice"),
        ({"head": "1"}, "letters, head or digest malformed"),
        ({"note": ""}, "has the fields"),
    ],
)
def test_faults_of_coded_rows(change, said):
    assert faults_of([], [coded()]) == []
    assert [
        fault.partition(": ")[2][: len(said)] for fault in faults_of([], [coded(**change)])
    ] == [said]


def test_an_id_that_occurs_twice():
    assert faults_of([written(), written()]) == ["a1-01-01: 2 rows have this id"]


def test_a_document_of_two_years():
    rows = [written(), written(id="a1-01-02", year=2013)]
    assert "more than one form, nation or year" in next(rules.document_faults(rows))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"themes": [], "document": "a1-02"}, "is not two rows of one document"),
        ({}, "both sides are coded alike"),
        ({"themes": [], "either": ["recording"]}, "both sides are coded alike"),
        ({"themes": [], "text": "Quite other things were written down here."}, "share too few"),
    ],
)
def test_faults_of_pairs(other, said):
    side = written(pair="a1-p01")
    right = written(pair="a1-p01", id="a1-01-02", themes=[])
    assert list(rules.pair_faults([side, right])) == []
    assert said in next(rules.pair_faults([side, side | {"id": "a1-01-02"} | other]))
    assert "is not two rows" in next(rules.pair_faults([side]))
