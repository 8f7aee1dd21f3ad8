from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from scr_themes.writing.years import year_of
from tests.tagged import tagged_document, tagged_documents, tagged_passage


def year(title="A review", name="review.pdf", lines=(), pages=None, section=None):
    return year_of(
        tagged_document(
            *(
                tagged_passage(line, {}, index=i, page=pages[i] if pages else None, section=section)
                for i, line in enumerate(lines)
            ),
            title=title,
            name=name,
        )
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Serious case review: Child R, 2016", 2016),
        ("Child R (March 2016)", 2016),
        ("2016: Child R", 2016),
        ("Child R 2012 to 2014, published 3 June 2016", 2016),
        ("Child R, published in 2016", 2016),
        ("Child R 2016, second print 2016", 2016),
    ],
)
def test_a_title_says_it(title, expected):
    assert year(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Child R",
        "Child R, 2012 to 2014",
        "Child R, 2012-14",
        "Annual report 2013/14",
        "Reviews of 2012 and 2013",
        "Child R, who died in March 2012",
        "Events since 2009",
        "A review under the Children Act 2004",
        "A review under Working Together 2013",
        "Case 20161",
        "Case 1897",
        f"Case {date.today().year + 2}",
    ],
)
def test_a_title_that_does_not_say_it_plainly(title):
    assert year(title) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("files/2011/child-r-14-july-2017.pdf", 2017),
        ("C:\\reviews\\child_r_2017.docx", 2017),
        ("2017-03-09 child R.pdf", 2017),
        ("child-r-20170309.pdf", 2017),
        ("child-r-2016-17.pdf", None),
        ("child-r-2016-2017.pdf", None),
        ("2011/child-r.pdf", None),
        ("child-r-v20170.pdf", None),
    ],
)
def test_a_file_name_says_it(name, expected):
    assert year(name=name) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Report published: 7 July 2014", 2014),
        ("Published March 2014", 2014),
        ("Published: | 23 August 2014", 2014),
        ("Date of publication: 1st Sept. 2014", 2014),
        ("Date: 03/02/2014", 2014),
        ("Final report, May 2014", 2014),
        ("14 March 2014", 2014),
        ("March 2014", 2014),
        ("Inspection dates: 8 to 12 July 2014", None),
        ("Date of birth: 3 March 2014", None),
        ("Date of incident: 3 March 2014", None),
        ("She was last seen on 3 March 2014.", None),
        ("March 2014 was when the first call came.", None),
        ("Report of a meeting held in 2014", None),
    ],
)
def test_a_line_of_the_front_page_says_it(line, expected):
    assert year(lines=["A review of practice.", line]) == expected
    assert year(lines=["A review of practice."], section=line) == expected


def test_lines_beyond_the_front_page_do_not_count():
    assert year(lines=["One.", "March 2014"], pages=[1, 2]) is None
    assert year(lines=["One."] * 15 + ["March 2014"]) is None


def test_two_years_on_the_front_page_say_nothing():
    assert year(lines=["Published March 2014", "May 2015"]) is None
    assert year(lines=["Published March 2014", "4 May 2014"]) == 2014


def test_the_title_comes_before_the_name_and_the_name_before_the_page():
    assert year("Review 2011", "review-2012.pdf", ["March 2013"]) == 2011
    assert year("Review", "review-2012.pdf", ["March 2013"]) == 2012


@given(tagged_documents())
def test_awkward_documents_have_a_year_or_none(document):
    found = year_of(document)
    assert found is None or 1990 <= found <= date.today().year + 1
