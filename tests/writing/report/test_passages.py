from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scr_themes.documents import Tag
from tests.tagged import laid_out_documents, tagged_document, tagged_passage
from tests.writing.report.pages import as_shown, one, parsed, said


def test_a_passage_says_where_it_stands_what_it_does_and_what_shows_it():
    text = "It rained. No note was kept."
    passage = tagged_passage(
        text, {"recording": 0.943}, evidence=(11, 28), page=14, paragraph="4.12", section="Notes"
    )
    tree = parsed(tagged_document(passage))
    item = one(tree, "//*[@id='d1-p0']")
    assert said(one(item, "p[@class='w']")) == "Page 14, paragraph 4.12 Finding (very likely 0.90)"
    assert one(item, "p[@class='w']/a").get("href") == "#d1-p0"
    assert one(item, ".//mark").text == "No note was kept."
    assert said(one(item, "ul")) == "Poor recording very likely 0.94"
    assert said(one(item, "../../h4")) == "Notes"
    assert item.get("data-t") == "0:94"


def test_a_passage_without_page_or_paragraph_has_its_number():
    tree = parsed(tagged_document(tagged_passage("A.", {}), tagged_passage("B.", {}, index=7)))
    places = [said(place) for place in tree.xpath("//p[@class='w']/a")]
    assert places == ["Passage 0", "Passage 7"]
    assert one(tree, "//*[@id='d1-p7']") is not None


def test_passages_that_share_a_number_are_told_apart_by_place():
    tree = parsed(tagged_document(tagged_passage("A.", {}), tagged_passage("B.", {})))
    assert [item.get("id") for item in tree.xpath("//li[contains(@class, 'p')]")] == [
        "d1-p0",
        "d1-p1",
    ]


def test_a_persons_tags_have_no_probabilities():
    passage = tagged_passage("Nobody asked.", {"child_voice": 1.0})
    by_hand = replace(passage, role="", role_probability=0.0)
    tree = parsed(tagged_document(by_hand, coder="Ann"))
    assert said(one(tree, "//*[@class='coder']")) == (
        "Coded by Ann, without probabilities, as people code."
    )
    assert said(one(tree, "//*[@id='d1-p0']//ul")) == "Child's voice missing"
    assert tree.xpath("//*[@id='f-least']") == []
    assert tree.xpath("//*[@id='words']") == []


def test_a_document_is_introduced():
    tree = parsed(
        tagged_document(
            tagged_passage("A.", {"recording": 0.9}),
            title="Heron, 2019",
            name="C:\\private\\heron.pdf",
            n_pages=12,
            warnings=("pages 3, 4 hold no text",),
        )
    )
    header = one(tree, "//article/header")
    assert said(one(header, "h3")) == "Heron, 2019"
    assert said(header).startswith(
        "Heron, 2019heron.pdf · published 2019 · 12 pages · 1 passage, 1 tagged"
    )
    assert "Warning: pages 3, 4 hold no text" in said(header)
    assert "private" not in tree.text_content()
    assert "Not all could be read: warnings on 1 document" in said(
        one(tree, "//header[@class='top']")
    )


def test_passages_stand_under_their_sections_in_order():
    sections = ("A", "A", None, "B", "A")
    tree = parsed(
        tagged_document(
            *(
                tagged_passage(f"Text {i}.", {}, index=i, section=section)
                for i, section in enumerate(sections)
            )
        )
    )
    found = [
        (said(group.find("h4")) if group.find("h4") is not None else None, len(group.find("ol")))
        for group in tree.xpath("//article/section")
    ]
    assert found == [("A", 2), (None, 1), ("B", 1), ("A", 1)]


def test_what_has_no_tag_can_be_hidden_before_a_script_has_looked():
    tree = parsed(
        tagged_document(
            tagged_passage("A.", {"recording": 0.9}, section="One"),
            tagged_passage("B.", {}, index=1, section="Two"),
        ),
        tagged_document(tagged_passage("C.", {}), name="b"),
    )
    untagged = tree.xpath("//*[contains(concat(' ', @class, ' '), ' u ')]")
    assert [(e.tag, e.get("id")) for e in untagged] == [
        ("section", None),
        ("li", "d1-p1"),
        ("article", "d2"),
        ("section", None),
        ("li", "d2-p0"),
    ]


@settings(max_examples=60)
@given(st.lists(laid_out_documents(), max_size=2))
def test_every_word_and_tag_of_any_document_is_there(documents):
    documents = [replace(one, coder="Ann") for one in documents]
    tree = parsed(*documents)
    items = tree.xpath("//li[@id and starts-with(@class, 'p')]")
    passages = [passage for tagged in documents for passage in tagged.passages]
    assert len(items) == len(passages)
    assert len({item.get("id") for item in items}) == len(items)
    for item, passage in zip(items, passages, strict=True):
        words = one(item, "p[@class='x']")
        for number in words.findall("sup"):
            tail, before = number.tail or "", number.getprevious()
            before.tail = (before.tail or "") + tail
            words.remove(number)
        assert words.text_content() == as_shown(passage.text)
        given_themes = {pair.split(":")[0] for pair in item.get("data-t", "").split()}
        assert len(given_themes) == len(passage.themes)
        assert len(item.xpath("ul/li")) == len(passage.themes)
        marked = "".join(mark.text_content() for mark in words.iter("mark"))
        covered = {i for tag in passage.tags for i in range(*tag.evidence)}
        assert len(marked) <= len(covered)
        if "\r" not in passage.text:
            assert len(marked) == len(covered)


def test_a_theme_given_twice_is_listed_once_with_its_greater_probability():
    passage = tagged_passage("One. Two.", {})
    tags = (Tag("recording", 0.8, (0, 4)), Tag("recording", 0.6, (5, 9)))
    tree = parsed(tagged_document(replace(passage, tags=tags)))
    assert said(one(tree, "//*[@id='d1-p0']//ul")) == "Poor recording likely 0.80"
    assert [mark.text for mark in tree.xpath("//mark")] == ["One.", "Two."]
