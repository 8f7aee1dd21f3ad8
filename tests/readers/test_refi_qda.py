"""REFI-QDA files of ours against the published schema, and opened by pyrefiqda."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scr_themes import Codebook
from scr_themes.documents import TaggedDocument
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing.refi_qda import save, write_codebook
from scr_themes.writing.settings import Settings
from tests.tagged import laid_out_documents, tagged_document
from tests.writing.test_refi_qda import at_words, members, review

BOOK = Codebook.load()
SCHEMA = Path(__file__).parent / "schemas" / "Project.xsd"
unhurried = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def project_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def codebook_schema() -> etree.XMLSchema:
    """Make the schema of codebooks of that of projects.

    The two have the same types for codes. A codebook is the root itself, says where it comes
    from, and is in a namespace of its own.
    """
    text = SCHEMA.read_text(encoding="utf-8").replace("QDA-XML:project", "QDA-XML:codebook")
    root = etree.fromstring(text.encode())
    xsd = {"xsd": "http://www.w3.org/2001/XMLSchema"}
    (element,) = root.findall("xsd:element", xsd)
    element.set("name", "CodeBook")
    element.set("type", "CodeBookType")
    (kind,) = root.findall("xsd:complexType[@name='CodeBookType']", xsd)
    etree.SubElement(kind, f"{{{xsd['xsd']}}}attribute", name="origin", type="xsd:string")
    return etree.XMLSchema(root)


def example(tmp_path: Path) -> Path:
    path = tmp_path / "a.qdpx"
    one = review("Zoë’s notes 👩‍👧 were lost.", "Nobody asked.", page=2, paragraph="1.2")
    save([one, replace(one, coder="Ben")], Settings(codebook=BOOK), path)
    return path


@unhurried
@given(documents=st.lists(laid_out_documents(longest=3), max_size=3), odd=st.text(max_size=4))
def test_projects_keep_to_the_schema(tmp_path, documents, odd):
    path = tmp_path / "a.qdpx"
    odd_one = tagged_document(name=f"\x00{odd}\udce9", title=odd, coder=f"\x1b{odd}")
    save([*documents, odd_one], Settings(codebook=BOOK), path)
    project_schema().assertValid(etree.fromstring(members(path)["project.qde"]))


@pytest.mark.parametrize("codebook", [None, BOOK])
def test_a_project_of_nothing_keeps_to_the_schema(tmp_path, codebook):
    save([], Settings(codebook=codebook), tmp_path / "a.qdpx")
    project_schema().assertValid(etree.fromstring(members(tmp_path / "a.qdpx")["project.qde"]))


def test_the_schema_would_notice():
    bad = etree.fromstring('<Project xmlns="urn:QDA-XML:project:1.0"><Sources/></Project>')
    assert not project_schema().validate(bad)
    worse = etree.fromstring(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1"/></Codes></CodeBook>'
    )
    assert not codebook_schema().validate(worse)


def test_codebooks_keep_to_the_schema(tmp_path):
    for book in (BOOK, Codebook.of(("damp",))):
        write_codebook(book, tmp_path / "a.qdc")
        codebook_schema().assertValid(etree.parse(str(tmp_path / "a.qdc")))


def test_pyrefiqda_finds_every_coding_at_its_words(tmp_path):
    pyrefiqda = pytest.importorskip("pyrefiqda")
    path = example(tmp_path)
    found = as_pyrefiqda_reads(pyrefiqda, path, tmp_path / "unpacked")
    assert found == [
        (coder, "a.pdf", code, words)
        for coder in ("Ann", "Ben")
        for words in ("Zoë’s notes 👩‍👧 were lost.", "Nobody asked.")
        for code in ("Finding", "Poor recording")
    ]
    assert found == at_words(path)


def as_pyrefiqda_reads(pyrefiqda, path: Path, folder: Path) -> list[tuple[str, str, str, str]]:
    """Return the user, source, code and words of each coding."""
    project = pyrefiqda.RefiProject.load(path, extract_dir=folder)
    users = {user.guid: user.name for user in project.users.user}
    codes = {code.guid: code.name for group in project.code_book.codes.code for code in group.code}
    found = []
    for source in project.sources.text_source:
        file = pyrefiqda.RefiProject.resolve_source_path(source.plain_text_path, folder)
        text = file.read_text(encoding="utf-8")
        for selection in source.plain_text_selection:
            words = text[selection.start_position : selection.end_position]
            for coding in selection.coding:
                code = codes[coding.code_ref.target_guid]
                found.append((users[coding.creating_user], source.name, code, words))
    return found


def test_what_pyrefiqda_writes_again_has_every_tag(tmp_path):
    """It keeps the sources' folder, and with it our own file."""
    pyrefiqda = pytest.importorskip("pyrefiqda")
    path, again, unpacked = example(tmp_path), tmp_path / "b.qdpx", tmp_path / "unpacked"
    project = pyrefiqda.RefiProject.load(path, extract_dir=unpacked)
    pyrefiqda.RefiProject.save(project, again, source_media_dir=unpacked / "sources")
    assert read_as_coded(again).documents == read_as_coded(path).documents
    assert all(isinstance(tagged, TaggedDocument) for tagged in read_as_coded(again))


def test_pyrefiqda_reads_the_codebook(tmp_path):
    pyrefiqda = pytest.importorskip("pyrefiqda")
    write_codebook(BOOK, tmp_path / "a.qdc")
    themes, roles = pyrefiqda.RefiCodebook.load(tmp_path / "a.qdc").codes.code
    assert [code.name for code in themes.code] == [theme.title for theme in BOOK.themes]
    assert [code.name for code in roles.code] == [role.title for role in BOOK.roles]
    assert not themes.is_codable
    assert all(code.is_codable for code in themes.code)
