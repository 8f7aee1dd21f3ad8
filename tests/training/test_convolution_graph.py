"""The graph of a convolutional encoder says what the network says, in fp32 and in int8."""

from __future__ import annotations

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")

from scr_themes.encoding import OnnxEncoder  # noqa: E402 - torch may be missing
from scr_themes.training.convolution_graph import (  # noqa: E402
    activation_scales,
    convolution_graph,
)
from scr_themes.training.export import export_convolutions  # noqa: E402
from scr_themes.training.graphs import LARGEST_WEIGHT  # noqa: E402
from scr_themes.training.networks import ConvolutionalEncoder, Tokens  # noqa: E402
from tests.training.bert import WINDOW, WORDS, vocabulary, write_bert  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:(torch|onnx|transformers)")

TEXTS = [" ".join(WORDS[i % len(WORDS)] for i in range(k, k + 3 + k % 9)) for k in range(60)]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    write_bert(folder)
    return folder / "tokenizer.json"


@pytest.fixture(scope="module", params=[(1, 1, 1), (2, 4, 2), (3, 2, 3)], ids=str)
def encoder(request):
    blocks, reach, expansion = request.param
    torch.manual_seed(sum(request.param))
    made = ConvolutionalEncoder(
        len(vocabulary()), width=32, blocks=blocks, reach=reach, expansion=expansion
    )
    for name, value in made.named_parameters():
        if "norm" in name:  # else ones and noughts, and folding them would not show
            value.data += 0.3 * torch.randn_like(value)
    return made


def by_network(encoder, tokenizer, text):
    batch = Tokens(tokenizer, [text], WINDOW).batch([0])
    with torch.no_grad():
        return encoder.eval()(batch.input_ids, batch.attention_mask)[0]


@pytest.mark.parametrize("texts", [None, TEXTS], ids=["fp32", "int8"])
def test_token_vectors_are_the_network_s(encoder, tokenizer, tmp_path, texts):
    folder = export_convolutions(encoder, tokenizer, tmp_path, texts=texts, window=WINDOW)
    for text, found in zip(TEXTS, OnnxEncoder(folder).tokens(TEXTS), strict=True):
        expected = by_network(encoder, tokenizer, text)[1 : 1 + len(found.vectors)].numpy()
        if texts is None:
            np.testing.assert_allclose(found.vectors, expected, atol=1e-5)
        else:
            # Rounded, and by little: 3% of what the vectors differ by among themselves.
            assert 0 < np.abs(found.vectors - expected).mean() < 0.03 * expected.std()
        assert [text[i : i + 1] for i in found.starts] == [word[0] for word in text.split()]


@pytest.mark.parametrize("texts", [None, TEXTS], ids=["fp32", "int8"])
def test_texts_that_go_together_do_not_see_each_other(encoder, tokenizer, tmp_path, texts):
    folder = export_convolutions(encoder, tokenizer, tmp_path, texts=texts, window=WINDOW)
    one_by_one, together = OnnxEncoder(folder, n_threads=1), OnnxEncoder(folder, n_threads=1)
    one_by_one._gap = None
    for alone, beside in zip(one_by_one.tokens(TEXTS), together.tokens(TEXTS), strict=True):
        np.testing.assert_array_equal(alone.vectors, beside.vectors)


def test_its_vectors_are_pooled(encoder, tokenizer, tmp_path):
    folder = export_convolutions(encoder, tokenizer, tmp_path, window=WINDOW)
    for text, found in zip(TEXTS, OnnxEncoder(folder).encode(TEXTS), strict=True):
        length = 2 + len(text.split())  # special tokens count
        tokens = by_network(encoder, tokenizer, text)[:length]
        expected = torch.cat([tokens.mean(dim=0), tokens.max(dim=0).values]).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_folder_describes_itself(encoder, tokenizer, tmp_path):
    export_convolutions(encoder, tokenizer, tmp_path / "new" / "folder", texts=TEXTS, window=WINDOW)
    assert json.loads((tmp_path / "new" / "folder" / "encoder.json").read_text()) == {
        "window": WINDOW,
        "dimensions": 64,
        "layers": [-1],
        "poolings": ["mean", "max"],
        "int8": True,
        "outputs": ["tokens"],
        "gap": max(block["near"].padding[0] for block in encoder.blocks),
    }


def test_no_processor_overflows(encoder):
    """Two products in 16 bits must fit, as kernels without VNNI add them up."""
    ids = [torch.randint(len(vocabulary()), (9,)) for _ in range(20)]
    graph = convolution_graph(encoder, ids).graph
    layers = {
        constant.name: onnx.numpy_helper.to_array(constant)
        for constant in graph.initializer
        if constant.name.endswith(("widen", "narrow"))
    }
    assert len(layers) == 2 * len(encoder.blocks)
    for weights in layers.values():
        assert weights.dtype == np.int8
        assert np.abs(weights.astype(int)).max() == LARGEST_WEIGHT
    assert 2 * 255 * LARGEST_WEIGHT < 2**15


def test_scales_cover_most_of_what_is_seen(encoder):
    torch.manual_seed(3)
    ids = [torch.randint(len(vocabulary()), (40,)) for _ in range(10)]
    seen = []
    hook = encoder.blocks[0]["widen"].register_forward_hook(
        lambda _, __, made: seen.append(made.relu())
    )
    scales = activation_scales(encoder, ids)
    hook.remove()
    largest = float(torch.cat(seen, dim=1).max())
    normed, hidden = scales[0]
    assert 0.2 * largest <= 255 * hidden <= 1.001 * largest
    assert 1.5 < 127 * normed < 32**0.5  # norms of 32 channels: most within three, none beyond


def test_no_text_for_the_scales(encoder):
    with pytest.raises(ValueError, match="no text to take the scales of activations from"):
        activation_scales(encoder, [])
