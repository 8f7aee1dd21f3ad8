"""Make the invented review, as PDF and as DOCX, from ``review.toml``.

    python examples/make_review.py [OUTFOLDER]

Writes ``review.pdf`` and ``review.docx`` into OUTFOLDER (beside this script if none is given).
Needs reportlab, which is among the project's development packages.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from making import pdf, source, word

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both files and say where they are."""
    parser = argparse.ArgumentParser(description="Make the invented review as PDF and DOCX.")
    parser.add_argument("out", metavar="OUTFOLDER", type=Path, nargs="?", default=HERE)
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    review = source.load(HERE / "review.toml")
    for write, name in ((pdf.write, "review.pdf"), (word.write, "review.docx")):
        write(review, folder / name)
        print(folder / name)


if __name__ == "__main__":
    main()
