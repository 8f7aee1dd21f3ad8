"""``python -m scr_themes``: the command line."""

from __future__ import annotations

from scr_themes.cli import main

if __name__ == "__main__":  # workers of a parallel run import this module too
    main()
