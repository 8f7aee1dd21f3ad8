"""Every passage is tagged by a model that saw nothing of its document."""

from __future__ import annotations

import numpy as np
import pytest

from scr_themes import Codebook
from scr_themes.errors import LabelsError
from scr_themes.evaluating import cross_validate
from scr_themes.reading.labelled import Labelled
from tests.encoding.fakes import WordCounts

WORDS = {"records": "no note was kept of the call", "delay": "the visit came seven weeks late"}
CODEBOOK = Codebook.of(tuple(WORDS))


def labelled(n_documents: int) -> Labelled:
    rows = [
        (f"{words} in {place}", frozenset({theme}), f"document {d}")
        for d in range(n_documents)
        for theme, words in WORDS.items()
        for place in ("town", "the spring", "that year")
    ]
    texts, themes, documents = zip(*rows, strict=True)
    return Labelled(texts=texts, themes=themes, roles=None, documents=documents)


def test_what_is_plain_is_learnt_from_the_other_documents():
    result = cross_validate(WordCounts(), CODEBOOK, labelled(6))
    assert result is not None
    assert [theme.theme for theme in result.themes] == ["records", "delay"]
    assert result.macro.f1 > 0.9


def test_a_theme_of_one_document_alone_cannot_be_learnt():
    coded = labelled(4)
    themes = tuple(
        frozenset({"records"}) if document == "document 0" else frozenset[str]()
        for document in coded.documents or ()
    )
    lonely = Labelled(texts=coded.texts, themes=themes, roles=None, documents=coded.documents)
    result = cross_validate(WordCounts(), CODEBOOK, lonely)
    assert result is not None
    assert not result["records"].f1 > 0.5


def test_one_document_leaves_nothing_to_hold_out():
    assert cross_validate(WordCounts(), CODEBOOK, labelled(1)) is None


def test_an_unknown_theme_is_named():
    with pytest.raises(LabelsError, match="records"):
        cross_validate(WordCounts(), Codebook.of(("recording",)), labelled(3))


def test_folds_do_not_depend_on_chance():
    first, second = (cross_validate(WordCounts(), CODEBOOK, labelled(5)) for _ in range(2))
    assert first is not None
    assert second is not None
    np.testing.assert_equal(first.to_dict(), second.to_dict())
