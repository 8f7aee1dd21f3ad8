from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace

import pytest

from scr_themes.errors import WritingError
from scr_themes.writing import write
from tests.tagged import tagged_document, tagged_passage
from tests.writing.report.pages import one, parsed, said, written


def several(n: int = 3, **settings):
    return [
        tagged_document(
            tagged_passage("No note was kept.", {"recording": 0.9}),
            *([tagged_passage("Nobody asked.", {"child_voice": 0.8}, index=1)] if i else []),
            name=f"{i}.pdf",
            title=f"Review {i}, {2015 + i}",
            **settings,
        )
        for i in range(n)
    ]


def test_the_first_screen_counts_and_ranks():
    tree = parsed(*several())
    assert said(one(tree, "//h1")) == "Themes in 3 documents"
    assert [said(div) for div in tree.xpath("//dl[@class='figures']/div")] == [
        "Documents3",
        "Passages5",
        "Tagged passages5 100%",
        "Themes2",
    ]
    assert said(one(tree, "//*[@class='coder']")) == (
        "Tagged by tiny 1, a program: check each against its page."
    )
    assert one(tree, "//*[@id='themes-d']").text == (
        "Poor recording: 3 of 3 (100%); Child's voice missing: 2 of 3 (67%)"
    )
    assert one(tree, "//*[@id='roles-d']").text == "Finding: 5 of 5 tagged"


def test_every_chart_has_a_table_behind_it():
    both = {"recording": 0.9, "child_voice": 0.8}
    tree = parsed(*several(), tagged_document(tagged_passage("Neither.", both), name="z"))
    for card in tree.xpath("//*[@class='card'][.//*[local-name()='svg']]"):
        assert card.xpath(".//details//table"), said(card)[:40]
    rows = one(tree, "//table[caption='Themes by documents']/tbody")
    assert [[said(cell) for cell in row] for row in rows] == [
        ["Poor recording", "4", "100%", "4"],
        ["Child's voice missing", "3", "75%", "3"],
    ]
    pairs = one(tree, "//table[caption='Themes on the same passage']/tbody")
    assert [said(cell) for cell in pairs[0]] == ["Child's voice missing + Poor recording", "1", "1"]


def test_years_are_those_known_with_the_share_of_their_documents():
    tree = parsed(*several(), tagged_document(tagged_passage("A.", {}), name="z"))
    years = one(tree, "//table[starts-with(caption, 'Documents that report')]")
    assert [said(head) for head in years.xpath("thead//th")] == ["Theme", "2015", "2016", "2017"]
    assert [said(cell) for cell in years.xpath("tbody/tr")[2]] == [
        "Child's voice missing",
        "0",
        "1",
        "1",
    ]
    assert "1 document of no known year left out." in tree.text_content()
    assert one(tree, "//*[@id='year-1-d']").text == "2015: 0 of 1; 2016: 1 of 1; 2017: 1 of 1"


def test_where_no_year_is_known_the_report_says_so():
    unknown = [replace(one, document=replace(one.document, title="Review")) for one in several(2)]
    tree = parsed(*unknown)
    assert "No document says plainly when it was published" in tree.text_content()
    assert tree.xpath("//*[starts-with(@id, 'year-')]") == []


def test_one_document_is_ranked_by_passages_and_has_no_years():
    (document,) = several(1)
    tree = parsed(document)
    assert said(one(tree, "//h1")) == "Review 0, 2015"
    assert one(tree, "//*[@id='themes-d']").text == "Poor recording: 1"
    assert "By year" not in tree.text_content()
    assert tree.xpath("//*[@id='f-document']") == []


def test_a_title_can_be_given():
    text = written(several(), title='Birds & "others"')
    assert '<title>Birds &amp; "others"</title>' in text


def test_a_theme_of_another_codebook_is_shown_by_its_id():
    document = tagged_document(tagged_passage("A.", {"recording": 0.9}))
    assert said(one(parsed(document, codebook=False), "//*[@id='d1-p0']//b")) == "recording"


def test_what_the_tags_are_not_is_said_before_the_passages():
    text = parsed(*several()).text_content()
    for use in ("foresee or score the risk", "rank or compare authorities", "blame, judge"):
        assert use in text
    assert text.index("rank or compare authorities") < text.index("No note was kept.")
    assert "0.70 to 0.89" in text


def test_nothing_can_be_loaded_and_only_the_reports_own_script_may_run():
    text = written(several())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    inlined = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.S)
    assert len(inlined) == 3
    for part in inlined:
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert re.findall(r'\b(?:src|href|action|poster|data)="(?!#)[^"]*"', text) == []
    assert "@import" not in text
    assert "url(" not in text
    assert (
        re.findall(r"\s(?:style|on[a-z]+)=", re.sub(r"<script>.*?</script>", "", text, flags=re.S))
        == []
    )


def test_every_id_is_there_once_and_every_link_has_its_end():
    tree = parsed(*several())
    ids = [element.get("id") for element in tree.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    for link in tree.xpath("//a/@href"):
        assert link.removeprefix("#") in ids
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for names in tree.xpath(f"//@{attribute}"):
            assert set(names.split()) <= set(ids)


def test_the_same_tags_give_the_same_file():
    assert written(several()) == written(several())


def test_headings_leave_no_level_out():
    both = tagged_passage("A.", {"recording": 0.9}, section="A section")
    tree = parsed(*several(), tagged_document(both, name="z"))
    levels = [
        int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4") if not h.xpath("ancestor::dialog")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(then <= now + 1 for now, then in itertools.pairwise(levels))


def test_two_coders_are_an_error_that_names_them(tmp_path):
    documents = [replace(one, coder=coder) for one, coder in zip(several(), "ABA", strict=True)]
    out = tmp_path / "report.html"
    with pytest.raises(WritingError, match=r"of 2: A, B; choose one .*--coder"):
        write(documents, out)
    assert list(tmp_path.iterdir()) == []


def test_documents_that_end_in_an_error_leave_no_file(tmp_path):
    def broken():
        yield from several()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(broken(), tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_no_documents_make_a_report_that_says_so():
    tree = parsed()
    assert said(one(tree, "//h1")) == "Themes in 0 documents"
    assert "No passage has a tag." in tree.text_content()
    assert "nobody" in said(one(tree, "//*[@class='coder']"))
