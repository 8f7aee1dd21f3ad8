from __future__ import annotations

import json
import subprocess
from shutil import which

import pytest

from scr_themes.codebook import Codebook
from scr_themes.writing import Settings
from scr_themes.writing.report import save
from tests.browser.reviews import reviews

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (390, 820, 1440)


@pytest.fixture(scope="session")
def axe() -> str:
    axe_core = pytest.importorskip(
        "axe_core_python.sync_playwright", reason="no axe-core: pip install --group browser"
    )
    script: str = axe_core.Axe().axe_script
    return script


def violations(page, axe: str) -> list[str]:
    # What is not drawn because it is far below would not be looked at.
    drawn = ".p { content-visibility: visible !important }"
    page.evaluate("rule => document.styleSheets[0].insertRule(rule)", drawn)
    page.evaluate(axe)
    options = json.dumps({"runOnly": list(RULES), "resultTypes": ["violations"]})
    found = page.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_that_axe_core_knows_is_wrong(visit, axe, scheme, width):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert violations(page, axe) == []
    page.uncheck("#f-tagged")
    page.wait_for_selector("#d2-p1:visible")
    for summary in page.locator("summary").all():
        summary.click()
    page.select_option("#f-theme", label="Poor recording (3)")
    page.wait_for_selector("#d1-p3", state="hidden")
    page.click("#d1-p2 >> text=Show context")
    assert violations(page, axe) == []


def test_the_dialog_and_an_empty_result_are_right_as_well(visit, axe):
    page = visit()
    page.fill("#f-words", "nothing has these words")
    page.wait_for_selector("#found:has-text('Widen the filters')")
    assert violations(page, axe) == []
    page.evaluate("document.getElementById('by-hand').showModal()")
    assert violations(page, axe) == []


def test_a_report_by_hand_and_an_empty_one_are_right_as_well(visit, axe, tmp_path):
    path = tmp_path / "empty.html"
    save([], Settings(codebook=Codebook.load()), path)
    page = visit(path=path)
    assert violations(page, axe) == []
    assert page.inner_text("#found") == "No tagged passage. Widen the filters."


@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_nothing_is_wider_than_the_page(visit, width):
    page = visit(viewport={"width": width, "height": 800})
    page.uncheck("#f-tagged")
    page.wait_for_selector("#d3-p2:visible")
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """width => [...document.querySelectorAll('svg text, p, h1, h2, h3, h4, li, button')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.skip'))
            .map(e => e.textContent)"""
        if width > 320
        else "width => []",
        width,
    )
    assert beyond == []


def test_things_to_click_are_large_enough(visit):
    page = visit(viewport={"width": 390, "height": 800})
    small = page.evaluate(
        """[...document.querySelectorAll('a, button, input, select, summary')]
            .filter(e => e.checkVisibility() && !e.closest('.skip, label'))
            .map(e => [e.getBoundingClientRect(), e.outerHTML])
            .filter(([box]) => box.height < 24 || box.width < 24)
            .map(([, html]) => html)"""
    )
    assert small == []


def test_without_script_everything_is_there_to_read(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".p").count() == 11
    assert page.locator(".p:visible").count() == 11
    assert page.locator("form:visible").count() == 0
    assert page.locator("button:visible").count() == 0
    assert page.is_visible("text=What the tags are, and are not >> nth=-1")


def test_motion_is_left_out_where_it_is_not_wanted(visit):
    scrolling = "getComputedStyle(document.documentElement).scrollBehavior"
    assert visit(reduced_motion="reduce").evaluate(scrolling) == "auto"
    assert visit(reduced_motion="no-preference").evaluate(scrolling) == "smooth"


def test_paper_shows_what_the_filters_show_and_no_controls(visit, tmp_path):
    page = visit()
    page.select_option("#f-theme", label="Poor recording (3)")
    page.wait_for_selector("#d1-p3", state="hidden")
    page.emulate_media(media="print")
    assert page.locator("form:visible, button:visible, nav:visible").count() == 0
    mark = page.locator("#d1-p2 mark").first
    assert mark.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(page.pdf(format="A4"))
    if which("pdftotext") is None:
        pytest.skip("no pdftotext: apt-get install poppler-utils")
    words = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "theme Poor recording" in words
    assert "Her call was never written down." in words
    assert "Nobody asked her what she wanted." not in words
    assert "very likely 0.94" in words
    assert "Copy as quotation" not in words
    assert "Documents that report each theme, by year of publication" in words  # opened for paper


def test_charts_say_in_words_what_they_show(visit):
    page = visit()
    for chart in page.locator("svg").all():
        assert chart.get_attribute("role") == "img"
        named = [page.locator(f"#{i}") for i in chart.get_attribute("aria-labelledby").split()]
        assert all(part.evaluate("e => e.textContent.trim()") for part in named)
    assert "Poor recording: 3 of 4 (75%)" in page.inner_html("#themes-d")
    assert "2019: 1 of 1; 2021: 1 of 1" in page.inner_html("#year-0-d")


def test_reviews_are_all_invented():
    assert all(review.coder == "tiny 1.0" for review in reviews())
