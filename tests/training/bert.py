"""A BERT of a few thousand weights, all random, with a WordPiece tokenizer of its own.

``python -m tests.training.bert`` writes its export anew to ``tests/encoding/tiny/``.
"""

from __future__ import annotations

import json
import string
from pathlib import Path

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["the", "was", "not", "no", "one", "child", "nurse", "school", "told", "seen", "visit"]
WORDS += ["week", "note", "and", "of", "to", "in", "a"]
WINDOW = 32
# Small enough to keep, and as sensitive to the company of a text as the encoder that ships.
TINY = Path(__file__).parent.parent / "encoding" / "tiny"


def vocabulary():
    letters = string.ascii_lowercase + string.digits + ".,'"
    pieces = [*SPECIAL, *letters, *(f"##{letter}" for letter in letters), *WORDS]
    return {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}


def write_tokenizer(folder):
    from tokenizers import (  # noqa: PLC0415 - only the constants are needed without torch
        Tokenizer,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    vocab = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", vocab["[SEP]"]), ("[CLS]", vocab["[CLS]"])
    )
    tokenizer.save(str(Path(folder, "tokenizer.json")))
    Path(folder, "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizerFast", "model_max_length": WINDOW}),
        encoding="utf-8",
    )


def write_bert(folder):
    """Write a Hugging Face model folder and return the model, in evaluation mode."""
    import torch  # noqa: PLC0415 - may be missing
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary()),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=2 * WINDOW,
        initializer_range=0.5,  # far enough from nought that texts differ
        attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    model.save_pretrained(folder)
    write_tokenizer(folder)
    return model


if __name__ == "__main__":
    import tempfile

    from scr_themes.training.export import export_encoder

    with tempfile.TemporaryDirectory() as scratch:
        write_bert(scratch)
        export_encoder(
            scratch,
            TINY,
            layers=(1, 2),
            poolings=("mean", "max"),
            window=WINDOW,
        )
