from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.surrogates import kept, restored, spelt

anything = st.text(
    alphabet=st.sampled_from("\ufdd0\ud800\udce9\udfff\\ué9a") | st.characters(), max_size=12
)


@given(anything)
def test_every_text_comes_back_and_is_utf_8(text):
    for stored in (kept(text), spelt(text)):
        stored.encode("utf-8")
        assert restored(stored) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn"])))
def test_ordinary_texts_are_kept_as_they_are(text):
    assert kept(text) == text
