from __future__ import annotations

import pytest

from scr_themes.classifying.inputs import open_encoder
from scr_themes.errors import ModelError


def test_an_encoder_name_that_is_no_folder_never_asks_the_network():
    with pytest.raises(ModelError, match="neither a bundled model nor a folder"):
        open_encoder("all-MiniLM-L6-v2")
