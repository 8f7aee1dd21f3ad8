"""The command line in a process of its own, with the tiny classifier.

``python -m tests.cli.driver ARGUMENT...``; ``SLOW_ENCODING`` in the environment is the number of
seconds that each file takes longer.
"""

from __future__ import annotations

import scr_themes.classifying
from scr_themes.cli import main
from tests.coded import fit_tiny_classifier
from tests.encoding.fakes import SlowWordCounts

if __name__ == "__main__":
    tiny = fit_tiny_classifier()
    tiny.encoder_ = SlowWordCounts()
    scr_themes.classifying.open_reader = lambda *_, **__: tiny
    main()
