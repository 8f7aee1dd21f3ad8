"""Our SQLite in Datasette, and our XLSX in LibreOffice: real programs, invented documents."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from scr_themes.codebook import Codebook
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import write
from tests.browser.reviews import reviews

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def test_sqlite_opens_in_datasette(tmp_path):
    """Its tables are listed, and words are found, over Datasette's own JSON."""
    app = pytest.importorskip("datasette.app", reason="needs the group readers")
    file = tmp_path / "tags.sqlite"
    write(reviews(), file, codebook=Codebook.load())

    async def ask() -> tuple[set[str], int]:
        datasette = app.Datasette(files=[], immutables=[str(file)])
        tables = (await datasette.client.get("/tags.json")).json()["tables"]
        sql = "select count(*) as n from passages_fts where passages_fts match 'written'"
        found = await datasette.client.get("/tags.json", params={"sql": sql, "_shape": "array"})
        return {table["name"] for table in tables}, found.json()[0]["n"]

    tables, n_found = asyncio.run(ask())
    assert {"coders", "documents", "passages", "tags", "themes"} <= tables
    words = [p.text for review in reviews() for p in review.passages]
    assert n_found == sum("written" in text for text in words) > 0


@pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice: apt-get install libreoffice-calc")
def test_xlsx_saved_by_libreoffice_has_the_same_tags(tmp_path):
    file = tmp_path / "tags.xlsx"
    write(reviews(), file, codebook=Codebook.load())
    saved = tmp_path / "saved"
    command = [
        str(SOFFICE), "--headless", f"-env:UserInstallation={Path(tmp_path, 'profile').as_uri()}",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved), str(file),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    ours, theirs = read_as_coded(file), read_as_coded(saved / "tags.xlsx")
    assert coded(theirs) == coded(ours)
    assert len(ours) == len(reviews())
    assert theirs.unmapped == ()


def coded(codings) -> list[tuple]:
    """Return what is to be the same: LibreOffice keeps all but CR LF, of which it makes LF."""
    return [
        (tagged.coder, tagged.document.title, p.text.replace("\r\n", "\n"), p.role, p.tags)
        for tagged in codings
        for p in tagged.passages
    ]
