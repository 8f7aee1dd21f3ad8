"""How well and how fast PDFs are read, against ``pdftotext`` and pdfplumber.

Run ``python benchmarks/reading.py FOLDER``; it prints a table and writes
``benchmarks/results/reading.json``. It needs poppler-utils (``pdftotext``) and pdfplumber.

**Words kept.** The reference is ``pdftotext`` in its reading-order mode, page by page. Out of it,
by rules of this script alone, are left

- *furniture*: among the first and last five lines of a page, a line whose letters (digits and
  punctuation taken out) stand on at least three of some six pages in a row (two of four, in a
  file of four pages or fewer), the same number of lines from that edge, give or take one; and a
  line there that holds nothing but a number or ``Page 3 of 9``;
- *contents*: every page with a line that reads ``Contents`` or ``Table of contents``, whole, and
  every line with a dotted leader. (Running text on such a page is thus not measured.)

A word is a run of letters and digits, lower-cased and NFKC-folded. Before words are cut, words
hyphened at a line's end are joined and every hyphen is taken out, on both sides, so that keeping
or dropping a hyphen is no error here; and digits glued to the end of two letters or more are
taken off on both sides, since that is how ``pdftotext`` writes note marks. A document's words are
a multiset. *Kept* is the share of the reference's words that are also in ``Document.text`` or in
the passages' ``paragraph``; *added* is the share of ours that the reference does not have.

**Furniture left.** For every furniture line of two words or more, the times it occurs in the
text of our passages, beyond the times it occurs in the reference's body.

**Speed.** Pages per second of ``read_pdf`` (file to passages) and of pdfplumber's
``page.extract_text()`` over the same twelve files, by turns, several times; medians are compared.

**Whole passages** are for the eye: ``--sample 100 --seed 0`` writes passages drawn at random, with
what stands before and after them, to a text file.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import statistics
import subprocess
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scr_themes.documents import Document
from scr_themes.reading.pdf import read_pdf

RESULTS = Path(__file__).parent / "results" / "reading.json"
EDGE = 5  # lines at each end of a page that may be furniture
PAGE_NUMBER = re.compile(
    r"(page\s*)?[-–(]?\s*\d{1,4}\s*((of|/)\s*\d{1,4})?\s*[-–)]?", re.IGNORECASE
)
CONTENTS = re.compile(r"(table of )?contents", re.IGNORECASE)
LEADER = re.compile(r"(\.\s?){5,}")


@dataclass(frozen=True)
class Reference:
    """What ``pdftotext`` says a file holds: its body, and the furniture that was taken out."""

    body: str
    furniture: frozenset[str]
    contents_pages: int


@dataclass(frozen=True)
class Measured:
    """One document against its reference."""

    words: int
    missing: Counter[str]
    added: Counter[str]
    furniture_left: dict[str, int]
    contents_pages: int
    pages: int
    passages: int

    @property
    def kept(self) -> float:
        """Share of the reference's words that were kept."""
        return 1 - self.missing.total() / max(1, self.words)


def folded(text: str) -> str:
    """Fold a text as words are compared: NFKC, lower case, straight quotes, no hyphens."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"(?<=\w)[-‐‑\u00ad\u2011]\s*\n\s*(?=\w)", "", text)
    return re.sub(r"[-‐‑\u00ad\u2011]", "", text).replace("’", "'").replace("‘", "'")


def words(text: str) -> Counter[str]:
    """Return the multiset of words of a text."""
    cut = re.findall(r"[^\W_]+", folded(text))
    return Counter(re.sub(r"(?<=[^\W\d_]{2})\d+$", "", word) for word in cut)


def letters(line: str) -> str:
    """Return a line without digits and punctuation."""
    return " ".join(re.findall(r"[^\W\d_]+", folded(line)))


def reference(path: Path) -> Reference:
    """Read a file with ``pdftotext`` and take furniture and contents out."""
    command = ["pdftotext", "-enc", "UTF-8", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    pages = [[ln.strip() for ln in page.split("\n") if ln.strip()] for page in text.split("\f")]
    pages = pages[:-1] if pages and not pages[-1] else pages
    furniture = repeated(pages)
    body: list[str] = []
    contents_pages = 0
    for page in pages:
        if any(CONTENTS.fullmatch(line) for line in page):
            contents_pages += 1
            continue
        for i, line in enumerate(page):
            at_edge = i < EDGE or i >= len(page) - EDGE
            if at_edge and (letters(line) in furniture or PAGE_NUMBER.fullmatch(line)):
                continue
            if not LEADER.search(line):
                body.append(line)
    return Reference("\n".join(body), frozenset(furniture), contents_pages)


def repeated(pages: Sequence[Sequence[str]]) -> set[str]:
    """Return the letters of lines that stand in one place at the edge of enough pages."""
    places: defaultdict[tuple[str, bool], dict[int, int]] = defaultdict(dict)
    for number, page in enumerate(pages):
        for i, line in enumerate(page[:EDGE]):
            places[letters(line), True].setdefault(number, i)
        for i, line in enumerate(reversed(page[-EDGE:])):
            places[letters(line), False].setdefault(number, i)
    enough = 3 if len(pages) > 4 else 2
    found = set()
    for (line, _), at in places.items():
        middle = statistics.median(at.values())
        near = sorted(number for number, i in at.items() if abs(i - middle) <= 1)
        spans = zip(near, near[enough - 1 :], strict=False)
        if line and any(last - first < 2 * enough for first, last in spans):
            found.add(line)
    return found


def measured(document: Document, expected: Reference) -> Measured:
    """Compare one document with its reference."""
    numbers = " ".join(p.paragraph for p in document.passages if p.paragraph)
    ours, theirs = words(f"{document.text}\n{numbers}"), words(expected.body)
    missing, added = theirs - ours, ours - theirs
    body = " ".join(letters(expected.body).split())
    passages = [letters(p.text) for p in document.passages]
    leaks = {
        line: left
        for line in expected.furniture
        if len(line.split()) >= 2
        and (left := sum(p.count(line) for p in passages) - body.count(line)) > 0
    }
    return Measured(
        words=theirs.total(),
        missing=missing,
        added=added,
        furniture_left=leaks,
        contents_pages=expected.contents_pages,
        pages=document.n_pages or 0,
        passages=len(document.passages),
    )


def speed(paths: Sequence[Path], repeats: int) -> dict[str, float | int]:
    """Time reading and pdfplumber by turns over the same files."""
    import pdfplumber  # noqa: PLC0415  (only this part needs it)

    def ours(path: Path) -> int:
        return read_pdf(path, path.read_bytes()).n_pages or 0

    def plumber(path: Path) -> int:
        with pdfplumber.open(path) as pdf:
            return sum(page.extract_text() is not None for page in pdf.pages)

    times: dict[str, list[float]] = {"scr_themes": [], "pdfplumber": []}
    pages = 0
    for _ in range(repeats):
        for name, reader in (("scr_themes", ours), ("pdfplumber", plumber)):
            seconds, pages = timed(reader, paths)
            times[name].append(pages / seconds)
    rates = {name: statistics.median(values) for name, values in times.items()}
    return {
        "files": len(paths),
        "pages": pages,
        "repeats": repeats,
        "scr_themes_pages_per_second": round(rates["scr_themes"], 1),
        "pdfplumber_pages_per_second": round(rates["pdfplumber"], 2),
        "ratio": round(rates["scr_themes"] / rates["pdfplumber"], 1),
    }


def timed(reader: Callable[[Path], int], paths: Sequence[Path]) -> tuple[float, int]:
    """Return seconds taken and pages read."""
    start = time.perf_counter()
    pages = sum(reader(path) for path in paths)
    return time.perf_counter() - start, pages


def write_sample(documents: Sequence[Document], size: int, seed: int, out: Path) -> None:
    """Write passages drawn at random, with their surroundings, for judging by eye."""
    drawn = [(d, p) for d in documents for p in d.passages]
    random.Random(seed).shuffle(drawn)
    lines = []
    for i, (document, p) in enumerate(drawn[:size], start=1):
        before, after = document.text[max(0, p.start - 160) : p.start], document.text[p.end :][:160]
        where = f"{Path(document.name).name}, page {p.page}, {p.kind}, number {p.paragraph}"
        lines += [
            f"--- {i}. {where}, section {p.section!r}",
            f"   ... {' / '.join(before.split(chr(10)))}",
            f">>> {p.text}",
            f"   ... {' / '.join(after.split(chr(10)))}",
        ]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=3, help="0 leaves the timing out")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample-file", type=Path, default=Path("reading-sample.txt"))
    parser.add_argument("--missing", action="store_true", help="list missing and added words")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    paths = sorted(options.folder.glob("*.pdf"))
    documents = [read_pdf(path, path.read_bytes()) for path in paths]
    if options.sample:
        write_sample(documents, options.sample, options.seed, options.sample_file)
    rows = {
        path.name: measured(document, reference(path))
        for path, document in zip(paths, documents, strict=True)
    }
    n_words = sum(row.words for row in rows.values())
    worst = min(rows, key=lambda name: rows[name].kept)
    summary: dict[str, object] = {
        "files": len(paths),
        "pages": sum(row.pages for row in rows.values()),
        "passages": sum(row.passages for row in rows.values()),
        "words": n_words,
        "words_kept": round(1 - sum(r.missing.total() for r in rows.values()) / n_words, 5),
        "words_added": round(sum(r.added.total() for r in rows.values()) / n_words, 5),
        "lowest_kept": [worst, round(rows[worst].kept, 5)],
        "furniture_left": sum(sum(row.furniture_left.values()) for row in rows.values()),
        "contents_pages": sum(row.contents_pages for row in rows.values()),
        "machine": f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
    }
    if options.repeats:
        step = max(1, len(paths) // 12)
        summary["speed"] = speed(paths[::step][:12], options.repeats)
    for name, row in rows.items():
        print(f"{row.kept:9.4%} kept {row.added.total():4d} added  {name}")
        if options.missing:
            print("    missing", dict(row.missing), "\n    added", dict(row.added))
        if row.furniture_left:
            print("    furniture left:", row.furniture_left)
    print(json.dumps(summary, indent=2))
    files = {
        name: {
            "pages": row.pages,
            "passages": row.passages,
            "words": row.words,
            "missing": row.missing.total(),
            "added": row.added.total(),
            "kept": round(row.kept, 5),
        }
        for name, row in rows.items()
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = json.dumps({"summary": summary, "files": files}, indent=1)
    options.out.write_text(f"{report}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
