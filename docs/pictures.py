"""Take the pictures of the report that the pages show.

``python -m docs.pictures`` tags the example review and opens the report in Chromium; it needs the
dependency group ``browser``, Pillow, and Debian's chromium.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import scr_themes

HERE = Path(__file__).resolve().parent
REVIEW = HERE.parent / "examples" / "review.pdf"
# Name, height, and where in the report: the first screen, and paragraph 5.3.
PICTURES = (("overview", 760, ""), ("report", 690, "#d1-p79"))
WIDTH = 1200


def main() -> None:
    """Take and save them, in few colours: half the bytes, and nothing that shows."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = Path(folder, "review.html")
        scr_themes.write(scr_themes.tag(REVIEW), report)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for name, height, place in PICTURES:
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.goto(f"{report.as_uri()}{place}")
            page.wait_for_timeout(500)  # until it has scrolled there
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            image.quantize(64).save(HERE / "images" / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
