"""The networks that are trained: an encoder of tokens under attention heads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from scr_themes.errors import ModelError


class TransformerEncoder(nn.Module):
    """A BERT-like transformer from a Hugging Face model folder; gives its last hidden layer.

    Parameters
    ----------
    folder : path-like
        With ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
    dropout : float, default 0.1
        Of hidden layers. Dropout of attention is off: it is slow on a CPU, and was no help.
    frozen_layers : int, default 0
        The embeddings and so many layers above them stay as they are, which saves a good part of
        the time; with 0 the embeddings learn, too.
    """

    def __init__(self, folder: str | Path, *, dropout: float = 0.1, frozen_layers: int = 0) -> None:
        super().__init__()
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            if not Path(folder, name).is_file():
                raise ModelError(folder, f"has no {name}", "give a Hugging Face model folder")
        # "eager": faster on a CPU than the fused attention, which has no quick way back.
        self.model = AutoModel.from_pretrained(
            folder,
            attn_implementation="eager",
            local_files_only=True,
            add_pooling_layer=False,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
        )
        self.width = int(self.model.config.hidden_size)
        # Some models number positions from 2 on.
        self.positions = int(self.model.config.max_position_embeddings) - 2
        layers = list(self.model.encoder.layer)
        for part in [self.model.embeddings, *layers[:frozen_layers]] if frozen_layers else []:
            part.requires_grad_(False)
            for module in part.modules():
                if isinstance(module, nn.Dropout):
                    module.p = 0.0
        self._n_layers = len(layers)

    def below_top(self, parameter: str) -> int:
        """Return how many layers lie between a parameter, by its name, and the heads."""
        found = re.search(r"layer\.(\d+)\.", parameter)
        return self._n_layers - (int(found[1]) + 1 if found else 0)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return token vectors, shape (n_passages, n_tokens, width)."""
        found = self.model(input_ids=input_ids, attention_mask=attention_mask)
        return cast(Tensor, found.last_hidden_state)


class ConvolutionalEncoder(nn.Module):
    """Small convolutions over compact token embeddings: word order at little cost.

    Each block mixes neighbours by a depthwise convolution and channels by two pointwise layers,
    with a residual path, as ConvNeXt does for images (Liu et al. 2022, *A ConvNet for the 2020s*,
    CVPR).

    Parameters
    ----------
    vocabulary : int
        How many token ids there are.
    width : int
        Channels.
    blocks : int
        How many blocks; each lets a token see ``reach`` more to either side.
    reach : int
    expansion : int
        How many times ``width`` the hidden pointwise layer has.
    dropout : float, default 0.1
    """

    def __init__(
        self,
        vocabulary: int,
        *,
        width: int,
        blocks: int,
        reach: int,
        expansion: int,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(vocabulary, width)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            nn.ModuleDict(
                {
                    "near": nn.Conv1d(width, width, 2 * reach + 1, padding=reach, groups=width),
                    "norm": nn.LayerNorm(width),
                    "widen": nn.Linear(width, expansion * width),
                    "narrow": nn.Linear(expansion * width, width),
                }
            )
            for _ in range(blocks)
        )

    def below_top(self, parameter: str) -> int:  # noqa: ARG002 - all parts learn alike
        """Return 0: nothing of it was trained before."""
        return 0

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return token vectors, shape (n_passages, n_tokens, width)."""
        mask = attention_mask[..., None].to(self.embedding.weight.dtype)
        x = self.drop(self.norm(self.embedding(input_ids)))
        for block in self.blocks:
            # Padding is nought, so that a passage's vectors do not depend on its company.
            near = block["near"]((x * mask).transpose(1, 2)).transpose(1, 2)
            wide = nn.functional.relu(block["widen"](block["norm"](near)))
            x = x + self.drop(block["narrow"](wide))
        return cast(Tensor, x)


def compact_embeddings(words: Tensor, width: int) -> Tensor:
    """Turn a transformer's token embeddings into ones of fewer dimensions: its principal axes.

    Parameters
    ----------
    words : Tensor, shape (vocabulary, n_dimensions)
    width : int
        At most ``n_dimensions``.

    Returns
    -------
    Tensor, shape (vocabulary, width)
        Of the scale that a fresh embedding has.
    """
    centred = words - words.mean(dim=0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    compact = centred @ axes[:width].T
    return compact / compact.std()


class AttentionNetwork(nn.Module):
    """An encoder under one attention and one score for each theme and role.

    The torch side of :class:`scr_themes.classifying.attention.AttentionHeads`.

    Parameters
    ----------
    encoder : Module
        Gives token vectors of ``encoder.width``.
    n_columns : int
        Themes and roles together.
    dropout : float, default 0.1
        Of token vectors before the heads.
    """

    def __init__(self, encoder: Any, n_columns: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(dropout)
        self.queries = nn.Linear(encoder.width, n_columns, bias=False)
        self.scores = nn.Linear(encoder.width, n_columns)
        nn.init.zeros_(self.queries.weight)  # at first each attention is the mean

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return scores (n_passages, n_columns), attention (n_passages, n_tokens, n_columns)."""
        vectors = self.drop(self.encoder(batch.input_ids, batch.attention_mask).float())
        rests = self.queries(vectors).masked_fill(~batch.inner[..., None], float("-inf"))
        # A passage without a word has nothing to rest on: nought, and not NaN.
        shares = torch.nan_to_num(rests.softmax(dim=1))
        return (shares * nn.functional.linear(vectors, self.scores.weight)).sum(
            dim=1
        ) + self.scores.bias, shares

    def digest(self) -> str:
        """Return a checksum of its weights."""
        return digest(self)


def digest(module: nn.Module) -> str:
    """Return a checksum of a module's weights."""
    state = hashlib.sha256()
    for name, value in module.state_dict().items():
        state.update(f"{name} {tuple(value.shape)}".encode())
        state.update(value.detach().cpu().numpy().tobytes())
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids of some passages, padded to the longest.

    ``inner`` is true for the tokens of the text itself, without the special ones and padding.
    """

    input_ids: Tensor
    attention_mask: Tensor
    inner: Tensor


def padded(length: int) -> int:
    """Round a length up: a library that compiles for each shape then meets few of them."""
    return -(-length // 16) * 16


class Tokens:
    """The token ids of a set of texts, cut off at a window, and batches of them.

    Training may cut a long passage off; tagging never does.

    Parameters
    ----------
    tokenizer_file : path-like
        A ``tokenizer.json`` whose special tokens are a first and a last one.
    texts : sequence of str
    window : int
        Tokens read at most, the two special ones included.
    """

    def __init__(self, tokenizer_file: str | Path, texts: Sequence[str], window: int) -> None:
        tokenizer = Tokenizer.from_file(str(tokenizer_file))
        tokenizer.no_padding()
        if None in (tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")):
            raise ModelError(
                tokenizer_file, "has no [CLS] and [SEP]", "give a model of the BERT kind"
            )
        tokenizer.enable_truncation(window)
        encodings = tokenizer.encode_batch(list(texts))
        self.ids = [np.array(encoding.ids, dtype=np.int64) for encoding in encodings]
        self.starts = [[start for start, _ in encoding.offsets] for encoding in encodings]
        self.padding = tokenizer.token_to_id("[PAD]") or 0
        mask = tokenizer.token_to_id("[MASK]")
        self.mask = self.padding if mask is None else mask

    def __len__(self) -> int:
        return len(self.ids)

    def length(self, row: int) -> int:
        """Return how many tokens a text has."""
        return len(self.ids[row])

    def batch(self, rows: Sequence[int], device: Any = "cpu", *, masked: float = 0.0) -> Batch:
        """Pad some texts to one length, and mask a share of their tokens, drawn at random."""
        longest = padded(max(map(self.length, rows)))
        lengths = np.array([self.length(row) for row in rows])[:, None]
        filled = np.full((len(rows), longest), self.padding, dtype=np.int64)
        for i, row in enumerate(rows):
            filled[i, : self.length(row)] = self.ids[row]
        place = np.arange(longest)
        ids = torch.from_numpy(filled)
        mask = torch.from_numpy((place < lengths).astype(np.int64))
        inner = torch.from_numpy((place > 0) & (place < lengths - 1))
        if masked:
            ids = ids.masked_fill((torch.rand(ids.shape) < masked) & inner, self.mask)
        return Batch(ids.to(device), mask.to(device), inner.to(device))

    def sentence_of_tokens(self, row: int, sentences: Sequence[int], width: int) -> Tensor:
        """Return the number of the sentence that each of ``width`` padded tokens stands in."""
        starts = torch.tensor(self.starts[row])
        found = torch.full((width,), -1, dtype=torch.long)
        edges = torch.tensor(list(sentences)[1:])
        found[1 : len(starts) - 1] = torch.searchsorted(edges, starts[1:-1], right=True)
        return found
