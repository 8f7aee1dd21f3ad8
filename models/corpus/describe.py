"""Count the written corpus and rewrite the tables of its datasheet.

``python models/corpus/describe.py`` rewrites what stands between the markers of ``README.md``, and
needs nothing but Python.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
CODEBOOK = HERE.parents[1] / "src" / "scr_themes" / "codebook.toml"
BEGIN = "<!-- written by describe.py: begin -->"
END = "<!-- written by describe.py: end -->"
SORTS = ("good_practice", "acted_on", "policy", "neutral")
LENGTHS = ((8, 24), (25, 49), (50, 74), (75, 99), (100, 149), (150, 260))  # words

Row = dict[str, Any]


def read_rows(folder: Path = HERE / "written") -> list[Row]:
    """Return every passage of the corpus, in the order of files and lines."""
    lines = [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def describe(rows: Sequence[Row]) -> str:
    """Return all tables of the datasheet, as Markdown."""
    parts = [
        _totals(rows),
        _themes(rows),
        "`none` are passages that fail on nothing and stand for nobody's hard negative: method, "
        "family, figures, contacts.",
        _shares("Role", rows, (row["role"] for row in rows)),
        _shares("Nation", rows, (row["nation"] for row in rows)),
        _shares("Years", rows, (f"{row['year'] // 10 * 10}s" for row in rows), by_name=True),
        _shares("Words", rows, (_length(row) for row in rows), by_name=True),
        _forms(rows),
    ]
    return "\n\n".join(parts)


def insert(readme: str, tables: str) -> str:
    """Return the datasheet with ``tables`` between its markers."""
    before, _, rest = readme.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"the datasheet lacks {BEGIN} or {END}; put them back")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def _totals(rows: Sequence[Row]) -> str:
    words = [_words(row) for row in rows]
    pairs = {row["pair"] for row in rows if row["pair"]}
    several = sum(len(row["themes"]) > 1 for row in rows)
    return (
        f"{len(rows)} passages in {len({row['document'] for row in rows})} invented documents, to "
        f"{len({row['document'].split('-')[0] for row in rows})} briefs; {len(pairs)} minimal "
        f"pairs. {sum(bool(row['themes']) for row in rows)} passages carry a theme, {several} of "
        f"them more than one; {sum(bool(row['about']) for row in rows)} are a hard negative for "
        f"some theme. Length: {min(words)} to {max(words)} words, mean {mean(words):.0f}, median "
        f"{median(words):.0f}."
    )


def _themes(rows: Sequence[Row]) -> str:
    positives = Counter(theme for row in rows for theme in row["themes"])
    negatives = Counter((theme, row["sort"]) for row in rows for theme in row["about"])
    lines = []
    for theme in tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))["theme"]:
        name = theme["id"]
        by_sort = [negatives[name, sort] for sort in SORTS]
        core = " (core)" if theme.get("core") else ""
        lines.append([f"`{name}`{core}", positives[name], sum(by_sort), *by_sort])
    free = sum(not row["themes"] and not row["about"] for row in rows)
    lines.append(["none", free, *[""] * (1 + len(SORTS))])
    sorts = [sort.replace("_", " ") for sort in SORTS]
    return _table(["Theme", "positives", "hard negatives", *sorts], lines)


def _shares(
    title: str, rows: Sequence[Row], values: Iterable[str], *, by_name: bool = False
) -> str:
    counts = Counter(values)
    order = sorted(counts) if by_name else [name for name, _ in counts.most_common()]
    lines = [[name.strip(), counts[name], f"{counts[name] / len(rows):.0%}"] for name in order]
    return _table([title, "passages", "share"], lines)


def _forms(rows: Sequence[Row]) -> str:
    counts = Counter(row["form"] for row in rows)
    named = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{form} {n}" for form, n in named)
    return f"{len(counts)} forms of document, with their passages: {listed}."


def _words(row: Row) -> int:
    return len(row["text"].split())


def _length(row: Row) -> str:
    low, high = next(ends for ends in LENGTHS if ends[0] <= _words(row) <= ends[1])
    return f"{low:3} to {high}"  # padded, so that names sort as numbers do


def _table(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table: names to the left, counts to the right."""
    rule = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (header, rule, *lines))


def main() -> None:
    """Rewrite the tables of the datasheet."""
    rows = read_rows()
    readme = insert(README.read_text(encoding="utf-8"), describe(rows))
    README.write_text(readme, encoding="utf-8")
    print(f"{README}: {len(rows)} passages counted")


if __name__ == "__main__":
    main()
