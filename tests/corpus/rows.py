"""A written and a coded row for tests to spoil, both invented."""

from __future__ import annotations

from hashlib import sha1

from models.corpus.attach import fingerprint, letters_of
from models.corpus.store import Row

TEXT = "No note of the visit was made that week, and nobody asked why."


def written(**change: object) -> Row:
    row = {
        "id": "a1-01-01", "text": TEXT, "themes": ["recording"], "either": [], "role": "finding",
        "about": [], "sort": None, "document": "a1-01", "form": "briefing", "nation": "Wales",
        "year": 2012, "pair": None,
    }  # fmt: skip
    return row | change


def coded(text: str = TEXT, **change: object) -> Row:
    letters, _ = letters_of(text)
    digest = sha1(text.lower().encode(), usedforsecurity=False).hexdigest()
    row = {
        "id": digest[:12], "document": "d001", "themes": ["recording"], "either": [],
        "role": "finding", "evidence": {"recording": [[0, len(letters)]]}, "round": "random",
        "coders": ["c01"], **fingerprint(letters),
    }  # fmt: skip
    return row | change
