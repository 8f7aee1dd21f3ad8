"""Train on your own themes and passages, save the model, load it again, tag something new.

Run: ``python examples/train_on_your_own.py [FOLDER]``; without a folder the model is not kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import scr_themes
from scr_themes.reading.labelled import read_labelled

HERE = Path(__file__).resolve().parent
NEW = [
    "The boiler has been condemned since March; three visits have been booked and nobody has come.",
    "She is profoundly deaf, which is on her file, and they told her of the visit by telephone.",
    "My letter in March got no reply, and nor did the one that I sent by recorded delivery in May.",
    "The plumber came the same afternoon and the tap has not dripped since.",
]


def main() -> None:
    codebook = scr_themes.Codebook.load(HERE / "own_codebook.toml")
    coded = read_labelled(HERE / "own_labels.jsonl")

    # The bundled encoder stays as it is; the heads above it are yours alone.
    classifier = scr_themes.ThemeClassifier(codebook=codebook)
    # Without the documents as groups, probabilities would come out too sure.
    classifier.fit(coded.texts, coded.themes, roles=coded.roles, groups=coded.documents)

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch, "housing")
        classifier.save(folder)  # plain files with checksums: nothing in it is pickled
        loaded = scr_themes.load(folder)

    print(f"fitted to {len(coded)} passages")
    for passage in loaded.tag(NEW):
        themes = ", ".join(f"{tag.theme} {tag.probability:.0%}" for tag in passage.tags)
        print(f"{themes or 'no theme'} | {passage.role} | {passage.text}")


if __name__ == "__main__":
    main()
