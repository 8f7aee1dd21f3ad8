"""The keyword lists of ``benchmarks/keywords.toml``, as patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "benchmarks" / "keywords.toml"


def keyword_lists(themes: Sequence[str]) -> tuple[re.Pattern[str], list[re.Pattern[str]]]:
    """Return the pattern of failing, and one of the topic for each theme."""
    lists = tomllib.loads(FILE.read_text(encoding="utf-8"))
    joined = [lists["failing"], *(lists["themes"][theme] for theme in themes)]
    wrong, *topics = (re.compile("|".join(words), re.IGNORECASE) for words in joined)
    return wrong, topics
