"""Count both corpora and rewrite the tables of the datasheet.

``python -m models.corpus.describe`` rewrites what stands between the markers of ``README.md``. It
needs no text of the coded passages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean, median

from scipy.stats import binomtest

from models.corpus import store
from models.corpus.rules import ROUNDS, SORTS, pairs_of
from models.corpus.store import SPLIT_NAMES, Row, author
from models.keywords import keyword_lists
from models.tables import table
from scr_themes.codebook import Codebook, Theme
from scr_themes.evaluating import agree
from scr_themes.evaluating.agreement import Agreement, CodeAgreement
from scr_themes.evaluating.layout import number
from scr_themes.evaluating.matching import match_codings
from scr_themes.reading.labelled import read_labelled

README = store.HERE / "README.md"
CODINGS = store.HERE / "codings"
MARKERS = {
    part: (f"<!-- {part}: written by describe.py: begin -->", f"<!-- {part}: end -->")
    for part in ("written", "coded", "agreement", "fresh")
}
LENGTHS = ((2, 7), (8, 24), (25, 49), (50, 74), (75, 99), (100, 149), (150, 260))  # words
FRESH = (
    ("coded", "random", "drawn at random"),
    ("coded", "core", "drawn among those with a core theme, twelve a theme"),
    ("written", "random", "drawn at random"),
)
THEMES = Codebook.load().themes


def describe_written(rows: Sequence[Row]) -> str:
    """Return the tables of the written corpus, as Markdown."""
    splits = store.split_of_written()
    return "\n\n".join(
        [
            _totals(rows),
            _written_themes(rows),
            "`none` are passages that fail on nothing and stand for nobody's hard negative: "
            "method, family, figures, contacts. Keywords: `benchmarks/keywords.toml`.",
            _by_split("Theme", rows, [splits[author(row)] for row in rows]),
            _shares("Role", rows, (row["role"] for row in rows)),
            _shares("Nation", rows, (row["nation"] for row in rows)),
            _shares("Years", rows, (f"{row['year'] // 10 * 10}s" for row in rows), by_name=True),
            _shares("Words", rows, (_length(row) for row in rows), by_name=True),
            _forms(rows),
        ]
    )


def describe_coded(rows: Sequence[Row], documents: Sequence[Row]) -> str:
    """Return the tables of the coded corpus, as Markdown."""
    splits = store.split_of_coded()
    drawn = [row for row in rows if row["round"] == "random"]
    twice = sum(len(row["coders"]) > 1 for row in rows)
    left_open = sum(len(row["either"]) for row in rows)
    sources = Counter(document["source"] for document in documents)
    named = ", ".join(f"{name} {n}" for name, n in sources.most_common())
    return "\n\n".join(
        [
            f"{len(rows)} passages of {len(documents)} documents ({named}); {twice} of them coded "
            f"twice. {sum(bool(row['themes']) for row in rows)} passages carry a theme; "
            f"{left_open} themes are left open as `either`.",
            _shares("Round", rows, (row["round"] for row in rows), order=ROUNDS),
            _by_split("Theme", rows, [splits[row["document"]] for row in rows]),
            _shares("Role", rows, (row["role"] for row in rows)),
            f"**How often, in the {len(drawn)} passages drawn at random**, with Wilson's 95% "
            "interval (Wilson 1927, JASA 22, 209-212); a theme left open counts as absent:",
            _prevalence(drawn),
            f"**Together**, in all {len(rows)} coded passages: of those that carry the theme of "
            "the row, the three themes that most often stand beside it.",
            _together(rows),
        ]
    )


def describe_agreement() -> str:
    """Return the tables of agreement between blind coders, as Markdown."""
    parts = []
    for name, title in (("coded", "Coded passages"), ("written", "Written passages")):
        found = agreement(name)
        parts.append(
            f"**{title}**: {found.n_passages} passages of {found.n_documents} documents, coded "
            "twice, blind.\n\n" + _agreement_table(found)
        )
    n, shared, same = evidence_agreement()
    parts.append(
        f"**Evidence**: of the {n} themes that both coders gave a coded passage of more than one "
        f"sentence, they marked a sentence in common in {shared / n:.1%}, and exactly the same in "
        f"{same / n:.1%}."
    )
    return "\n\n".join(parts)


def evidence_agreement() -> tuple[int, int, int]:
    """Return how many themes both coders marked, with a sentence in common, with all the same."""
    letters = {row["id"]: row["letters"] for row in store.read_coded()}
    first = {row["id"]: row["evidence"] for row in store.read_jsonl(CODINGS / "coded-first.jsonl")}
    marked = []
    for row in store.read_jsonl(CODINGS / "coded-second.jsonl"):
        for theme, spans in row["evidence"].items():
            both = [set(map(tuple, found)) for found in (first[row["id"]].get(theme, []), spans)]
            if all(both) and (0, letters[row["id"]]) not in both[0] | both[1]:
                marked.append(both)
    return len(marked), sum(bool(a & b) for a, b in marked), sum(a == b for a, b in marked)


def agreement(corpus: str) -> Agreement:
    """Return how far the first and second coding of a corpus agree."""
    coded = {turn: read_labelled(CODINGS / f"{corpus}-{turn}.jsonl", need_text=False)
             for turn in ("first", "second")}  # fmt: skip
    matched = match_codings(coded)
    return agree(
        matched.themes,
        themes=[theme.id for theme in THEMES],
        roles=matched.roles,
        documents=matched.documents,
    )


def describe_fresh_eyes(verdicts: Sequence[Row]) -> str:
    """Return what readers who had no part in the labels would defend, as Markdown."""
    parts = []
    for corpus, sample, drawn in FRESH:
        judged = [v for v in verdicts if (v["corpus"], v["sample"]) == (corpus, sample)]
        counts = {
            key: Counter(theme for verdict in judged for theme in verdict[key])
            for key in ("defended", "not_defended", "missing")
        }
        given = counts["defended"] + counts["not_defended"]
        columns = (given, counts["defended"], counts["missing"])
        lines = [[_title(theme), *(column[theme.id] for column in columns)] for theme in THEMES]
        lines.append(["all themes", *(column.total() for column in columns)])
        roles = sum(verdict["role_ok"] for verdict in judged)
        lines.append(["role", len(judged), roles, 0])
        free = sum(
            not verdict["not_defended"] and not verdict["missing"] and verdict["role_ok"]
            for verdict in judged
        )
        parts.append(
            f"{len(judged)} {corpus} passages {drawn}; {free} of them without any fault.\n\n"
            + table(["Label", "given", "defended", "found missing"], lines)
        )
    return "\n\n".join(parts)


def insert(readme: str, part: str, tables: str) -> str:
    """Return the datasheet with ``tables`` between the markers of ``part``."""
    begin, end = MARKERS[part]
    before, _, rest = readme.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the datasheet lacks {begin} or {end}; put them back")
    return f"{before}{begin}\n\n{tables}\n\n{end}{after}"


def _totals(rows: Sequence[Row]) -> str:
    words = [_words(row) for row in rows]
    several = sum(len(row["themes"]) > 1 for row in rows)
    return (
        f"{len(rows)} passages in {len({row['document'] for row in rows})} invented documents, to "
        f"{len({author(row) for row in rows})} briefs; {len(pairs_of(rows))} minimal "
        f"pairs. {sum(bool(row['themes']) for row in rows)} passages carry a theme, {several} of "
        f"them more than one; {sum(bool(row['about']) for row in rows)} are a hard negative for "
        f"some theme. Length: {min(words)} to {max(words)} words, mean {mean(words):.0f}, median "
        f"{median(words):.0f}."
    )


def _written_themes(rows: Sequence[Row]) -> str:
    positives = Counter(theme for row in rows for theme in row["themes"])
    negatives = Counter((theme, row["sort"]) for row in rows for theme in row["about"])
    pairs = Counter(
        theme
        for sides in pairs_of(rows).values()
        for theme in {theme for row in sides for theme in row["themes"]}
    )
    _, topics = keyword_lists([theme.id for theme in THEMES])
    lines = []
    for theme, word in zip(THEMES, topics, strict=True):
        plain = sum(theme.id in row["themes"] and not word.search(row["text"]) for row in rows)
        by_sort = [negatives[theme.id, sort] for sort in SORTS]
        counts = [positives[theme.id], plain, sum(by_sort), *by_sort, pairs[theme.id]]
        lines.append([_title(theme), *counts])
    free = sum(not row["themes"] and not row["about"] for row in rows)
    lines.append(["none", free, *[""] * (3 + len(SORTS))])
    sorts = [sort.replace("_", " ") for sort in SORTS]
    header = ["Theme", "positives", "of them without a keyword", "hard negatives", *sorts, "pairs"]
    return table(header, lines)


def _by_split(title: str, rows: Sequence[Row], splits: Sequence[str]) -> str:
    counts = Counter(
        (theme, split) for row, split in zip(rows, splits, strict=True) for theme in row["themes"]
    )
    lines = [
        [_title(theme), *(counts[theme.id, split] for split in SPLIT_NAMES)] for theme in THEMES
    ]
    passages = Counter(splits)
    lines.append(["passages", *(passages[split] for split in SPLIT_NAMES)])
    return table([title, *SPLIT_NAMES], lines)


def _prevalence(rows: Sequence[Row]) -> str:
    counts = Counter(theme for row in rows for theme in row["themes"])
    counts["none"] = sum(not row["themes"] for row in rows)
    lines = []
    for name, shown in [*((theme.id, _title(theme)) for theme in THEMES), ("none", "no theme")]:
        found = binomtest(counts[name], len(rows))
        low, high = found.proportion_ci(method="wilson")
        share = found.statistic
        lines.append([shown, counts[name], f"{share:.1%}", f"{low:.1%} to {high:.1%}"])
    return table(["Theme", "passages", "share", "95%"], lines)


def _together(rows: Sequence[Row]) -> str:
    totals = Counter(theme for row in rows for theme in row["themes"])
    both = Counter((a, b) for row in rows for a in row["themes"] for b in row["themes"] if a != b)
    lines = []
    for theme in THEMES:
        beside = sorted(
            ((both[theme.id, other.id] / totals[theme.id], other.id) for other in THEMES),
            key=lambda item: (-item[0], item[1]),
        ) if totals[theme.id] else []  # fmt: skip
        named = ", ".join(f"`{other}` {share:.0%}" for share, other in beside[:3] if share)
        lines.append([_title(theme), totals[theme.id], named or "-"])
    return table(["Theme", "passages", "beside it"], lines)


def _agreement_table(found: Agreement) -> str:
    def cells(code: CodeAgreement, shown: str) -> list[str]:
        counts = [*map(str, code.n_given)] or ["-", "-"]
        figures = [number(code.kappa), _ends(code.intervals["kappa"])]
        figures += [number(code.alpha), _ends(code.intervals["alpha"]), number(code.specific)]
        return [shown, *counts, *figures]

    lines = [cells(found[theme.id], _title(theme)) for theme in THEMES]
    if found.role is not None:
        lines.append(cells(found.role, "role"))
    header = ["Theme", "first", "second", "kappa", "95%", "alpha", "95%", "on presence"]
    return table(header, lines)


def _ends(ends: tuple[float, float]) -> str:
    low, high = map(number, ends)
    return "-" if low == "-" else f"{low} to {high}"


def _title(theme: Theme) -> str:
    return f"`{theme.id}`" + (" (core)" if theme.core else "")


def _shares(
    title: str,
    rows: Sequence[Row],
    values: Iterable[str],
    *,
    by_name: bool = False,
    order: Sequence[str] = (),
) -> str:
    counts = Counter(values)
    order = order or (sorted(counts) if by_name else [name for name, _ in counts.most_common()])
    lines = [[name.strip(), counts[name], f"{counts[name] / len(rows):.0%}"] for name in order]
    return table([title, "passages", "share"], lines)


def _forms(rows: Sequence[Row]) -> str:
    counts = Counter(row["form"] for row in rows)
    named = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{form} {n}" for form, n in named)
    return f"{len(counts)} forms of document, with their passages: {listed}."


def _words(row: Row) -> int:
    return len(row["text"].split())


def _length(row: Row) -> str:
    low, high = next(ends for ends in LENGTHS if ends[0] <= _words(row) <= ends[1])
    return f"{low:3} to {high}"  # padded, so that names sort as numbers do


def datasheet(readme: str) -> str:
    """Return the datasheet with all its tables counted again."""
    written, coded = store.read_written(), store.read_coded()
    readme = insert(readme, "written", describe_written(written))
    readme = insert(readme, "coded", describe_coded(coded, store.read_documents()))
    readme = insert(readme, "agreement", describe_agreement())
    verdicts = list(store.read_jsonl(CODINGS / "fresh-eyes.jsonl"))
    return insert(readme, "fresh", describe_fresh_eyes(verdicts))


def main() -> None:
    """Rewrite the tables of the datasheet."""
    README.write_text(datasheet(README.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{README}: counted")


if __name__ == "__main__":
    main()
