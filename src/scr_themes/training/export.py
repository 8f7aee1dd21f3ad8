"""Export encoders to small int8 ONNX graphs that give token vectors, and layers to pool."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

from scr_themes.encoding.onnx import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE
from scr_themes.errors import ModelError
from scr_themes.training.bert_graph import bert_graph, is_bert, output_of
from scr_themes.training.convolution_graph import convolution_graph, gap
from scr_themes.training.networks import ConvolutionalEncoder, Tokens


class _PooledLayers(torch.nn.Module):
    """A transformer that gives mean and maximum over tokens of chosen layers, and the last layer.

    The last layer's token vectors are what attention heads read; see ``OnnxEncoder.tokens``.
    """

    def __init__(self, model: Any, layers: Sequence[int], poolings: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.layers = tuple(layers)
        self.poolings = tuple(poolings)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.model(
            input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
        ).hidden_states
        layers = [hidden[layer] for layer in self.layers]
        return _pool(layers, attention_mask, self.poolings), hidden[-1]


def _pool(
    layers: Sequence[torch.Tensor], attention_mask: torch.Tensor, poolings: Sequence[str]
) -> torch.Tensor:
    mask = attention_mask[..., None].to(layers[0].dtype)
    parts = []
    for layer in layers:
        if "mean" in poolings:
            parts.append((layer * mask).sum(1) / mask.sum(1))
        if "max" in poolings:
            parts.append((layer + (mask - 1) * 1e4).amax(1))
    return torch.cat(parts, dim=1)


def export_encoder(
    source: str | Path,
    target: str | Path,
    *,
    layers: Sequence[int] = (-1,),
    poolings: Sequence[str] = ("mean",),
    window: int = 256,
    int8: bool = True,
) -> Path:
    """Export a transformer encoder for :class:`scr_themes.encoding.OnnxEncoder`.

    Dynamic int8 with signed weights, one scale an output channel: of the ways of quantizing
    tried, the one nearest to fp32 at the speed of int8. A BERT is laid out by
    :mod:`.bert_graph`; another model as ``torch.onnx`` does it, which runs a quarter longer.

    Parameters
    ----------
    source : path-like
        A Hugging Face model folder: ``config.json``, ``model.safetensors``, ``tokenizer.json``.
    target : path-like
        The folder to write ``model.onnx``, ``tokenizer.json`` and ``encoder.json`` to.
    layers : sequence of int, default (-1,)
        Hidden layers to pool, 0 being the embeddings.
    poolings : sequence of {"mean", "max"}, default ("mean",)
        How token vectors become one vector, for each layer.
    window : int, default 256
        Tokens read at once, the two special ones included.
    int8 : bool, default True
        Quantize the weights; else fp32.

    Returns
    -------
    pathlib.Path
        ``target``.

    Raises
    ------
    ModelError
        If ``source`` lacks one of its files.
    """
    source, target = Path(source), Path(target)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (source / name).is_file():
            raise ModelError(source, f"has no {name}", "give a Hugging Face model folder")
    model = AutoModel.from_pretrained(
        source, add_pooling_layer=False, attn_implementation="eager", local_files_only=True
    ).eval()
    config = {
        "window": window,
        "dimensions": len(layers) * len(poolings) * int(model.config.hidden_size),
        "layers": list(layers),
        "poolings": list(poolings),
        "int8": int8,
    }
    target.mkdir(parents=True, exist_ok=True)
    if is_bert(model):
        config["outputs"] = [output_of(n, model.config.num_hidden_layers) for n in layers]
        onnx.save(bert_graph(model, layers, int8=int8), target / MODEL_FILE)
    else:
        _trace(_PooledLayers(model, layers, poolings), target / MODEL_FILE, int8=int8)
    _describe(target, source / TOKENIZER_FILE, config)
    return target


def export_convolutions(
    encoder: ConvolutionalEncoder,
    tokenizer_file: str | Path,
    target: str | Path,
    *,
    texts: Sequence[str] | None = None,
    window: int = 256,
) -> Path:
    """Export a convolutional encoder for :class:`scr_themes.encoding.OnnxEncoder`.

    Parameters
    ----------
    encoder : ConvolutionalEncoder
    tokenizer_file : path-like
        The ``tokenizer.json`` that its vocabulary is of.
    target : path-like
        The folder to write to.
    texts : sequence of str, optional
        A few hundred texts like those to be tagged, for the scales of int8; see
        :mod:`.convolution_graph`. Without them the export is fp32.
    window : int, default 256
        Tokens read at once, the two special ones included.

    Returns
    -------
    pathlib.Path
        ``target``.
    """
    poolings = ("mean", "max")
    config = {
        "window": window,
        "dimensions": len(poolings) * encoder.width,
        "layers": [-1],
        "poolings": list(poolings),
        "int8": texts is not None,
        "outputs": ["tokens"],
        "gap": gap(encoder),
    }
    ids = None
    if texts is not None:
        ids = map(torch.from_numpy, Tokens(tokenizer_file, texts, window).ids)
    target = Path(target)
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(convolution_graph(encoder.cpu(), ids), target / MODEL_FILE)
    _describe(target, tokenizer_file, config)
    return target


def _describe(target: Path, tokenizer_file: str | Path, config: dict[str, Any]) -> None:
    """Write the tokenizer and the settings of an encoder."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(target / TOKENIZER_FILE), pretty=False)
    (target / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _trace(module: torch.nn.Module, target: Path, *, int8: bool) -> None:
    """Write the graph of a model that no code of ours lays out."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch, "plain.onnx")
        example = torch.arange(4)[None]  # any four tokens
        torch.onnx.export(
            module.eval(),
            (example, torch.ones_like(example)),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding", "tokens"],
            dynamic_axes={
                "input_ids": {0: "passage", 1: "token"},
                "attention_mask": {0: "passage", 1: "token"},
                "embedding": {0: "passage"},
                "tokens": {0: "passage", 1: "token"},
            },
            opset_version=17,
            dynamo=False,
        )
        if int8:
            quantize_dynamic(
                plain,
                target,
                op_types_to_quantize=["MatMul", "Gather"],
                per_channel=True,
                reduce_range=True,  # as LARGEST_WEIGHT is in the graphs of ours
                weight_type=QuantType.QInt8,
            )
        else:
            shutil.copyfile(plain, target)
