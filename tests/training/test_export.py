"""What an exported encoder says is what the model itself says."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tokenizers import Tokenizer

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")

from scr_themes.encoding import OnnxEncoder  # noqa: E402 - torch may be missing
from scr_themes.errors import ModelError  # noqa: E402
from scr_themes.training import export as exporting  # noqa: E402
from scr_themes.training.bert_graph import is_bert  # noqa: E402
from scr_themes.training.export import export_encoder  # noqa: E402
from tests.training.bert import TINY, WINDOW, write_bert  # noqa: E402

pytestmark = pytest.mark.filterwarnings(
    # torch's exporter and tracer, about themselves and about transformers.
    "ignore:You are using the legacy TorchScript-based ONNX export:DeprecationWarning",
    "ignore:Converting a tensor to a Python boolean",
    "ignore:Exporting aten..index operator of advanced indexing:UserWarning",
    "ignore:.*:DeprecationWarning:(torch|onnx|onnxruntime|transformers)",
    "ignore:.*:FutureWarning:(torch|onnx|onnxruntime|transformers)",
)

TEXTS = [
    "the nurse was told of the visit.",
    "no child seen at school in a week, and no note of it.",
    "one",
    "",
    "the school told the nurse, the nurse told no one, and the visit was not seen",
]
POOLINGS = [("mean",), ("max",), ("mean", "max")]
LAYERS = [(-1,), (0,), (1, 2), (0, 1, -1)]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    return folder, write_bert(folder)


@pytest.fixture(scope="module")
def export(source, tmp_path_factory):
    """Export once for each set of options."""
    made = {}

    def exported(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in made:
            target = tmp_path_factory.mktemp("exported") / "deep" / "encoder"
            made[key] = export_encoder(source[0], target, window=WINDOW, **options)
        return OnnxEncoder(made[key], n_threads=1)

    return exported


def by_torch(source, texts, layers, poolings):
    """Pool a text's hidden states with torch, without any of the exporter's code."""
    folder, model = source
    tokenizer = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))
    rows = []
    for text in texts:
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.no_grad():
            hidden = model(input_ids=ids, output_hidden_states=True).hidden_states
        pools = {"mean": lambda layer: layer.mean(0), "max": lambda layer: layer.max(0).values}
        rows.append(torch.cat([pools[name](hidden[k][0]) for k in layers for name in poolings]))
    return torch.stack(rows).numpy()


@pytest.mark.parametrize("poolings", POOLINGS)
@pytest.mark.parametrize("layers", LAYERS)
def test_fp32_is_the_model(source, export, layers, poolings):
    encoder = export(layers=list(layers), poolings=list(poolings), int8=False)
    found = encoder.encode(TEXTS)
    assert found.shape == (len(TEXTS), len(layers) * len(poolings) * 16)
    np.testing.assert_allclose(found, by_torch(source, TEXTS, layers, poolings), atol=1e-4)


def cosines(found, expected):
    return (found * expected).sum(axis=1) / (
        np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    )


def test_int8_is_near_the_model(source, export):
    layers, poolings = (1, 2), ("mean", "max")
    found = export(layers=list(layers), poolings=list(poolings)).encode(TEXTS)
    expected = by_torch(source, TEXTS, layers, poolings)
    assert cosines(found, expected).min() > 0.98
    assert not np.allclose(found, expected, atol=1e-4)  # int8 it is


@pytest.mark.parametrize("int8", [False, True], ids=["fp32", "int8"])
def test_a_model_of_another_kind_is_traced(source, tmp_path, monkeypatch, int8):
    monkeypatch.setattr(exporting, "is_bert", lambda model: False)
    options = {"layers": [1, 2], "poolings": ["mean", "max"], "window": WINDOW, "int8": int8}
    encoder = OnnxEncoder(export_encoder(source[0], tmp_path / "traced", **options))
    expected = by_torch(source, TEXTS, (1, 2), ("mean", "max"))
    found = encoder.encode(TEXTS)
    assert cosines(found, expected).min() > (0.98 if int8 else 0.99999)
    for text, tokens in zip(TEXTS, encoder.tokens(TEXTS), strict=True):
        assert len(tokens.vectors) == len(tokens.starts) >= len(text.split())


def test_what_cannot_be_laid_out_is_told(source):
    model = source[1]
    assert is_bert(model)
    for other in ({"model_type": "mpnet"}, {"hidden_act": "relu"}, {"is_decoder": True}):
        config = SimpleNamespace(**{"model_type": "bert", "hidden_act": "gelu"} | other)
        assert not is_bert(SimpleNamespace(config=config))


def test_layers_that_are_not_asked_for_cost_no_output(source, tmp_path):
    folder = export_encoder(source[0], tmp_path / "one", layers=[-1], window=WINDOW)
    outputs = onnx.load(folder / "model.onnx").graph.output
    assert [output.name for output in outputs] == ["tokens", "products"]


def test_the_folder_describes_itself(export):
    folder = export(layers=[1, 2], poolings=["mean", "max"]).folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "encoder.json",
        "model.onnx",
        "tokenizer.json",
    ]
    assert json.loads((folder / "encoder.json").read_text()) == {
        "window": WINDOW,
        "dimensions": 64,
        "layers": [1, 2],
        "poolings": ["mean", "max"],
        "int8": True,
        "outputs": ["layer.1", "tokens"],
    }


def test_the_stored_one_is_this_export(export):
    """The encoder that other tests keep in ``tests/encoding/tiny`` comes from these options.

    It was traced, as models of another kind than BERT still are, with weights up to 127.
    """
    ours = export(layers=[1, 2], poolings=["mean", "max"]).encode(TEXTS)
    assert cosines(OnnxEncoder(TINY).encode(TEXTS), ours).min() > 0.98


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_source_without_one_of_its_files(source, tmp_path, name):
    for path in source[0].iterdir():
        if path.is_file() and path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ModelError, match=f"has no {name}; give a Hugging Face model folder"):
        export_encoder(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
