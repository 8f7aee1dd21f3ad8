from __future__ import annotations

import io
import zipfile
from itertools import product

import pytest

from scr_themes import Codebook, ReadingError
from scr_themes.reading.codings import read_as_coded, read_codings
from scr_themes.reading.codings.refi_qda.offsets import MANNERS, Counted, Manner, added_up, choose
from scr_themes.reading.codings.refi_qda.project import Selection
from tests.reading.projects import (
    ANN,
    BEN,
    CODED,
    LINES,
    RECORDING,
    SOURCE,
    VOICE,
    Selected,
    Source,
    offsets,
    project,
    write_project,
)

WANTED = [quote for _, quote in CODED]


def quoted(codings, coder=None):
    """Return the words of each tag, in the order of the text."""
    return [
        passage.quote(tag)
        for tagged in codings
        if coder in (None, tagged.coder)
        for passage in tagged.passages
        for tag in sorted(passage.tags, key=lambda tag: tag.evidence)
    ]


def in_units(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le")) // 2


def in_bytes(text: str, place: int) -> int:
    return len(text[:place].encode())


def in_points(text: str, place: int) -> int:
    return place


# --- each program's manner -----------------------------------------------------------------


def test_nvivo(tmp_path):
    """CR LF, both counted; UTF-16 code units; selections without names; a docx beside the text."""
    text = "\r\n".join(LINES) + "\r\n"
    selections = [
        Selected(*(in_units(text, place) for place in offsets(text, quote))) for quote in WANTED
    ]
    source = Source(b"\xef\xbb\xbf" + text.encode(), selections)
    path = write_project(tmp_path / "nv.qdpx", source, origin="NVivo 14.23.2", folder="Sources")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Sources/.root", "")
        archive.writestr(f"Sources/{SOURCE}.docx", b"PK")
    codings = read_as_coded(path)
    assert quoted(codings) == WANTED
    assert codings.documents[0].document.text == text
    assert [p.text for p in codings.documents[0].document.passages] == list(LINES)
    assert codings.unmapped == ()


def test_atlas_ti(tmp_path):
    """CR LF counted once, an XML file named after the project, ids in capitals."""
    text, written = "\n".join(LINES), "\r\n".join(LINES)
    selections = [
        Selected(*offsets(text, quote), code=RECORDING.upper(), user=ANN.upper(), name=quote[:20])
        for quote in WANTED
    ]
    source = Source(written.encode(), selections)
    path = write_project(tmp_path / "renamed.qdpx", source, origin="ATLAS.ti 24.1", qde="Trial.qde")
    assert quoted(read_as_coded(path)) == WANTED


UNSURE = "x\r\na-b-c"  # whose fourth character is at the edge of a word either way


@pytest.mark.parametrize("origin", ["ATLAS.ti Mac 24", "QualCoder 3.5"])
def test_what_is_known_of_a_program_settles_what_selections_do_not(tmp_path, origin):
    source = Source(UNSURE.encode(), [Selected(4, 5)])
    once = read_as_coded(write_project(tmp_path / "a.qdpx", source, origin=origin))
    twice = read_as_coded(write_project(tmp_path / "b.qdpx", source, origin="MAXQDA 24"))
    assert (quoted(once), quoted(twice)) == (["b"], ["-"])


@pytest.mark.parametrize("count", [in_points, in_units, in_bytes])
def test_maxqda(tmp_path, count):
    """CR LF, both counted; a selection is named by its positions; ids in braces."""
    text = "\r\n".join(LINES)
    selections = []
    for quote in WANTED:
        start, end = (count(text, place) for place in offsets(text, quote))
        selections.append(
            Selected(start, end, code=f"{{{RECORDING}}}", name=f"({start},0),({end},0)")
        )
    path = write_project(tmp_path / "mx.qdpx", Source(text.encode(), selections), origin="MAXQDA")
    assert quoted(read_as_coded(path)) == WANTED


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_qualcoder(tmp_path, line_end):
    """A mark that is not counted, line ends counted once, and the words in the name."""
    text = "\n".join(LINES)
    selections = [Selected(*offsets(text, quote), name=quote) for quote in WANTED]
    source = Source(("\ufeff" + line_end.join(LINES)).encode(), selections)
    path = write_project(
        tmp_path / "qc.qdpx", source, origin="Qualcoder", folder="Sources", prefix=b"\xef\xbb\xbf"
    )
    assert quoted(read_as_coded(path)) == WANTED


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_manner_is_found_out(manner, line_end):
    text = line_end.join(LINES)
    count = {"code points": in_points, "UTF-16 code units": in_units, "bytes": in_bytes}[
        manner.unit
    ]
    first = (3 if manner.unit == "bytes" else 1) if manner.mark else 0

    def position(place: int) -> int:
        before = text[:place]
        if manner.lines == "CR LF once":
            before = before.replace("\r\n", "\n")
        elif manner.lines == "LF twice":
            before = before.replace("\r\n", "\n").replace("\n", "\r\n")
        return first + count(before, len(before))

    selections = []
    for quote in WANTED:
        start, end = offsets(text, quote)
        selections.append(Selection(position(start), position(end) - manner.last))
    counted = Counted(text, has_mark=True)
    scores = counted.scores(selections)
    place = counted.placer(choose(scores, added_up([scores]), ""))
    assert [text[slice(*place(s.start, s.end)[:2])] for s in selections] == WANTED


def test_a_selection_that_cuts_words_is_taken_as_it_is(tmp_path):
    """One careless selection is no sign of another way of counting."""
    text = "\n".join(LINES)
    start, end = offsets(text, "ritten u")
    codings = read_as_coded(
        write_project(tmp_path / "a.qdpx", Source(text.encode(), [Selected(start, end)]))
    )
    assert quoted(codings) == ["ritten u"]


def test_ties_go_to_code_points():
    counted = Counted("👩 \r\n 👩 \r\n", has_mark=False)
    scores = counted.scores([Selection(1, 2)])
    assert choose(scores, added_up([scores]), "NVivo") == Manner()
    assert choose(Counted("", has_mark=False).scores([]), added_up([]), "") == Manner()


def test_the_whole_project_settles_what_one_source_does_not(tmp_path):
    text = "\n".join(LINES)
    sure = Source(
        text.replace("\n", "\r\n").encode(), [Selected(*offsets(text, quote)) for quote in WANTED]
    )
    unsure = Source(UNSURE.encode(), [Selected(4, 5)], guid=BEN)
    assert quoted(read_as_coded(write_project(tmp_path / "a.qdpx", unsure, sure))) == ["b", *WANTED]
    assert quoted(read_as_coded(write_project(tmp_path / "b.qdpx", unsure))) == ["-"]


def test_places_are_exact_or_nearly():
    place = Counted("a👩b", has_mark=False).placer(Manner(unit="UTF-16 code units"))
    assert place(0, 1) == (0, 1, True)
    assert place(1, 3) == (1, 2, True)
    assert place(2, 3) == (2, 2, False)  # within a character
    assert place(0, 9) == (0, 3, False)
    assert place(-4, 1) == (0, 1, False)
    assert place(3, 1) == (2, 2, False)


# --- what projects hold ------------------------------------------------------------------------


def test_coders_are_kept_apart(tmp_path):
    text = "\n".join(LINES)
    source = Source(
        text.encode(),
        [
            Selected(*offsets(text, "Nobody asked"), user=ANN),
            Selected(*offsets(text, "Nobody asked"), user=BEN, code=VOICE),
            Selected(*offsets(text, "kept a log"), user=None),
            Selected(*offsets(text, "no minutes"), user="99999999-0000-4000-8000-000000000000"),
        ],
    )
    path = write_project(tmp_path / "team.qdpx", source)
    codings = read_as_coded(path)
    assert codings.coders == ("Ann", "Ben", "team")
    assert quoted(codings, "Ben") == ["Nobody asked"]
    assert quoted(codings, "team") == ["kept a log", "no minutes"]
    assert read_as_coded(path, coder="Cat").coders == ("Ann", "Ben", "Cat")
    themes = {t.coder: t.passages[1].themes for t in read_codings(path, codebook=Codebook.load())}
    assert themes["Ann"] == ("recording",)
    assert themes["Ben"] == ("child_voice",)


def test_the_coder_of_a_selection_is_the_coder_of_its_codings(tmp_path):
    text = LINES[2]
    xml = Selected(0, 10, user=None).xml().replace("name=", f'modifyingUser="{BEN}" name=')
    codings = read_as_coded(write_project(tmp_path / "a.qdpx", Source(text.encode(), more=xml)))
    assert codings.coders == ("Ben",)


def test_two_users_of_one_name_stay_two(tmp_path):
    users = f'<Users><User guid="{ANN}" name="Ann"/><User guid="{BEN}" id="Ann"/></Users>'
    source = Source(LINES[2].encode(), [Selected(0, 10), Selected(0, 10, user=BEN)])
    codings = read_as_coded(write_project(tmp_path / "a.qdpx", source, users=users))
    assert codings.coders == ("Ann", f"Ann ({BEN[:8]})")


def test_a_span_over_several_lines_is_a_tag_on_each(tmp_path):
    text = "\n\n".join(LINES)
    start, end = offsets(text, text[text.index("kept") : text.index(" left")])
    source = Source(text.encode(), [Selected(start, end)])
    codings = read_as_coded(write_project(tmp_path / "a.qdpx", source))
    assert quoted(codings) == [LINES[2][LINES[2].index("kept") :], "Two strategy meetings"]


def test_codes_of_one_name_are_told_apart_by_what_they_stand_under(tmp_path):
    codes = f"""<CodeBook><Codes>
    <Code guid="a1111111-aaaa-4aaa-8aaa-111111111111" name="Home" isCodable="true">
      <Code guid="{RECORDING}" name="Notes" isCodable="true"><Code
        guid="a2222222-aaaa-4aaa-8aaa-111111111111" name="Late" isCodable="true"/></Code></Code>
    <Code guid="a3333333-aaaa-4aaa-8aaa-111111111111" name="School" isCodable="true">
      <Code guid="{VOICE}" name="notes" isCodable="true"/></Code>
    </Codes></CodeBook>"""
    source = Source(
        LINES[2].encode(),
        [
            Selected(0, 3, code=RECORDING),
            Selected(0, 3, code=VOICE),
            Selected(0, 3, code="a2222222-aaaa-4aaa-8aaa-111111111111"),
            Selected(0, 3, code="a3333333-aaaa-4aaa-8aaa-111111111111"),
        ],
    )
    (tagged,) = read_as_coded(write_project(tmp_path / "a.qdpx", source, codes=codes))
    assert tagged.passages[0].themes == ("Home > Notes", "School > notes", "Late", "School")


def test_a_source_that_nobody_coded(tmp_path):
    alone = f'<Users><User guid="{ANN}" name="Ann"/></Users>'
    source = Source(LINES[2].encode())
    (tagged,) = read_as_coded(write_project(tmp_path / "a.qdpx", source, users=alone))
    assert (tagged.coder, tagged.passages[0].tags) == ("Ann", ())
    (tagged,) = read_as_coded(write_project(tmp_path / "b.qdpx", source, users=""))
    assert tagged.coder == "b"
    assert len(read_as_coded(write_project(tmp_path / "c.qdpx", source))) == 0
    assert len(read_as_coded(write_project(tmp_path / "d.qdpx", users="", codes=""))) == 0


def test_text_within_the_xml(tmp_path):
    text = "One & <two>.\nThree."
    xml = (
        f'<TextSource guid="{SOURCE}" name="Inline"><PlainTextContent>One &amp; &lt;two&gt;.\r\n'
        f"Three.</PlainTextContent>{Selected(*offsets(text, 'Three')).xml()}</TextSource>"
    )
    (tagged,) = read_as_coded(write_project(tmp_path / "a.qdpx", more=xml))
    assert tagged.document.text == text  # as XML reads line ends
    assert quoted([tagged]) == ["Three"]


def test_texts_of_pdfs_pictures_and_recordings(tmp_path):
    coding = f'<Coding guid="{ANN}" creatingUser="{ANN}"><CodeRef targetGUID="{VOICE}"/></Coding>'
    inner = (
        f'guid="{BEN}"><PlainTextContent>Nobody asked her.</PlainTextContent>'
        f"{Selected(0, 12).xml()}"
    )
    sync = "".join(
        f'<SyncPoint guid="b{n}111111-aaaa-4aaa-8aaa-111111111111" position="{place}"/>'
        for n, place in enumerate((0, 6, 12))
    )
    more = f"""
    <PDFSource guid="{SOURCE}" name="Scan.pdf"><PDFSelection guid="{ANN}" name="An area" page="1"
      firstX="0" firstY="0" secondX="9" secondY="9">{coding}</PDFSelection>
      <Representation {inner}</Representation></PDFSource>
    <PictureSource guid="{SOURCE}" name="Plan.png"><TextDescription {inner}</TextDescription>
      <PictureSelection guid="{ANN}" firstX="0" firstY="0" secondX="9" secondY="9">{coding}
      </PictureSelection></PictureSource>
    <AudioSource guid="{SOURCE}" name="Call.mp3"><Transcript guid="{BEN}">
      <PlainTextContent>Nobody asked her.</PlainTextContent>{sync}
      <TranscriptSelection guid="{ANN}" fromSyncPoint="B0111111-aaaa-4aaa-8aaa-111111111111"
        toSyncPoint="b2111111-aaaa-4aaa-8aaa-111111111111">{coding}</TranscriptSelection>
      <TranscriptSelection guid="{ANN}" name="Lost">{coding}</TranscriptSelection></Transcript>
      <AudioSelection guid="{ANN}" begin="0" end="9">{coding}</AudioSelection>{coding}</AudioSource>
    <VideoSource guid="{SOURCE}" name="Film.mp4"><VideoSelection guid="{ANN}" begin="0"
      end="9">{coding}</VideoSelection></VideoSource>"""
    codings = read_as_coded(write_project(tmp_path / "a.qdpx", more=more))
    assert [t.document.name for t in codings] == ["Scan.pdf", "Plan.png", "Call.mp3"]
    assert quoted(codings) == ["Nobody asked"] * 3
    reasons = {(u.document, u.quote): u.reason for u in codings.unmapped}
    assert reasons == {
        ("Scan.pdf", "An area"): "is on an area of a page, not on words of the text",
        ("Plan.png", ""): "is on an area of a picture",
        ("Call.mp3", "Lost"): "does not say where it is",
        ("Call.mp3", ""): "is on the whole source, not on words of it",
        ("Film.mp4", ""): "is on a stretch of film",
    }
    assert len(codings.unmapped) == 6
    assert {(u.coder, u.code) for u in codings.unmapped} == {("Ann", "Child's voice missing")}


def test_what_cannot_be_placed_is_listed(tmp_path):
    text = LINES[2] + "\n \n"
    whole = f'<Coding guid="{ANN}"><CodeRef targetGUID="{VOICE}"/></Coding>'
    lost = f'<Coding guid="{ANN}" creatingUser="{BEN}"/>'
    nowhere = '<PlainTextSelection guid="x" startPosition="x" endPosition="4">'
    source = Source(
        text.encode(),
        [
            Selected(0, 10, code=SOURCE, name="deleted"),
            Selected(len(text) + 5, len(text) + 9, name="after"),
            Selected(len(text) - 2, len(text) - 1, name="between"),
            Selected(9, 4, name="backwards"),
        ],
        more=f"{nowhere}{whole}</PlainTextSelection>"
        f'<PlainTextSelection guid="x" startPosition="0" endPosition="4">{lost}'
        f"</PlainTextSelection>{whole}",
    )
    outside = "".join(
        f'<TextSource guid="{BEN}" name="Away {n}" plainTextPath="{url}">{Selected(0, 4).xml()}'
        "</TextSource>"
        for n, url in enumerate(
            ("relative:///a.txt", "absolute:///etc/passwd", "internal://gone.txt", "")
        )
    )
    path = write_project(tmp_path / "p.qdpx", source, more=outside)
    codings = read_as_coded(path)
    found = {(u.document, u.quote, u.code): u.reason for u in codings.unmapped}
    no_text = "the project does not hold the text of its source"
    assert (
        found
        == {
            ("Review A", "deleted", SOURCE): "its code is not in the project's codebook",
            ("Review A", "after", "Poor recording"): "its place is not within the text",
            ("Review A", "backwards", "Poor recording"): "its place is not within the text",
            ("Review A", " ", "Poor recording"): "stands outside every passage",
            ("Review A", "", "Child's voice missing"): "is on the whole source, not on words of it",
            ("Review A", "", ""): "its code is not in the project's codebook",
            **{(f"Away {n}", "", "Poor recording"): no_text for n in range(4)},
        }
        | {}
    )
    assert len(codings.unmapped) == 11  # one without a place has the code of one on the whole
    assert {u.coder for u in codings.unmapped} == {"Ann", "Ben", "p"}


def test_memos_cases_sets_and_links_are_no_codings(tmp_path):
    notes = (
        f'<Notes><Note guid="{BEN}" name="Idea"><PlainTextContent>Think.</PlainTextContent>'
        f"{Selected(0, 5, name='Think').xml()}</Note></Notes>"
        f'<Links><Link guid="{BEN}"/></Links>'
        f'<Sets><Set guid="{BEN}" name="S"><MemberCode targetGUID="{VOICE}"/></Set></Sets>'
    )
    path = write_project(tmp_path / "a.qdpx", Source(LINES[2].encode(), [Selected(0, 10)]))
    with zipfile.ZipFile(path) as archive:
        data = archive.read("project.qde").replace(b"</Project>", b"")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", data + notes.encode() + b"</Project>")
        archive.writestr(f"sources/{SOURCE}.txt", LINES[2])
    codings = read_as_coded(path)
    assert quoted(codings) == ["The school"]
    (memo,) = codings.unmapped
    assert (memo.document, memo.quote, memo.reason) == ("Idea", "Think", "is on a memo")


def test_entities_and_comments_within_elements(tmp_path):
    xml = (
        f'<TextSource guid="{SOURCE}" name="C"><!-- by hand --><?other thing?>'
        f"<PlainTextContent>Nobody asked.</PlainTextContent><!-- x -->{Selected(0, 6).xml()}"
        "</TextSource>"
    )
    assert quoted(read_as_coded(write_project(tmp_path / "a.qdpx", more=xml))) == ["Nobody"]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", pytest.param("utf-16-be", id="utf-16-be with a mark")]
)
def test_texts_in_other_encodings(tmp_path, encoding):
    text = LINES[1]
    data = text.encode(encoding) if encoding != "utf-16-be" else b"\xfe\xff" + text.encode(encoding)
    source = Source(data, [Selected(*offsets(text, "the older boy"))])
    (tagged,) = read_as_coded(write_project(tmp_path / "a.qdpx", source))
    assert tagged.document.text == text
    assert quoted([tagged]) == ["the older boy"]


def test_bytes_that_are_no_utf_8_do_not_stop_it(tmp_path):
    source = Source(b"caf\xe9 notes", [Selected(5, 10)])
    (tagged,) = read_as_coded(write_project(tmp_path / "a.qdpx", source))
    assert quoted([tagged]) == ["notes"]


# --- files that are damaged, or made to harm ---------------------------------------------------


def raw(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return path


def test_damaged_files(tmp_path):
    file = tmp_path / "a.qdpx"
    with pytest.raises(ReadingError, match="no such file"):
        read_as_coded(file)
    file.write_bytes(b"")
    with pytest.raises(ReadingError, match="is no sound zip"):
        read_as_coded(file)
    with pytest.raises(ReadingError, match=r"holds no project\.qde"):
        read_as_coded(raw(file, other="x"))
    with pytest.raises(ReadingError, match=r"holds several \.qde files"):
        read_as_coded(raw(file, a__qde="x", b__qde="y"))
    for broken in (b"", b"no xml", b"<Project><Users></Project>", b"\x00\x01"):
        with pytest.raises(ReadingError, match="is no sound XML"):
            read_as_coded(raw(file, project__qde=broken))
    with pytest.raises(ReadingError, match="is a CodeBook, not a Project"):
        read_as_coded(raw(file, project__qde=b"<CodeBook/>"))
    with pytest.raises(ReadingError, match="cannot be read"):
        read_as_coded(_folder(tmp_path / "folder.qdpx"))


def _folder(path):
    path.mkdir()
    return path


def test_bytes_that_were_lost_or_changed(tmp_path):
    text = "\n".join(LINES) * 40
    good = write_project(tmp_path / "a.qdpx", Source(text.encode(), [Selected(0, 3)])).read_bytes()
    file = tmp_path / "b.qdpx"
    file.write_bytes(good[: len(good) // 2])
    with pytest.raises(ReadingError):
        read_as_coded(file)
    at = good.index(LINES[3].encode())
    file.write_bytes(good[:at] + b"#####" + good[at + 5 :])  # its checksum no longer holds
    with pytest.raises(ReadingError, match="is damaged"):
        read_as_coded(file)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
        '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;">',
    ],
)
def test_no_entity_is_resolved(tmp_path, declared):
    inner = f'<Sources><TextSource guid="{SOURCE}" name="E"><PlainTextContent>&x;'
    data = project(f"{inner}</PlainTextContent></TextSource></Sources>")
    head, _, rest = data.partition(b"\n")
    evil = head + f"<!DOCTYPE Project [{declared}]>".encode() + rest
    with pytest.raises(ReadingError, match="document type"):
        read_as_coded(raw(tmp_path / "a.qdpx", project__qde=evil))


def test_nothing_outside_the_file_is_read_or_written(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Nobody asked.")
    for url in ("internal://../secret.txt", f"internal://{secret}", f"absolute://{secret}"):
        xml = (
            f'<TextSource guid="{SOURCE}" name="S" plainTextPath="{url}">'
            f"{Selected(0, 6).xml()}</TextSource>"
        )
        codings = read_as_coded(write_project(tmp_path / "a.qdpx", more=xml))
        assert len(codings) == 0
        assert len(codings.unmapped) == 1
    path = write_project(tmp_path / "slip.qdpx", Source(LINES[2].encode(), [Selected(0, 3)]))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../slipped.txt", "x")
    before = sorted(tmp_path.rglob("*"))
    assert quoted(read_as_coded(path)) == ["The"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    module = "scr_themes.reading.codings.refi_qda.archive"
    source = Source(b"x" * 4000, [Selected(0, 3)])
    path = write_project(tmp_path / "a.qdpx", source)
    for limit in ("_LARGEST_TEXT", "_LARGEST_PROJECT"):
        with monkeypatch.context() as patched:
            patched.setattr(f"{module}.{limit}", 100)
            with pytest.raises(ReadingError, match="MB unpacked"):
                read_as_coded(path)
    monkeypatch.setattr(f"{module}._MOST_MEMBERS", 1)
    with pytest.raises(ReadingError, match="holds 2 files"):
        read_as_coded(path)


def test_more_than_the_directory_says_is_not_read(tmp_path):
    """A member that lies about its size ends there, and its checksum gives it away."""
    path = write_project(tmp_path / "a.qdpx", Source(b"Nobody asked. " * 9, [Selected(0, 6)]))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.start_dir
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02", start) + 4)
    data[at + 24 : at + 28] = (5).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(ReadingError, match="is damaged"):
        read_as_coded(path)


def test_deep_and_wide_xml_is_refused_or_read(tmp_path):
    deep = "<Code>" * 5000 + "</Code>" * 5000
    data = project(f"<CodeBook><Codes>{deep}</Codes></CodeBook>")
    with pytest.raises(ReadingError, match="is no sound XML"):
        read_as_coded(raw(tmp_path / "a.qdpx", project__qde=data))


def test_manners_are_all_different():
    assert len(set(MANNERS)) == len(list(product(range(3), range(3), range(2), range(2))))
