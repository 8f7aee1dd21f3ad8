"""Tag a table of passages on a Spark cluster.

Run: ``spark-submit examples/on_spark.py PASSAGES OUTFOLDER`` or, to try it on this machine,
``PYSPARK_PYTHON=$(which python) python examples/on_spark.py PASSAGES OUTFOLDER``. PASSAGES is JSONL
or Parquet with a column ``text``. The workers' Python, which PYSPARK_PYTHON names, has scr-themes,
pandas and pyarrow installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

import scr_themes

if TYPE_CHECKING:
    import pandas as pd


@cache  # once a worker process, which Spark uses again for the next partition
def model() -> scr_themes.ThemeClassifier:
    return scr_themes.load("fast")


def tag(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for batch in batches:
        tagged = model().tag(batch["text"])
        yield batch[["text"]].assign(
            role=[passage.role for passage in tagged],
            themes=[list(passage.themes) for passage in tagged],
            probabilities=[[tag.probability for tag in passage.tags] for passage in tagged],
        )


def main() -> None:
    passages, out = sys.argv[1:]
    spark = SparkSession.builder.appName("scr-themes").getOrCreate()
    # Workers import this file: of a function sent to them, the cache would be new for each task.
    spark.sparkContext.addPyFile(__file__)
    import on_spark  # noqa: PLC0415 - as a module, and not as a script

    read = spark.read.parquet if passages.endswith(".parquet") else spark.read.json
    schema = "text string, role string, themes array<string>, probabilities array<double>"
    read(passages).mapInPandas(on_spark.tag, schema).write.json(out)
    spark.stop()


if __name__ == "__main__":
    main()
