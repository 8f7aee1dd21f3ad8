from __future__ import annotations

import gc
import json
import re
import weakref
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scr_themes import Codebook, CodebookError, ReadingError, WritingError, write
from scr_themes.codebook import Role, Theme
from scr_themes.documents import Document, Tag, TaggedDocument
from scr_themes.reading.codings import read_as_coded, read_codings
from scr_themes.reading.codings.refi_qda import read_codebook
from scr_themes.reading.codings.refi_qda.names import LAYOUT
from scr_themes.writing.refi_qda import save, write_codebook
from scr_themes.writing.refi_qda.sources import for_file
from scr_themes.writing.settings import Settings
from tests.tagged import coders, laid_out_documents, tagged_document, tagged_passage

BOOK = Codebook.load()
NS = "{urn:QDA-XML:project:1.0}"
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
odd_names = st.text(max_size=6) | st.sampled_from(
    ("", "\x00", "caf\udce9.pdf", "a\nb", '"<&>', "\ufeff", "\uffff", "👩")
)


def saved(path: Path, *documents: TaggedDocument, codebook: Codebook | None = BOOK) -> Path:
    save(documents, Settings(codebook=codebook), path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, **changed: bytes | None) -> Path:
    """Write a project again with other members; None leaves one out."""
    held = members(path) | {name.replace("__", "."): data for name, data in changed.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in held.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def without_layout(path: Path) -> Path:
    """Make a project what another program leaves of it: the texts and the codings."""
    return rewritten(path, **{LAYOUT.replace(".", "__"): None})


def root_of(path: Path) -> etree._Element:
    return etree.fromstring(members(path)["project.qde"])


def at_words(path: Path) -> list[tuple[str, str, str, str]]:
    """Return each coding as another program finds it: user, source, code and words."""
    root, held = root_of(path), members(path)
    users = {user.get("guid"): user.get("name") for user in root.iter(f"{NS}User")}
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{NS}Code")}
    found = []
    for source in root.iter(f"{NS}TextSource"):
        name = source.get("plainTextPath").replace("internal://", "sources/")
        text = held[name].decode()
        for selection in source.iter(f"{NS}PlainTextSelection"):
            start, end = (int(selection.get(f"{side}Position")) for side in ("start", "end"))
            for coding in selection.iter(f"{NS}Coding"):
                assert coding.get("creatingUser") == selection.get("creatingUser")
                user = users[coding.get("creatingUser")]
                code = codes[coding.find(f"{NS}CodeRef").get("targetGUID")]
                found.append((user, source.get("name"), code, text[start:end]))
    return found


def review(*texts: str, name: str = "a.pdf", coder: str = "Ann", **where) -> TaggedDocument:
    """Make a document of lines, each tagged as a whole."""
    text, passages = "", []
    for index, words in enumerate(texts):
        passage = tagged_passage(words, {"recording": 0.75}, index=index, **where)
        at = replace(passage.passage, start=len(text), end=len(text) + len(words))
        passages.append(replace(passage, passage=at, candidates=passage.tags))
        text += f"{words}\n\n"
    document = Document(
        path=name, title="A review", text=text, passages=tuple(p.passage for p in passages)
    )
    return TaggedDocument(document=document, passages=tuple(passages), coder=coder)


# --- round trips -------------------------------------------------------------------------------

several = st.lists(laid_out_documents(), max_size=4)


@unhurried
@given(documents=several, codebook=st.sampled_from((None, BOOK)))
def test_nothing_is_lost(tmp_path, documents, codebook):
    back = read_as_coded(saved(tmp_path / "a.qdpx", *documents, codebook=codebook))
    assert list(back.documents) == documents
    assert back.unmapped == ()


@unhurried
@given(
    documents=st.lists(laid_out_documents(longest=2), min_size=1, max_size=3),
    others=st.lists(coders(), min_size=1, max_size=3),
    data=st.data(),
)
def test_coders_of_the_same_documents(tmp_path, documents, others, data):
    """Also where one coder comes twice, with the same document or another like it."""
    all_of_them = [
        *documents,
        *(replace(document, coder=coder) for coder in others for document in documents),
    ]
    given_ = data.draw(st.permutations(all_of_them))
    path = saved(tmp_path / "a.qdpx", *given_)
    assert list(read_as_coded(path).documents) == given_


@unhurried
@given(
    document=laid_out_documents(longest=2),
    path=st.none() | odd_names,
    title=odd_names,
    coder=odd_names,
    theme=odd_names,
    role=odd_names,
    paragraph=odd_names,
    codebook=st.sampled_from((None, BOOK)),
)
def test_odd_names_survive(
    tmp_path, document, path, title, coder, theme, role, paragraph, codebook
):
    """NULs and lone surrogates have no place in XML, but names may hold them."""
    passages = tuple(
        replace(
            passage,
            passage=replace(passage.passage, paragraph=paragraph, section=title),
            role=role,
            role_probability=0.5 if role else 0.0,
            tags=(Tag(theme, 0.25, (0, 1)), Tag("recording", 1 / 3, (0, 1))),
            candidates=(Tag(theme, 0.25, (0, 1)), Tag("recording", 1 / 3, (0, 1))),
        )
        for passage in document.passages
    )
    odd = TaggedDocument(
        document=replace(
            document.document,
            path=path,
            title=title,
            warnings=(title,),
            passages=tuple(passage.passage for passage in passages),
        ),
        passages=passages,
        coder=coder,
    )
    assert list(read_as_coded(saved(tmp_path / "a.qdpx", odd, codebook=codebook))) == [odd]


@unhurried
@given(documents=several)
def test_every_coding_is_at_its_words(tmp_path, documents):
    path = saved(tmp_path / "a.qdpx", *documents)
    wanted = []
    for tagged in documents:
        for passage in tagged.passages:
            codes = [(BOOK[tag.theme].title, passage.quote(tag)) for tag in passage.tags]
            if passage.role:
                title = next(role.title for role in BOOK.roles if role.id == passage.role)
                codes.append((title, passage.text))
            # Behind another character: a mark is left out at the beginning of a text alone.
            wanted += [(tagged.coder, code, for_file(f"x{words}")[0][1:]) for code, words in codes]
    found = [(user, code, words) for user, _, code, words in at_words(path)]
    # A CR at the end of a quotation is a space in the file if a line feed follows it.
    assert sorted(_lines(found)) == sorted(_lines(wanted))


def _lines(codings):
    return [(user, code, words.replace("\n", " ")) for user, code, words in codings]


def test_positions_count_code_points(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("👩‍👧 were seen.", "Nobody asked."))
    assert [words for *_, words in at_words(path)][2:] == ["Nobody asked."] * 2
    selection = [*root_of(path).iter(f"{NS}PlainTextSelection")][-1]
    assert selection.get("startPosition") == "16"
    assert selection.get("name") == "Nobody asked."


def test_texts_are_counted_alike_by_every_program(tmp_path):
    """No mark, no CR, no NUL; the same length all the same."""
    tagged = review("One.\r\nTwo\x00.", "Three\r.", name="a.txt")
    document = replace(tagged.document, text="\ufeff" + tagged.document.text)
    moved = [
        replace(p.passage, start=p.passage.start + 1, end=p.passage.end + 1)
        for p in tagged.passages
    ]
    tagged = TaggedDocument(
        document=replace(document, passages=tuple(moved)),
        passages=tuple(replace(p, passage=m) for p, m in zip(tagged.passages, moved, strict=True)),
        coder="Ann",
    )
    path = saved(tmp_path / "a.qdpx", tagged)
    (data,) = (data for name, data in members(path).items() if name.endswith(".txt"))
    assert data == "One. \nTwo\ufffd.\n\nThree\n.\n\n".encode()
    assert list(read_as_coded(path)) == [tagged]


@given(st.text() | st.text(alphabet="\r\n\ufeff\x00a"))
def test_a_text_for_a_file_keeps_its_length(text):
    kept, lead, replaced = for_file(text)
    assert len(lead) + len(kept) == len(text)
    assert not set(kept) & {"\r", "\x00"}
    assert not kept.startswith("\ufeff")
    kept.encode()
    assert all(kept[at] != sign for sign, places in replaced.items() for at in places)


def test_documents_without_passages_or_text(tmp_path):
    empty = tagged_document(name="", title="")
    bare = replace(review(), coder="Ben")
    assert list(read_as_coded(saved(tmp_path / "a.qdpx", empty, bare))) == [empty, bare]
    assert len(read_as_coded(saved(tmp_path / "b.qdpx"))) == 0


def test_passages_that_are_not_where_they_say_get_a_text(tmp_path):
    """As those have that come from a table of passages."""
    tagged = tagged_document(
        tagged_passage("Nobody asked.", {"recording": 0.8}),
        tagged_passage("No notes.", {}, index=1, role=""),
    )
    (back,) = read_as_coded(saved(tmp_path / "a.qdpx", tagged))
    assert [p.text for p in back.passages] == ["Nobody asked.", "No notes."]
    assert back.document.text == "Nobody asked.\n\nNo notes."
    assert [p.tags for p in back.passages] == [p.tags for p in tagged.passages]


# --- what other programs make of it ---------------------------------------------------------------


def test_the_same_tags_give_the_same_bytes(tmp_path):
    documents = [review("One.", "Two."), review("One.", "Two.", coder="Ben")]
    first = saved(tmp_path / "a.qdpx", *documents).read_bytes()
    assert saved(tmp_path / "b.qdpx", *documents).read_bytes() == first


def test_users_codes_and_sources(tmp_path):
    path = saved(
        tmp_path / "a.qdpx",
        review("One.", name="a.pdf"),
        review("Two.", name="b.pdf", coder="Ben"),
        review("One.", name="a.pdf", coder="Ben"),
        review("Three.", name="A.pdf"),
    )
    root = root_of(path)
    assert [user.get("name") for user in root.iter(f"{NS}User")] == ["Ann", "Ben"]
    assert [s.get("name") for s in root.iter(f"{NS}TextSource")] == ["a.pdf", "b.pdf", "A.pdf (2)"]
    groups = root.findall(f"{NS}CodeBook/{NS}Codes/{NS}Code")
    assert [(g.get("name"), g.get("isCodable")) for g in groups] == [
        ("Themes", "false"),
        ("Roles", "false"),
    ]
    themes, roles = (list(group.iter(f"{NS}Code"))[1:] for group in groups)
    assert [code.get("name") for code in themes] == [theme.title for theme in BOOK.themes]
    assert [code.get("name") for code in roles] == [role.title for role in BOOK.roles]
    assert len({code.get("color") for code in (*themes, *roles)}) == len(themes) + len(roles)
    meaning = themes[BOOK.theme_ids.index("recording")].findtext(f"{NS}Description")
    theme = BOOK["recording"]
    for words in (theme.definition, *theme.counts, *theme.excludes):
        assert words in meaning


def test_a_source_is_called_as_its_file(tmp_path):
    """QualCoder makes a file of the name, beside its others."""
    names = ("../up/a.pdf", "C:\\b\\c.pdf", "other/A.pdf", "d/..", "")
    path = saved(tmp_path / "a.qdpx", *(review("No notes.", name=name) for name in names))
    sources = [source.get("name") for source in root_of(path).iter(f"{NS}TextSource")]
    assert sources == ["a.pdf", "c.pdf", "A.pdf (2)", "document", "document (2)"]
    assert [tagged.document.name for tagged in read_as_coded(path)] == list(names)


def test_a_selection_says_where_it_is_and_how_probable(tmp_path):
    path = saved(
        tmp_path / "a.qdpx",
        review("No notes.", page=4, paragraph="2.1"),
        review("x" * 99, coder="Ben"),
    )
    first, second = root_of(path).iter(f"{NS}PlainTextSelection")
    assert first.findtext(f"{NS}Description") == (
        "Page 4, paragraph 2.1; Finding 0.90; Poor recording 0.75"
    )
    assert len(first.findall(f"{NS}Coding")) == 2
    assert second.get("name") == "x" * 79 + "…"


def test_a_persons_codings_need_no_probability(tmp_path):
    tagged = review("No notes.")
    (passage,) = tagged.passages
    by_hand = replace(passage, role="", role_probability=0.0, tags=(Tag("recording", 1.0, (0, 9)),))
    path = saved(tmp_path / "a.qdpx", replace(tagged, passages=(by_hand,)))
    (selection,) = root_of(path).iter(f"{NS}PlainTextSelection")
    assert selection.findtext(f"{NS}Description") == "Poor recording"


def test_no_two_codes_have_one_name(tmp_path):
    """QualCoder keeps the first of two; NVivo takes none that differ in case alone."""
    book = Codebook(
        name="B",
        version="1",
        themes=(
            Theme(id="damp", title="Damp", definition=""),
            Theme(id="wet", title="DAMP", definition=""),
            Theme(id="themes", title="Themes", definition=""),
        ),
        roles=(
            Role(id="damp", title="Damp", definition=""),
            Role(id="dry", title="Dry", definition=""),
        ),
    )
    tagged = review("Damp.")
    (passage,) = tagged.passages
    tags = tuple(Tag(theme, 0.5, (0, 5)) for theme in ("damp", "wet", "themes", "mould"))
    tagged = replace(tagged, passages=(replace(passage, role="damp", tags=tags, candidates=tags),))
    path = saved(tmp_path / "a.qdpx", tagged, codebook=book)
    names = [code.get("name").casefold() for code in root_of(path).iter(f"{NS}Code")]
    assert len(set(names)) == len(names) == 8
    assert list(read_as_coded(path)) == [tagged]


def test_what_another_program_leaves_of_it(tmp_path):
    """Without our own file: the lines of the text, and names as programs show them."""
    texts = ("No notes were kept.", "Nobody asked the girls.")
    path = without_layout(saved(tmp_path / "a.qdpx", review(*texts), review(*texts, coder="Ben")))
    codings = read_codings(path)
    assert codings.unmapped == ()
    assert codings.coders == ("Ann", "Ben")
    for tagged in codings:
        assert tagged.document.name == "a.pdf"
        assert [passage.text for passage in tagged.passages] == list(texts)
        assert [passage.role for passage in tagged.passages] == ["finding", "finding"]
        assert [passage.themes for passage in tagged.passages] == [("recording",)] * 2
        assert [p.quote(tag) for p in tagged.passages for tag in p.tags] == list(texts)


@unhurried
@given(documents=st.lists(laid_out_documents(longest=3), min_size=1, max_size=3))
def test_no_coding_moves_on_the_way_through_another_program(tmp_path, documents):
    """Each line of what was coded comes back, by the same coder and code."""
    path = without_layout(saved(tmp_path / "a.qdpx", *documents))
    wanted = Counter(
        (coder, code, line.strip())
        for coder, _, code, words in at_words(path)
        for line in re.split("[\r\n\u2028\u2029]", words)
        if line.strip()
    )
    found = Counter(
        (tagged.coder, tag.theme, passage.quote(tag).strip())
        for tagged in read_as_coded(path)
        for passage in tagged.passages
        for tag in passage.tags
        if passage.quote(tag).strip()
    )
    assert found == wanted


# --- what somebody changed in our file --------------------------------------------------------


def test_codings_that_were_taken_away_are_gone(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("No notes.", "Nobody asked."))
    root = root_of(path)
    gone = next(root.iter(f"{NS}PlainTextSelection"))
    gone.getparent().remove(gone)
    last = [*root.iter(f"{NS}Coding")][-1]  # of the theme: the role stays
    last.getparent().remove(last)
    (tagged,) = read_as_coded(rewritten(path, project__qde=etree.tostring(root)))
    assert [(p.role, p.role_probability, p.tags) for p in tagged.passages] == [
        ("", 0.0, ()),
        ("finding", 0.9, ()),
    ]


def test_codings_that_were_added_are_there(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("No notes.", "Nobody asked.", page=3))
    data = members(path)["project.qde"].decode()
    root = root_of(path)
    code = next(
        c.get("guid") for c in root.iter(f"{NS}Code") if c.get("name") == BOOK["child_voice"].title
    )
    own = next(root.iter(f"{NS}User")).get("guid")
    other = "11111111-aaaa-4aaa-8aaa-111111111111"
    for user in (own, other):
        data = data.replace(
            "</TextSource>",
            f'<PlainTextSelection guid="{other}" startPosition="11" endPosition="17">'
            f'<Coding guid="{other}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'
            "</PlainTextSelection></TextSource>",
        )
    data = data.replace("</Users>", f'<User guid="{other}" name="Cat"/></Users>')
    ann, cat = read_as_coded(rewritten(path, project__qde=data.encode()))
    assert (ann.coder, cat.coder) == ("Ann", "Cat")
    assert ann.passages[1].tags == (
        Tag("recording", 0.75, (0, 13)),
        Tag("child_voice", 1.0, (0, 6)),
    )
    assert cat.passages[1].tags == (Tag("child_voice", 1.0, (0, 6)),)
    assert cat.document == ann.document
    assert cat.passages[0].passage.page == 3


def test_names_that_were_changed_are_the_new_ones(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("No notes."))
    data = members(path)["project.qde"].decode()
    data = data.replace('name="Poor recording"', 'name="Thin notes"').replace(
        'name="Ann"', 'name="Eve"'
    )
    (tagged,) = read_as_coded(rewritten(path, project__qde=data.encode()))
    assert tagged.coder == "Eve"
    assert tagged.passages[0].tags == (Tag("Thin notes", 0.75, (0, 9)),)
    assert tagged.passages[0].role == "finding"


def test_a_text_that_was_changed_is_read_as_it_is_now(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("No notes.", "Nobody asked."))
    (name,) = (name for name in members(path) if name.endswith(".txt"))
    held = members(path)
    with zipfile.ZipFile(path, "w") as archive:
        for other, data in held.items():
            archive.writestr(other, b"No notes.\nNobody asked, then." if other == name else data)
    (tagged,) = read_as_coded(path)
    assert [p.text for p in tagged.passages] == ["No notes.", "Nobody asked, then."]
    assert tagged.passages[0].themes == ("finding", "recording")
    assert tagged.passages[0].tags[0].probability == 1.0


def test_a_damaged_file_of_our_own_is_an_error(tmp_path):
    path = saved(tmp_path / "a.qdpx", review("No notes."))
    layout = members(path)[LAYOUT]
    lines = [json.loads(line) for line in layout.splitlines()]
    key = LAYOUT.replace(".", "__")
    lines[1]["passages"][0][1:3] = ["x", "y"]
    lines[2]["coded"][0][0] = 99
    for broken in (
        layout[: len(layout) // 2],
        b'{"scr_themes":1}\n[]\n',
        b"{}\n",
        _joined([lines[0], lines[1], *lines[3:]]),
        _joined([lines[0], json.loads(layout.splitlines()[1]), *lines[2:]]),
    ):
        with pytest.raises(ReadingError, match=r"scr_themes\.jsonl: is damaged"):
            read_as_coded(rewritten(path, **{key: broken}))
    later = rewritten(path, **{key: b'{"scr_themes":2}\n{"anything":1}\n'})
    assert [t.passages[0].themes for t in read_as_coded(later)] == [("Finding", "Poor recording")]


def _joined(lines):
    return "\n".join(json.dumps(line) for line in lines).encode()


# --- writing --------------------------------------------------------------------------------------


def test_an_error_on_the_way_leaves_the_documents_before_it(tmp_path):
    def documents():
        yield review("No notes.")
        raise RuntimeError("stop")

    path = tmp_path / "a.qdpx"
    with pytest.raises(RuntimeError, match="stop"):
        save(documents(), Settings(codebook=BOOK), path)
    assert list(read_as_coded(path)) == [review("No notes.")]
    with pytest.raises(RuntimeError, match="stop"):
        write(documents(), tmp_path / "b.qdpx")
    assert list(read_as_coded((tmp_path / "b.qdpx.part").rename(tmp_path / "c.qdpx"))) == [
        review("No notes.")
    ]


def test_through_write(tmp_path):
    path = tmp_path / "out.qdpx"
    write([review("No notes.")], path)
    assert list(read_as_coded(path)) == [review("No notes.")]
    with pytest.raises(WritingError):
        write([review("No notes.")], tmp_path / "no" / "out.qdpx")


def test_documents_are_not_held(tmp_path):
    """Each is let go before the next is asked for."""

    class Held(TaggedDocument):
        __slots__ = ("__weakref__",)

    alive: list[weakref.ref] = []

    def documents():
        for n in range(5):
            tagged = review("No notes.", name=f"{n}.pdf")
            held = Held(document=tagged.document, passages=tagged.passages, coder="Ann")
            alive.append(weakref.ref(held))
            yield held
            del held, tagged
            gc.collect()
            assert sum(ref() is not None for ref in alive) <= 1

    save(documents(), Settings(), tmp_path / "a.qdpx")


# --- codebooks --------------------------------------------------------------------------------


def test_a_codebook_comes_back(tmp_path):
    path = tmp_path / "codes.qdc"
    write_codebook(BOOK, path)
    back = read_codebook(path)
    assert back.roles == BOOK.roles
    assert back.themes == tuple(replace(theme, core=False) for theme in BOOK.themes)
    root = etree.parse(str(path)).getroot()
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    assert root.get("origin").startswith("scr_themes")


def test_a_bare_codebook_comes_back(tmp_path):
    book = Codebook.of(("damp", "mould"))
    write_codebook(book, tmp_path / "a.qdc")
    assert read_codebook(tmp_path / "a.qdc").themes == book.themes
    with pytest.raises(WritingError, match="cannot be written"):
        write_codebook(book, tmp_path / "no" / "a.qdc")


def test_a_codebook_of_another_program(tmp_path):
    path = tmp_path / "nvivo.qdc"
    path.write_text(
        """<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="NVivo"><Codes>
        <Code guid="{1}" name="Home" isCodable="false"><Description>Where they live.</Description>
          <Code guid="2" name="Damp &amp; mould" isCodable="true"><Description>Wet walls.

          Black ones.</Description></Code>
          <Code guid="3" name="damp, mould" isCodable="true"/></Code>
        <Code guid="4" name="2nd visit" isCodable="true"><Code guid="5" name="Élan"
          isCodable="true"/></Code><Code guid="6" name="静か" isCodable="true"/>
        <Code guid="7" name="Roles" isCodable="false"><Code guid="8" name="Lone"
          isCodable="true"/></Code></Codes></CodeBook>""",
        encoding="utf-8",
    )
    book = read_codebook(path)
    assert book.name == "NVivo"
    assert [(theme.id, theme.title) for theme in book.themes] == [
        ("damp_mould", "Damp & mould"),
        ("damp_mould_2", "damp, mould"),
        ("code_2nd_visit", "2nd visit"),
        ("elan", "Élan"),
        ("code", "静か"),
        ("lone", "Lone"),
    ]
    assert book.themes[0].definition == "Wet walls. Black ones."
    assert book.roles == ()


def test_what_is_no_codebook(tmp_path):
    path = tmp_path / "a.qdc"
    with pytest.raises(CodebookError, match="cannot be read"):
        read_codebook(path)
    for text, fault in (
        ("no xml", "is no sound XML"),
        ("<Project/>", "is no REFI-QDA codebook"),
        ("<CodeBook><Codes/></CodeBook>", "has no"),
        ('<!DOCTYPE CodeBook [<!ENTITY a "b">]><CodeBook/>', "document type"),
    ):
        path.write_text(text)
        with pytest.raises(CodebookError, match=fault):
            read_codebook(path)
