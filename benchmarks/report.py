"""The report in a real browser: size, seconds to write, axe-core, and how soon a key is answered.

Takes a file of tags, such as those of the 66 inspection reports::

    scr-themes tag ../shared/real/pdf --model fast -o tags.jsonl
    python benchmarks/report.py tags.jsonl

Writes the report of it, and a second one of its documents over and over until there are 10,000
passages. Both are opened in Chromium, without a network: the first goes through axe-core (WCAG 2.0
to 2.2, A and AA) in light and dark at three widths; in the second, words are typed, with tagged
passages alone and with all of them. ``key_to_result_ms`` is from a key's event until all passages
are filtered, with the 120 ms that the page waits for the next key; ``longest_block_ms`` is the
longest time in which the page could not have answered anything. Needs ``pip install --group
browser`` and Debian's ``chromium``. Writes ``benchmarks/results/report.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from scr_themes import Codebook, TaggedDocument, read_codings
from scr_themes.writing import Settings
from scr_themes.writing.report import save

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (390, 820, 1440)
WORDS = ("delay", "record", "school nurse", "risk")
N_PASSAGES = 10_000
# Notes when keys come and when a run of the filters ends, and every time the page is held up.
WATCH = """
    window.keys = []; window.results = []; window.blocks = [];
    document.getElementById('f-words').addEventListener(
        'input', event => keys.push(event.timeStamp), true);
    new MutationObserver(() => results.push(performance.now())).observe(
        document.documentElement, {attributes: true, attributeFilter: ['data-run']});
    new PerformanceObserver(list => blocks.push(...list.getEntries().map(e => e.duration)))
        .observe({type: 'longtask', buffered: false});
"""


def repeated(documents: Sequence[TaggedDocument], n: int) -> Iterator[TaggedDocument]:
    """Yield the documents under new names until there are ``n`` passages."""
    for turn, tagged in enumerate(cycle(documents)):
        rest = tagged.passages[:n]
        n -= len(rest)
        yield replace(
            tagged,
            document=replace(tagged.document, path=f"{turn}-{tagged.document.name}"),
            passages=rest,
        )
        if n == 0:
            return


def written(documents: Sequence[TaggedDocument], path: Path) -> dict[str, Any]:
    """Write a report and return what it took, the least of five."""
    settings = Settings(codebook=Codebook.load())
    times = []
    for _ in range(5):
        start = time.perf_counter()
        save(documents, settings, path)
        times.append(time.perf_counter() - start)
    return {
        "documents": len(documents),
        "passages": sum(len(tagged.passages) for tagged in documents),
        "mb": round(path.stat().st_size / 1e6, 2),
        "write_s": round(min(times), 2),
    }


def opened(browser: Any, path: Path, width: int, scheme: str) -> Page:
    """Open a report and wait until it can be used."""
    page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(path.as_uri())
    page.wait_for_selector("html.ready")
    return page


def violations(browser: Any, path: Path) -> dict[str, int]:
    """Count what axe-core finds at each width, light and dark, everything opened."""
    counts = {}
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            page = opened(browser, path, width, scheme)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            page.evaluate(Axe().axe_script)
            found = page.evaluate(
                "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
            )
            counts[f"{scheme} {width}"] = len(found["violations"])
            for violation in found["violations"]:
                print(scheme, width, violation["id"], violation["nodes"][0]["html"][:200])
            page.close()
    return counts


def latency(page: Page) -> dict[str, Any]:
    """Type words, a key each quarter of a second, and return how soon they were answered."""
    page.evaluate("keys = []; results = []; blocks = [];")
    for word in WORDS:
        page.fill("#f-words", "")
        page.wait_for_timeout(800)
        for letter in word:
            page.keyboard.type(letter)
            page.wait_for_timeout(350)
    page.wait_for_timeout(800)
    keys, results = page.evaluate("[keys, results]")
    waits = [min(at for at in results if at > key) - key for key in keys]
    return {
        "keys": len(keys),
        "key_to_result_ms_median": round(statistics.median(waits)),
        "key_to_result_ms_worst": round(max(waits)),
        "longest_block_ms": round(max(page.evaluate("blocks"), default=0)),
    }


def main() -> None:
    """Write, look, type, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tags", type=Path)
    documents = read_codings(parser.parse_args().tags).documents
    many = list(repeated(documents, N_PASSAGES))
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report, large = Path(folder, "report.html"), Path(folder, "large.html")
        figures: dict[str, Any] = {"report": written(documents, report)}
        figures["large"] = written(many, large)
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        figures["chromium"] = browser.version
        figures["axe_violations"] = violations(browser, report)
        start = time.perf_counter()
        page = opened(browser, large, 1440, "light")
        figures["large"]["ready_s"] = round(time.perf_counter() - start, 2)
        page.evaluate(WATCH)
        figures["large"]["typing, tagged passages"] = latency(page)
        page.uncheck("#f-tagged")
        figures["large"]["typing, all passages"] = latency(page)
        browser.close()
    print(json.dumps(figures, indent=1))
    out = ROOT / "benchmarks/results/report.json"
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
