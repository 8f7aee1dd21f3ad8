"""Stored models of every format number, and how one is stored.

``python -m tests.classifying.stored`` writes a folder for the newest number, once: what an older
version wrote must be read as it is, so nothing here is ever written again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from scr_themes.classifying import ThemeClassifier
from scr_themes.classifying.attention import AttentionHeads, AttentionRoleHead
from scr_themes.classifying.classifier import assemble
from scr_themes.classifying.storage import FORMAT, save
from scr_themes.codebook import Codebook
from scr_themes.encoding import TokenVectors
from tests.coded import coded_passages

FORMATS = Path(__file__).parent / "formats"
TEXTS = [
    "Nobody told the nurse. The plan was clear.",
    "No record of the call was kept.",
    "She was not asked what she wanted.",
    "The town has two parks.",
    "",
    "The file is lost, and one volume was never found",
]


class Letters:
    """How often each of eight letters stands in a text; kept apart so that it never changes."""

    def encode(self, texts):
        counts = [[text.lower().count(letter) for letter in "aehnorst"] for text in texts]
        return np.array(counts, dtype=np.float32).reshape(len(texts), 8)

    def tokens(self, texts):
        return [
            TokenVectors(self.encode(list(text)), np.arange(len(text), dtype=np.intp))
            for text in texts
        ]


def fitted():
    """A classifier of linear heads."""
    rows = coded_passages()
    return ThemeClassifier(encoder=Letters(), C=10.0, n_folds=3).fit(
        [row.text for row in rows],
        [row.themes for row in rows],
        roles=[row.role for row in rows],
        groups=[row.document for row in rows],
    )


def attentive():
    """A classifier of attention heads, its arrays drawn at random."""
    rng = np.random.default_rng(0)

    def drawn(*shape):
        return rng.normal(size=shape).astype(np.float32)

    book = Codebook.of(("recording", "child_voice"), ("finding", "context"))
    ones = np.ones(2)
    heads = AttentionHeads(
        drawn(2, 8), drawn(2, 8), drawn(2), ones, 0.1 * ones, 0.4 * ones, 0.8 * ones,
        np.array([0.9, 0.1]),
    )  # fmt: skip
    roles = AttentionRoleHead(drawn(2, 8), drawn(2, 8), drawn(2), 1.5)
    return assemble(Letters(), book, heads, roles)


def store():
    for kind, classifier in (("model", fitted()), ("attention", attentive())):
        store_one(FORMATS / str(FORMAT), kind, classifier)


def store_one(folder, kind, classifier):
    if (folder / kind).exists():
        return
    save(classifier, folder / kind, name="stored", version=f"format {FORMAT}")
    expected = {
        "texts": TEXTS,
        "themes": classifier.themes,
        "roles": classifier.roles,
        "thresholds": classifier.thresholds,
        "probabilities": classifier.predict_proba(TEXTS).tolist(),
        "role_probabilities": classifier.predict_role_proba(TEXTS).tolist(),
        "tagged": [tagged.themes for tagged in classifier.tag(TEXTS)],
        "evidence": [
            [list(tag.evidence) for tag in tagged.candidates] for tagged in classifier.tag(TEXTS)
        ],
        "coder": f"stored format {FORMAT}",
    }
    text = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{kind}.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    store()
