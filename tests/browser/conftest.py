"""A report of invented reviews in real Chromium; skipped where there is no browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scr_themes.codebook import Codebook
from scr_themes.writing import write
from tests.browser.reviews import reviews

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these it looks for hosts of its maker's at every start.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """The file."""
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    write(reviews(), file, codebook=Codebook.load())
    return file


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, opened once."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright: pip install --group browser"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, report) -> Iterator[Callable[..., Any]]:
    """Open a report; what it says on the console or asks of the network fails the test."""
    contexts: list[Any] = []
    said: list[str] = []
    asked: list[str] = []

    def open_page(*, path: Path = report, fragment: str = "", script: str = "", **settings) -> Any:
        context = browser.new_context(
            permissions=["clipboard-read", "clipboard-write"],
            bypass_csp=True,  # for what tests run in the page
            **{"viewport": {"width": 1440, "height": 900}, **settings},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        if script:
            page.add_init_script(script)
        page.goto(f"{path.as_uri()}{fragment}")
        if settings.get("java_script_enabled", True):
            page.wait_for_function("document.documentElement.dataset.run !== undefined")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert all(url.startswith("file:///") for url in asked)
    assert len(asked) == len(contexts)
