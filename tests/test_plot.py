"""The charts, drawn without a screen."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot

import scr_themes
from scr_themes import plot
from scr_themes.codebook import Codebook
from scr_themes.codings import Codings
from scr_themes.errors import MissingExtraError
from scr_themes.evaluating import evaluate
from scr_themes.plot import drawing
from scr_themes.writing.summary import summarise
from tests.evaluating.cases import calibrated
from tests.tagged import tagged_document, tagged_documents, tagged_passage

mpl.use("Agg")
CHARTS = (plot.themes, plot.years, plot.together, plot.roles)


@pytest.fixture(autouse=True)
def closed():
    yield pyplot
    pyplot.close("all")


@pytest.fixture
def documents():
    both = {"recording": 0.9, "child_voice": 0.9}
    return [
        tagged_document(tagged_passage("a", both), name="one 2014.pdf"),
        tagged_document(
            tagged_passage("b", {"recording": 0.9}),
            tagged_passage("c", {}, role="context", index=1),
            name="two 2014.pdf",
        ),
        tagged_document(tagged_passage("d", {"recording": 0.9}), name="three 2016.pdf"),
        tagged_document(tagged_passage("e", {}), name="undated.pdf"),
    ]


def labels(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def drawn(ax) -> bytes:
    """Draw to the last pixel, with every warning an error."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # Not every script is in the font that matplotlib brings.
        warnings.filterwarnings("ignore", message="Glyph|Matplotlib currently does not support")
        ax.figure.savefig(stream, format="png", dpi=30)
    return stream.getvalue()


def test_themes_are_bars_of_documents_the_most_on_top(documents):
    ax = plot.themes(documents, codebook=Codebook.load())
    assert labels(ax.yaxis) == ["Poor recording", "Child's voice missing"]
    assert [bar.get_width() for bar in ax.patches] == [75.0, 25.0]
    assert texts(ax) == ["3", "1"]
    assert ax.get_xlabel() == "Share of 4 documents (%)"
    assert ax.get_xlim() == (0, 100)
    top, bottom = ax.yaxis.get_ticklocs()
    assert ax.transData.transform((0, top))[1] > ax.transData.transform((0, bottom))[1]


def test_of_a_single_document_passages_are_counted():
    words = [tagged_passage(c, {"recording": 0.9}, index=i) for i, c in enumerate("abc")]
    words.append(tagged_passage("d", {"child_voice": 0.9}, index=3))
    ax = plot.themes(tagged_document(*words))
    assert labels(ax.yaxis) == ["recording", "child_voice"]
    assert [bar.get_width() for bar in ax.patches] == [3, 1]
    assert ax.get_xlabel() == "Passages"
    assert all(place == int(place) for place in ax.xaxis.get_ticklocs())


def test_years_stand_in_order_with_the_gap_between_them(documents):
    ax = plot.years(documents)
    assert labels(ax.xaxis) == ["2014\n(2)", "2015\n(0)", "2016\n(1)"]
    assert labels(ax.yaxis) == ["recording", "child_voice"]
    (mesh,) = ax.collections
    shares = mesh.get_array().reshape(2, 3).filled(-1).tolist()
    assert shares == [[100, -1, 100], [50, -1, 0]]
    assert texts(ax) == ["2", "1", "1"]


def test_years_far_apart_leave_the_gap_out():
    dated = [
        tagged_document(tagged_passage("a", {"recording": 0.9}), name=f"review {year}.pdf")
        for year in (1990, 2024)
    ]
    assert labels(plot.years(dated).xaxis) == ["1990\n(1)", "2024\n(1)"]


def test_themes_together_are_half_a_table():
    three = {"recording": 0.9, "child_voice": 0.9, "information_sharing": 0.9}
    two = {"recording": 0.9, "child_voice": 0.9}
    document = tagged_document(tagged_passage("a", three), tagged_passage("b", two, index=1))
    ax = plot.together(document)
    assert labels(ax.xaxis) == ["child_voice", "recording"]
    assert labels(ax.yaxis) == ["recording", "information_sharing"]
    (mesh,) = ax.collections
    assert mesh.get_array().reshape(2, 2).filled(-1).tolist() == [[2, -1], [1, 1]]
    assert texts(ax) == ["2", "1", "1"]
    assert all(place == int(place) for place in ax.figure.axes[1].yaxis.get_ticklocs())
    assert labels(plot.together(document, limit=2).yaxis) == ["recording"]


def test_roles_are_split_into_with_and_without_a_theme(documents):
    ax = plot.roles(documents, codebook=Codebook.load())
    assert labels(ax.yaxis) == ["Finding", "Context"]
    tagged, rest = ax.containers
    assert [bar.get_width() for bar in tagged] == [3, 0]
    assert [(bar.get_x(), bar.get_width()) for bar in rest] == [(3, 1), (0, 1)]
    assert texts(ax) == ["3 of 4", "0 of 1"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["with a theme", "without"]


def test_reliability_draws_the_bins():
    case = calibrated(0)
    result = evaluate(case.truth, case.score, n_resamples=0)
    ax = plot.reliability(result)
    diagonal, line = ax.lines
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    points = [(found.probability, found.share) for found in result.calibration]
    assert [tuple(point) for point in line.get_xydata()] == points
    (sizes,) = ax.collections
    assert [tuple(point) for point in sizes.get_offsets()] == points
    assert texts(ax) == [f"{found.n:,}" for found in result.calibration]
    largest = max(result.calibration, key=lambda found: found.n)
    assert sizes.get_sizes().max() == sizes.get_sizes()[result.calibration.index(largest)]
    assert f"{result.ece:.3f}" in ax.get_title("left")
    assert drawn(ax)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_summary_documents_codings_and_one_document_all_do(chart, documents):
    charts = [
        chart(summarise(documents)),
        chart(iter(documents)),
        chart(Codings(documents=tuple(documents))),
    ]
    assert len({drawn(ax) for ax in charts}) == 1
    assert drawn(chart(documents[0])) == drawn(chart([documents[0]]))


@pytest.mark.parametrize("chart", CHARTS)
def test_axes_that_are_given_are_drawn_into(chart, documents, closed):
    figure, (left, right) = closed.subplots(1, 2)
    assert chart(documents, ax=right) is right
    assert closed.get_fignums() == [figure.number]
    assert not left.has_data()
    assert right.has_data()


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_shown_and_no_setting_is_changed(chart, documents, monkeypatch, closed):
    monkeypatch.setattr(closed, "show", lambda *_, **__: pytest.fail("shown"))
    before, backend = dict(mpl.rcParams), mpl.get_backend()
    chart(documents)
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend() == backend


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_to_show_is_said(chart):
    for nothing in ([], tagged_document(tagged_passage("a", {}, role=""))):
        ax = chart(nothing)
        assert texts(ax) == ["Nothing to show"]
        assert drawn(ax)


@given(st.lists(tagged_documents(), max_size=3))
@settings(deadline=None, max_examples=8)
def test_whatever_the_documents_every_chart_is_drawn(documents):
    summary = summarise(documents)
    for chart in CHARTS:
        assert drawn(chart(summary)).startswith(b"\x89PNG")
    pyplot.close("all")


def test_titles_are_no_formulas_and_are_folded():
    price = "Costs of $5 and $6 not foreseen by those who plan for the whole of the county"
    book = Codebook.from_dict(
        {"theme": [{"id": "recording", "title": price, "definition": ""}]}, source="here"
    )
    document = tagged_document(tagged_passage("a", {"recording": 0.9}))
    ax = plot.themes([document, tagged_document(name="b.txt")], codebook=book)
    (label,) = labels(ax.yaxis)
    assert label.replace("\n", " ") == price
    assert max(map(len, label.split("\n"))) <= 36
    assert not ax.get_yticklabels()[0].get_parse_math()
    assert drawn(ax)


def test_limit_is_how_many_themes_are_drawn(documents):
    assert len(labels(plot.themes(documents, limit=1).yaxis)) == 1
    assert len(labels(plot.years(documents, limit=1).yaxis)) == 1


@pytest.mark.parametrize("chart", CHARTS)
def test_dark_and_light_can_be_told_apart_in_grey(chart, documents):
    def grey(colour) -> float:
        red, green, blue, *_ = mpl.colors.to_rgba(colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    ax = chart(documents)
    for text in ax.texts:  # numbers in cells, on the colour of their cell
        if not ax.collections:
            continue
        (mesh,) = ax.collections
        x, y = text.get_position()
        columns = len(labels(ax.xaxis))
        cell = mesh.to_rgba(mesh.get_array()).reshape(-1, 4)[int(y) * columns + int(x)]
        assert abs(grey(text.get_color()) - grey(cell)) > 0.35
    assert abs(grey(drawing.DARK) - grey(drawing.LIGHT)) > 0.35


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'pip install "scr-themes\[plot\]"$'):
        plot.themes([])


def test_it_is_there_without_an_import_of_its_own_and_brings_matplotlib_only_when_used():
    code = (
        "import sys, scr_themes\n"
        "assert 'plot' in dir(scr_themes)\n"
        "scr_themes.plot.themes\n"
        "assert not {'matplotlib', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert scr_themes.plot is plot
