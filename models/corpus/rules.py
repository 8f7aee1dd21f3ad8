"""What single rows, invented documents and minimal pairs of the corpus must be like."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from models.corpus.store import Row, author
from scr_themes.codebook import Codebook

SORTS = ("good_practice", "acted_on", "policy", "neutral")
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
ROUNDS = ("random", "rare", "topic", "disputed", "uncertain")
WRITTEN_FIELDS = (
    "id", "text", "themes", "either", "role", "about", "sort", "document", "form", "nation",
    "year", "pair",
)  # fmt: skip
CODED_FIELDS = (
    "id", "document", "themes", "either", "role", "evidence", "round", "coders", "letters", "head",
    "digest",
)  # fmt: skip


def written_fault(row: Row, themes: Collection[str], roles: Collection[str]) -> str | None:
    """Return what is wrong with a written row by itself, or None."""
    if tuple(row) != WRITTEN_FIELDS:
        return f"has the fields {tuple(row)}"
    fault = _label_fault(row, themes, roles, ("themes", "either", "about"))
    if fault:
        return fault
    n_words = len(row["text"].split())
    checks = {
        "the id is not the document's and a number": re.fullmatch(
            re.escape(row["document"]) + r"-\d\d", row["id"]
        ),
        "about without sort, or sort without about": bool(row["about"])
        == (row["sort"] is not None),
        "an unknown sort": row["sort"] in (None, *SORTS),
        f"{n_words} words": 2 <= n_words <= 260,
        "white space": row["text"] == " ".join(row["text"].split()),
        "a form without words, or a curly apostrophe in it": re.fullmatch(r"[^’]+", row["form"]),
        "an unknown nation": row["nation"] in NATIONS,
        "a year out of range": type(row["year"]) is int and 1990 <= row["year"] <= 2030,
        "a pair that is not its author's": row["pair"] is None
        or re.fullmatch(author(row) + r"-p\d\d", row["pair"]),
    }
    return next((what for what, right in checks.items() if not right), None)


def coded_fault(row: Row, themes: Collection[str], roles: Collection[str]) -> str | None:
    """Return what is wrong with a coded row by itself, or None."""
    if tuple(row) != CODED_FIELDS:
        return f"has the fields {tuple(row)}"
    fault = _label_fault(row, themes, roles, ("themes", "either"))
    if fault:
        return fault
    spans = [span for marked in row["evidence"].values() for span in marked]
    hexadecimal = r"[0-9a-f]"
    checks = {
        "the id is not 12 hex digits": re.fullmatch(hexadecimal + "{12}", row["id"]),
        "evidence is not of its themes": set(row["evidence"]) == set(row["themes"]),
        "evidence outside of the text": all(0 <= a < b <= row["letters"] for a, b in spans),
        "an unknown round": row["round"] in ROUNDS,
        "no coder, or one twice": row["coders"] and len(set(row["coders"])) == len(row["coders"]),
        "letters, head or digest malformed": type(row["letters"]) is int
        and re.fullmatch(hexadecimal + "{8}", row["head"])
        and re.fullmatch(hexadecimal + "{12}", row["digest"]),
    }
    return next((what for what, right in checks.items() if not right), None)


def _label_fault(
    row: Row, themes: Collection[str], roles: Collection[str], lists: Sequence[str]
) -> str | None:
    for name in lists:
        ids = row[name]
        if not isinstance(ids, list) or len(set(ids)) < len(ids):
            return f"{name} is not a list, or has an id twice"
        if not set(ids) <= set(themes):
            return "an unknown theme"
    every = [theme for name in lists for theme in row[name]]
    if len(set(every)) < len(every):
        return f"a theme in two of {', '.join(lists)}"
    return None if row["role"] in roles else "an unknown role"


def row_faults(written: Iterable[Row], coded: Iterable[Row], codebook: Codebook) -> Iterator[str]:
    """Yield the faults of single rows, and ids that occur twice."""
    ids: Counter[str] = Counter()
    for rows, check in ((written, written_fault), (coded, coded_fault)):
        for row in rows:
            fault = check(row, codebook.theme_ids, codebook.role_ids)
            if fault:
                yield f"{row.get('id')}: {fault}"
            ids[row.get("id", "")] += 1
    for name, n in ids.items():
        if n > 1:
            yield f"{name}: {n} rows have this id"


def document_faults(written: Iterable[Row]) -> Iterator[str]:
    """Yield invented documents that are of more than one form, nation or year."""
    kinds = defaultdict(set)
    for row in written:
        kinds[row["document"]].add((row["form"], row["nation"], row["year"]))
    for document, found in kinds.items():
        if len(found) > 1:
            yield f"{document}: more than one form, nation or year: {sorted(found)}"


def pairs_of(written: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the passages of each minimal pair."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in written:
        if row["pair"] is not None:
            found[row["pair"]].append(row)
    return found


def pair_faults(written: Iterable[Row]) -> Iterator[str]:
    """Yield pairs that are not two rows of a document, of nearly the same words, coded apart."""
    for name, rows in pairs_of(written).items():
        if len(rows) != 2 or rows[0]["document"] != rows[1]["document"]:
            yield f"{name}: is not two rows of one document"
            continue
        a, b = rows
        open_themes = {*a["either"], *b["either"]}
        if (
            a["role"] == b["role"]
            and set(a["themes"]) - open_themes == set(b["themes"]) - open_themes
        ):
            yield f"{name}: both sides are coded alike"
        words = [set(re.findall(r"\w+", row["text"].lower())) for row in rows]
        if len(words[0] & words[1]) < 0.3 * min(map(len, words)):
            yield f"{name}: the sides share too few words"
