"""Tag a review and print, for each core theme, the three passages most likely to carry it.

Run: ``python examples/tag_a_file.py [REVIEW]``; without a file, the invented review is tagged.
"""

from __future__ import annotations

import sys
from pathlib import Path

import scr_themes

BEST = 3


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("review.pdf")
    try:
        (tagged,) = scr_themes.tag(scr_themes.read(path))
    except scr_themes.ScrThemesError as error:
        sys.exit(str(error))  # one line: the file, what is wrong with it, what to do

    print(f"{tagged.document.title}: {len(tagged.passages)} passages, tagged by {tagged.coder}")
    for theme in scr_themes.Codebook.load().themes:
        if not theme.core:
            continue
        found = [
            (tag, passage)
            for passage in tagged.passages
            for tag in passage.tags  # only those at or above the theme's own threshold
            if tag.theme == theme.id
        ]
        found.sort(key=lambda hit: -hit[0].probability)
        print(f"\n{theme.title} ({len(found)} passages)")
        for tag, passage in found[:BEST]:
            place = passage.passage
            number = f", paragraph {place.paragraph}" if place.paragraph else ""  # as printed
            print(f"  page {place.page or '-'}{number}, {tag.probability:.0%}")
            # The words are the document's own, so that they can be found on the page and cited.
            print(f"    “{passage.quote(tag)}”")


if __name__ == "__main__":
    main()
