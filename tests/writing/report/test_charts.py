from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from scr_themes.writing.report.charts import Bar, bars, columns
from tests.strategies import worded_text


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def widths(svg: etree._Element, kind: str) -> list[str]:
    return [bar.get("width") for bar in svg.iterfind(f"rect[@class='{kind}']")]


def test_bars_are_as_long_as_their_shares():
    rows = [
        Bar(label="Much", value="3 of 3", share=1.0),
        Bar(label="Some", value="1 of 3", share=1 / 3),
    ]
    svg = drawn(bars("x", "A chart", "Much: 3 of 3", rows))
    assert widths(svg, "bar") == ["100.00%", "33.33%"]
    assert widths(svg, "track") == ["100.00%", "100.00%"]
    assert [text.text for text in svg.iterfind("text")] == ["Much", "3 of 3", "Some", "1 of 3"]
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "x-t x-d"
    assert (svg.findtext("title"), svg.findtext("desc")) == ("A chart", "Much: 3 of 3")


def test_a_bar_can_be_filled_in_part():
    svg = drawn(bars("x", "A", "a", [Bar(label="a", value="1", share=0.5, filled=0.25)]))
    assert widths(svg, "whole") == ["50.00%"]
    assert widths(svg, "bar") == ["25.00%"]


def test_a_long_label_is_broken_and_the_next_bar_stands_lower():
    short = drawn(bars("x", "A", "a", [Bar(label="short", value="1", share=1)]))
    long = drawn(bars("x", "A", "a", [Bar(label="word " * 20, value="1", share=1)]))
    assert len(long.findall("text[@class='label']")) == 3
    assert float(long.get("height")) > float(short.get("height"))


@pytest.mark.parametrize(
    ("value", "room"), [("9", 56), ("64 of 66 (97%)", 136), ("1,000 of 1,000 (100%) and more", 176)]
)
def test_values_have_room_beside_the_bars(value, room):
    svg = drawn(bars("x", "A", "a", [Bar(label="a", value=value, share=1)]))
    assert svg.get("class") == f"bars room-{room}"
    assert svg.find("text[@class='value']").get("dx") == str(room)


def test_columns_stand_on_a_line_and_what_is_not_known_has_none():
    svg = drawn(columns("x", "A", "a", [1.0, None, 0.5, 0.0]))
    heights = [float(column.get("height")) for column in svg.iterfind("rect[@class='bar']")]
    assert heights == [39, 19.5, 0]
    assert [int(room.get("x")) for room in svg.iterfind("rect[@class='room']")] == [1, 21, 31]
    for column in svg.iterfind("rect[@class='bar']"):
        assert float(column.get("y")) + float(column.get("height")) == pytest.approx(39, abs=0.1)


@given(st.lists(worded_text(3), max_size=3), worded_text(3))
def test_no_label_breaks_a_chart(labels, title):
    rows = [Bar(label=label, value=label, share=0.5) for label in labels]
    svg = drawn(bars("x", title, title, rows))
    assert len(svg.findall("rect[@class='bar']")) == len(labels)
    assert "style" not in etree.tostring(svg, encoding="unicode").split("<desc")[0]
