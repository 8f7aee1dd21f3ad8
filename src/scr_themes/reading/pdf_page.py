"""PDF pages into plain data, by PDFium: words with their place and look, ruling lines, images.

Everything that talks to PDFium's C functions about a page's content is here. PDFium is asked a few
questions a word rather than several a character, which is most of what makes reading quick.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from scr_themes.reading.page_text import Look, PageText, Turn, Word
from scr_themes.reading.rulings import rulings_of

# PDFium writes a hyphen at a line's end as U+FFFE or U+0002, with no white space after it.
_HYPHENS = "\ufffe\x02"
_WORD = re.compile(rf"[^\s{_HYPHENS}]+[{_HYPHENS}]?|[{_HYPHENS}]")
# A hanging number so wide that no space is left before the words: "11.The". It is cut off.
_TIGHT_NUMBER = re.compile(r"\d{1,3}[.)](?=['‘“\"]?[A-Z][a-z]?)")
_BOLD_NAME = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_INVISIBLE, _FILLED_AND_STROKED = 3, 2  # text render modes; the latter imitates bold
_BOLD_WEIGHT, _FORCE_BOLD = 600, 1 << 18  # a font's weight, and a flag of its descriptor
_MINIMUM_SIZE = 1.0


def extract_page(page: pdfium.PdfPage, number: int) -> PageText:
    """Take words, ruling lines and images off one page.

    Parameters
    ----------
    page : pypdfium2.PdfPage
        The page.
    number : int
        Its number, from 1.

    Returns
    -------
    PageText
        Turned so that most of its text runs from left to right; slanted text (a watermark) is
        left out.
    """
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    try:
        words = _words(textpage.raw)
    finally:
        textpage.close()
    rules, image_area, n_drawings = rulings_of(page.raw)
    words = [w for w in words if left - 1 <= w.x0 <= right + 1 and bottom - 1 <= w.y <= top + 1]
    words = _shown(words)
    angle = _main_angle(words)
    words = [word for word in words if word.look.angle == angle]
    turn = Turn(angle, left, bottom, right, top)
    for word in words:
        turn.word(word)
    width, height = right - left, top - bottom
    if angle in (90, 270):
        width, height = height, width
    return PageText(
        number=number,
        width=width,
        height=height,
        words=words,
        rules=[turn.rule(rule) for rule in rules],
        image_share=min(1.0, image_area / max(1.0, width * height)),
        n_drawings=n_drawings,
    )


def _characters(raw: Any) -> str:
    """Return the page's characters, one a character index."""
    n = c.FPDFText_CountChars(raw)
    if n <= 0:
        return ""
    buffer = (ctypes.c_ushort * (n + 1))()
    written = c.FPDFText_GetText(raw, 0, n, buffer) - 1
    if written == n:
        return "".join(map(chr, buffer[:n]))
    return "".join(chr(min(c.FPDFText_GetUnicode(raw, i), 0x10FFFF)) for i in range(n))


def _words(raw: Any) -> list[Word]:
    """Cut the page's characters into words and ask where each one stands."""
    text = _characters(raw)
    looks = _Looks(raw)
    words: list[Word] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    box = c.FS_RECTF()
    previous_end = -1
    for found in _WORD.finditer(text):
        glued = found.start() == previous_end and text[found.start() - 1] not in _HYPHENS
        previous_end = found.end()
        runs = _runs(raw, found.start(), found.end(), looks)
        number = _TIGHT_NUMBER.match(found[0])
        if number is not None and len(runs) == 1:
            cut = found.start() + number.end()
            runs = [(found.start(), cut, runs[0][2]), (cut, found.end(), runs[0][2])]
        for start, end, look in runs:
            if look.size < _MINIMUM_SIZE:
                continue
            c.FPDFText_GetCharOrigin(raw, start, x, y)
            c.FPDFText_GetLooseCharBox(raw, end - 1, box)
            ends = (box.left, box.right) if look.angle in (0, 180) else (box.bottom, box.top)
            forward = look.angle in (0, 90)
            characters = text[start:end].translate({0xFFFE: "-", 0x02: "-"})
            words.append(
                Word(
                    text=_mend_surrogates(characters),
                    x0=x.value,
                    # Until the page is turned, x1 is where the word ends along its direction.
                    x1=max(ends) if forward else min(ends),
                    y=y.value,
                    look=look,
                    glued=glued or start > found.start(),
                )
            )
    return words


def _runs(raw: Any, start: int, end: int, looks: _Looks) -> list[tuple[int, int, Look]]:
    """Split a word where its size or baseline changes: ``risk`` and the raised ``12`` after it."""
    first = looks.at(start)
    if end - start == 1:
        return [(start, end, first)]
    address = ctypes.addressof
    opening = c.FPDFText_GetTextObject(raw, start)
    closing = c.FPDFText_GetTextObject(raw, end - 1)
    if opening and closing and address(opening.contents) == address(closing.contents):
        return [(start, end, first)]
    runs = []
    run_start, look = start, first
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDFText_GetCharOrigin(raw, start, x, y)
    across = 1 if look.angle in (0, 180) else 0
    baseline = (x.value, y.value)[across]
    for i in range(start + 1, end):
        here = looks.at(i)
        if here is look:
            continue
        c.FPDFText_GetCharOrigin(raw, i, x, y)
        moved = abs((x.value, y.value)[across] - baseline) > 0.12 * max(here.size, look.size)
        if moved or here.angle != look.angle:
            runs.append((run_start, i, look))
            run_start, baseline = i, (x.value, y.value)[across]
            look = here
    runs.append((run_start, end, look))
    return runs


class _Looks:
    """The looks of a page's characters, asked once a text object and once a font."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._by_object: dict[int | None, Look] = {}
        self._by_font: dict[int, tuple[str, bool]] = {}

    def at(self, index: int) -> Look:
        """Return the look of a character."""
        handle = c.FPDFText_GetTextObject(self._raw, index)
        key = ctypes.addressof(handle.contents) if handle else None
        look = self._by_object.get(key)
        if look is None:
            look = self._by_object[key] = self._ask(index, handle)
        return look

    def _ask(self, index: int, handle: Any) -> Look:
        matrix = c.FS_MATRIX()
        c.FPDFText_GetMatrix(self._raw, index, matrix)
        size = c.FPDFText_GetFontSize(self._raw, index) * (math.hypot(matrix.c, matrix.d) or 1.0)
        mode = c.FPDFTextObj_GetTextRenderMode(handle) if handle else 0
        font, bold = self._font(index, handle)
        degrees = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        quarter = round(degrees / 90) % 4 * 90
        slanted = min(abs(degrees - quarter), 360 - abs(degrees - quarter)) > 5
        return Look(
            size=round(size, 2),
            bold=bold or mode == _FILLED_AND_STROKED,
            font=font,
            angle=-1 if slanted else quarter,
            visible=mode != _INVISIBLE,
        )

    def _font(self, index: int, handle: Any) -> tuple[str, bool]:
        font = c.FPDFTextObj_GetFont(handle) if handle else None
        key = ctypes.addressof(font.contents) if font else 0
        if key not in self._by_font:
            name_buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
            c.FPDFText_GetFontInfo(self._raw, index, name_buffer, 128, flags)
            name = name_buffer.value.decode("utf-8", "replace")
            heavy = c.FPDFText_GetFontWeight(self._raw, index) >= _BOLD_WEIGHT
            bold = heavy or bool(_BOLD_NAME.search(name)) or bool(flags.value & _FORCE_BOLD)
            self._by_font[key] = (name, bold)
        return self._by_font[key]


def _mend_surrogates(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _shown(words: list[Word]) -> list[Word]:
    """Drop invisible words, unless they are the page: the text layer that OCR puts on a scan."""
    n_visible = sum(1 for word in words if word.look.visible)
    if 2 * n_visible > len(words):
        return [word for word in words if word.look.visible]
    return words


def _main_angle(words: list[Word]) -> int:
    counts = Counter(word.look.angle for word in words if word.look.angle >= 0)
    return counts.most_common(1)[0][0] if counts else 0
