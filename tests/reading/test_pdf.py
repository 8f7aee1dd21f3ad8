from __future__ import annotations

from pathlib import Path

import pytest

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.pdf import read_pdf
from tests.reading.pages import BODY, HEIGHT, LEFT, RIGHT, WIDTH, Pages, justified, wrapped

HARBOUR = (
    "The harbour team met the family on four occasions that winter and wrote down what each of the "
    "children had said about home, about the boat shed, and about the lodger who had moved in."
)
SCHOOL = (
    "Nobody at the school was told that the lodger had been bailed, although the constable who "
    "took the call knew which school the children went to and had its number on the screen."
)
CLINIC = (
    "The clinic kept two sets of notes; neither mentioned the other, and a locum who read only the "
    "thinner of them discharged the baby without asking where the older bruises had come from."
)


def read(pages: Pages | bytes, name: str = "report.pdf") -> Document:
    return read_pdf(Path(name), pages if isinstance(pages, bytes) else pages.done())


def texts(document: Document) -> list[str]:
    return [passage.text for passage in document.passages]


def test_paragraphs_are_joined_across_lines():
    pages = Pages()
    for text in (HARBOUR, SCHOOL, CLINIC):
        pages.paragraph(text)
    document = read(pages)
    assert texts(document) == [HARBOUR, SCHOOL, CLINIC]
    assert {p.page for p in document.passages} == {1}
    assert document.n_pages == 1
    assert document.warnings == ()


def test_paragraphs_without_space_between_them_part_after_a_short_line():
    pages = Pages()
    for text in (HARBOUR + " Then they left.", SCHOOL, CLINIC):
        pages.paragraph(text, space=0)
    assert texts(read(pages)) == [HARBOUR + " Then they left.", SCHOOL, CLINIC]


def test_first_line_indents_part_paragraphs():
    pages = Pages()
    for text in (HARBOUR, SCHOOL):
        first, *rest = _indented(text)
        pages.line(first, x=LEFT + 20)
        pages.lines(rest, space=0)
    assert texts(read(pages)) == [HARBOUR, SCHOOL]


def _indented(text: str) -> list[str]:
    width = RIGHT - LEFT
    first = wrapped(text, width - 20)[0]
    return [first, *wrapped(text[len(first) :], width)]


EVENTS = [
    "In spring the family came to the harbour from the islands with two boats in bad repair.",
    "By summer the older girl had left school; a letter was sent, and no visit was made.",
    "A neighbour rang twice in August to say that the baby was left by himself late at night.",
    "The autumn meeting was put off three times, and when it was held nobody came from the clinic.",
    "At the turn of the year a new worker read the whole file and asked for a conference.",
    "Her manager thought that the plan was working, because the parents had signed every part.",
    "Last of all the lodger was found in the boat shed with the girl, and both were afraid.",
]


def _story(start: int) -> str:
    return " ".join([*(EVENTS * 2)[start : start + 4], "That was all."])


def _with_furniture(n_pages: int) -> tuple[Pages, list[str]]:
    """Pages cut in the middle of paragraphs, with headers, footers and page numbers."""
    pages = Pages()
    told = [_story(i) for i in range(n_pages)]
    cut = [wrapped(text, RIGHT - LEFT) for text in told]
    for number in range(1, n_pages + 1):
        pages.furniture(number, "Review of Child K and Child L", "Confidential until published")
        pages.lines(cut[number - 1][2:] if number > 1 else cut[0])
        if number < n_pages:
            pages.lines(cut[number][:2])
            pages.turn_page()
    return pages, told


@pytest.mark.parametrize("n_pages", [2, 3, 6])
def test_paragraphs_are_joined_across_pages_and_furniture_is_left_out(n_pages):
    pages, told = _with_furniture(n_pages)
    document = read(pages)
    assert texts(document) == told
    assert [p.page for p in document.passages] == [1, *range(1, n_pages)]


def test_furniture_that_alternates_and_counts_in_words_is_left_out():
    pages = Pages()
    for number in range(1, 7):
        header = "Board report" if number % 2 else "Harbour Children's Board"
        pages.line(header, y=40, size=8, x=LEFT if number % 2 else 350)
        pages.line(f"Page {number} of 6", y=HEIGHT - 40, size=8, x=280)
        pages.lines([EVENTS[number - 1], "That was all."])
        pages.turn_page()
    document = read(pages)
    assert len(document.passages) == 6
    assert "oard" not in document.text
    assert "Page" not in document.text


def test_a_running_header_that_changes_by_chapter_is_left_out():
    pages = Pages()
    for number, chapter in enumerate(["Family", "Family", "Family", "School", "Clinic", "Law"], 1):
        pages.line(chapter, y=40, size=8)
        pages.paragraph(_story(number))
        pages.turn_page()
    assert "Law" not in read(pages).text


def test_a_heading_that_happens_to_open_three_pages_far_apart_stays():
    pages = Pages()
    for number in range(12):
        if number in (1, 6, 11):
            pages.heading("What was found")
        pages.paragraph(f"{EVENTS[number % 7]} {EVENTS[number // 2]} {HARBOUR}")
        pages.turn_page()
    assert read(pages).text.count("What was found") == 3


def test_a_line_below_body_text_is_no_furniture_though_it_repeats():
    pages = Pages()
    for number in range(4):
        pages.lines([f"{EVENTS[number]}", "Nobody was told."], space=0)
        pages.turn_page()
    assert read(pages).text.count("Nobody was told.") == 4


def test_body_text_that_repeats_elsewhere_stays():
    pages = Pages()
    for _ in range(4):
        pages.y = 300
        pages.paragraph(CLINIC)
        pages.turn_page()
    assert texts(read(pages)) == [CLINIC] * 4


def test_hyphens_go_or_stay_by_the_words_of_the_document():
    pages = Pages()
    pages.lines(["The informa-", "tion was held by a multi-", "agency team, a well-", "known one."])
    pages.paragraph("All multi-agency information is kept.")
    assert texts(read(pages))[0] == (
        "The information was held by a multi-agency team, a well-known one."
    )


def test_two_columns_are_read_one_after_the_other():
    pages = Pages()
    pages.heading("What happened in the harbour year")
    top = pages.y
    half = (RIGHT - LEFT - 24) / 2
    pages.paragraph(HARBOUR, width=half)
    cut = SCHOOL.split(" had its number")
    pages.paragraph(cut[0], width=half)
    pages.y = top
    right = LEFT + half + 24
    pages.paragraph("had its number" + cut[1], x=right, width=half)
    pages.paragraph(CLINIC, x=right, width=half)
    pages.y = max(pages.y, 500)
    pages.paragraph("Below both columns one line runs right across the page, as such lines may do.")
    found = texts(read(pages))
    assert found[0] == HARBOUR
    assert found[1] == SCHOOL
    assert found[2] == CLINIC
    assert found[3].startswith("Below both columns")
    assert len(found) == 4


@pytest.mark.parametrize("n_columns", [2, 3])
def test_justified_columns_whose_lines_do_not_stand_level_are_read_in_turn(n_columns):
    told = [f"{a} {b}" for a in EVENTS for b in (HARBOUR, SCHOOL, CLINIC)]
    assert texts(read(justified(told, n_columns))) == told


def test_a_contents_page_is_left_out():
    pages = Pages(title="irrelevant")
    pages.heading("Contents")
    for title, page in (("Introduction", 2), ("The family", 2), ("What was known", 3)):
        pages.line(f"{title} {'.' * 60} {page}")
    pages.turn_page()
    pages.heading("Introduction")
    pages.paragraph(HARBOUR)
    document = read(pages)
    assert document.text == f"Introduction\n\n{HARBOUR}"


def test_contents_with_page_numbers_at_the_margin_are_left_out():
    pages = Pages()
    pages.heading("Table of contents")
    for title, page in (("Introduction", "2"), ("The family and the", ""), ("lodger", "2")):
        pages.line(page, x=RIGHT - 10, y=pages.y)
        pages.line(title)
    pages.y += 40
    pages.heading("Introduction")
    pages.paragraph(HARBOUR)
    assert read(pages).text == f"Introduction\n\n{HARBOUR}"


def test_the_entries_of_a_cover_are_no_headings():
    pages = Pages()
    pages.heading("A review of the harbour clinic")
    pages.heading("Report published: 3 May 2014")
    pages.heading("Lead reviewer: Ann Other")
    pages.paragraph(HARBOUR)
    assert read(pages).passages[-1].section == "A review of the harbour clinic"


def test_note_marks_are_taken_off_and_notes_stay_apart():
    pages = Pages()
    pages.raised(
        "The board did not see the risk.", "12", " It was told of it in the spring of that"
    )
    pages.lines(["year by the clinic, and by the school in the same week."])
    pages.y = 700
    pages.raised("", "12", " Minutes of the board, held by the clerk.", size=8)
    pages.turn_page()
    pages.paragraph(SCHOOL)
    assert texts(read(pages)) == [
        "The board did not see the risk. It was told of it in the spring of that year by the "
        "clinic, and by the school in the same week.",
        "Minutes of the board, held by the clerk.",
        SCHOOL,
    ]


def test_a_comma_stays_with_its_word_when_the_mark_between_goes():
    pages = Pages()
    pages.raised("She lived in a special school", "3", ", far from her family and her friends.")
    pages.lines(["Nobody rang her there in the whole of the winter."])
    assert texts(read(pages))[0].startswith("She lived in a special school, far from her family")


def test_a_footnote_does_not_cut_a_paragraph_that_goes_on_overleaf():
    lines = wrapped(HARBOUR, RIGHT - LEFT)
    pages = Pages()
    pages.y = 640
    pages.lines(lines[:1])
    pages.raised("", "1", " Held in the shed.", size=8)
    pages.turn_page()
    pages.lines(lines[1:])
    assert texts(read(pages)) == [HARBOUR, "Held in the shed."]


def test_ordinals_and_square_metres_keep_their_raised_letters():
    pages = Pages()
    pages.raised("On the 1", "st", " of May the shed measured nine square metres.")
    assert texts(read(pages)) == ["On the 1st of May the shed measured nine square metres."]


def test_bullets_are_passages_and_their_introduction_is_one():
    pages = Pages()
    pages.paragraph("The board asked for:")
    pages.paragraph(HARBOUR, x=LEFT + 24, mark="•", space=2)
    pages.paragraph("a rota", x=LEFT + 24, mark="•", space=2)
    pages.paragraph("kept by the clerk", x=LEFT + 48, mark="–", space=2)
    pages.paragraph("a ledger.", x=LEFT + 24, mark="•")
    pages.paragraph(SCHOOL)
    document = read(pages)
    assert [(p.kind, p.text) for p in document.passages] == [
        ("paragraph", "The board asked for:"),
        ("bullet", HARBOUR),
        ("bullet", "a rota"),
        ("bullet", "kept by the clerk"),
        ("bullet", "a ledger."),
        ("paragraph", SCHOOL),
    ]


@pytest.mark.parametrize("marks", [("1.", "2."), ("4.12", "4.13"), ("7", "8")])
def test_printed_numbers_are_kept_apart(marks):
    pages = Pages()
    pages.heading("What was known")
    for mark, text in zip(marks, (HARBOUR, SCHOOL), strict=True):
        pages.paragraph(text, x=LEFT + 36, mark=mark, mark_x=LEFT)
    document = read(pages)
    assert [p.paragraph for p in document.passages] == [mark.rstrip(".") for mark in marks]
    assert texts(document) == [HARBOUR, SCHOOL]
    assert {p.section for p in document.passages} == {"What was known"}


def test_a_number_that_begins_a_sentence_is_no_paragraph_number():
    pages = Pages()
    pages.paragraph("12 children were seen by the team, and " + HARBOUR)
    (passage,) = read(pages).passages
    assert passage.paragraph is None
    assert passage.text.startswith("12 children")


def test_a_heading_over_two_lines_is_one_and_is_no_passage():
    pages = Pages()
    pages.heading("What the agencies knew about", "the lodger and when")
    pages.paragraph(HARBOUR)
    (passage,) = read(pages).passages
    assert passage.section == "What the agencies knew about the lodger and when"


def test_bold_words_within_a_paragraph_do_not_cut_it():
    pages = Pages()
    pages.lines(["The overall judgement of the team is that the work was"], space=0)
    pages.line("inadequate", font="Helvetica-Bold", x=LEFT, y=pages.y)
    pages.line("from first to last, and that nobody asked why.", x=LEFT + 66)
    pages.paragraph(SCHOOL, font=BODY)
    assert texts(read(pages))[0].endswith(
        "the work was inadequate from first to last, and that nobody asked why."
    )


def test_each_row_of_a_ruled_table_is_a_passage():
    pages = Pages()
    pages.paragraph(HARBOUR)
    pages.table(
        [
            ("Date", "Event", "Comment"),
            (
                "3 May",
                "The baby was seen at the clinic with a bruise on the arm.",
                "Not passed on.",
            ),
            ("9 June", "Police were called twice to the shed.", "No strategy meeting was held."),
        ],
        (70, 200, 150),
    )
    pages.paragraph(SCHOOL)
    document = read(pages)
    assert texts(document) == [
        HARBOUR,
        "Date | Event | Comment",
        "3 May | The baby was seen at the clinic with a bruise on the arm. | Not passed on.",
        "9 June | Police were called twice to the shed. | No strategy meeting was held.",
        SCHOOL,
    ]
    assert [p.kind for p in document.passages] == ["paragraph", "row", "row", "row", "paragraph"]


def test_each_row_of_a_table_without_rules_is_a_passage():
    pages = Pages()
    pages.paragraph(HARBOUR)
    pages.table(
        [
            ("3 May", "The baby was seen at the clinic with a bruise on the upper arm."),
            ("9 June", "Police were called twice to the shed."),
            ("1 July", "The lodger left the house, and nobody at the school was told of it."),
        ],
        (80, 220),
        ruled=False,
    )
    pages.paragraph(SCHOOL)
    assert texts(read(pages)) == [
        HARBOUR,
        "3 May | The baby was seen at the clinic with a bruise on the upper arm.",
        "9 June | Police were called twice to the shed.",
        "1 July | The lodger left the house, and nobody at the school was told of it.",
        SCHOOL,
    ]


def test_a_frame_around_running_text_is_no_table():
    pages = Pages()
    pages.paragraph(HARBOUR)
    pages.paragraph(SCHOOL)
    for x in (LEFT - 6, RIGHT + 6):
        pages.rule(x, 70, x, 300)
    for y in (70, 300):
        pages.rule(LEFT - 6, y, RIGHT + 6, y)
    assert texts(read(pages)) == [HARBOUR, SCHOOL]


def test_a_table_row_that_a_page_break_cuts_is_one_passage():
    pages = Pages()
    pages.table([("3 May", "The baby was seen at the clinic and the")], (70, 300))
    pages.turn_page()
    pages.table([("", "nurse wrote nothing down."), ("4 May", "She rang.")], (70, 300))
    assert texts(read(pages)) == [
        "3 May | The baby was seen at the clinic and the nurse wrote nothing down.",
        "4 May | She rang.",
    ]


def test_scanned_pages_are_named():
    pages = Pages()
    for number in range(1, 8):
        if number in (3, 4, 5, 7):
            pages.picture(0, 0, WIDTH, HEIGHT)
        else:
            pages.paragraph(_story(number))
        pages.turn_page()
    document = read(pages)
    assert len(document.passages) == 3
    (warning,) = document.warnings
    assert warning.startswith("pages 3-5 and 7 hold no text")
    assert "OCR" in warning


def test_a_document_of_scans_has_no_passages_and_a_warning():
    pages = Pages()
    pages.picture(0, 0, WIDTH, HEIGHT)
    document = read(pages)
    assert document.passages == ()
    assert document.warnings[0].startswith("page 1 holds no text")


def test_a_blank_page_and_a_page_with_a_logo_are_no_scans():
    pages = Pages()
    pages.turn_page()
    pages.picture(LEFT, 60, 120, 60)
    pages.turn_page()
    pages.paragraph(HARBOUR)
    assert read(pages).warnings == ()


def test_a_slanted_watermark_is_left_out():
    pages = Pages()
    pages.paragraph(HARBOUR)
    pages.canvas.saveState()
    pages.canvas.translate(150, 300)
    pages.canvas.rotate(45)
    pages.canvas.setFont(BODY, 90)
    pages.canvas.drawString(0, 0, "DRAFT COPY")
    pages.canvas.restoreState()
    assert texts(read(pages)) == [HARBOUR]


def test_invisible_text_is_left_out_unless_it_is_the_page():
    def page(*, also_visible: bool) -> Pages:
        pages = Pages()
        if also_visible:
            pages.paragraph(HARBOUR)
            pages.paragraph(SCHOOL)
        drawn = pages.canvas.beginText(LEFT, HEIGHT - pages.y)
        drawn.setFont(BODY, 11)
        drawn.setTextRenderMode(3)
        drawn.textLine("A hidden line that only a search engine was meant to find.")
        pages.canvas.drawText(drawn)
        return pages

    assert texts(read(page(also_visible=True))) == [HARBOUR, SCHOOL]
    assert texts(read(page(also_visible=False))) == [
        "A hidden line that only a search engine was meant to find."
    ]


def test_text_on_a_turned_page_is_read_along_its_lines():
    pages = Pages()
    pages.canvas.setPageRotation(90)
    pages.canvas.translate(HEIGHT, 0)
    pages.canvas.rotate(90)
    pages.paragraph(HARBOUR)
    pages.paragraph(SCHOOL)
    assert texts(read(pages)) == [HARBOUR, SCHOOL]


def test_title_comes_from_metadata_that_the_page_bears_out():
    pages = Pages(title="Review of Child K")
    pages.heading("Review of Child K", size=24)
    pages.paragraph(HARBOUR)
    assert read(pages).title == "Review of Child K"


@pytest.mark.parametrize(
    "metadata", ["Draft report v3", "Microsoft Word - ck.docx", "untitled", ""]
)
def test_title_comes_from_the_largest_heading_where_metadata_is_none(metadata):
    pages = Pages(title=metadata)
    pages.heading("Harbour Children's Board")
    pages.heading("The case of Child K", size=24)
    pages.paragraph(HARBOUR)
    assert read(pages).title == "The case of Child K"


def test_title_falls_back_on_the_file_name():
    pages = Pages(title="")
    pages.paragraph(HARBOUR)
    assert read(pages, "folder/child-k.pdf").title == "child-k"


def test_an_encrypted_file_says_so():
    pages = Pages(password="tide")
    pages.paragraph(HARBOUR)
    with pytest.raises(ReadingError, match=r"report\.pdf: this PDF is encrypted .* password;"):
        read(pages)


def _outcome(data: bytes) -> str:
    """Return what the reader says of a file: its error, or its warnings."""
    try:
        return "\n".join(read(data).warnings)
    except ReadingError as error:
        return str(error)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9, 0.99])
def test_a_truncated_file_is_an_error_or_carries_a_warning(keep):
    data = _with_furniture(4)[0].done()
    said = _outcome(data[: int(keep * len(data))])
    assert "cut short" in said or "damaged" in said
    assert _outcome(data) == ""


def test_bytes_that_are_no_pdf_are_an_error():
    with pytest.raises(ReadingError, match="damaged"):
        read(b"%PDF-1.7 and then nothing of the kind")


def test_reading_twice_gives_the_same():
    data = _with_furniture(3)[0].done()
    assert read(data) == read(data)


def test_offsets_point_at_the_passages():
    document = read(_with_furniture(3)[0])
    for passage in document.passages:
        assert document.text[passage.start : passage.end] == passage.text
