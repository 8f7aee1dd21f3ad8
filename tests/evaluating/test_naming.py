from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.evaluating.naming import common_names


def test_whole_names_come_first():
    found = common_names({"a": ["x/a.pdf", "y/a.pdf"], "b": ["y/a.pdf"]})
    assert found == {
        ("a", "x/a.pdf"): "x/a.pdf",
        ("a", "y/a.pdf"): "y/a.pdf",
        ("b", "y/a.pdf"): "y/a.pdf",
    }


def test_programs_drop_folders_and_endings():
    found = common_names(
        {
            "model": ["pdf/Leeds 2015.pdf"],
            "NVivo": ["Leeds 2015"],
            "Ben": [r"C:\me\leeds 2015.docx"],
        }
    )
    assert set(found.values()) == {"pdf/Leeds 2015.pdf"}


def test_a_point_in_a_name_is_no_ending():
    found = common_names({"a": ["vol. 1.pdf"], "b": ["vol. 1"], "c": ["vol"]})
    assert found["b", "vol. 1"] == "vol. 1.pdf"
    assert found["c", "vol"] == "vol"


def test_accents_written_in_two_ways_are_the_same():
    found = common_names({"a": ["Zoe\u0308.txt"], "b": ["zo\u00eb.txt"]})
    assert len(set(found.values())) == 1


def test_what_could_be_either_of_two_is_taken_for_neither():
    found = common_names({"a": ["north/review.pdf", "south/review.pdf"], "b": ["review.pdf"]})
    assert found["b", "review.pdf"] == "review.pdf"
    assert len(set(found.values())) == 3


@given(
    st.dictionaries(
        st.sampled_from("abc"),
        st.lists(st.sampled_from(["x/a.pdf", "y/a.pdf", "a.pdf", "a", "A", "b"]), unique=True),
        min_size=1,
    )
)
def test_a_coder_s_documents_stay_apart(named):
    found = common_names(named)
    assert set(found) == {(coder, name) for coder, names in named.items() for name in names}
    for coder, names in named.items():
        assert len({found[coder, name] for name in names}) == len(names)
