"""Put the text back to the coded labels: from the pool of passages, or from the published PDFs.

::

    python -m models.corpus.attach --pool pool.jsonl.gz -o coded.jsonl
    python -m models.corpus.attach --pdf FOLDER -o coded.jsonl --split test

The pool is JSONL (may be gzipped) with ``id`` and ``text``. In PDFs a passage is found by its
letters alone, so that line breaks, hyphens, bullets and ligatures do not matter: a row keeps how
many letters and figures its text has, and digests of the first of them and of them all. What could
not be found is counted by document on stderr, and makes the exit code 1; the rest is written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.corpus import store
from models.corpus.store import Row, read_coded, read_documents, split_of_coded
from scr_themes.errors import ScrThemesError

HEAD = 24  # letters: the shortest passage has more, and so many seldom recur by chance

Letters = tuple[str, list[int]]

_OPENERS = "\"'“‘([{"
_CLOSERS = "\"'”’)]}"


def letters_of(text: str) -> Letters:
    r"""Return the letters and figures of a text in lower case, and where each stands in it.

    Examples
    --------
    >>> letters_of("Re-\nferral")
    ('referral', [0, 1, 4, 5, 6, 7, 8, 9])
    """
    found, places = [], []
    for place, character in enumerate(text):
        # Decomposed, so that a letter with its accent apart is the letter with its accent on.
        for plain in unicodedata.normalize("NFKD", character).lower():
            if plain.isalnum():
                found.append(plain)
                places.append(place)
    return "".join(found), places


def fingerprint(letters: str) -> dict[str, object]:
    """Return what finds a passage again: its number of letters, and two digests of them."""
    return {"letters": len(letters), "head": _digest(letters[:HEAD], 8), "digest": _digest(letters)}


def with_text(row: Row, text: str) -> Row:
    """Return a row with its text, its evidence turned from letters into offsets of that text."""
    _, places = letters_of(text)
    kept = {key: value for key, value in row.items() if key not in ("letters", "head", "digest")}
    evidence = {
        theme: [list(_closed(text, places[start], places[end - 1] + 1)) for start, end in spans]
        for theme, spans in row["evidence"].items()
    }
    return {**kept, "evidence": evidence, "text": text}


def from_pool(rows: Iterable[Row], pool: Path) -> Iterator[Row]:
    """Yield the rows whose text is in the pool, with it."""
    texts = read_pool(pool)
    for row in rows:
        if row["id"] in texts:
            yield with_text(row, texts[row["id"]])


def read_pool(pool: Path) -> dict[str, str]:
    """Return id to text of a pool of passages."""
    return {row["id"]: row["text"] for row in read_pool_rows(pool)}


def read_pool_rows(pool: Path) -> Iterator[Row]:
    """Yield the rows of a pool of passages."""
    opened = gzip.open if pool.suffix == ".gz" else open
    with opened(pool, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def from_pdfs(rows: Iterable[Row], folder: Path) -> Iterator[Row]:
    """Yield the rows whose text is in one of the PDFs of a folder, with it."""
    wanted: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        wanted[row["head"]].append(row)
    done: set[str] = set()
    for path in sorted(folder.rglob("*.pdf")):
        try:
            streams = list(_streams(path))
        except ScrThemesError as error:
            print(f"passed over: {error}", file=sys.stderr)
            continue
        for stream in streams:
            for row, text in _found_in(stream, wanted):
                if row["id"] not in done:
                    done.add(row["id"])
                    yield with_text(row, text)


def _streams(path: Path) -> Iterator[str]:
    """Yield a PDF's text twice: as the library reads it, and page by page with its furniture.

    A passage that was cut across a page, footer and all, is only in the second.
    """
    import pypdfium2  # noqa: PLC0415 - only needed here

    from scr_themes import read  # noqa: PLC0415 - brings the readers

    yield "\n".join(passage.text for passage in read(path).passages)
    with pypdfium2.PdfDocument(path) as opened:
        yield "\n".join(page.get_textpage().get_text_bounded() for page in opened)


def _found_in(stream: str, wanted: Mapping[str, list[Row]]) -> Iterator[tuple[Row, str]]:
    letters, places = letters_of(stream)
    for start in range(len(letters) - HEAD + 1):
        if start and places[start] == places[start - 1] + 1:
            glued = letters[start - 1 : start + 1]
            if glued.isalpha() or glued.isdigit():
                continue  # inside a word; the mark of a note may stand against one
        for row in wanted.get(_digest(letters[start : start + HEAD], 8), ()):
            end = start + row["letters"]
            if _digest(letters[start:end]) == row["digest"]:
                first, last = _closed(stream, places[start], places[end - 1] + 1)
                yield row, " ".join(stream[first:last].split())


def _closed(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span by the quotes and brackets that open it and the punctuation that closes it."""
    while start and text[start - 1] in _OPENERS:
        start -= 1
    while end < len(text) and not text[end].isalnum() and not text[end].isspace():
        if text[end] in _OPENERS and text[end] not in _CLOSERS:
            break
        end += 1
    return start, end


def _digest(text: str, length: int = 12) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:length]


def read_labelled_rows(attached: Path) -> list[Row]:
    """Return both corpora as rows of one form, each with its text, ``corpus`` and ``split``.

    Evidence is in character offsets: the first coder's or the judge's for coded passages, the
    second coder's for written ones, whose authors marked none.

    Parameters
    ----------
    attached : Path
        What this module's command wrote. Only the texts are taken from it: labels are those that
        lie here, in their order, so that a file written before a change of labels does no harm.

    Raises
    ------
    ValueError
        If a coded passage has no text in it, or another's.
    """
    texts = {row["id"]: row["text"] for row in store.read_jsonl(attached)}
    authors, documents = store.split_of_written(), split_of_coded()
    marks = store.marks_of_written()
    rows = [
        row
        | {
            "corpus": "written",
            "split": authors[store.author(row)],
            "round": None,
            "evidence": {
                theme: spans
                for theme, spans in marks.get(row["id"], {}).items()
                if theme in row["themes"]
            },
        }
        for row in store.read_written()
    ]
    for row in read_coded():
        text = texts.get(row["id"])
        if text is None or not is_text_of(row, text):
            raise ValueError(
                f"{attached}: no text for the coded passage {row['id']}, or another's; "
                "write it again with models.corpus.attach, for all splits"
            )
        unmarked = {"about": [], "sort": None, "pair": None}
        rows.append(
            unmarked
            | with_text(row, text)
            | {"corpus": "coded", "split": documents[row["document"]]}
        )
    return rows


def is_text_of(row: Row, text: str) -> bool:
    """Tell whether a text is the one that a row's labels were given to."""
    return all(row[key] == value for key, value in fingerprint(letters_of(text)[0]).items())


def report_missing(rows: Iterable[Row], found: Iterable[str]) -> int:
    """Say on stderr what has no text, by document; return how many rows that is."""
    known = set(found)
    missing = Counter(row["document"] for row in rows if row["id"] not in known)
    if missing:
        titles = {row["document"]: f"{row['source']} {row['title']}" for row in read_documents()}
        print(f"no text for {missing.total()} passages:", file=sys.stderr)
        for document, n in missing.most_common():
            print(f"  {n:4}  {document}  {titles[document]}", file=sys.stderr)
    return missing.total()


def main() -> int:
    """Attach the text to what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--pool", type=Path, help="JSONL with id and text, may be gzipped")
    source.add_argument("--pdf", type=Path, metavar="FOLDER", help="folder of published PDFs")
    parser.add_argument("--split", choices=("train", "development", "test"), help="only this one")
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSONL to write")
    options = parser.parse_args()
    source_path = options.pool or options.pdf
    if not (source_path.is_file() if options.pool else source_path.is_dir()):
        parser.error(f"{source_path}: no such {'file' if options.pool else 'folder'}")
    splits = split_of_coded()
    rows = [row for row in read_coded() if options.split in (None, splits[row["document"]])]
    attach = from_pool if options.pool else from_pdfs
    known = []
    with options.output.open("w", encoding="utf-8") as out:
        for row in attach(rows, source_path):
            row["split"] = splits[row["document"]]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            known.append(row["id"])
    print(f"{options.output}: text for {len(known)} of {len(rows)} passages")
    return 1 if report_missing(rows, known) else 0


if __name__ == "__main__":
    sys.exit(main())
