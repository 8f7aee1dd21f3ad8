"""PDF files, by pypdfium2: text with positions, laid out into passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as c

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.blocks import Block, assemble, normalise
from scr_themes.reading.layout import lay_out
from scr_themes.reading.page_text import PageText
from scr_themes.reading.pdf_page import extract_page

_END_MARK = b"%%EOF"
_FEWEST_LETTERS = 12  # a page of fewer may be a scan with a stamped number
_SCAN_SHARE = 0.4  # of the page: a picture that large may be a scan
_OUTLINES = 300  # drawn paths on a page without text: letters turned to outlines
_WORKING_TITLE = re.compile(
    r"template|draft|untitled|microsoft (word|powerpoint)|\.(docx?|pdf|rtf|indd)\b|^document ?\d*$",
    re.IGNORECASE,
)


def read_pdf(path: Path, data: bytes) -> Document:
    """Read a PDF file.

    Parameters
    ----------
    path : Path
        Where it came from, for messages and for the title.
    data : bytes
        The file's content.

    Returns
    -------
    Document
        Its passages; ``warnings`` name pages that hold no text, pages that are damaged, and a file
        that seems cut short.

    Raises
    ------
    ReadingError
        If the file is encrypted with a password, damaged beyond repair, or without pages.
    """
    pdf = _open(path, data)
    try:
        pages, damaged = _pages(pdf)
        n_pages = len(pdf)
        metadata_title = str(pdf.get_metadata_value("Title"))
    finally:
        pdf.close()
    if len(damaged) == n_pages:
        raise ReadingError(path, "no page of this PDF can be read", "get a fresh copy of the file")
    blocks = lay_out(pages)
    return assemble(
        blocks,
        path=str(path),
        title=_title(metadata_title, pages, blocks) or path.stem,
        n_pages=n_pages,
        warnings=_warnings(data, pages, damaged),
    )


def _open(path: Path, data: bytes) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(data)
        if len(pdf) > 0:
            return pdf
        pdf.close()
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == c.FPDF_ERR_PASSWORD:
            raise ReadingError(
                path,
                "this PDF is encrypted and needs a password",
                "save a copy without one, e.g. qpdf --decrypt --password=... in.pdf out.pdf",
            ) from None
        if code == c.FPDF_ERR_SECURITY:
            raise ReadingError(
                path,
                "this PDF is encrypted in a way that is not supported",
                "print it to a new PDF and read that",
            ) from None
        raise ReadingError(
            path,
            "this PDF is damaged or cut short and cannot be opened",
            "get a fresh copy of the file, or try to repair it, e.g. qpdf in.pdf out.pdf",
        ) from None
    raise ReadingError(path, "this PDF has no pages", "get a fresh copy of the file")


def _pages(pdf: pdfium.PdfDocument) -> tuple[list[PageText], list[int]]:
    """Extract every page; a damaged one is empty, and named."""
    pages: list[PageText] = []
    damaged: list[int] = []
    for number in range(1, len(pdf) + 1):
        try:
            page = pdf[number - 1]
            try:
                pages.append(extract_page(page, number))
            finally:
                page.close()
        except pdfium.PdfiumError:
            damaged.append(number)
            pages.append(PageText(number, 0.0, 0.0))
    return pages, damaged


def _warnings(data: bytes, pages: Sequence[PageText], damaged: Sequence[int]) -> list[str]:
    warnings = []
    scanned = [p.number for p in pages if p.number not in damaged and _without_text(p)]
    if scanned:
        subject, verb = _named(scanned)
        warnings.append(
            f"{subject} {verb} no text (scanned?); run OCR first, e.g. ocrmypdf in.pdf out.pdf"
        )
    if damaged:
        subject, _ = _named(damaged)
        warnings.append(f"{subject} could not be read (damaged); get a fresh copy of the file")
    if _END_MARK not in data[-2048:]:
        warnings.append(
            "the file seems cut short (no end mark), text may be missing; get a fresh copy of it"
        )
    return warnings


def _without_text(page: PageText) -> bool:
    """Whether a page shows something that may be writing, but holds next to no text."""
    n_letters = sum(len(word.text) for word in page.words)
    if n_letters >= _FEWEST_LETTERS:
        return False
    return page.image_share >= _SCAN_SHARE or page.n_drawings >= _OUTLINES


def _named(numbers: Sequence[int]) -> tuple[str, str]:
    """Name pages in words: ``pages 3-5 and 9``, with the verb that goes with them.

    Examples
    --------
    >>> _named([3, 4, 5, 9])
    ('pages 3-5 and 9', 'hold')
    >>> _named([2])
    ('page 2', 'holds')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (f"pages {listed}", "hold") if len(numbers) > 1 else (f"page {listed}", "holds")


def _title(metadata: str, pages: Sequence[PageText], blocks: Sequence[Block]) -> str | None:
    """Return the metadata's title if the first page bears it out, else the largest heading."""
    title = normalise(metadata)
    on_page = {word.text.lower() for page in pages[:1] for word in page.words}
    words = title.lower().split()
    if len(words) > 1 and not _WORKING_TITLE.search(title):
        shown = sum(word in on_page for word in words)
        if shown >= 0.6 * len(words):
            return title
    headings = [block for block in blocks if block.kind == "heading" and block.page == 1]
    if not headings or not pages[0].words:
        return None
    largest = max(pages[0].words, key=lambda word: word.size)
    for heading in headings:
        if largest.text in heading.text.split():
            return heading.text
    return headings[0].text
