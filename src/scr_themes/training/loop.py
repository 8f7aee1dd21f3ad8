"""The training loop: one for fine-tuning on labels and for learning from a teacher."""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from scr_themes.errors import ModelError
from scr_themes.training.examples import Targets
from scr_themes.training.networks import AttentionNetwork, Batch, Tokens, digest, padded

# The two sides of a pair are pushed apart until their scores differ by about this much.
MARGIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSettings:
    """How a network is trained.

    Attributes
    ----------
    epochs : int
        How often every example is seen.
    learning_rate : float, default 2e-4
        Of the encoder, at its highest: it rises over the first ``warm_up`` of the steps and falls
        to nought in a line. The default suits an encoder the size of MiniLM.
    head_rate : float, default 1e-3
        The same of the heads, which begin from nothing.
    layer_decay : float, default 1.0
        The rate of a layer is this times that of the layer above it.
    warm_up : float, default 0.08
    weight_decay : float, default 0.01
    tokens_a_batch : int, default 2600
        Padding included; passages of about one length share a batch.
    window : int, default 224
        Tokens of a passage that training reads.
    dropout : float, optional
        Of hidden layers and token vectors, where the network has any; by default as it has it.
    token_dropout : float, default 0.0
        The share of a passage's tokens that are masked, others each time it is read (word dropout,
        as in Iyyer et al. 2015, *Deep unordered composition rivals syntactic methods for text
        classification*, ACL): what a small network learns must not hang on single words.
    role_weight, pair_weight, evidence_weight : float
        What the role, the pairs and the marked sentences weigh beside the themes.
    seed : int, default 0
    """

    epochs: int
    learning_rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 1.0
    warm_up: float = 0.08
    weight_decay: float = 0.01
    tokens_a_batch: int = 2600
    window: int = 224
    dropout: float | None = None
    token_dropout: float = 0.0
    role_weight: float = 0.5
    pair_weight: float = 1.0
    evidence_weight: float = 0.3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is: handed to ``on_progress`` after every step.

    ``loss`` is the mean since the epoch began; ``seconds`` those spent on the steps so far, in
    earlier processes, too.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    seconds: float


def train_network(
    network: AttentionNetwork,
    tokens: Tokens,
    targets: Targets,
    settings: LoopSettings,
    *,
    checkpoint: str | Path | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> None:
    """Train a network in place.

    Binary cross-entropy for themes, cross-entropy for the role; for the themes that only one side
    of a minimal pair carries, a softplus of how far its score falls short of being ``MARGIN``
    above the other's; for marked sentences, the log of the attention that rests on them. Targets
    may be a teacher's probabilities (Hinton et al. 2015, *Distilling the knowledge in a neural
    network*). On a GPU if there is one, in bfloat16 where the processor multiplies it in hardware.

    Parameters
    ----------
    network : AttentionNetwork
    tokens : Tokens
        Of the texts of ``targets``.
    targets : Targets
    settings : LoopSettings
    checkpoint : path-like, optional
        A file to keep the state in after every epoch. If it is there already, of the same settings
        and data, training goes on from it.
    on_progress : callable, optional
        Called with a :class:`Progress` after every step.

    Raises
    ------
    ModelError
        If the checkpoint is that of another training.
    ValueError
        If there is no epoch to train for.
    """
    key = f"{asdict(settings)} {targets.digest()} {network.digest()}"
    with _seeded(settings):
        _run(
            network,
            lambda order: _batches(tokens, targets.pairs, settings, order),
            lambda rows: _loss(network, tokens, targets, rows, settings),
            settings,
            _Kept(key, checkpoint, on_progress),
        )


def imitate(
    student: AttentionNetwork,
    teacher: AttentionNetwork,
    tokens: Tokens,
    settings: LoopSettings,
    *,
    checkpoint: str | Path | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> None:
    """Train a student to give a teacher's token vectors, before it learns from labels.

    A passage gives a student one label a theme, but a vector for each of its tokens, which holds
    what the teacher made of the words around it. The student gives them through a linear map that
    is learnt beside it (Jiao et al. 2020, *TinyBERT: Distilling BERT for natural language
    understanding*, Findings of EMNLP), and that then turns the teacher's heads into its own.

    Parameters
    ----------
    student : AttentionNetwork
        Trained in place.
    teacher : AttentionNetwork
        A trained network of the same vocabulary and columns.
    tokens : Tokens
        Of any texts: no label is read. The teacher reads each once; what it gives is kept in
        memory, two bytes a number (on a GPU, in the GPU's).
    settings : LoopSettings
        Its weights of roles, pairs and evidence are not used.
    checkpoint, on_progress : optional
        As in :func:`train_network`.

    Raises
    ------
    ModelError
        If the checkpoint is that of another training.
    ValueError
        If there is no epoch to train for.
    """
    device = best_device()
    with _seeded(settings):
        imitation = _Imitation(student.encoder, teacher.encoder.width)
        read = hashlib.sha256(repr([ids.tolist() for ids in tokens.ids]).encode()).hexdigest()
        key = f"{asdict(settings)} {read} {digest(imitation)} {teacher.digest()}"
        shown = _Shown(teacher.to(device).eval(), tokens, device)
        try:
            _run(
                imitation,
                lambda order: _batches(tokens, [None] * len(tokens), settings, order),
                lambda rows: imitation.loss(
                    shown(rows), tokens.batch(rows, device, masked=settings.token_dropout)
                ),
                settings,
                _Kept(key, checkpoint, on_progress),
            )
        finally:
            teacher.to("cpu")
    with torch.no_grad():
        matrix, shift = imitation.map.weight, imitation.map.bias
        student.queries.weight.copy_(teacher.queries.weight @ matrix)
        student.scores.weight.copy_(teacher.scores.weight @ matrix)
        student.scores.bias.copy_(teacher.scores.bias + teacher.scores.weight @ shift)


@contextlib.contextmanager
def _seeded(settings: LoopSettings) -> Iterator[None]:
    """Draw from the seed and flush denormals within, and leave both as they were."""
    if settings.epochs < 1:
        raise ValueError(f"epochs is {settings.epochs}; give 1 or more")
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        torch.set_flush_denormal(True)
        try:
            yield
        finally:
            torch.set_flush_denormal(False)


class _Imitation(nn.Module):
    """A student's encoder under the map from its token vectors to a teacher's."""

    def __init__(self, encoder: Any, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.map = nn.Linear(encoder.width, width)

    def loss(self, wanted: Tensor, batch: Batch) -> Tensor:
        """Return the mean squared error over the tokens of the texts themselves."""
        with _precision(batch.input_ids.device):
            given = self.map(self.encoder(batch.input_ids, batch.attention_mask))
        return functional.mse_loss(given[batch.inner].float(), wanted.float())


class _Shown:
    """A teacher's vectors of the tokens of texts, each text read once and its vectors kept."""

    def __init__(self, teacher: AttentionNetwork, tokens: Tokens, device: Any) -> None:
        self._teacher = teacher
        self._tokens = tokens
        self._device = device
        self._kept: dict[int, Tensor] = {}

    def __call__(self, rows: list[int]) -> Tensor:
        """Return the vectors of some texts' tokens, one text after another."""
        fresh = [row for row in rows if row not in self._kept]
        if fresh:
            batch = self._tokens.batch(fresh, self._device)
            with _precision(self._device), torch.no_grad():
                found = self._teacher.encoder(batch.input_ids, batch.attention_mask)
            for row, vectors, inner in zip(fresh, found, batch.inner, strict=True):
                self._kept[row] = vectors[inner].to(torch.float16)
        return torch.cat([self._kept[row] for row in rows])


def _run(
    network: Any,
    epoch_of: Callable[[random.Random], Iterable[list[int]]],
    loss_of: Callable[[list[int]], Tensor],
    settings: LoopSettings,
    kept: _Kept,
) -> None:
    """Train a network by a loss of batches, on the best device; it comes back to the CPU."""
    network.to(best_device()).train()
    own = {m: m.p for m in network.modules() if isinstance(m, nn.Dropout) and m.p}  # none if frozen
    for module, p in own.items():
        module.p = p if settings.dropout is None else settings.dropout
    try:
        _epochs(network, epoch_of, loss_of, settings, kept)
    finally:
        for module, p in own.items():
            module.p = p
        network.to("cpu").eval()


def _epochs(
    network: Any,
    epoch_of: Callable[[random.Random], Iterable[list[int]]],
    loss_of: Callable[[list[int]], Tensor],
    settings: LoopSettings,
    kept: _Kept,
) -> None:
    order = random.Random(settings.seed)
    optimizer = _optimizer(network, settings)
    batches = [list(epoch_of(order)) for _ in range(settings.epochs)]
    steps = sum(map(len, batches))
    rise = max(1, round(settings.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / rise, max(0.0, (steps - step) / max(1, steps - rise))),
    )
    state = _State(kept.key, network, optimizer, schedule)
    first, spent = (0, 0.0) if kept.checkpoint is None else state.restore(Path(kept.checkpoint))
    step = sum(map(len, batches[:first]))
    began = time.perf_counter() - spent
    for epoch in range(first, settings.epochs):
        total = 0.0
        for n, rows in enumerate(batches[epoch], start=1):
            loss = loss_of(rows)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            total += float(loss.detach())
            if kept.on_progress is not None:
                seconds = time.perf_counter() - began
                kept.on_progress(
                    Progress(epoch + 1, settings.epochs, step, steps, total / n, seconds)
                )
        if kept.checkpoint is not None:
            state.keep(Path(kept.checkpoint), epoch + 1, time.perf_counter() - began)


def predict(
    network: AttentionNetwork, tokens: Tokens, targets: Targets
) -> tuple[NDArray[np.float32], list[NDArray[np.intp]]]:
    """Score texts with a trained network.

    Parameters
    ----------
    network : AttentionNetwork
    tokens : Tokens
    targets : Targets
        Only its sentences are read.

    Returns
    -------
    scores : ndarray of float32, shape (n, n_columns)
    sentences : list of ndarray of int, shape (n_columns,)
        For each text and column, the sentence that attention rests on most.
    """
    device = best_device()
    network.to(device).eval()
    order = sorted(range(len(tokens)), key=tokens.length)
    scores: dict[int, NDArray[np.float32]] = {}
    sentences: dict[int, NDArray[np.intp]] = {}
    with torch.no_grad():
        for rows in _fill(order, tokens, 6000):
            with _precision(device):
                given = network(tokens.batch(rows, device))
            found, shares = (values.float().cpu() for values in given)
            for i, row in enumerate(rows):
                scores[row] = found[i].numpy()
                where = tokens.sentence_of_tokens(row, targets.sentences[row], shares.shape[1])
                rests = torch.zeros((len(targets.sentences[row]), shares.shape[2])).index_add(
                    0, where.clamp(min=0), shares[i] * (where >= 0)[:, None]
                )
                sentences[row] = rests.argmax(dim=0).numpy()
    network.to("cpu")
    n = len(tokens)
    width = network.scores.out_features
    stacked = np.array([scores[i] for i in range(n)], dtype=np.float32).reshape(n, width)
    return stacked, [sentences[i] for i in range(n)]


def save_whole(kept: dict[str, Any], file: Path) -> None:
    """Save tensors and plain values to a file: whole, or not at all."""
    fresh = file.with_name(f"{file.name}.part")
    torch.save(kept, fresh)
    fresh.replace(file)


def best_device() -> Any:
    """Return the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _precision(device: Any) -> Any:
    """Return bfloat16 arithmetic where it is fast: on a GPU, and on processors with AMX."""
    if device.type == "cuda" or _has_amx():
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def _has_amx() -> bool:
    asked = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(asked()) if asked is not None else False


def _optimizer(network: Any, settings: LoopSettings) -> Any:
    """Return AdamW; neither biases nor norms decay, and heads learn at a rate of their own."""
    groups: dict[tuple[float, float], list[Tensor]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("encoder."):
            below = network.encoder.below_top(name)
            rate = settings.learning_rate * settings.layer_decay**below
            decay = settings.weight_decay if parameter.dim() > 1 else 0.0
        else:
            rate, decay = settings.head_rate, 0.0
        groups[rate, decay].append(parameter)
    return torch.optim.AdamW(
        [
            {"params": found, "lr": rate, "weight_decay": decay}
            for (rate, decay), found in groups.items()
        ],
        fused=True,
    )


def _batches(
    tokens: Tokens,
    pairs: Sequence[str | None],
    settings: LoopSettings,
    order: random.Random,
) -> Iterator[list[int]]:
    """Yield the rows of one epoch: shuffled, pairs together, lengths alike within a batch."""
    sides: dict[str, list[int]] = defaultdict(list)
    for row, pair in enumerate(pairs):
        if pair is not None:
            sides[pair].append(row)
    units = [[row] for row, pair in enumerate(pairs) if pair is None]
    units += sides.values()
    order.shuffle(units)
    batches: list[list[int]] = []
    for start in range(0, len(units), 600):
        near = sorted(units[start : start + 600], key=lambda unit: max(map(tokens.length, unit)))
        batches += _fill(near, tokens, settings.tokens_a_batch)
    order.shuffle(batches)
    yield from batches


def _fill(
    units: Sequence[int] | Sequence[list[int]], tokens: Tokens, budget: int
) -> Iterator[list[int]]:
    """Put units, sorted by length, into batches of at most so many tokens."""
    batch: list[int] = []
    for unit in units:
        rows = [unit] if isinstance(unit, int) else unit
        longest = padded(max(tokens.length(row) for row in (*batch, *rows)))
        if batch and longest * (len(batch) + len(rows)) > budget:
            yield batch
            batch = []
        batch = [*batch, *rows]
    if batch:
        yield batch


def _loss(
    network: AttentionNetwork,
    tokens: Tokens,
    targets: Targets,
    rows: list[int],
    settings: LoopSettings,
) -> Tensor:
    device = next(network.parameters()).device
    with _precision(device):
        scores, shares = network(tokens.batch(rows, device, masked=settings.token_dropout))
    scores = scores.float()
    themes = torch.from_numpy(targets.themes[rows]).to(device)
    counted = torch.from_numpy(targets.counted[rows]).to(device)
    roles = torch.from_numpy(targets.roles[rows]).to(device)
    n_themes = themes.shape[1]
    each = functional.binary_cross_entropy_with_logits(
        scores[:, :n_themes], themes, reduction="none"
    )
    loss = (each * counted).sum(dim=1).mean()
    if roles.shape[1]:
        logs = scores[:, n_themes:].log_softmax(dim=1)
        loss = loss - settings.role_weight * (roles * logs).sum(dim=1).mean()
    if settings.pair_weight:
        apart = _pairs_apart(targets, rows, scores[:, :n_themes], themes)
        loss = loss + settings.pair_weight * apart / len(rows)
    if settings.evidence_weight:
        looked = _looked_elsewhere(tokens, targets, rows, shares.float())
        loss = loss + settings.evidence_weight * looked / len(rows)
    return cast(Tensor, loss)


def _pairs_apart(targets: Targets, rows: list[int], scores: Tensor, themes: Tensor) -> Tensor:
    """Sum, over pairs and the themes that tell their sides apart, how far these are from it."""
    sides: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        pair = targets.pairs[row]
        if pair is not None:
            sides[pair].append(i)
    both = [found for found in sides.values() if len(found) == 2]
    if not both:
        return torch.zeros((), device=scores.device)
    a, b = (torch.tensor(side, device=scores.device) for side in zip(*both, strict=True))
    carried = (themes > 0.5).float()  # labels stay on their side of it when blended
    coded = torch.from_numpy(targets.coded[rows]).to(scores.device)
    differ = (carried[a] - carried[b]) * coded[a] * coded[b]
    short = functional.softplus(MARGIN - differ * (scores[a] - scores[b]))
    return cast(Tensor, (short * differ.abs()).sum())


def _looked_elsewhere(tokens: Tokens, targets: Targets, rows: list[int], shares: Tensor) -> Tensor:
    """Sum, over marked themes, the negative log of the attention that rests on the marks."""
    at, columns, shown = [], [], []
    for i, row in enumerate(rows):
        if targets.marks[row] and len(targets.sentences[row]) > 1:
            where = tokens.sentence_of_tokens(row, targets.sentences[row], shares.shape[1])
            for column, sentences in targets.marks[row].items():
                seen = torch.isin(where, torch.tensor(sorted(sentences)))
                if seen.any():  # else it was cut off
                    at.append(i)
                    columns.append(column)
                    shown.append(seen)
    if not at:
        return torch.zeros((), device=shares.device)
    picked = shares[at, :, columns] * torch.stack(shown).to(shares.device)
    return cast(Tensor, -picked.sum(dim=1).clamp(min=1e-6).log().sum())


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a training keeps its state and tells of its progress, and what it is known by."""

    key: str
    checkpoint: str | Path | None
    on_progress: Callable[[Progress], object] | None


@dataclass(frozen=True, slots=True)
class _State:
    """What of a training is kept, so that it can go on in another process."""

    key: str
    network: Any
    optimizer: Any
    schedule: Any

    def keep(self, file: Path, epochs: int, seconds: float) -> None:
        """Write it, whole or not at all."""
        kept = {
            "key": self.key,
            "epochs": epochs,
            "seconds": seconds,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
        }
        save_whole(kept, file)

    def restore(self, file: Path) -> tuple[int, float]:
        """Take up what was kept, if anything was; return the epochs and seconds it took."""
        if not file.is_file():
            return 0, 0.0
        kept = torch.load(file, weights_only=True, map_location="cpu")
        if kept["key"] != self.key:
            raise ModelError(file, "is of another training", "remove it, or name another file")
        self.network.load_state_dict(kept["network"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.schedule.load_state_dict(kept["schedule"])
        torch.set_rng_state(kept["random"])
        return int(kept["epochs"]), float(kept["seconds"])
