"""An int8 transformer of a few thousand random weights, exported by ``tests.training.bert``.

Two layers of width 16, a window of 32 tokens, mean and maximum of both layers: small enough to
keep here, and as sensitive to the company of a text as the encoder that ships.
"""

from __future__ import annotations

from pathlib import Path

TINY = Path(__file__).parent
