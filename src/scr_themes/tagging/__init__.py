"""Files to tagged documents: one after another as each is done, on one core or many."""

from scr_themes.tagging.batch import tag
from scr_themes.tagging.selecting import select
from scr_themes.tagging.sources import Source, find_sources

__all__ = ["Source", "find_sources", "select", "tag"]
