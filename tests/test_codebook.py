"""The codebook: the bundled one, anyone's own, and every way in which one can be wrong."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.errors import CodebookError

CORE = ("information_sharing", "parental_risk", "child_voice", "vetting_checks")
FURTHER = (
    "abuse_signs_missed",
    "assessment_quality",
    "pre_birth_assessment",
    "recording",
    "management_oversight",
    "workforce_capacity",
    "training_knowledge",
    "multi_agency_working",
    "delay_drift",
    "older_children",
    "carer_approval",
    "professional_allegations",
    "learning_not_embedded",
)
SMALL = """
name = "Pumps"
version = "7"
rules = ["One report, one passage."]

[[theme]]
id = "leak"
title = "Leak"
definition = "Something ran out."
core = true
counts = ["oil", "water"]

[[theme]]
id = "fuse"
title = "Blown fuse"
definition = "The current stopped."

[[role]]
id = "fault"
title = "Fault"
definition = "Says what broke."

[[role]]
id = "other"
title = "Other"
definition = "Everything else."
"""


@pytest.fixture(scope="module")
def bundled():
    return Codebook.load()


def test_the_bundled_themes_and_roles(bundled):
    assert bundled.theme_ids == CORE + FURTHER
    assert bundled.core_ids == CORE
    assert bundled.role_ids == ("finding", "good_practice", "recommendation", "context")
    assert bundled.rules


def test_every_bundled_entry_is_told_in_full(bundled):
    for entry in (*bundled.themes, *bundled.roles):
        assert entry.title
        assert entry.definition.endswith(".")
        assert len(entry.examples) == len(entry.counter_examples) == 2
    for theme in bundled.themes:
        assert theme.counts
        assert theme.excludes


def test_no_bundled_text_is_said_twice(bundled):
    entries = (*bundled.themes, *bundled.roles)
    texts = [text for e in entries for text in (*e.examples, *e.counter_examples)]
    assert len({re.sub(r"\W+", " ", text).lower() for text in texts}) == len(texts) == 84
    assert len({entry.definition for entry in entries}) == len({e.title for e in entries}) == 21


def test_exclusions_point_at_themes_that_there_are(bundled):
    for theme in bundled.themes:
        for exclusion in theme.excludes:
            for name in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", exclusion):
                assert name in bundled.theme_ids
                assert name != theme.id


def test_themes_by_id(bundled):
    assert bundled["child_voice"].id == "child_voice"
    with pytest.raises(KeyError, match="weather"):
        bundled["weather"]


def test_read_from_a_file(tmp_path):
    path = tmp_path / "pumps.toml"
    path.write_text(SMALL, encoding="utf-8")
    for given_path in (path, str(path)):
        book = Codebook.load(given_path)
        assert (book.name, book.version, book.rules) == (
            "Pumps",
            "7",
            ("One report, one passage.",),
        )
        assert (book.theme_ids, book.core_ids) == (("leak", "fuse"), ("leak",))
        assert book["leak"].counts == ("oil", "water")
        assert book.role_ids == ("fault", "other")


def test_roles_and_all_but_id_title_and_definition_may_be_left_out():
    book = Codebook.parse('[[theme]]\nid = "a"\ntitle = "A"\ndefinition = "B."')
    assert book == Codebook(
        name="unnamed", version="0", themes=(Theme(id="a", title="A", definition="B."),)
    )


ids = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
texts = st.text(max_size=20)
lists = st.lists(texts, max_size=3).map(tuple)


def entries(kind, **more):
    return st.builds(
        kind, id=ids, title=texts, definition=texts, examples=lists, counter_examples=lists, **more
    )


books = st.builds(
    Codebook,
    name=texts,
    version=texts,
    rules=lists,
    themes=st.lists(
        entries(Theme, counts=lists, excludes=lists, core=st.booleans()),
        min_size=1,
        max_size=4,
        unique_by=lambda theme: theme.id,
    ).map(tuple),
    roles=st.one_of(
        st.just(()),
        st.lists(entries(Role), min_size=2, max_size=4, unique_by=lambda role: role.id).map(tuple),
    ),
)


@given(books)
def test_plain_data_and_back(book):
    assert Codebook.from_dict(book.to_dict()) == book


def test_the_bundled_one_as_plain_data_and_back(bundled):
    assert Codebook.from_dict(bundled.to_dict()) == bundled


def test_bare_ids():
    book = Codebook.of(("poor_heating", "damp"), ("fault", "other"))
    assert [theme.title for theme in book.themes] == ["poor heating", "damp"]
    assert book.role_ids == ("fault", "other")
    assert Codebook.from_dict(book.to_dict()) == book


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "fuse"', 'id = "leak"', "has the theme id 'leak' twice; give each its own id"),
        ('id = "other"', 'id = "fault"', "has the role id 'fault' twice"),
        ('id = "fuse"', "", r"theme \(no id\) lacks 'id'"),
        ('title = "Leak"', "", "theme leak lacks 'title'; add title"),
        ('definition = "Something ran out."', "", "theme leak lacks 'definition'"),
        ('definition = "Says what broke."', "", "role fault lacks 'definition'"),
        ('title = "Leak"', "title = 4", "theme leak lacks 'title'"),
        ('id = "leak"', "id = 4", "theme 4 lacks 'id'"),
        ('title = "Leak"', 'title = "Leak"\ntitel = "L"', "theme leak has an unknown field"),
        ('title = "Fault"', 'title = "Fault"\ncore = true', "role fault has an unknown field"),
        ('name = "Pumps"', 'nam = "Pumps"', "has an unknown entry 'nam'"),
        ('id = "leak"', 'id = "Oil leak"', "theme Oil leak: the id is not lower-case words"),
        ('id = "leak"', 'id = ""', "the id is not lower-case words joined by underscores; rename"),
        ('id = "leak"', 'id = "leak\\n"', "the id is not lower-case words"),
        ('id = "leak"', 'id = "léak"', "the id is not lower-case words"),
        ('id = "fault"', 'id = "1st"', "role 1st: the id is not lower-case words"),
        ('counts = ["oil", "water"]', 'counts = "oil"', "counts is not a list of strings"),
        ('counts = ["oil", "water"]', "counts = [1]", "counts is not a list of strings"),
        ("core = true", "core = 1", "theme leak: core is not true or false"),
        ("core = true", 'core = "yes"', "write core = true"),
        ('rules = ["One report, one passage."]', "rules = 3", "rules is not a list of strings"),
        ("[[role]]", "[[theme]]", None),
        ('[[role]]\nid = "other"', '[[theme]]\nid = "third"', r"has a single \[\[role\]\]"),
        ("[[theme]]", "[[theme", "is not valid TOML"),
        ('title = "Leak"', 'title = "Leak', "is not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, old, new, message):
    path = tmp_path / "book.toml"
    assert old in SMALL
    path.write_text(SMALL.replace(old, new, 1 if message else -1), encoding="utf-8")
    if message is None:
        assert Codebook.load(path).role_ids == ()
        return
    with pytest.raises(CodebookError, match=message) as caught:
        Codebook.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"has no \[\[theme\]\]; add at least one"),
        ("theme = []", r"has no \[\[theme\]\]"),
        ('theme = "leak"', r"'theme' is not a list of tables; write \[\[theme\]\]"),
        ('[theme]\nid = "leak"', "'theme' is not a list of tables"),
        ("theme = [1]", "'theme' is not a list of tables"),
        ('role = ["fault"]', "'role' is not a list of tables"),
    ],
)
def test_no_themes_or_things_that_are_none(text, message):
    with pytest.raises(CodebookError, match=message):
        Codebook.parse(text, source="book.toml")


def test_a_missing_file(tmp_path):
    with pytest.raises(CodebookError, match="no such file; check the path"):
        Codebook.load(tmp_path / "none.toml")


def test_a_folder_and_a_file_that_is_no_text(tmp_path):
    (tmp_path / "book.toml").write_bytes(SMALL.encode("utf-16"))
    for path in (tmp_path, tmp_path / "book.toml"):
        with pytest.raises(CodebookError, match=r"could not be read .*give a UTF-8 text file"):
            Codebook.load(path)


@given(st.text(max_size=60))
def test_any_text_is_a_codebook_or_an_error_of_ours(text):
    with pytest.raises(CodebookError):
        Codebook.parse(text)


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "title", "definition", "core", "counts", "examples"]), inner
        ),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["name", "version", "rules", "theme", "role"]), plain))
def test_any_plain_data_is_a_codebook_or_an_error_of_ours(data):
    try:
        book = Codebook.from_dict(data)
    except CodebookError:
        return
    assert Codebook.from_dict(book.to_dict()) == book


def test_the_bundled_file_says_what_it_loads(bundled):
    data = tomllib.loads(files("scr_themes").joinpath("codebook.toml").read_text(encoding="utf-8"))
    assert [theme["id"] for theme in data["theme"]] == list(bundled.theme_ids)
