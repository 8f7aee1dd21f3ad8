"""Files with coders' work in, codings out: :func:`read_codings` tells what a file is and reads it.

Each format has a module of its own, imported when a file of it is met, whose ``read(path, coder)``
returns :class:`~scr_themes.codings.Codings` with the codes named as the file names them. What the
codes mean is settled afterwards, for all formats alike, by :mod:`.mapping`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from scr_themes.codebook import Codebook
from scr_themes.codings import Codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.mapping import map_codes, read_mapping

__all__ = ["read_as_coded", "read_codings"]

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".csv": "csv",
        ".xlsx": "xlsx",
        ".parquet": "parquet",
        ".sqlite": "sqlite",
        ".db": "sqlite",
        ".qdpx": "refi_qda",
        ".json": "label_studio",
    }
)


def read_codings(
    path: str | os.PathLike[str],
    *,
    codebook: Codebook | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, str] | None = None,
    coder: str | None = None,
) -> Codings:
    """Read what people or models coded, from any file that holds it.

    Parameters
    ----------
    path : path
        A REFI-QDA project (``.qdpx``, as NVivo, MAXQDA, ATLAS.ti and QualCoder export it), a
        Label Studio export (``.json``), a doccano export (``.jsonl``), a worksheet (``.xlsx``) or
        a CSV, or any file of tags that :func:`scr_themes.write` made, but for tables to read and
        reports.
    codebook : Codebook, optional
        What codes are mapped to; by default the bundled one. A code is taken for a theme or a
        role where it is its id or title; case, spaces and underscores do not count.
    mapping : path or mapping of str to str, optional
        Other names for codes: a TOML file of lines such as ``"Info not shared" =
        "information_sharing"``, or a mapping. An empty string leaves a code out knowingly.
    coder : str, optional
        What to call the coder where the file does not name one; by default the file's name.

    Returns
    -------
    Codings
        A document for each document and coder, and everything that could not be mapped.

    Raises
    ------
    ReadingError
        If the file is missing, damaged, or of a kind that holds no codings.
    CodebookError
        If the mapping is malformed, or names a theme that the codebook lacks.
    MissingExtraError
        If the format needs a package that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from scr_themes.writing import write
    >>> from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
    >>> passage = Passage(text="Nobody asked her.", end=17)
    >>> document = Document(path="a.txt", title="A", text=passage.text, passages=(passage,))
    >>> tag = Tag("child_voice", 0.9, (0, 17))
    >>> tagged = TaggedPassage(passage=passage, role="finding", role_probability=0.8, tags=(tag,),
    ...                        candidates=(tag,))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "tags.jsonl")
    ...     write([TaggedDocument(document=document, passages=(tagged,), coder="Ann")], file)
    ...     codings = read_codings(file)
    >>> codings.coders, codings.documents[0].passages[0].themes
    (('Ann',), ('child_voice',))
    """
    book = codebook or Codebook.load()
    names = read_mapping(mapping, book)
    return map_codes(read_as_coded(path, coder=coder), book, names)


def read_as_coded(path: str | os.PathLike[str], *, coder: str | None = None) -> Codings:
    """Read codings with every code named as in the file, mapped to nothing.

    Parameters and errors are those of :func:`read_codings`.
    """
    file = Path(path)
    module = _MODULES.get(file.suffix.lower())
    if module is None:
        endings = " ".join(_MODULES)
        raise ReadingError(
            file, "its ending stands for no file of codings", f"give one that ends in {endings}"
        )
    codings: Codings = import_module(f"{__name__}.{module}").read(file, coder)
    return codings
