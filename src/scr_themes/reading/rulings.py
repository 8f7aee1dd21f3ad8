"""Ruling lines of a PDF page: the straight strokes and thin bars that frame tables."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2.raw as c

_THIN = 2.5  # points: a bar no thicker than this is a line
_MOST_SEGMENTS = 400  # a path of more is a drawing, not a frame


class Rule(NamedTuple):
    """A thin straight line by its bounding box."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs across the page."""
        return self.x1 - self.x0 >= self.y1 - self.y0


def rulings_of(raw_page: Any) -> tuple[list[Rule], float, int]:
    """Find straight lines, and what images cover, on a page.

    Parameters
    ----------
    raw_page : FPDF_PAGE
        The page's handle.

    Returns
    -------
    rules : list of Rule
        In PDF space (y upward).
    image_area : float
        Square points that images cover, overlaps counted twice.
    n_drawings : int
        How many drawn paths there are.
    """
    rules: list[Rule] = []
    image_area = 0.0
    n_drawings = 0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(c.FPDFPage_CountObjects(raw_page)):
        item = c.FPDFPage_GetObject(raw_page, i)
        kind = c.FPDFPageObj_GetType(item)
        if kind not in (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM):
            continue
        if not c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        box = Rule(left.value, bottom.value, right.value, top.value)
        width, height = box.x1 - box.x0, box.y1 - box.y0
        if kind == c.FPDF_PAGEOBJ_IMAGE:
            image_area += width * height
        elif kind == c.FPDF_PAGEOBJ_FORM:
            image_area += _images_in_form(item, width * height)
        else:
            n_drawings += 1
            if min(width, height) <= _THIN:
                if max(width, height) > _THIN:
                    rules.append(box)
            elif _is_stroked(item):
                rules += _straight_segments(item)
    return rules, image_area, n_drawings


def _is_stroked(path: Any) -> bool:
    """Whether a path is drawn as a line: a filled one may be no more than a highlight."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(stroke.value)


def _images_in_form(form: Any, area: float) -> float:
    """Return the form's area if it shows an image: scanners wrap pages so."""
    count = c.FPDFFormObj_CountObjects(form)
    held = (c.FPDFFormObj_GetObject(form, i) for i in range(max(0, min(count, 50))))
    return area if any(c.FPDFPageObj_GetType(o) == c.FPDF_PAGEOBJ_IMAGE for o in held) else 0.0


def _straight_segments(path: Any) -> list[Rule]:
    """Return the horizontal and vertical strokes of a path, such as the sides of a frame."""
    n_segments = c.FPDFPath_CountSegments(path)
    if not 2 <= n_segments <= _MOST_SEGMENTS:
        return []
    matrix = c.FS_MATRIX()
    c.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    rules: list[Rule] = []
    start = here = (0.0, 0.0)
    for i in range(n_segments):
        segment = c.FPDFPath_GetPathSegment(path, i)
        kind = c.FPDFPathSegment_GetType(segment)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        there = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if kind == c.FPDF_SEGMENT_MOVETO:
            start = there
        elif kind == c.FPDF_SEGMENT_LINETO:
            rules += _rule_between(here, there)
        here = there
        if c.FPDFPathSegment_GetClose(segment):
            rules += _rule_between(here, start)
            here = start
    return rules


def _rule_between(a: tuple[float, float], b: tuple[float, float]) -> list[Rule]:
    rule = Rule(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    width, height = rule.x1 - rule.x0, rule.y1 - rule.y0
    return [rule] if min(width, height) <= 0.5 and max(width, height) > _THIN else []
