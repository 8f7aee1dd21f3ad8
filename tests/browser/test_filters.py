from __future__ import annotations


def shown(page) -> list[str]:
    return page.eval_on_selector_all(
        ".p", "items => items.filter(i => i.checkVisibility()).map(i => i.id)"
    )


def settled(page, action) -> list[str]:
    """Do something that filters, wait until it has, and return the passages shown."""
    n = page.evaluate("document.documentElement.dataset.run")
    action()
    page.wait_for_function("n => document.documentElement.dataset.run !== n", arg=n)
    while (last := page.evaluate("document.documentElement.dataset.run")) != n:
        n = last
        page.wait_for_timeout(200)  # longer than the page waits for the next key
    return shown(page)


TAGGED = ["d1-p2", "d1-p3", "d2-p0", "d3-p0", "d3-p3"]


def test_only_tagged_passages_are_shown_at_first(visit):
    page = visit()
    assert shown(page) == TAGGED
    assert page.inner_text("#found") == "5 tagged passages in 3 documents"
    assert not page.is_visible("text=A review of nothing >> nth=-1")
    everything = settled(page, lambda: page.uncheck("#f-tagged"))
    assert everything == [f"d1-p{i}" for i in range(5)] + [
        f"d{d}-p{i}" for d, n in ((2, 2), (3, 4)) for i in range(n)
    ]
    assert page.inner_text("#found") == "11 passages in 3 documents"


def test_a_theme_is_chosen(visit):
    page = visit()
    found = settled(page, lambda: page.select_option("#f-theme", label="Poor recording (3)"))
    assert found == ["d1-p2", "d2-p0", "d3-p0"]
    assert page.inner_text("#found") == ("3 tagged passages in 3 documents; theme Poor recording")
    # The evidence of other themes steps back.
    recording, sharing = page.locator("#d1-p2 mark").all()
    line = "e => getComputedStyle(e).textDecorationLine"
    assert (recording.evaluate(line), sharing.evaluate(line)) == ("underline", "none")
    assert settled(page, lambda: page.click("text=Clear the filters")) == TAGGED
    assert sharing.evaluate(line) == "underline"


def test_a_probability_is_that_of_the_theme_chosen(visit):
    page = visit()
    page.focus("#f-least")
    found = settled(page, lambda: [page.keyboard.press("ArrowRight") for _ in range(14)])
    assert page.inner_text("#f-least-hint") == "0.70 or more"
    assert found == ["d1-p2", "d3-p0"]
    assert settled(page, lambda: page.select_option("#f-theme", label="Information not shared (1)"))
    assert "probability 0.70 or more" in page.inner_text("#found")
    page.focus("#f-least")
    assert settled(page, lambda: page.keyboard.press("ArrowRight")) == []
    assert page.inner_text("#found").startswith("No tagged passage")
    assert page.inner_text("#found").endswith("Widen the filters.")


def test_a_role_and_a_document_are_chosen(visit):
    page = visit()
    page.uncheck("#f-tagged")
    assert settled(page, lambda: page.select_option("#f-role", label="Context (2)")) == [
        "d1-p0",
        "d1-p1",
    ]
    settled(page, lambda: page.select_option("#f-role", label="All roles"))
    assert settled(page, lambda: page.select_option("#f-document", "2")) == ["d2-p0", "d2-p1"]
    assert page.inner_text("#found").endswith("document 2. Wren: a review (wren-12-march-2021.pdf)")
    empty = settled(page, lambda: page.select_option("#f-document", "4"))
    assert empty == []
    assert page.is_visible("#d4")  # that it holds nothing is an answer


def test_words_are_typed(visit):
    page = visit()
    typed = "#f-words"
    assert settled(page, lambda: page.locator(typed).press_sequentially("SCHOOL nurse")) == [
        "d1-p2"
    ]
    assert settled(page, lambda: page.fill(typed, '"school nurse"')) == []
    assert settled(page, lambda: page.fill(typed, '"down. nobody told"')) == ["d1-p2"]
    assert settled(page, lambda: page.fill(typed, "worker's notes")) == ["d2-p0"]  # typed straight
    settled(page, lambda: page.uncheck("#f-tagged"))
    assert settled(page, lambda: page.fill(typed, "notes")) == ["d2-p0", "d2-p1"]
    assert settled(page, lambda: page.fill(typed, "")) != []


def test_numbers_of_evidence_are_no_words_of_the_passage(visit):
    page = visit()
    assert page.locator("#d1-p2 sup").count() == 2
    assert settled(page, lambda: page.fill("#f-words", "down.1")) == []


def test_sections_and_documents_without_a_passage_are_not_shown(visit):
    page = visit()
    settled(page, lambda: page.fill("#f-words", "nobody told"))
    assert page.is_visible("text=Heron: a review, 2019 >> nth=-1")
    assert [h.inner_text() for h in page.locator("h4:visible").all()] == ["Events"]
    assert page.locator("article:visible").count() == 1


def test_a_theme_in_the_table_leads_to_its_passages(visit):
    page = visit()
    page.click("text=Themes as a table, each with its passages")
    settled(page, lambda: page.click("table a:text('voice missing')"))
    assert shown(page) == ["d1-p3", "d3-p3"]
    assert page.evaluate("document.activeElement.id") == "passages"
    assert page.input_value("#f-theme") != ""


def test_enter_in_the_words_does_not_leave_the_page(visit):
    page = visit()
    before = page.url
    settled(page, lambda: page.fill("#f-words", "school"))
    page.press("#f-words", "Enter")
    assert page.url == before
    assert shown(page) == ["d1-p2"]


def test_by_keyboard_alone(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the passages"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-words"
    assert settled(page, lambda: page.keyboard.type("lost")) == ["d2-p0"]
    for _ in range(6):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Clear the filters"
    assert settled(page, lambda: page.keyboard.press("Enter")) == TAGGED
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Page 2, paragraph 2.1"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
