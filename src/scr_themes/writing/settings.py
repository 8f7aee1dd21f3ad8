"""What the formats need to know beside the tags."""

from __future__ import annotations

from dataclasses import dataclass

from scr_themes.codebook import Codebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How tags are shown; a format takes of it what concerns it.

    Attributes
    ----------
    codebook : Codebook or None
        Where the titles of themes come from; ids are shown without it.
    limit : int
        Passages shown a theme in a table; 0 for all.
    width : int
        Columns of a table.
    colour : bool
        Whether a table may use a terminal's bold and colours.
    bom : bool
        Whether a CSV begins with a byte order mark, by which Excel knows that it is UTF-8.
    """

    codebook: Codebook | None = None
    limit: int = 5
    width: int = 80
    colour: bool = False
    bom: bool = False

    def title(self, theme: str) -> str:
        """Return a theme's title, or its id where there is none.

        Examples
        --------
        >>> Settings(codebook=Codebook.load()).title("recording"), Settings().title("recording")
        ('Poor recording', 'recording')
        """
        if self.codebook is None or theme not in self.codebook.theme_ids:
            return theme
        return self.codebook[theme].title
