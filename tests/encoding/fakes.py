"""An encoder for tests: no model, no network, the same vector for a text on every machine."""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Sequence

import numpy as np


class WordCounts:
    """Hashed counts of words, 64 of them, scaled to length 1."""

    dimensions = 64

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, 1)


class SlowWordCounts(WordCounts):
    """The same, after as many seconds as ``SLOW_ENCODING`` in the environment says."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(float(os.environ.get("SLOW_ENCODING", "0")))
        return super().encode(texts)
