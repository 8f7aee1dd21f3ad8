"""Parquet in DuckDB: tags unnested and counted in SQL."""

from __future__ import annotations

import pytest

from scr_themes.writing import write
from tests.writing.tables import FIRST, SECOND

duckdb = pytest.importorskip("duckdb")


def test_tags_are_counted_in_sql(tmp_path):
    write([FIRST, SECOND], tmp_path / "tags.parquet")
    found = duckdb.sql(
        f"""
        SELECT tag.theme, count(*) AS n, max(tag.probability) AS most
        FROM (SELECT unnest(tags) AS tag FROM '{tmp_path / "tags.parquet"}')
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert found == [("child_voice", 2, 0.8), ("recording", 1, 0.9123)]
