"""A document of the report: its passages in order, with their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from scr_themes.codebook import Codebook
from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.writing.report.marking import marked, numbers_of
from scr_themes.writing.report.markup import counted, escaped, isolated
from scr_themes.writing.report.wording import percentage, worded
from scr_themes.writing.settings import Settings
from scr_themes.writing.years import year_of


class Numbered(dict[str, int]):
    """A number for each name, in the order in which they are met: short names for classes."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


@dataclass(slots=True)
class Entry:
    """What the overview needs to know of a document after it has gone by."""

    number: int
    title: str
    file: str
    year: int | None
    n_pages: int | None
    n_passages: int
    n_tagged: int
    warnings: tuple[str, ...]
    by_program: bool


@dataclass(slots=True)
class Drawer:
    """Draws documents, and keeps what the rest of the report needs.

    Attributes
    ----------
    settings : Settings
        Titles of themes and roles.
    themes, roles : Numbered
        Those that occurred, and the numbers that stand for them in the markup.
    entries : list of Entry
        The documents drawn.
    """

    settings: Settings
    themes: Numbered = field(default_factory=Numbered)
    roles: Numbered = field(default_factory=Numbered)
    entries: list[Entry] = field(default_factory=list)

    def draw(self, tagged: TaggedDocument) -> Iterator[str]:
        """Yield the markup of a document, and add its entry."""
        document = tagged.document
        entry = Entry(
            number=len(self.entries) + 1,
            title=document.title,
            file=_file(document.path or ""),
            year=year_of(tagged),
            n_pages=document.n_pages,
            n_passages=len(tagged.passages),
            n_tagged=sum(1 for passage in tagged.passages if passage.tags),
            warnings=document.warnings,
            by_program=made_by_program(tagged),
        )
        self.entries.append(entry)
        yield _opening(entry)
        indices = [passage.passage.index for passage in tagged.passages]
        own = len(set(indices)) == len(indices)  # else places stand for them
        placed = list(zip(indices if own else range(len(indices)), tagged.passages, strict=True))
        for section, group in groupby(placed, key=lambda pair: pair[1].passage.section):
            passages = list(group)
            tags = any(passage.tags for _, passage in passages)
            yield f'<section class="{"s" if tags else "s u"}">'
            if section:
                yield f"<h4>{isolated(section)}</h4>"
            yield '<ol class="ps">\n'
            for index, passage in passages:
                yield self._passage(f"d{entry.number}-p{index}", index, passage, entry.by_program)
            yield "</ol></section>\n"
        yield "</article>\n"

    def _passage(self, name: str, index: int, tagged: TaggedPassage, by_program: bool) -> str:
        best: dict[str, int] = {}
        for tag in tagged.tags:
            best[tag.theme] = max(best.get(tag.theme, 0), percentage(tag.probability))
        numbers = numbers_of(tagged.text, tagged.tags)
        classes = {theme: f"t{self.themes[theme]}" for theme in best}
        data = " ".join(f"{self.themes[theme]}:{percent}" for theme, percent in best.items())
        given = f' data-t="{data}"' if data else ""
        role = f' data-r="{self.roles[tagged.role]}"' if tagged.role else ""
        words = marked(tagged.text, tagged.tags, classes, numbers)
        return (
            f'<li id="{name}" class="{"p" if best else "p u"}"{given}{role}>'
            f'<p class="w"><a href="#{name}">{_where(tagged, index)}</a>'
            f"{self._role(tagged, by_program)}</p>"
            f'<p class="x">{words}</p>{self._tags(best, numbers, by_program)}</li>\n'
        )

    def _role(self, tagged: TaggedPassage, by_program: bool) -> str:
        if not tagged.role:
            return ""
        chance = f" ({worded(percentage(tagged.role_probability))})" if by_program else ""
        return f" <span>{escaped(role_title(self.settings.codebook, tagged.role))}{chance}</span>"

    def _tags(self, best: dict[str, int], numbers: dict[str, int], by_program: bool) -> str:
        if not best:
            return ""
        items = []
        for theme, percent in best.items():
            number = f"<i>{numbers[theme]}</i> " if numbers else ""
            chance = f" {worded(percent)}" if by_program else ""
            title = escaped(self.settings.title(theme))
            items.append(f'<li class="t{self.themes[theme]}">{number}<b>{title}</b>{chance}</li>')
        return f'<ul class="g">{"".join(items)}</ul>'


def made_by_program(tagged: TaggedDocument) -> bool:
    """Tell a program's tags, which have probabilities, from a person's, which have none.

    Examples
    --------
    >>> from scr_themes.documents import Document, Passage
    >>> passage = Passage(text="No notes exist.")
    >>> document = Document(path="a.txt", title="A", text="", passages=(passage,))
    >>> by_hand = TaggedPassage(passage=passage, role="", role_probability=0.0, tags=(),
    ...                         candidates=())
    >>> made_by_program(TaggedDocument(document=document, passages=(by_hand,), coder="Ann"))
    False
    """
    return any(
        chance not in (0.0, 1.0)
        for passage in tagged.passages
        for chance in (passage.role_probability, *(tag.probability for tag in passage.tags))
    )


def role_title(codebook: Codebook | None, role: str) -> str:
    """Return a role's title, or its id where there is none."""
    known = () if codebook is None else codebook.roles
    return next((entry.title for entry in known if entry.id == role), role)


def _file(path: str) -> str:
    """Return a file's name without its folders, which are nobody's business."""
    return path.replace("\\", "/").rpartition("/")[2]


def _opening(entry: Entry) -> str:
    facts = [isolated(entry.file)] if entry.file and entry.file != entry.title else []
    facts += [f"published {entry.year}"] if entry.year else []
    facts += [counted(entry.n_pages, "page")] if entry.n_pages is not None else []
    facts += [f"{counted(entry.n_passages, 'passage')}, {entry.n_tagged:,} tagged"]
    warnings = "".join(
        f'<p class="warning"><b>Warning:</b> {isolated(warning)}</p>' for warning in entry.warnings
    )
    kind = "d" if entry.n_tagged else "d u"
    return (
        f'<article id="d{entry.number}" class="{kind}" aria-labelledby="d{entry.number}-h">\n'
        f'<header><h3 id="d{entry.number}-h">{isolated(entry.title)}</h3>'
        f'<p class="about">{" · ".join(facts)}'
        f'<span class="controls"> · <a href="#passages">Filters</a></span></p>{warnings}</header>\n'
    )


def _where(tagged: TaggedPassage, index: int) -> str:
    """Say where a passage stands, as one would cite it."""
    passage = tagged.passage
    places = [] if passage.page is None else [f"page {passage.page}"]
    places += [] if passage.paragraph is None else [f"paragraph {isolated(passage.paragraph)}"]
    place = ", ".join(places or [f"passage {index}"])
    return place[0].upper() + place[1:]
