"""Tags to files: tables to read, CSV for spreadsheets, JSONL for programs."""

from scr_themes.writing.formats import FORMATS, Format, guess_format
from scr_themes.writing.output import write
from scr_themes.writing.settings import Settings

__all__ = ["FORMATS", "Format", "Settings", "guess_format", "write"]
