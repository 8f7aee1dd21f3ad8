"""SQLite in Datasette: the tables, the view of tags and the search, over its JSON API."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest

from scr_themes.writing import write
from tests.tagged import tagged_document, tagged_passage
from tests.writing.tables import FIRST, SECOND

pytestmark = pytest.mark.skipif(find_spec("datasette") is None, reason="needs datasette")

SIGNS = tagged_document(
    tagged_passage("👩‍👧 مرحبا. Nobody\x00recorded it.", {"recording": 0.9}), name="signs.txt"
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Serve a database and return what its JSON API answers."""
    path = tmp_path_factory.mktemp("served") / "tags.sqlite"
    write([FIRST, SECOND, SIGNS], path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", str(path), "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL) as server:

        def get(page, **asked):
            url = f"http://127.0.0.1:{port}/tags/{quote(page)}.json?{urlencode(asked)}"
            with urlopen(url) as answer:
                return json.load(answer)

        try:
            for _ in range(300):
                try:
                    get("about")
                    break
                except URLError:
                    assert server.poll() is None, "it did not start"
                    time.sleep(0.1)
            yield get
        finally:
            server.terminate()


def test_tables_are_shown_and_facets_count_them(ask):
    found = ask("tagged", _shape="objects", _facet="theme", _sort="tag_id")
    assert found["rows"][0]["theme_title"] == "Poor recording"
    assert found["rows"][0]["evidence"] == "No note."
    results = found["facet_results"]
    counts = {f["value"]: f["count"] for f in results["theme"]["results"]}
    assert counts == {"recording": 2, "child_voice": 2}


def test_foreign_keys_are_links_with_labels(ask):
    (tag,) = ask("tags", _shape="array", _labels="on", theme="recording", coding_id=1)
    assert tag["theme"] == {"value": "recording", "label": "Poor recording"}


def test_passages_have_a_search_box(ask):
    found = ask("passages", _shape="array", _search="asking")
    assert [row["text"] for row in found] == ["She was not asked."]
    found = ask("passages", _shape="array", _search="recording")
    assert [row["text"] for row in found] == [SIGNS.passages[0].text]
