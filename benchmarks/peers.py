"""What a user would pick instead of scr_themes, each set up as its documentation advises.

Every peer learns from the train split and is tuned on the development split: its penalty or number
of epochs where it has one, and a threshold a theme, chosen as that of scr_themes is: best F1, both
corpora counting alike. Heavy packages are imported when their peer is asked for
(``pip install --group peers``).
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from models.keywords import keyword_lists
from scr_themes.classifying.calibration import best_f1_threshold
from scr_themes.reading.sentences import sentence_spans

Bools = NDArray[np.bool_]
Scores = NDArray[np.float64]

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
SPACY_EPOCHS = 12
FASTTEXT_SECONDS = 600
SETFIT_STEPS = 1500
SEED = 0
_WORDS = re.compile(r"[a-z0-9']+|[^\sa-z0-9]")


class Tagged(NamedTuple):
    """What a system says of every row: scores, choices and, if it tells them, roles."""

    scores: NDArray[Any]
    chosen: Bools
    roles: Sequence[str] | None = None


@dataclass(frozen=True)
class Task:
    """What every peer is given.

    Attributes
    ----------
    texts : sequence of str
    y : ndarray of bool, shape (n, n_themes)
    train, development : ndarray of bool, shape (n,)
    counted : ndarray of bool, shape (n, n_themes)
        False where coders left a theme open.
    sources : ndarray of str, shape (n,)
        The corpus of each row.
    themes : sequence of str
    """

    texts: Sequence[str]
    y: Bools
    train: Bools
    development: Bools
    counted: Bools
    sources: NDArray[Any]
    themes: Sequence[str]

    def training_texts(self) -> list[str]:
        """Return the texts to learn from."""
        return [text for text, kept in zip(self.texts, self.train, strict=True) if kept]

    def threshold(self, scores: Scores, k: int) -> tuple[float, float]:
        """Return the best threshold of one theme on development rows, and the F1 it has there.

        A theme that no development row carries is never tagged.
        """
        tune = self.development & self.counted[:, k]
        target, found = self.y[tune, k], scores[tune]
        if not target.any():
            return np.inf, 0.0
        sources = self.sources[tune]
        cut = best_f1_threshold(found, target, sources=sources)
        hits = found >= cut
        each = [
            2 * (target & hits)[there].sum() / (target[there].sum() + hits[there].sum())
            for there in (sources == source for source in np.unique(sources))
            if target[there].any()
        ]
        return cut, float(np.mean(each))

    def cut(self, scores: Scores) -> Tagged:
        """Tag from each theme's best threshold on."""
        known = np.isfinite(scores).all(axis=0)
        cuts = [self.threshold(scores[:, k], k)[0] if known[k] else 0.0 for k in range(len(known))]
        return Tagged(np.where(known, scores, 0.0), scores >= np.array(cuts))


def keyword_search(task: Task, *, failing: bool) -> Tagged:
    """Tag where a sentence hits the theme's list, and one of the words of failing if asked.

    The words of failing hold the negations ("not", "no", "never", "without"), so that "was not
    shared" is a hit and "was shared" is none.
    """
    wrong, topics = keyword_lists(task.themes)
    hits = np.zeros(task.y.shape, dtype=bool)
    for i, text in enumerate(task.texts):
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if not failing or wrong.search(sentence):
                hits[i] |= [pattern.search(sentence) is not None for pattern in topics]
    return Tagged(hits.astype(float), hits)


def logistic(task: Task, features: Any) -> Tagged:
    """Tag by one balanced logistic regression a theme, penalty and threshold tuned by F1."""
    scores = np.zeros(task.y.shape)
    for k in range(task.y.shape[1]):
        best = -1.0
        learnt = task.train & task.counted[:, k]
        if not task.y[learnt, k].any():
            scores[:, k] = -np.inf  # nothing to learn it from
            continue
        for C in PENALTIES:
            model = LogisticRegression(C=C, class_weight="balanced", solver="liblinear")
            model.fit(features[learnt], task.y[learnt, k])
            found = model.predict_proba(features)[:, 1]
            _, f1 = task.threshold(found, k)
            if f1 > best:
                best, scores[:, k] = f1, found
    return task.cut(scores)


def tfidf(task: Task) -> Tagged:
    """TF-IDF of words and word pairs; the vocabulary is that of the training rows."""
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    vectors.fit(task.training_texts())
    return logistic(task, vectors.transform(task.texts))


def minilm(task: Task, folder: Path) -> Tagged:
    """sentence-transformers' own MiniLM embeddings, fp32."""
    return logistic(task, minilm_vectors(task.texts, folder))


def minilm_vectors(texts: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """Return the embeddings of texts."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(str(folder), device="cpu")
    return np.asarray(model.encode(list(texts), show_progress_bar=True))


def model2vec(task: Task, folder: Path) -> Tagged:
    """Encode by potion-base-8M, the largest static model that could be had without a hub."""
    from model2vec import StaticModel  # noqa: PLC0415

    return logistic(task, StaticModel.from_pretrained(folder).encode(list(task.texts)))


def fasttext(task: Task) -> Tagged:
    """fastText, one-versus-all loss, its own autotuning on the development split.

    As its tutorials on multi-label classification and on automatic hyperparameter optimization
    advise.
    """
    import fasttext as package  # noqa: PLC0415

    # fastText writes labels into the text, and takes lower-cased words apart from punctuation.
    words = [" ".join(_WORDS.findall(text.lower())) for text in task.texts]

    def write(path: Path, rows: Bools) -> None:
        # It learns nothing from a line without a label: "none" is one.
        lines = [
            " ".join([*(f"__label__{k}" for k in np.flatnonzero(task.y[i])), words[i]])
            if task.y[i].any()
            else f"__label__none {words[i]}"
            for i in np.flatnonzero(rows)
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    with tempfile.TemporaryDirectory() as scratch:
        learnt, tuned = Path(scratch, "train.txt"), Path(scratch, "development.txt")
        write(learnt, task.train)
        write(tuned, task.development)
        model = package.train_supervised(
            str(learnt), loss="ova", autotuneValidationFile=str(tuned),
            autotuneDuration=FASTTEXT_SECONDS, thread=2, seed=SEED, verbose=0,
        )  # fmt: skip
    scores = np.zeros(task.y.shape)
    for i, text in enumerate(words):
        # The lower half of its own predict(), which fails under numpy 2.
        for probability, label in model.f.predict(text + "\n", -1, 0.0, "strict"):
            theme = label.removeprefix("__label__")
            if theme != "none":
                scores[i, int(theme)] = min(1.0, probability)  # it goes up to 1.00001
    return task.cut(scores)


def spacy(task: Task) -> Tagged:
    """SpaCy's multi-label text categorizer as its factory sets it up; the best epoch of twelve.

    The ensemble of a linear bag of words and a convolutional network.
    """
    import spacy as package  # noqa: PLC0415
    from spacy.training import Example  # noqa: PLC0415
    from spacy.util import compounding, fix_random_seed, minibatch  # noqa: PLC0415

    fix_random_seed(SEED)
    nlp = package.blank("en")
    categorizer = nlp.add_pipe("textcat_multilabel")
    for theme in task.themes:
        categorizer.add_label(theme)

    def example(i: int) -> Example:
        marked = {theme: float(task.y[i, k]) for k, theme in enumerate(task.themes)}
        return Example.from_dict(nlp.make_doc(task.texts[i]), {"cats": marked})

    examples = [example(i) for i in np.flatnonzero(task.train)]
    optimizer = nlp.initialize(lambda: examples[:200])
    order = random.Random(SEED)
    best, scores = -1.0, np.zeros(task.y.shape)
    for _ in range(SPACY_EPOCHS):
        order.shuffle(examples)
        for batch in minibatch(examples, size=compounding(4.0, 32.0, 1.001)):
            nlp.update(batch, sgd=optimizer, drop=0.2)
        found = np.array([[doc.cats[t] for t in task.themes] for doc in nlp.pipe(task.texts)])
        f1 = float(np.mean([task.threshold(found[:, k], k)[1] for k in range(len(task.themes))]))
        if f1 > best:
            best, scores = f1, found
    return task.cut(scores)


def setfit(task: Task, folder: Path) -> Tagged:
    """SetFit on MiniLM: contrastive tuning of the encoder, then a balanced logistic head.

    One-versus-rest, as its documentation has it for many labels, but for the head: its own
    predicts almost nothing on rare labels, and the balanced and tuned one of the other peers takes
    its place. Pairs are sampled for a fixed number of steps, since all pairs of thousands of
    passages would be billions.
    """
    from datasets import Dataset  # noqa: PLC0415
    from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415

    model = SetFitModel.from_pretrained(
        str(folder), multi_target_strategy="one-vs-rest", local_files_only=True
    )
    data = Dataset.from_dict(
        {"text": task.training_texts(), "label": task.y[task.train].astype(int).tolist()}
    )
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch, batch_size=16, max_steps=SETFIT_STEPS, seed=SEED,
            sampling_strategy="undersampling", save_strategy="no", report_to="none",
        )  # fmt: skip
        trainer = Trainer(model=model, args=arguments, train_dataset=data)
        trainer.train_embeddings(*trainer.dataset_to_parameters(data), args=arguments)
    return logistic(task, np.asarray(model.model_body.encode(list(task.texts))))
