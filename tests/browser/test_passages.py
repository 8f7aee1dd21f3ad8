from __future__ import annotations

import pytest

QUOTED = (
    "\u201cThe nurse rang on Monday. Her call was never written down. Nobody told the school.\u201d"
    " (Heron: a review, 2019, page 2, paragraph 2.1)"
)


def pasted(page) -> str:
    page.focus("#f-words")
    page.keyboard.press("Control+v")
    return page.input_value("#f-words")


def test_a_link_leads_to_its_passage(visit):
    page = visit(fragment="#d1-p3")
    assert page.evaluate("document.activeElement.id") == "d1-p3"
    assert page.locator("#d1-p3").evaluate("e => e.getBoundingClientRect().top") >= 0
    assert "here" in page.get_attribute("#d1-p3", "class")


@pytest.mark.parametrize("name", ["d1-p4", "d2-p1", "d1-p0"])
def test_a_link_shows_what_the_filters_hide(visit, name):
    page = visit(fragment=f"#{name}")
    page.wait_for_function(f"document.activeElement.id === '{name}'")
    assert page.is_visible(f"#{name}")
    assert page.inner_text("#found").startswith("Shown beside what the filters find: page")
    # As soon as something is asked for, only that is shown.
    page.select_option("#f-role", label="Finding (7)")
    page.wait_for_selector(f"#{name}", state="hidden")


def test_the_link_of_a_passage_is_its_address(visit):
    page = visit()
    page.click("#d1-p3 >> text=Page 3, paragraph 2.2")
    assert page.url.endswith("#d1-p3")
    page.wait_for_function("document.activeElement.id === 'd1-p3'")
    page.evaluate("location.hash = 'd2-p1'")
    page.wait_for_selector("#d2-p1:visible")
    page.evaluate("location.hash = 'no-such-passage'")
    assert page.is_visible("#d1-p3")


def test_a_passage_is_copied_as_a_quotation(visit):
    page = visit()
    page.click("#d1-p2 >> text=Copy as quotation")
    page.wait_for_selector("#d1-p2 >> text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == QUOTED
    assert pasted(page) == QUOTED
    assert page.inner_text("#found") != ""


def test_copying_falls_back_to_the_old_way(visit):
    page = visit(script="navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.click("#d1-p2 >> text=Copy as quotation")
    page.wait_for_selector("#d1-p2 >> text=Copied")
    assert page.evaluate("document.activeElement.dataset.do") == "copy"
    assert pasted(page) == QUOTED


def test_copying_falls_back_to_the_readers_own_hands(visit):
    page = visit(
        script="navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
        "Document.prototype.execCommand = () => false"
    )
    page.click("#d1-p2 >> text=Copy as quotation")
    page.wait_for_selector("dialog:visible")
    assert page.evaluate("getSelection().toString()") in ("", QUOTED)
    assert page.input_value("#by-hand-text") == QUOTED
    page.keyboard.press("Control+c")
    page.click("text=Close")
    assert pasted(page) == QUOTED


def test_context_is_shown_and_put_away(visit):
    page = visit()
    page.click("#d1-p2 >> text=Show context")
    for name in ("d1-p0", "d1-p1", "d1-p4"):
        assert page.is_visible(f"#{name}")
    assert page.is_visible("h4:has-text('Method')")
    assert page.get_attribute("#d1-p2 [data-do=context]", "aria-expanded") == "true"
    page.click("#d1-p2 >> text=Hide context")
    for name in ("d1-p0", "d1-p1", "d1-p4"):
        assert not page.is_visible(f"#{name}")
    assert not page.is_visible("h4:has-text('Method')")


def test_the_context_of_one_passage_gives_way_to_that_of_the_next(visit):
    page = visit()
    page.click("#d1-p2 >> text=Show context")
    page.click("#d1-p3 >> text=Show context")
    assert page.get_attribute("#d1-p2 [data-do=context]", "aria-expanded") == "false"
    assert not page.is_visible("#d1-p0")
    assert page.is_visible("#d1-p1")


def test_words_of_documents_stay_words(visit):
    page = visit()
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.text_content("#d3-p0 .x").startswith("</script></li><script>")
    assert page.evaluate("document.querySelectorAll('article').length") == 4
    page.uncheck("#f-tagged")
    page.wait_for_selector("#d3-p2:visible")
    assert page.text_content("#d3-p2 .x").count("\ufffd") == 2
    assert page.locator("#d3-p3 .x").evaluate("e => e.textContent") == "caf\ufffd\nand\tmore"


def test_right_to_left_words_run_so_and_leave_the_rest_alone(visit):
    page = visit()
    page.uncheck("#f-tagged")
    page.wait_for_selector("#d3-p1:visible")
    edges = page.locator("#d3-p1 .x").evaluate(
        """e => {
            const range = document.createRange();
            range.selectNodeContents(e);
            const words = range.getBoundingClientRect(), box = e.getBoundingClientRect();
            return [words.left - box.left, box.right - words.right];
        }"""
    )
    assert edges[1] < 2 < edges[0]
    assert page.text_content("#d3-p1 .w a") == "Passage 1"
