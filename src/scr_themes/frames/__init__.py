"""Results as data frames of pandas or polars, whichever is there.

Whole numbers that can be missing (a page, where a file has none) stay whole numbers; what is
missing is the library's own missing value. Half characters, from odd file names, are written as
escapes, as in the files.
"""

from scr_themes.frames.tags import to_frame

__all__ = ["to_frame"]
