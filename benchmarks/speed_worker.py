# ruff: noqa: PLC0415 - a worker imports what its own system needs, and no more
"""One system in a process of its own, for ``speed.py``.

``python -m benchmarks.speed_worker JOB``: the job is JSON, and so is what is written to the file it
names. Nothing is imported at the top that a system would not need itself: memory and start-up would
count it.
"""

from __future__ import annotations

import json
import random
import re
import string
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FIRST = "The school was not told that he had moved back in."
WARM = 64  # texts that a system is warmed up on in one go
WARM_SECONDS = 1.0  # and for how long at least: the same for every system
HEAD = 256  # texts that a head over embeddings is fitted on
BLOCK = 10_000
# Modules of the checkout, and one that setuptools puts into every process.
OWN = frozenset(["benchmarks", "models", "_distutils_hack"])
# That of peers.py, which would import too much here; fitting checks that they are the same.
_WORDS = re.compile(r"[a-z0-9']+|[^\sa-z0-9]")
Score = Callable[[list[str]], Any]  # texts to probabilities of shape (n_texts, n_themes)


class Place(NamedTuple):
    """Where a system's files lie: what is given to it, and what was fitted before."""

    given: Path
    fitted: Path


@dataclass(frozen=True)
class System:
    """What is compared.

    Attributes
    ----------
    title : str
        Its name in ``accuracy.json``.
    packages : tuple of str
        What has to be installed for it, with all that these require.
    load : callable
        Opens it, ready to score; this is what start-up counts.
    fit : callable, optional
        Makes its files from texts and invented labels.
    needs : str
        The option that names its pretrained model, if it has one.
    quick : bool
        Whether it is timed on many texts besides those that all systems are timed on.
    """

    title: str
    packages: tuple[str, ...]
    load: Callable[[Place], Score]
    fit: Callable[[Place, list[str]], None] | None = None
    needs: str = ""
    quick: bool = False


def load_ours(name: str) -> Callable[[Place], Score]:
    """Return what loads a bundled model."""

    def load(_: Place) -> Score:
        import scr_themes

        return scr_themes.load(name).predict_proba

    return load


def load_keywords(*, failing: bool) -> Callable[[Place], Score]:
    """Return what loads a keyword search: that of ``peers.py``, text for text."""

    def load(_: Place) -> Score:
        import numpy as np

        from models.keywords import keyword_lists
        from scr_themes import Codebook
        from scr_themes.reading.sentences import sentence_spans

        wrong, topics = keyword_lists(Codebook.load().theme_ids)

        def score(texts: list[str]) -> Any:
            hits = np.zeros((len(texts), len(topics)), dtype=bool)
            for i, text in enumerate(texts):
                for start, end in sentence_spans(text):
                    sentence = text[start:end]
                    if not failing or wrong.search(sentence):
                        hits[i] |= [pattern.search(sentence) is not None for pattern in topics]
            return hits.astype(float)

        return score

    return load


def invented_labels(texts: Sequence[str]) -> Any:
    """Return labels to fit on, where only speed is asked: a theme where its topic's words stand."""
    import numpy as np

    from models.keywords import keyword_lists
    from scr_themes import Codebook

    _, topics = keyword_lists(Codebook.load().theme_ids)
    y = np.array([[bool(pattern.search(text)) for pattern in topics] for text in texts])
    y[: len(topics)] = np.eye(len(topics), dtype=bool)[: len(y)]  # each has one at least
    return y


def save_head(place: Place, features: Any, y: Any, vectors: Any = None) -> None:
    """Fit one logistic regression a theme, as in ``peers.py`` but untuned, and keep it."""
    import joblib
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    model = LogisticRegression(class_weight="balanced", solver="liblinear")
    head = OneVsRestClassifier(model).fit(features, y.astype(int))
    joblib.dump((vectors, head), place.fitted / "head.joblib")


def load_head(place: Place) -> Any:
    import joblib

    return joblib.load(place.fitted / "head.joblib")


def load_minilm(place: Place) -> Score:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(place.given), device="cpu")
    _, head = load_head(place)
    return lambda texts: head.predict_proba(model.encode(texts))


def fit_minilm(place: Place, texts: list[str]) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(place.given), device="cpu")
    save_head(place, model.encode(texts[:HEAD]), invented_labels(texts[:HEAD]))


def load_model2vec(place: Place) -> Score:
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(place.given)
    _, head = load_head(place)
    return lambda texts: head.predict_proba(model.encode(texts))


def fit_model2vec(place: Place, texts: list[str]) -> None:
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(place.given)
    save_head(place, model.encode(texts[:HEAD]), invented_labels(texts[:HEAD]))


def load_tfidf(place: Place) -> Score:
    vectors, head = load_head(place)
    return lambda texts: head.predict_proba(vectors.transform(texts))


def fit_tfidf(place: Place, texts: list[str]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    save_head(place, vectors.fit_transform(texts), invented_labels(texts), vectors)


def fasttext_words(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


def load_fasttext(place: Place) -> Score:
    import fasttext
    import numpy as np

    model = fasttext.load_model(str(place.fitted / "model.bin"))
    n_themes = sum(label != "__label__none" for label in model.labels)

    def score(texts: list[str]) -> Any:
        scores = np.zeros((len(texts), n_themes))
        for i, text in enumerate(texts):
            words = fasttext_words(text) + "\n"
            for probability, label in model.f.predict(words, -1, 0.0, "strict"):
                theme = label.removeprefix("__label__")
                if theme != "none":
                    scores[i, int(theme)] = min(1.0, probability)
        return scores

    return score


def fit_fasttext(place: Place, texts: list[str]) -> None:
    """Learn as fastText's tutorial on many labels does.

    Not with the autotuning of ``peers.py``: on invented labels it gives other settings each time,
    and now and then no model or no end. The tutorial's, without parts of words, are quick ones.
    """
    import fasttext
    import numpy as np

    from benchmarks import peers

    if peers._WORDS.pattern != _WORDS.pattern:
        raise ValueError("peers.py cuts words for fastText in another way; do the same here")
    lines = []
    for text, row in zip(texts, invented_labels(texts), strict=True):
        marks = [f"__label__{k}" for k in np.flatnonzero(row)] or ["__label__none"]
        lines.append(" ".join([*marks, fasttext_words(text)]) + "\n")
    learnt = place.fitted / "train.txt"
    learnt.write_text("".join(lines), encoding="utf-8")
    model = fasttext.train_supervised(
        str(learnt), lr=0.5, epoch=25, wordNgrams=2, bucket=200_000, dim=50, loss="ova",
        thread=1, seed=peers.SEED, verbose=0,
    )  # fmt: skip
    model.save_model(str(place.fitted / "model.bin"))
    learnt.unlink()


def load_spacy(place: Place) -> Score:
    import numpy as np
    import spacy

    nlp = spacy.load(place.fitted / "spacy")
    return lambda texts: np.array([list(doc.cats.values()) for doc in nlp.pipe(texts)])


def fit_spacy(place: Place, texts: list[str]) -> None:
    """Set it up as ``peers.py`` does, and learn from a few hundred texts once."""
    import spacy
    from spacy.training import Example

    from scr_themes import Codebook

    nlp = spacy.blank("en")
    categorizer = nlp.add_pipe("textcat_multilabel")
    themes = Codebook.load().theme_ids
    for theme in themes:
        categorizer.add_label(theme)
    some = texts[:HEAD]
    examples = [
        Example.from_dict(
            nlp.make_doc(text), {"cats": dict(zip(themes, map(float, row), strict=True))}
        )
        for text, row in zip(some, invented_labels(some), strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples)
    for start in range(0, len(examples), 32):
        nlp.update(examples[start : start + 32], sgd=optimizer, drop=0.2)
    nlp.to_disk(place.fitted / "spacy")


BASELINE = "sentence-transformers"
SYSTEMS = {
    "keywords": System(
        "keyword search", ("scr-themes",), load_keywords(failing=False), quick=True
    ),
    "keywords-failing": System(
        "keyword search + word of failing", ("scr-themes",), load_keywords(failing=True), quick=True
    ),
    "tfidf": System(
        "TF-IDF, logistic regression", ("scikit-learn",), load_tfidf, fit_tfidf, quick=True
    ),
    "fasttext": System("fastText", ("fasttext",), load_fasttext, fit_fasttext, quick=True),
    "spacy": System("spaCy textcat", ("spacy",), load_spacy, fit_spacy),
    "model2vec": System(
        "model2vec, logistic regression", ("model2vec", "scikit-learn"), load_model2vec,
        fit_model2vec, "potion", quick=True,
    ),
    BASELINE: System(
        "MiniLM, logistic regression", ("sentence-transformers", "scikit-learn"), load_minilm,
        fit_minilm, "minilm",
    ),
    "accurate": System("scr_themes accurate", ("scr-themes",), load_ours("accurate")),
    "cascade": System("scr_themes cascade", ("scr-themes",), load_ours("cascade")),
    "fast": System("scr_themes fast", ("scr-themes",), load_ours("fast"), quick=True),
}  # fmt: skip
OURS = {"accurate": ("accurate",), "cascade": ("accurate", "fast", "cascade"), "fast": ("fast",)}


def prepare(job: dict[str, Any]) -> dict[str, Any]:
    """Make a system's files; return what it must not see when it is measured."""
    system = SYSTEMS[job["system"]]
    if system.fit:
        system.fit(place_of(job), json.loads(Path(job["texts"]).read_text(encoding="utf-8")))
    return {"hidden": hidden_modules(system.packages)}


def hidden_modules(packages: Sequence[str]) -> list[str]:
    """Return the modules of an environment that none of some packages requires.

    Many a package imports others where they happen to be there (spaCy torch, scikit-learn pandas),
    and pays for it in memory and start-up. Each system is measured as if it were there alone.
    """
    from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    left = [(name, frozenset([""])) for name in packages]
    seen = set()
    while left:
        name, extras = left.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for required in map(Requirement, requires):
            marker = required.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                asked = frozenset(["", *required.extras])
                left.append((canonicalize_name(required.name), asked))
    needed = {canonicalize_name(name) for name, _ in seen} | {"pip", "setuptools"}
    never = {*OWN, *sys.stdlib_module_names}
    return sorted(
        module
        for module, owners in packages_distributions().items()
        if module not in never and needed.isdisjoint(map(canonicalize_name, owners))
    )


class Hiding:
    """A finder of modules that does not find some."""

    def __init__(self, finder: Any, hidden: frozenset[str]) -> None:
        self._finder = finder
        self._hidden = hidden

    def find_spec(self, name: str, *rest: Any, **more: Any) -> Any:
        """Return where a module is, or None as for one that is not there."""
        if name.partition(".")[0] in self._hidden:
            return None
        return self._finder.find_spec(name, *rest, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


def measure(job: dict[str, Any]) -> dict[str, Any]:
    """Start a system, warm it up, and time it."""
    system = SYSTEMS[job["system"]]
    hidden = frozenset(job["hidden"])
    sys.meta_path[:] = [Hiding(finder, hidden) for finder in sys.meta_path]
    score = system.load(place_of(job))
    score([FIRST])
    started = time.monotonic() - job["began"]
    parts = json.loads(Path(job["texts"]).read_text(encoding="utf-8"))
    n_themes = warm_up(score, parts["warm"])
    seconds = {}
    for kind in ("common", "many") if system.quick else ("common",):
        began = time.perf_counter()
        scores = score(parts[kind])
        seconds[kind] = time.perf_counter() - began
        if scores.shape != (len(parts[kind]), n_themes):
            raise ValueError(f"{job['system']} gives scores of shape {scores.shape}")
    peak = peak_mb()
    return {
        "start_up_s": started,
        "seconds": seconds,
        "peak_mb": peak,
        "model_mb": model_mb(job),
        "packages": imported_packages(),
    }


def warm_up(score: Score, texts: list[str]) -> int:
    """Score other texts than those to be timed for a while; return how many scores each has."""
    ends = time.perf_counter() + WARM_SECONDS
    start = 0
    while True:
        scores = score(texts[start : start + WARM])
        start = start + WARM if start + WARM < len(texts) else 0
        if time.perf_counter() >= ends:
            return int(scores.shape[1])


def grow(job: dict[str, Any]) -> dict[str, Any]:
    """Score so many passages by ``fast``, a block at a time, and forget what came of them."""
    import scr_themes

    texts = json.loads(Path(job["texts"]).read_text(encoding="utf-8"))
    classifier = scr_themes.load("fast")
    warm_up(classifier.predict_proba, texts)
    passages = varied(texts, job["number"])
    seconds = 0.0
    while block := list(islice(passages, BLOCK)):
        began = time.perf_counter()
        classifier.predict_proba(iter(block))
        seconds += time.perf_counter() - began
    return {"passages": job["number"], "seconds": seconds, "peak_mb": peak_mb()}


def varied(texts: Sequence[str], number: int) -> Iterator[str]:
    """Yield texts over and over, no two alike: other digits, a letter changed, a number at the end.

    That makes two words a passage that were never met before, as many as real text has.
    """
    draw = random.Random(0)
    for count in range(number):
        text = re.sub(r"\d", lambda _: draw.choice(string.digits), texts[count % len(texts)])
        at = draw.randrange(len(text))
        yield f"{text[:at]}{draw.choice(string.ascii_lowercase)}{text[at + 1 :]} ({count})"


def place_of(job: dict[str, Any]) -> Place:
    return Place(Path(job["given"]), Path(job["fitted"]))


def peak_mb() -> float:
    """Return the most memory that this process has had resident."""
    try:
        # Not ru_maxrss: a process that another one starts begins with what that one held.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / 1e6  # type: ignore[index]
    except OSError:  # not Linux
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def model_mb(job: dict[str, Any]) -> float:
    """Return the size of a system's own files: pretrained, fitted or bundled."""
    name = job["system"]
    folders = [ROOT / "models" / model for model in OURS.get(name, ())]
    if SYSTEMS[name].fit:
        folders.append(Path(job["fitted"]))
    if SYSTEMS[name].needs:
        folders.append(Path(job["given"]))
    return sum(folder_mb(folder) for folder in folders)


def folder_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def imported_packages() -> dict[str, dict[str, Any]]:
    """Return version and installed size of every distribution that has been imported."""
    from importlib.metadata import distribution, packages_distributions, version

    tops = {name.partition(".")[0] for name in sys.modules} - OWN
    owners = packages_distributions()
    found = {}
    for name in sorted({owner for top in tops for owner in owners.get(top, ())}):
        one = distribution(name)
        files = [Path(str(one.locate_file(file))) for file in one.files or ()]
        size = sum(file.stat().st_size for file in files if file.is_file())
        found[name] = {"version": one.version, "mb": round(size / 1e6, 2)}
    if "scr_themes" in sys.modules:  # an editable installation has none of its files in its list
        place = Path(str(sys.modules["scr_themes"].__file__)).parent
        size = sum(file.stat().st_size for file in place.rglob("*.py")) / 1e6
        found["scr-themes"] = {"version": version("scr-themes"), "mb": round(size, 2)}
    return found


def main() -> None:
    """Do one job; what is not installed is an answer, not a failure."""
    job = json.loads(sys.argv[1])
    task = {"prepare": prepare, "measure": measure, "grow": grow}[job["task"]]
    try:
        answer = task(job)
    except ModuleNotFoundError as error:
        answer = {"missing": str(error)}
    Path(job["out"]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
