"""The page around the documents: head, first lines, what the tags are and are not, foot."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from scr_themes.writing.report.markup import counted, escaped, folded, isolated, table
from scr_themes.writing.report.passages import Entry
from scr_themes.writing.report.wording import meanings
from scr_themes.writing.summary import Summary

_PARTS = (
    ("overview", "Overview"),
    ("limits", "What the tags are, and are not"),
    ("passages", "Passages"),
)


def head(title: str) -> str:
    """Return all before the body: nothing may be loaded, and no other script may run."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}' "
        f"'{_hash(_SWITCH)}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(title)}</title>\n<style>{style}</style>\n"
        f"<script>{_SWITCH}</script>\n</head>\n"
    )


# Before anything is drawn: what only a script can serve is shown, and untagged passages are not.
_SWITCH = 'document.documentElement.className = "js";'


def opening(title: str, summary: Summary, entries: list[Entry]) -> Iterator[str]:
    """Yield the first lines: what there is, who tagged it, and what readers warned of."""
    yield '<body>\n<a class="skip" href="#passages">Skip to the passages</a>\n'
    yield f'<header class="top"><h1>{isolated(title)}</h1>\n<dl class="figures">'
    tagged = f"{summary.n_tagged:,}"
    if summary.n_passages:
        tagged += f" <small>{summary.n_tagged / summary.n_passages:.0%}</small>"
    for name, figure in (
        (_noun(summary.n_documents, "Document"), f"{summary.n_documents:,}"),
        (_noun(summary.n_passages, "Passage"), f"{summary.n_passages:,}"),
        (_noun(summary.n_tagged, "Tagged passage"), tagged),
        (_noun(len(summary.themes), "Theme"), f"{len(summary.themes):,}"),
    ):
        yield f"<div><dt>{name}</dt><dd>{figure}</dd></div>"
    yield f'</dl>\n<p class="coder">{_coder(summary, entries)}</p>'
    yield from _warnings(entries)
    links = "".join(f'<li><a href="#{name}">{text}</a></li>' for name, text in _PARTS)
    yield f'<nav aria-label="Parts of the report"><ul>{links}</ul></nav></header>\n<main>\n'


def _noun(n: int, what: str) -> str:
    return what if n == 1 else f"{what}s"


def _coder(summary: Summary, entries: list[Entry]) -> str:
    who = " and ".join(isolated(coder) for coder in summary.coders) or "nobody"
    if any(entry.by_program for entry in entries):
        return f"Tagged by <b>{who}</b>, a program: check each against its page."
    return f"Coded by <b>{who}</b>, without probabilities, as people code."


def _warnings(entries: list[Entry]) -> Iterator[str]:
    warned = [entry for entry in entries if entry.warnings]
    if not warned:
        return
    listed = "".join(
        f'<li><a href="#d{entry.number}">{isolated(entry.title)}</a>: {isolated(warning)}</li>'
        for entry in warned
        for warning in entry.warnings
    )
    said = f"Not all could be read: warnings on {counted(len(warned), 'document')}"
    yield f'<div class="warning">{folded(said, f"<ul>{listed}</ul>")}</div>'


def limits(by_program: bool) -> Iterator[str]:
    """Yield what the tags are and are not, and what the words for probabilities mean."""
    yield '<section id="limits" class="card" aria-labelledby="limits-h">'
    yield '<h2 id="limits-h">What the tags are, and are not</h2>\n<div class="grid even"><div>'
    maker = "program found" if by_program else "person found"
    yield (
        f"<p>A tag says that a {maker} a kind of failing reported in a passage; the marked words "
        "are those that show it. Every word of a passage is the document’s own.</p>"
    )
    if by_program:
        yield (
            "<p>The program misses failings, above all those told in one clause or as plain "
            "narrative, and gives tags that are wrong: a neighbouring theme, or the topic of a "
            "failing where nothing failed. That a theme is not tagged does not mean that the "
            "document does not report it. Read the page before you cite it.</p>"
        )
    yield (
        "<p>The shares are those of these documents. Documents differ in purpose and length, and "
        "a long one has more tags; counts of tags are not counts of failings.</p>"
    )
    yield "</div><div><p><b>Do not use the tags to</b></p><ul>"
    yield "<li>foresee or score the risk to any living child or family;</li>"
    yield "<li>rank or compare authorities, services or teams;</li>"
    yield "<li>blame, judge or decide about any person.</li></ul></div></div>"
    if by_program:
        yield '<h3 id="words">What the probabilities mean</h3>'
        yield (
            "<p>The chance that a careful human coder would give the passage that tag, in "
            "documents like those that the program was calibrated on; in others, more or less.</p>"
        )
        heads = ("Word", "Number", "A careful coder would agree with")
        yield table("Words for probabilities", heads, meanings())
    yield "</section>\n"


def closing(version: str) -> str:
    """Return all after the documents."""
    return (
        '</div></div></section>\n</main>\n<footer class="foot"><p>Made by scr_themes '
        f"{escaped(version)}. This file holds all that it shows; it loads and sends nothing.</p>"
        '</footer>\n<dialog id="by-hand" aria-labelledby="by-hand-h"><h2 id="by-hand-h">Copy the '
        "quotation</h2><p>The browser did not let the page copy it. Press Ctrl+C, or Command+C.</p>"
        '<textarea id="by-hand-text" aria-labelledby="by-hand-h" readonly rows="6"></textarea>'
        '<form method="dialog"><button>Close</button></form></dialog>\n'
        f"<script>{_asset('report.js')}</script>\n</body>\n</html>\n"
    )


def _asset(name: str) -> str:
    return files("scr_themes.writing.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
