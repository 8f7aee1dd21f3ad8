"""REFI-QDA: projects (``.qdpx``) as QualCoder, NVivo, MAXQDA, ATLAS.ti and we write them.

A project is a zip with one XML file, ``project.qde``, and the sources' plain texts. The programs
keep to the schema and differ in the rest; :mod:`.offsets` says how they count characters and finds
out by what the selections cover. Of what they write otherwise, this is met: ATLAS.ti names the XML
file after the project; folders are called ``sources`` or ``Sources``; ids come in either case, in
braces or not; codings name their coder, or leave that to the selection, or name nobody.

Read are the texts of text sources, the text representations of PDFs, the text descriptions of
pictures and the transcripts of recordings, with the codes on their words. Codes on what is no text
(areas of pictures and pages, stretches of sound, whole sources, memos) are listed as unmapped, each
with its reason. Cases, sets, links, graphs and variables hold no codings and are passed over.

Passages are the lines of a source, unless the file is ours: :mod:`.layout` then says where they
are and how probable each tag is, while what is coded is always read from the project itself, so
that codes somebody added or took away in our file are added and gone.
"""

from scr_themes.reading.codings.refi_qda.codebook import read_codebook
from scr_themes.reading.codings.refi_qda.reading import read

__all__ = ["read", "read_codebook"]
