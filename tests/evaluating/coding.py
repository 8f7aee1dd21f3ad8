"""Documents as coders give them back, made by hand."""

from __future__ import annotations

from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage


def coded_document(coder, *rows, name="a.txt", start=0):
    """Make a document of (words, themes) or (words, {theme: (start, end)}) rows, and a role if any.

    Themes may have a probability too: {theme: (start, end, probability)}.
    """
    passages = []
    at = start
    for words, themes, *role in rows:
        passage = Passage(text=words, index=len(passages), start=at, end=at + len(words))
        spans = themes if isinstance(themes, dict) else dict.fromkeys(themes, (0, len(words)))
        tags = tuple(
            Tag(theme, probability[0] if probability else 1.0, (begin, end))
            for theme, (begin, end, *probability) in spans.items()
        )
        passages.append(
            TaggedPassage(
                passage=passage,
                role=role[0] if role else "",
                role_probability=1.0 if role else 0.0,
                tags=tuple(tag for tag in tags if tag.probability >= 0.5),
                candidates=tags,
            )
        )
        at = passage.end + 2
    document = Document(
        path=name,
        title=name,
        text=" " * start + "\n\n".join(one.text for one in passages),
        passages=tuple(one.passage for one in passages),
    )
    return TaggedDocument(document=document, passages=tuple(passages), coder=coder)
