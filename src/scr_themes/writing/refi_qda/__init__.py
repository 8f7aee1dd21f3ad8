"""REFI-QDA: a project (``.qdpx``) and a codebook (``.qdc``) for NVivo, MAXQDA, ATLAS.ti, QualCoder.

A project holds each document's text, each coder as a user, the themes and roles as codes (with
what they mean, and a colour), and each tag as a coding of the words that carry it. Positions count
code points, as QualCoder's do; in NVivo, which counts UTF-16 code units, what stands behind an
emoji shifts by one for each. A document that several coders tagged is one source.

What other programs show: a selection is named by its words, and its description gives page,
paragraph and probabilities. What the standard has no place for (what the passages are, exact
probabilities) lies in a file beside the sources that other programs pass over; see
:mod:`scr_themes.reading.codings.refi_qda.layout`. Nothing is lost on the way to
:func:`scr_themes.read_codings` and back but the candidates below their thresholds. On the way
through another program, what is lost is what that file says: passages are then the text's lines.

The same tags give the same bytes: ids are made of what they stand for, and all dates are the
earliest that a zip can hold, since nobody knows when a tag was made. (QualCoder does not read a
selection without a date.)
"""

from scr_themes.writing.refi_qda.codebook import write_codebook
from scr_themes.writing.refi_qda.project import save

__all__ = ["save", "write_codebook"]
