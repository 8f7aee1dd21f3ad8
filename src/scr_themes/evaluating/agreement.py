"""``agree``: how far coders, people or models, give the same passages the same codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from scr_themes.errors import LabelsError
from scr_themes.evaluating.groups import IntArray, group_numbers
from scr_themes.evaluating.inputs import check_bootstrap
from scr_themes.evaluating.intervals import measure
from scr_themes.evaluating.layout import Interval, aligned, interval, number, plain
from scr_themes.evaluating.reliability import MISSING, Reliability

# One entry a passage: the themes that a coder gave it, or None where the coder has not coded it.
Coding: TypeAlias = Sequence[Collection[str] | None]

FIGURES = ("observed", "specific", "kappa", "alpha")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAgreement:
    """How far coders agree on one theme, or on the roles.

    Attributes
    ----------
    code : str
        The theme's id; ``"role"`` for the roles.
    n_given : tuple of int
        How many of the passages that two coders or more coded each coder gave the theme and did
        not leave it open, in the order of the coders; empty for the roles.
    observed : float
        Share of pairs of codes that agree.
    specific : float
        Agreement on the theme's presence: 2 both / (2 both + one alone). The F1 that one coder
        has against the other. NaN for the roles.
    kappa : float
        Cohen's kappa; the mean over pairs of coders where there are more than two. NaN where
        every code is the same.
    alpha : float
        Krippendorff's alpha for nominal codes. NaN where every code is the same.
    intervals : mapping of str to (float, float)
        Lower and upper end for each of the figures named above, by its name.
    """

    code: str
    n_given: tuple[int, ...]
    observed: float
    specific: float
    kappa: float
    alpha: float
    intervals: Mapping[str, Interval] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far coders agree.

    Attributes
    ----------
    coders : tuple of str
        Who they are.
    themes : tuple of CodeAgreement
        One a theme; ``agreement["recording"]`` looks one up.
    role : CodeAgreement or None
        Agreement on the roles, as one variable.
    n_passages : int
        How many passages two coders or more coded. The others count for nothing.
    n_documents : int or None
        How many documents those come from; None where that was not told.
    confidence : float
        Level of the intervals.
    n_resamples : int
        Bootstrap draws behind them.
    n_characters : int or None
        How many characters those passages have, where characters are what was compared; None where
        it was passages.
    """

    coders: tuple[str, ...]
    themes: tuple[CodeAgreement, ...]
    role: CodeAgreement | None
    n_passages: int
    n_documents: int | None
    confidence: float
    n_resamples: int
    n_characters: int | None = None

    def __getitem__(self, theme: str) -> CodeAgreement:
        for found in self.themes:
            if found.code == theme:
                return found
        known = ", ".join(found.code for found in self.themes)
        raise LabelsError(repr(theme), "is not among the themes compared", f"use one of {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values, with None for NaN."""
        values: dict[str, Any] = plain(asdict(self))
        return values

    def table(self) -> str:
        """Return the figures as an aligned text table, one line a theme and one for the roles.

        Figures that are undefined are shown as ``-``.
        """
        return aligned(self._lines(), rule_before=len(self.themes) + 1)

    def to_frame(self, *, library: Literal["pandas", "polars"] | None = None) -> Any:
        """Return the figures as a data frame, one row a theme and then one for the roles.

        Parameters
        ----------
        library : {"pandas", "polars"}, optional
            As in :func:`scr_themes.to_frame`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            ``code``, ``kind`` (``"theme"`` or ``"role"``), each figure with the ends of its
            interval in ``kappa_low`` and ``kappa_high`` and so on, and ``n_given: Ann`` for each
            coder. Undefined figures are missing values.

        Examples
        --------
        >>> coders = {"Ann": [{"recording"}, set()], "Ben": [{"recording"}, set()]}
        >>> list(agree(coders, themes=["recording"]).to_frame()["kappa"])
        [1.0]
        """
        from scr_themes.frames.figures import agreement_frame  # noqa: PLC0415 - only if asked for

        return agreement_frame(self, library)

    def _lines(self) -> list[list[str]]:
        level = f"{100 * self.confidence:g}%"
        header = ["", "kappa", level, "alpha", level, "agreement", "on presence"]
        lines = [[*header, *self.coders]]
        for found in (*self.themes, *([self.role] if self.role else [])):
            figures = [number(found.kappa), interval(found.intervals["kappa"])]
            figures += [number(found.alpha), interval(found.intervals["alpha"])]
            figures += [number(found.observed), number(found.specific)]
            given = [str(n) for n in found.n_given] or ["-"] * len(self.coders)
            lines.append([found.code, *figures, *given])
        return lines

    def _compared(self) -> str:
        documents = "" if self.n_documents is None else f" of {self.n_documents} documents"
        coders = f"{len(self.coders)} coders"
        characters = "" if self.n_characters is None else f"{self.n_characters} characters in "
        return f"{characters}{self.n_passages} passages{documents} coded by two or more of {coders}"

    def __str__(self) -> str:
        return f"{self._compared()}\n\n{self.table()}"

    def __repr__(self) -> str:
        return f"<Agreement of {', '.join(self.coders)}: {self._compared()}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.figures import agreement_html  # noqa: PLC0415 - notebooks only

        return agreement_html(self._compared(), self._lines())


def agree(
    coders: Mapping[str, Coding],
    *,
    themes: Sequence[str],
    roles: Mapping[str, Sequence[str | None]] | None = None,
    either: Mapping[str, Sequence[Collection[str]]] | None = None,
    documents: Iterable[object] | None = None,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int | np.random.Generator | None = 0,
) -> Agreement:
    """Measure how far coders agree, theme by theme and on the roles.

    Parameters
    ----------
    coders : mapping of str to sequence of (set of str or None)
        Coder to the themes given to each passage, the same passages in the same order for every
        coder; None for a passage that the coder has not coded.
    themes : sequence of str
        Ids of the themes to compare.
    roles : mapping of str to sequence of (str or None), optional
        Coder to the role given to each passage.
    either : mapping of str to sequence of sets of str, optional
        Coder to themes left open on each passage, which are compared as if not coded, given or
        not.
    documents : iterable, optional
        The document of each passage, which the intervals draw whole.
    n_resamples : int, default 1000
        Bootstrap draws for the intervals; 0 for none (all NaN).
    confidence : float, default 0.95
        Level of the intervals.
    random_state : int, numpy.random.Generator or None, default 0
        Seed of the bootstrap.

    Returns
    -------
    Agreement
        Cohen's kappa, Krippendorff's alpha and plain agreement for each theme and the roles, with
        percentile intervals.

    Raises
    ------
    LabelsError
        If there are fewer than two coders, they have not the same number of passages, a theme is
        unknown or named twice, or no passage was coded by two of them.

    Notes
    -----
    For the formulas and their sources see :class:`scr_themes.evaluating.reliability.Reliability`.
    Kappa and alpha set agreement against what chance would bring. Where a theme is rare they fall
    although coders differ on few passages; read them beside ``specific`` and the counts.

    Examples
    --------
    >>> ann = [{"recording"}, {"recording"}, set(), set(), {"child_voice"}]
    >>> ben = [{"recording"}, set(), set(), set(), {"child_voice"}]
    >>> found = agree({"Ann": ann, "Ben": ben}, themes=["recording", "child_voice"])
    >>> round(found["recording"].kappa, 3), round(found["recording"].alpha, 3)
    (0.545, 0.571)
    """
    names = tuple(coders)
    _check_themes(themes)
    n = _checked_length(coders, roles or {}, either or {})
    check_bootstrap(n_resamples, confidence)
    groups = group_numbers(documents, n, name="documents")
    codes = np.full((len(themes), n, len(names)), MISSING, dtype=np.intp)
    column = {theme: j for j, theme in enumerate(themes)}
    for c, name in enumerate(names):
        for i, given in enumerate(coders[name]):
            if given is not None:
                codes[:, i, c] = 0
                codes[_columns(given, column, name, i), i, c] = 1
        for i, left_open in enumerate((either or {}).get(name, ())):
            codes[_columns(left_open or (), column, name, i), i, c] = MISSING
    coded = np.array([[given is not None for given in coders[name]] for name in names])
    shared = coded.sum(axis=0) >= 2
    if not shared.any():
        raise LabelsError("coders", "no passage was coded by two of them", "code the same passages")
    _, groups = np.unique(groups[shared], return_inverse=True)
    settings: dict[str, Any] = {
        "n_resamples": n_resamples,
        "confidence": confidence,
        "random_state": random_state,
    }
    found = measure(Reliability(codes[:, shared], 2, groups), **settings)
    by_theme = [
        CodeAgreement(
            code=theme,
            n_given=tuple(int(count) for count in (codes[j][shared] == 1).sum(axis=0)),
            **found.arguments("each", FIGURES, j),
        )
        for j, theme in enumerate(themes)
    ]
    role = None
    role_codes, n_roles = _role_codes(roles or {}, names, n)
    if n_roles:
        found = measure(Reliability(role_codes[:, shared], n_roles, groups), **settings)
        arguments = found.arguments("each", FIGURES, 0) | {"specific": float("nan")}
        arguments["intervals"]["specific"] = (float("nan"), float("nan"))
        role = CodeAgreement(code="role", n_given=(), **arguments)
    return Agreement(
        coders=names,
        themes=tuple(by_theme),
        role=role,
        n_passages=int(shared.sum()),
        n_documents=None if documents is None else int(groups.max()) + 1,
        confidence=confidence,
        n_resamples=n_resamples,
    )


def _check_themes(themes: Sequence[str]) -> None:
    if isinstance(themes, str) or not themes:
        raise LabelsError("themes", f"is {themes!r}", "give a list of theme ids")
    twice = next((theme for theme in themes if list(themes).count(theme) > 1), None)
    if twice is not None:
        raise LabelsError("themes", f"names {twice!r} twice", "name each theme once")


def _checked_length(coders: Mapping[str, Coding], *others: Mapping[str, Sequence[Any]]) -> int:
    """Return how many passages there are, the same for every coder."""
    if len(coders) < 2:
        raise LabelsError("coders", f"are {len(coders)}", "give two coders or more")
    first, n = next((name, len(coding)) for name, coding in coders.items())
    for given in (coders, *others):
        for name, coding in given.items():
            if name not in coders:
                raise LabelsError(repr(name), "is not one of the coders", f"use {list(coders)}")
            if len(coding) != n:
                raise LabelsError(
                    name,
                    f"has {len(coding)} passages where {first} has {n}",
                    "give every coder the same passages in the same order, None where not coded",
                )
    return n


def _columns(given: Collection[str], column: Mapping[str, int], coder: str, i: int) -> list[int]:
    if isinstance(given, str):
        raise LabelsError(f"{coder}, passage {i}", f"is the text {given!r}", "give a set of themes")
    for theme in given:
        if theme not in column:
            raise LabelsError(
                f"{coder}, passage {i}", f"has the theme {theme!r}", f"use one of {list(column)}"
            )
    return [column[theme] for theme in given]


def _role_codes(
    roles: Mapping[str, Sequence[str | None]], names: Sequence[str], n: int
) -> tuple[IntArray, int]:
    """Return the roles as one variable, and how many there are."""
    known = sorted({role for given in roles.values() for role in given if role is not None})
    codes = np.full((1, n, len(names)), MISSING, dtype=np.intp)
    for c, name in enumerate(names):
        for i, role in enumerate(roles.get(name, ())):
            if role is not None:
                codes[0, i, c] = known.index(role)
    return codes, len(known)
