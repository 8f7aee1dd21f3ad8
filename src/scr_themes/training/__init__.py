"""The heavy side: making models. Needs the extra ``train`` (torch, transformers, onnx).

:func:`fine_tune` turns thousands of coded passages into a classifier of one's own;
:func:`export_encoder` makes any BERT-like model an encoder that needs no torch.
"""

from importlib.util import find_spec

from scr_themes.errors import MissingExtraError

for _needed in ("torch", "transformers", "onnx"):
    if find_spec(_needed) is None:
        raise MissingExtraError(_needed, "train")

from scr_themes.training.examples import Example  # noqa: E402 - what it needs is checked first
from scr_themes.training.export import export_encoder  # noqa: E402
from scr_themes.training.fine_tuning import fine_tune  # noqa: E402
from scr_themes.training.loop import LoopSettings, Progress  # noqa: E402

__all__ = ["Example", "LoopSettings", "Progress", "export_encoder", "fine_tune"]
