"""Documents, tagged passages and codings in a notebook."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scr_themes.documents import Document, Passage, TaggedDocument, TaggedPassage
from scr_themes.notebook.excerpts import marked
from scr_themes.notebook.markup import count, framed, heading, line, more, plain, short, table

if TYPE_CHECKING:
    from scr_themes.codings import Codings

_PASSAGES = 20  # shown of a document
_ROWS = 20  # of a table
_TAGS = 12  # of a passage
_WARNINGS = 5


def passage_html(passage: TaggedPassage) -> str:
    """Show a passage: its place, its words with the evidence marked, its themes and role."""
    return framed(_passage(passage, longest=4000))


def document_html(document: Document) -> str:
    """Show what a document is, and how it begins."""
    pages = "" if document.n_pages is None else f"{count(document.n_pages, 'page')}, "
    rows = (
        (p.page, p.paragraph, short(p.section or "", 100), short(p.text, 200))
        for p in document.passages[:10]
    )
    return framed(
        *_head(document, f"{pages}{count(len(document.passages), 'passage')}"),
        table(("page", "para.", "section", "text"), rows, figures=(0,))
        if document.passages
        else "",
        more(len(document.passages) - 10, "passage", "passages"),
    )


def tagged_html(tagged: TaggedDocument) -> str:
    """Show a document's themes, and the passages that have them."""
    document = tagged.document
    carriers = [passage for passage in tagged.passages if passage.tags]
    pages = "" if document.n_pages is None else f"{count(document.n_pages, 'page')}, "
    counts = f"{count(len(tagged.passages), 'passage')}, {len(carriers):,} tagged"
    return framed(
        *_head(document, f"{pages}{counts}, by {short(tagged.coder, 100)}"),
        _themes(tagged),
        *(_passage(passage, longest=800) for passage in carriers[:_PASSAGES]),
        more(len(carriers) - _PASSAGES, "passage with a theme", "passages with a theme"),
    )


def codings_html(codings: Codings) -> str:
    """Show what each coder coded, and what is in no tag."""
    rows = (
        (
            short(tagged.document.name, 200),
            short(tagged.coder, 100),
            len(tagged.passages),
            sum(1 for passage in tagged.passages if passage.tags),
            sum(len(passage.tags) for passage in tagged.passages),
        )
        for tagged in codings.documents[:_ROWS]
    )
    lost = (
        (short(u.document, 200), short(u.coder, 100), short(u.code, 100), short(u.quote, 200),
         short(u.reason, 200))
        for u in codings.unmapped[:_ROWS]
    )  # fmt: skip
    by = f", by {short(', '.join(codings.coders), 300)}" if codings.coders else ""
    header = ("document", "coder", "passages", "tagged", "tags")
    parts = [heading(f"{count(len(codings), 'coded document')}{by}")]
    if codings.documents:
        parts += [
            table(header, rows, figures=(2, 3, 4)),
            more(len(codings) - _ROWS, "document", "documents"),
        ]
    if codings.unmapped:
        parts += [
            line(f"{count(len(codings.unmapped), 'coding')} could not become a tag:"),
            table(("document", "coder", "code", "words", "reason"), lost),
            more(len(codings.unmapped) - _ROWS, "coding", "codings"),
        ]
    return framed(*parts)


def _head(document: Document, counts: str) -> list[str]:
    parts = [heading(document.title)]
    if document.name != document.title:
        parts.append(line(short(document.name, 300), quiet=True))
    parts.append(line(counts))
    parts += [line(f"Warning: {short(said, 300)}") for said in document.warnings[:_WARNINGS]]
    return [*parts, more(len(document.warnings) - _WARNINGS, "warning", "warnings")]


def _themes(tagged: TaggedDocument) -> str:
    """Return the themes with how many passages have each, those of most passages first."""
    counts = Counter(theme for passage in tagged.passages for theme in passage.themes)
    chips = "".join(_chip(f"{short(t, 60)} {n:,}") for t, n in counts.most_common(40))
    return f"<p>{chips}</p>" if chips else line("No passage has a theme.")


def _chip(text: str) -> str:
    return f'<span class="tag">{plain(text)}</span>'


def _passage(tagged: TaggedPassage, *, longest: int) -> str:
    spans = list(dict.fromkeys(sorted(tag.evidence for tag in tagged.tags)))
    tags = []
    for tag in tagged.tags[:_TAGS]:
        number = f" [{spans.index(tag.evidence) + 1}]" if len(spans) > 1 else ""
        tags.append(_chip(f"{short(tag.theme, 60)} {tag.probability:.2f}{number}"))
    if len(tagged.tags) > _TAGS:
        tags.append(plain(f"and {len(tagged.tags) - _TAGS:,} more "))
    role = f"{short(tagged.role, 60)} {tagged.role_probability:.2f}" if tagged.role else ""
    place = _place(tagged.passage)
    return (
        f'<div class="passage">{line(place, quiet=True) if place else ""}'
        f'<p dir="auto">{marked(tagged.text, spans, longest)}</p>'
        f'<p>{"".join(tags)}<span class="quiet">{plain(role)}</span></p></div>'
    )


def _place(passage: Passage) -> str:
    parts = [
        None if passage.page is None else f"page {passage.page}",
        None if passage.paragraph is None else f"paragraph {short(passage.paragraph, 40)}",
        None if passage.section is None else short(passage.section, 120),
    ]
    return " · ".join(part for part in parts if part)
