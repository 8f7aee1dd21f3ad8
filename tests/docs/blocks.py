"""The code blocks of the pages in ``docs``, and what comments before them ask for.

``<!-- not run: WHY -->``   before a block: it is not run, for a reason that the test knows
``<!-- output -->``         before a ```text block: what the block before printed
                            (``...`` stands for anything)
``<!-- file: NAME -->``     before a block: its text is written to that file
``<!-- exit: N -->``        before a block of one command: it ends with this exit code
``<!-- folder: A B -->``    anywhere: files of the project that the page takes to be at hand
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)(?P<rest>.*)$")
_MARK = re.compile(r"^ *<!-- (?P<name>not run|output|file|exit|folder)(?:: (?P<value>.+?))? -->$")


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"docs/{self.page}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.language in {"python", "bash"} and not self.marks.keys() & {"not run", "file"}


def pages() -> list[str]:
    return sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def blocks_of(page: str) -> list[Block]:
    return list(find_blocks(page, (DOCS / page).read_text(encoding="utf-8")))


def find_blocks(page: str, markdown: str) -> Iterator[Block]:
    """Yield the fenced blocks; a mark belongs to the block that follows it directly."""
    marks: dict[str, str] = {}
    lines = enumerate(markdown.splitlines(), start=1)
    for number, line in lines:
        mark, fence = _MARK.match(line), _FENCE.match(line)
        if mark:
            marks[mark["name"]] = mark["value"] or ""
        elif fence:
            inside = []
            for _, text in lines:
                if text.strip() == "```":
                    break
                inside.append(text.removeprefix(fence["indent"]))
            else:
                raise ValueError(f"docs/{page}:{number}: the block is never closed")
            text = "\n".join(inside) + "\n"
            marks.pop("folder", None)
            yield Block(page, number, fence["language"], dedent(text), marks)
            marks = {}
        elif line.strip():
            marks = {}


def folder_of(page: str) -> list[Path]:
    """Return the project's files that a page takes to be in the folder worked in."""
    markdown = (DOCS / page).read_text(encoding="utf-8")
    found = [mark["value"].split() for line in markdown.splitlines()
             if (mark := _MARK.match(line)) and mark["name"] == "folder"]  # fmt: skip
    return [ROOT / name for names in found for name in names]


def commands_of(block: Block) -> list[list[str]]:
    """Return the arguments of every scr-themes command of a bash block.

    Raises
    ------
    ValueError
        If there is anything else in it.
    """
    commands = []
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] != "scr-themes":
            raise ValueError(
                f"{block.where}: {words[0]!r} is no scr-themes command: mark the block"
            )
        if set(words) & {"|", ">", ">>", "<", "&&", ";"}:
            raise ValueError(f"{block.where}: {line!r} needs a shell: mark the block")
        if words:
            commands.append(words[1:])
    return commands
