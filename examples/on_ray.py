"""Tag a table of passages with Ray Data.

Run: ``python examples/on_ray.py PASSAGES OUTFOLDER [WORKERS]`` on a machine of the cluster, or on
any, to try it. PASSAGES is JSONL or Parquet with a column ``text``. Every worker has scr-themes
installed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import ray

import scr_themes

if TYPE_CHECKING:
    import pandas as pd


class Tagger:
    """A worker process: made once, then given one batch after another."""

    def __init__(self) -> None:
        self.model = scr_themes.load("fast")

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch with its tags."""
        tagged = self.model.tag(batch["text"])
        return batch[["text"]].assign(
            role=[passage.role for passage in tagged],
            themes=[list(passage.themes) for passage in tagged],
            probabilities=[[tag.probability for tag in passage.tags] for passage in tagged],
        )


def main() -> None:
    passages, out = sys.argv[1:3]
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    read = ray.data.read_parquet if passages.endswith(".parquet") else ray.data.read_json
    read(passages).map_batches(
        Tagger,
        batch_format="pandas",
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=1,
    ).write_json(out)


if __name__ == "__main__":
    main()
