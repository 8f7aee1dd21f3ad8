"""Find the recurring failings that reviews report, passage by passage, with the words to cite.

>>> import scr_themes
>>> scr_themes.Codebook.load()["child_voice"].title
"Child's voice missing"

Nothing heavy is imported until a name that needs it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import scr_themes.plot  # noqa: F401 - found as an attribute
    from scr_themes.classifying import ThemeClassifier, load
    from scr_themes.codebook import Codebook, Role, Theme
    from scr_themes.codings import Codings, Unmapped
    from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
    from scr_themes.encoding import Encoder, OnnxEncoder
    from scr_themes.errors import (
        BatchError,
        CodebookError,
        LabelsError,
        MissingExtraError,
        ModelError,
        ReadingError,
        ScrThemesError,
        WritingError,
    )
    from scr_themes.evaluating import (
        Agreement,
        Evaluation,
        MultilabelStratifiedGroupKFold,
        agree,
        evaluate,
    )
    from scr_themes.frames import to_frame
    from scr_themes.reading import read
    from scr_themes.reading.codings import read_codings
    from scr_themes.tagging import select, tag
    from scr_themes.writing import write

    __version__: str

__all__ = [
    "Agreement",
    "BatchError",
    "Codebook",
    "CodebookError",
    "Codings",
    "Document",
    "Encoder",
    "Evaluation",
    "LabelsError",
    "MissingExtraError",
    "ModelError",
    "MultilabelStratifiedGroupKFold",
    "OnnxEncoder",
    "Passage",
    "ReadingError",
    "Role",
    "ScrThemesError",
    "Tag",
    "TaggedDocument",
    "TaggedPassage",
    "Theme",
    "ThemeClassifier",
    "Unmapped",
    "WritingError",
    "__version__",
    "agree",
    "evaluate",
    "load",
    "read",
    "read_codings",
    "select",
    "tag",
    "to_frame",
    "write",
]

_MODULES = {
    "classifying": ("ThemeClassifier", "load"),
    "codebook": ("Codebook", "Role", "Theme"),
    "codings": ("Codings", "Unmapped"),
    "documents": ("Document", "Passage", "Tag", "TaggedDocument", "TaggedPassage"),
    "encoding": ("Encoder", "OnnxEncoder"),
    "errors": (
        "BatchError",
        "CodebookError",
        "LabelsError",
        "MissingExtraError",
        "ModelError",
        "ReadingError",
        "ScrThemesError",
        "WritingError",
    ),
    "evaluating": (
        "Agreement",
        "Evaluation",
        "MultilabelStratifiedGroupKFold",
        "agree",
        "evaluate",
    ),
    "frames": ("to_frame",),
    "reading": ("read",),
    "reading.codings": ("read_codings",),
    "tagging": ("select", "tag"),
    "writing": ("write",),
}
_SUBMODULES = ("plot",)  # that need no import of their own
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "__version__":
        value: object = _version()
    elif name in _HOME:
        value = getattr(import_module(f"scr_themes.{_HOME[name]}"), name)
    elif name in _SUBMODULES:
        value = import_module(f"scr_themes.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # the next look-up does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to import

    try:
        return version("scr-themes")
    except PackageNotFoundError:  # run from a source folder that is not installed
        return "unknown"
