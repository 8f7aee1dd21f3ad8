"""What pytest leaves out where the extra ``train`` is not installed."""

from __future__ import annotations

from importlib.util import find_spec

_TRAIN = ("torch", "transformers", "onnx")
# Collected for the examples in its docstrings, and not importable without them.
collect_ignore = [] if all(map(find_spec, _TRAIN)) else ["src/scr_themes/training"]
