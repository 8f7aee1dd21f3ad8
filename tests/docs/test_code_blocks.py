"""Every code block of the documentation runs, in the order of its page, and prints what it says."""

from __future__ import annotations

import contextlib
import doctest
import io
import shutil
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scr_themes.cli import app
from tests.docs.blocks import Block, blocks_of, commands_of, find_blocks, folder_of, pages

# Why a block may be left alone, and how many of all pages are: a new one is to be thought about.
NOT_RUN = {"installs": 2, "needs a cluster": 2, "takes hours": 1}
LANGUAGES = {"python", "bash", "text", "toml", "csv", "json", "bibtex"}
ELLIPSIS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
RUNNING = [page for page in pages() if any(block.runs for block in blocks_of(page))]


class Reader:
    """Somebody who works through a page in a folder of their own."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.printed = ""

    def take(self, block: Block) -> None:
        if "file" in block.marks:
            Path(block.marks["file"]).write_text(block.text, encoding="utf-8")
        elif "output" in block.marks:
            self.compare(block)
        elif block.runs and block.language == "python":
            self.run(block)
        elif block.runs:
            self.command(block)

    def run(self, block: Block) -> None:
        code = compile(block.text, block.where, "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, self.names)
        self.printed = out.getvalue()

    def command(self, block: Block) -> None:
        asked = int(block.marks.get("exit", 0))
        self.printed = ""
        for arguments in commands_of(block):
            result = CliRunner().invoke(app, arguments, prog_name="scr-themes")
            said = f"{block.where}: scr-themes {' '.join(arguments)}\n{result.output}"
            assert result.exit_code == asked, said
            assert result.exception is None or isinstance(result.exception, SystemExit), said
            self.printed += result.stderr if asked else result.stdout

    def compare(self, block: Block) -> None:
        want = block.text.replace("\n...\n", "\n...\n")
        same = doctest.OutputChecker().check_output(want, self.printed, ELLIPSIS)
        assert same, f"{block.where} says\n{block.text}\nbut printed was\n{self.printed}"


@pytest.mark.parametrize("page", RUNNING)
def test_the_blocks_of_a_page(page: str, tmp_path: Path, monkeypatch) -> None:
    for file in folder_of(page):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MPLBACKEND", "agg")
    reader = Reader()
    for block in blocks_of(page):
        reader.take(block)


def test_every_block_says_what_it_is() -> None:
    for page in pages():
        for block in blocks_of(page):
            assert block.language in LANGUAGES, f"{block.where}: {block.language!r}"
            assert "exit" not in block.marks or block.language == "bash", block.where
            assert "output" not in block.marks or block.language == "text", block.where


def test_blocks_left_alone_are_few_and_say_why() -> None:
    left = Counter(
        block.marks["not run"] for page in pages() for block in blocks_of(page)
        if "not run" in block.marks
    )  # fmt: skip
    assert not left.keys() - NOT_RUN.keys()
    assert all(n <= NOT_RUN[why] for why, n in left.items()), left


def test_most_blocks_run() -> None:
    runs = [block for page in pages() for block in blocks_of(page) if block.runs]
    assert len(runs) >= 50


def test_a_block_that_fails_is_told() -> None:
    (wrong, output) = find_blocks(
        "p.md", "```python\nprint(1)\n```\n\n<!-- output -->\n```text\n2\n```\n"
    )
    reader = Reader()
    reader.take(wrong)
    with pytest.raises(AssertionError, match=r"p\.md:6 says"):
        reader.take(output)
    with pytest.raises(ZeroDivisionError):
        reader.take(Block("p.md", 1, "python", "1 / 0\n"))
    with pytest.raises(AssertionError, match="no-such"):
        reader.take(Block("p.md", 1, "bash", "scr-themes no-such\n"))


def test_marks_belong_to_the_block_that_follows() -> None:
    markdown = "<!-- not run: installs -->\n```bash\npip install .\n```\n\n```bash\nls\n```\n"
    first, second = find_blocks("p.md", markdown)
    assert (first.runs, second.runs) == (False, True)
    with pytest.raises(ValueError, match="no scr-themes command"):
        commands_of(second)
    with pytest.raises(ValueError, match="never closed"):
        list(find_blocks("p.md", "```python\n1\n"))
    with pytest.raises(ValueError, match="needs a shell"):
        commands_of(Block("p.md", 1, "bash", "scr-themes themes > x\n"))


def test_blocks_in_tabs_lose_their_indent() -> None:
    (block,) = find_blocks("p.md", '=== "A"\n\n    ```python\n    if 1:\n        x = 2\n    ```\n')
    assert block.text == "if 1:\n    x = 2\n"
