"""Export a BERT-like encoder to a small int8 ONNX graph that gives pooled vectors."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scr_themes.encoding.onnx import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE
from scr_themes.errors import MissingExtraError, ModelError

try:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from tokenizers import Tokenizer
    from transformers import AutoModel
except ImportError as error:  # pragma: no cover - depends on what is installed
    raise MissingExtraError(error.name or "torch", "train") from error


class _PooledLayers(torch.nn.Module):
    """An encoder with mean and maximum over tokens of chosen layers as its only output."""

    def __init__(self, model: Any, layers: Sequence[int], poolings: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.layers = tuple(layers)
        self.poolings = tuple(poolings)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.model(
            input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
        ).hidden_states
        mask = attention_mask[..., None].to(hidden[0].dtype)
        parts = []
        for layer in self.layers:
            if "mean" in self.poolings:
                parts.append((hidden[layer] * mask).sum(1) / mask.sum(1))
            if "max" in self.poolings:
                parts.append((hidden[layer] + (mask - 1) * 1e4).amax(1))
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
    tried, the one nearest to fp32 at the speed of int8.

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
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch, "plain.onnx")
        example = torch.arange(4)[None]  # any four tokens
        torch.onnx.export(
            _PooledLayers(model, layers, poolings),
            (example, torch.ones_like(example)),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "passage", 1: "token"},
                "attention_mask": {0: "passage", 1: "token"},
                "embedding": {0: "passage"},
            },
            opset_version=17,
            dynamo=False,
        )
        if int8:
            quantize_dynamic(
                plain, target / MODEL_FILE, per_channel=True, weight_type=QuantType.QInt8
            )
        else:
            shutil.copyfile(plain, target / MODEL_FILE)
    tokenizer = Tokenizer.from_file(str(source / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(target / TOKENIZER_FILE), pretty=False)
    config = {
        "window": window,
        "dimensions": len(layers) * len(poolings) * int(model.config.hidden_size),
        "layers": list(layers),
        "poolings": list(poolings),
        "int8": int8,
    }
    (target / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return target
