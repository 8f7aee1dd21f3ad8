"""The written corpus: every row is what its datasheet says, and no two rows are alike."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from models.corpus import describe
from scr_themes.codebook import Codebook

FIELDS = (
    "id", "text", "themes", "role", "about", "sort", "document", "form", "nation", "year", "pair",
)  # fmt: skip
NATIONS = {"England", "Wales", "Scotland", "Northern Ireland"}
ALIKE = 0.5  # Jaccard overlap of five-word runs from which two passages are the same one twice

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return describe.read_rows()


@pytest.fixture(scope="module")
def pairs(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["pair"] is not None:
            found[row["pair"]].append(row)
    return found


def runs_of_five(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def alike(texts: list[str]) -> dict[tuple[int, int], float]:
    """Pairs of texts that reach ``ALIKE``, found through the runs that they share."""
    runs = [runs_of_five(text) for text in texts]
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: Counter[tuple[int, int]] = Counter()
    for i, found in enumerate(runs):
        for run in found:
            shared.update((j, i) for j in places[run])
            places[run].append(i)
    overlaps = {(j, i): n / len(runs[j] | runs[i]) for (j, i), n in shared.items()}
    return {place: share for place, share in overlaps.items() if share >= ALIKE}


def fault(row: Row, themes: set[str], roles: set[str]) -> str | None:
    """What is wrong with a row by itself, or None."""
    if tuple(row) != FIELDS:
        return f"has the fields {tuple(row)}"
    lists = (row["themes"], row["about"])
    if any(not isinstance(ids, list) or len(set(ids)) < len(ids) for ids in lists):
        return "themes or about is not a list, or has an id twice"
    n_words = len(row["text"].split())
    checks = {
        "the id is not the document's and a number": re.fullmatch(
            re.escape(row["document"]) + r"-\d\d", row["id"]
        ),
        "an unknown theme": set(row["themes"]) | set(row["about"]) <= themes,
        "a theme both failing and not": not set(row["themes"]) & set(row["about"]),
        "an unknown role": row["role"] in roles,
        "about without sort, or sort without about": bool(row["about"])
        == (row["sort"] is not None),
        "an unknown sort": row["sort"] in (None, *describe.SORTS),
        f"{n_words} words": 8 <= n_words <= 260,
        "white space": row["text"] == " ".join(row["text"].split()),
        "a form without words, or a curly apostrophe in it": re.fullmatch(r"[^’]+", row["form"]),
        "an unknown nation": row["nation"] in NATIONS,
        "a year out of range": type(row["year"]) is int and 1990 <= row["year"] <= 2030,
        "a pair that is not its author's": row["pair"] is None
        or re.fullmatch(row["document"].split("-")[0] + r"-p\d\d", row["pair"]),
    }
    return next((what for what, right in checks.items() if not right), None)


def test_every_row_is_well_formed(rows: list[Row]) -> None:
    codebook = Codebook.load()
    themes, roles = set(codebook.theme_ids), set(codebook.role_ids)
    faults = {row.get("id"): what for row in rows if (what := fault(row, themes, roles))}
    assert not faults


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"themes": ["recordings"]}, "an unknown theme"),
        ({"about": ["recording"]}, "a theme both failing and not"),
        ({"sort": "policy"}, "about without sort, or sort without about"),
        ({"text": "Too few words."}, "3 words"),
        ({"id": "a1-02-01"}, "the id is not the document's and a number"),
        ({"year": "2012"}, "a year out of range"),
        ({"role": "praise"}, "an unknown role"),
        ({"note": ""}, "has the fields"),
    ],
)
def test_the_check_itself_finds_faults(change: Row, said: str) -> None:
    values: tuple[Any, ...] = (
        "a1-01-01", "No note of the visit was made that week.", ["recording"], "finding", [], None,
        "a1-01", "briefing", "Wales", 2012, None,
    )  # fmt: skip
    row = dict(zip(FIELDS, values, strict=True))
    assert fault(row, {"recording"}, {"finding"}) is None
    assert str(fault(row | change, {"recording"}, {"finding"})).startswith(said)


def test_ids_are_unique(rows: list[Row]) -> None:
    assert not [name for name, n in Counter(row["id"] for row in rows).items() if n > 1]


def test_a_document_is_of_one_form_nation_and_year(rows: list[Row]) -> None:
    kinds = defaultdict(set)
    for row in rows:
        kinds[row["document"]].add((row["form"], row["nation"], row["year"]))
    assert not {document: found for document, found in kinds.items() if len(found) > 1}


def test_pairs_are_two_rows_of_a_document_that_differ(pairs: dict[str, list[Row]]) -> None:
    assert pairs
    wrong = []
    for name, found in pairs.items():
        documents = {row["document"] for row in found}
        coded = {(frozenset(row["themes"]), row["role"]) for row in found}
        if (len(found), len(documents), len(coded)) != (2, 1, 2):
            wrong.append(name)
    assert not wrong


def test_pairs_are_nearly_the_same_words(pairs: dict[str, list[Row]]) -> None:
    shares = {
        name: len(words[0] & words[1]) / min(map(len, words))
        for name, found in pairs.items()
        for words in [[set(re.findall(r"\w+", row["text"].lower())) for row in found]]
    }
    assert not {name: share for name, share in shares.items() if share < 0.3}


def test_no_two_texts_are_alike_but_in_a_pair(rows: list[Row]) -> None:
    found = alike([row["text"] for row in rows])
    outside = [
        (rows[j]["id"], rows[i]["id"], share)
        for (j, i), share in found.items()
        if rows[j]["pair"] is None or rows[j]["pair"] != rows[i]["pair"]
    ]
    assert not outside
    assert found, "no minimal pair is alike either: the search itself is broken"


def test_texts_without_a_run_of_five_words_are_not_the_same_either(rows: list[Row]) -> None:
    assert len({row["text"].casefold() for row in rows}) == len(rows)


def test_there_is_enough_of_everything(rows: list[Row]) -> None:
    codebook = Codebook.load()
    positives = Counter(theme for row in rows for theme in row["themes"])
    negatives = Counter(theme for row in rows for theme in row["about"])
    assert len(rows) >= 800
    assert not {theme for theme in codebook.theme_ids if positives[theme] < 25}
    assert not {theme for theme in codebook.core_ids if negatives[theme] < positives[theme]}
    assert {row["role"] for row in rows} == set(codebook.role_ids)


def test_the_datasheet_is_up_to_date(rows: list[Row]) -> None:
    readme = describe.README.read_text(encoding="utf-8")
    assert describe.insert(readme, describe.describe(rows)) == readme, (
        "run: python models/corpus/describe.py"
    )


def test_a_row_more_changes_the_datasheet(rows: list[Row]) -> None:
    assert describe.describe([*rows, rows[0]]) != describe.describe(rows)


def test_a_datasheet_without_markers_is_not_written_to() -> None:
    with pytest.raises(ValueError, match="put them back"):
        describe.insert(f"# Datasheet\n{describe.BEGIN}\n", "tables")


def test_rows_are_read_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        lines = [json.dumps({"id": f"{name}{n}"}) for n in range(2)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [row["id"] for row in describe.read_rows(tmp_path)] == ["a0", "a1", "b0", "b1"]
