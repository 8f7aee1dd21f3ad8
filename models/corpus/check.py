"""Hold the corpus to its rules: ``python -m models.corpus.check [--pool pool.jsonl.gz]``.

Schema, ids, label names, lengths, pairs, near-duplicates, splits, the checksums of the frozen test
splits. With the pool of real passages also: that every coded row finds its text, that no text of
one split is nearly one of another, and that no run of eight words of the pool stands in the
project. Prints one line a fault and exits with 1 if there is any.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from models.corpus import store
from models.corpus.alike import alike
from models.corpus.attach import is_text_of, read_pool
from models.corpus.rules import document_faults, pair_faults, row_faults
from models.corpus.store import Row, author
from scr_themes.codebook import Codebook

ROOT = store.HERE.parents[1]
REAL_RUN = 8  # words
_REAL_WORD = re.compile(r"[a-z0-9']+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_NO_TEXT = {".onnx", ".safetensors", ".pdf", ".docx", ".png", ".lock"}


def alike_faults(texts: Sequence[tuple[str, str, str | None]]) -> Iterator[str]:
    """Yield texts that are nearly the same, of (id, text, pair); the sides of a pair may be."""
    for (j, i), share in alike([text for _, text, _ in texts]).items():
        if texts[j][2] is None or texts[j][2] != texts[i][2]:
            yield f"{texts[j][0]} and {texts[i][0]}: nearly the same text ({share:.2f})"


def split_faults(
    written: Iterable[Row], coded: Iterable[Row], documents: Sequence[Row]
) -> Iterator[str]:
    """Yield authors, documents and areas that are in no split or in more than one."""
    named = Counter(
        name for split in store.SPLIT_NAMES for name in store.read_splits()["written"][split]
    )
    for name in sorted({author(row) for row in written} ^ set(named)):
        yield f"{name}: an author without rows, or without a split"
    yield from (f"{name}: an author in two splits" for name, n in named.items() if n > 1)
    areas = defaultdict(set)
    for document in documents:
        if document["split"] not in store.SPLIT_NAMES:
            yield f"{document['document']}: unknown split {document['split']!r}"
        if document["area"]:
            areas[document["area"]].add(document["split"])
    yield from (f"{area}: an area in two splits" for area, found in areas.items() if len(found) > 1)
    known = Counter(document["document"] for document in documents)
    yield from (f"{name}: a document listed twice" for name, n in known.items() if n > 1)
    for name in sorted({row["document"] for row in coded} ^ set(known)):
        yield f"{name}: a document without rows, or not in documents.jsonl"


def checksums() -> dict[str, str]:
    """Return the checksums that the test splits have now."""
    return {
        "written": store.checksum(store.written_of("test")),
        "coded": store.checksum(store.coded_of("test")),
    }


def frozen_faults(now: Mapping[str, str]) -> Iterator[str]:
    """Yield test splits that are not what was frozen."""
    for name, frozen in store.read_splits()["frozen"].items():
        if now[name] != frozen:
            yield f"the {name} test split is not the one frozen in splits.toml"


def freeze(now: Mapping[str, str]) -> None:
    """Write the checksums that the test splits have now into ``splits.toml``."""
    text = store.SPLITS.read_text(encoding="utf-8")
    head, mark, _ = text.partition("[frozen]\n")
    lines = "".join(f'{name} = "{value}"\n' for name, value in now.items())
    store.SPLITS.write_text(head + mark + lines, encoding="utf-8")


def across_splits_faults(written: Iterable[Row], attached: Iterable[Row]) -> Iterator[str]:
    """Yield texts that are nearly the same in two splits."""
    authors, documents = store.split_of_written(), store.split_of_coded()
    split = [(row, authors[author(row)]) for row in written]
    split += [(row, documents[row["document"]]) for row in attached]
    for (j, i), share in alike([row["text"] for row, _ in split]).items():
        if split[j][1] != split[i][1]:
            yield (
                f"{split[j][0]['id']} ({split[j][1]}) and {split[i][0]['id']} ({split[i][1]}): "
                f"nearly the same text ({share:.2f})"
            )


def real_runs(files: Iterable[Path], real: Iterable[str]) -> Iterator[str]:
    """Yield places in files where a run of ``REAL_RUN`` words of the real texts stands.

    A run may go over the end of a line; each string of a JSON file is read as what it stands for.
    """
    known = {hash(run) for text in real for run in _runs(_words(text))}
    for file in files:
        raw = file.read_bytes()
        if b"\0" in raw[:4096]:
            continue
        text = raw.decode("utf-8", "replace")
        if file.suffix in {".json", ".jsonl"}:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", " ")
        numbered = [
            (word, number)
            for number, line in enumerate(text.splitlines(), start=1)
            for word in _words(line)
        ]
        last = -REAL_RUN
        for i, run in enumerate(_runs([word for word, _ in numbered])):
            if hash(run) in known and i >= last + REAL_RUN:
                last = i
                yield f"{file}:{numbered[i][1]}: real text: {' '.join(run)}"


def _words(text: str) -> list[str]:
    return _REAL_WORD.findall(text.lower().replace("’", "'"))


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[i : i + REAL_RUN]) for i in range(len(words) - REAL_RUN + 1))


def tracked_files() -> list[Path]:
    """Return the project's files that hold text: those that git tracks, or would."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    paths = [ROOT / name for name in listed]
    return [
        path
        for path in paths
        if path.is_file() and path.suffix not in _NO_TEXT and path.name != "tokenizer.json"
    ]


def check(pool: Path | None = None) -> list[str]:
    """Return every fault of the corpus as it lies here."""
    written, coded = store.read_written(), store.read_coded()
    faults = [
        *row_faults(written, coded, Codebook.load()),
        *document_faults(written),
        *pair_faults(written),
        *alike_faults([(row["id"], row["text"], row["pair"]) for row in written]),
        *split_faults(written, coded, store.read_documents()),
        *frozen_faults(checksums()),
    ]
    if pool is not None:
        texts = read_pool(pool)
        attached = [row | {"text": texts[row["id"]]} for row in coded if row["id"] in texts]
        faults += [f"{row['id']}: no text in {pool}" for row in coded if row["id"] not in texts]
        faults += [
            f"{row['id']}: the text in {pool} is not the one that was coded"
            for row in attached
            if not is_text_of(row, row["text"])
        ]
        faults += across_splits_faults(written, attached)
        faults += real_runs(tracked_files(), texts.values())
    return faults


def main() -> int:
    """Check, print, and tell by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pool", type=Path, help="the pool of real passages, to check against")
    parser.add_argument("--freeze", action="store_true", help="take the test splits as they are")
    options = parser.parse_args()
    if options.freeze:
        freeze(checksums())
    faults = check(options.pool)
    print("\n".join(faults) or "the corpus is as it should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
