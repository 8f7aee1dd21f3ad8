"""Label Studio: exports as JSON and JSON-MIN, and the tasks that this package writes.

Each annotator is a coder of their own, by e-mail address or, where the export has but numbers, as
``"annotator 3"``; predictions are their model's. Where somebody annotated a task twice, the later
annotation counts. A coder's document holds the passages that they submitted: of a task that they
never had, or skipped, nobody can say whether they see a theme in it.

Listed as unmapped: skipped annotations, earlier ones, drafts, results that are no labels or choices
on plain text, and spans outside the text. Predictions that an export names by number only say
nothing, and are passed over. JSON-MIN has no predictions and no skipped annotations, and does not
tell a single choice from the data of a task, but for our own ``role``: JSON is the better export.

In a task that this package did not write, the text is ``data.text``, or the longest of its data;
such a task is a document, and its lines are the passages.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.gathering import Gathering, Refused, Target
from scr_themes.reading.codings.label_studio_results import read_results
from scr_themes.reading.decoding import decode
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.rows import Row

_REMEDY = "export from Label Studio as JSON or JSON-MIN"
_LISTS = ("annotations", "completions", "predictions", "drafts")
# What JSON-MIN adds to the data of a task, beside the results.
_ADDED = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")


def read(path: Path, coder: str | None) -> Codings:
    """Read an export of Label Studio; see :func:`scr_themes.read_codings`."""
    entries = _load(path)
    if entries and _is_of_doccano(entries[0]):
        from scr_themes.reading.codings.doccano import from_rows  # noqa: PLC0415

        return from_rows(path, [Row(n, entry) for n, entry in enumerate(entries, 1)], coder)
    gathering = Gathering(path, coder)
    for number, entry in enumerate(entries, start=1):
        try:
            _add(gathering, _task(entry), number)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            own_id = entry.get("id") if isinstance(entry, Mapping) else None
            where = f"task {number}" + ("" if own_id is None else f" (id {own_id})")
            raise ReadingError(
                f"{path}: {where}",
                f"is no task of Label Studio ({type(error).__name__}: {error})",
                _REMEDY,
            ) from error
    return gathering.codings()


def _load(path: Path) -> list[Any]:
    data = load_bytes(path)
    # JSON is UTF-8: what the words in it declare, as a page would, is not to be heard.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text, _ = decode(path, data, None if wide else "utf-8")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deep")
        line = getattr(error, "lineno", 1)
        raise ReadingError(f"{path}:{line}", f"is not JSON ({reason})", _REMEDY) from error
    if isinstance(entries, Mapping):
        return [entries]
    if not isinstance(entries, list):
        raise ReadingError(path, f"holds a JSON {type(entries).__name__}, no tasks", _REMEDY)
    return entries


def _is_of_doccano(entry: Any) -> bool:
    """Tell a line of a doccano project that is exported as JSON."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
        return False
    foreign = {"data", "annotation_id", *_LISTS}.isdisjoint(entry)
    return foreign and not {"label", "entities", "cats"}.isdisjoint(entry)


def _task(entry: Any) -> Mapping[str, Any]:
    """Return a task as the full JSON has it."""
    if not isinstance(entry, Mapping):
        raise TypeError(f"it is a JSON {type(entry).__name__}")
    if isinstance(entry.get("data"), Mapping):
        return entry
    if not {"data", *_LISTS}.isdisjoint(entry):
        raise TypeError("its data are no object")
    outputs: list[dict[str, Any]] = []
    data = {}
    for name, value in entry.items():
        results = list(_min_results(name, value))
        outputs += results
        if not results and name not in _ADDED:
            data[name] = value
    annotation = {
        "completed_by": entry.get("annotator"),
        "updated_at": entry.get("updated_at"),
        "result": outputs,
    }
    annotated = entry.get("annotation_id") is not None
    return {"id": entry.get("id"), "data": data, "annotations": [annotation] if annotated else []}


def _min_results(name: str, value: Any) -> Iterator[dict[str, Any]]:
    """Yield the results that JSON-MIN has under a name; none where it is data of the task."""
    for item in value if isinstance(value, list) else [value]:
        kinds = [
            kind for kind in ("labels", "choices") if isinstance(item, Mapping) and kind in item
        ]
        if kinds:
            yield {"from_name": name, "type": kinds[0], "value": item}
        elif name == "role" and isinstance(item, str):
            yield {"from_name": name, "type": "choices", "value": {"choices": [item]}}


def _add(gathering: Gathering, task: Mapping[str, Any], number: int) -> None:
    data = task["data"]
    text = _text(data)
    target = gathering.target(text, data, f"task {task.get('id') or number}")
    for entry in task.get("predictions") or ():
        if isinstance(entry, Mapping):
            score = entry.get("score")
            found = read_results(
                entry.get("result"), text, score=1.0 if score is None else float(score)
            )
            _code(gathering, target, str(entry.get("model_version") or gathering.unnamed), found)
    for coder, entry in _latest(gathering, task, target, text).items():
        _code(gathering, target, coder, read_results(entry.get("result"), text))


def _code(gathering: Gathering, target: Target, coder: str, found: Any) -> None:
    role = ("", 0.0) if found.role is None else (found.role.code, found.role.probability)
    gathering.code(target, coder, found.spans, *role)
    gathering.refuse(target, coder, found.refused)


def _text(data: Mapping[str, Any]) -> str:
    if isinstance(data.get("text"), str):
        return str(data["text"])
    texts = [value for value in data.values() if isinstance(value, str)]
    if not texts:
        raise ValueError("its data hold no text")
    return max(texts, key=len)


def _latest(
    gathering: Gathering, task: Mapping[str, Any], target: Target, text: str
) -> dict[str, Mapping[str, Any]]:
    """Return the annotation of each person that counts, and list the others."""
    latest: dict[str, Mapping[str, Any]] = {}

    def list_all(coder: str, entry: Mapping[str, Any], reason: str) -> None:
        found = read_results(entry.get("result"), text)
        spans = [*found.spans, *([found.role] if found.role else [])]
        refused = [Refused(s.code, text[s.start : s.end], reason, s.start, s.end) for s in spans]
        refused += [one._replace(reason=reason) for one in found.refused]
        gathering.refuse(target, coder, refused or [Refused("", text, reason, 0, len(text))])

    for entry in task.get("annotations") or task.get("completions") or ():
        coder = _person(entry.get("completed_by"), gathering.unnamed)
        if entry.get("was_cancelled") or entry.get("skipped"):
            list_all(coder, entry, "the annotator skipped this task")
            continue
        if coder in latest:
            earlier, entry = sorted((latest[coder], entry), key=_when)  # noqa: PLW2901
            list_all(coder, earlier, "the annotator annotated this task again later")
        latest[coder] = entry
    for entry in task.get("drafts") or ():
        if isinstance(entry, Mapping):
            list_all(_person(entry.get("user"), gathering.unnamed), entry, "a draft, not submitted")
    return latest


def _when(entry: Mapping[str, Any]) -> str:
    return str(entry.get("updated_at") or entry.get("created_at") or "")


def _person(by: Any, unnamed: str) -> str:
    if isinstance(by, Mapping):
        name = " ".join(str(by[key]) for key in ("first_name", "last_name") if by.get(key))
        by = by.get("email") or name or by.get("id")
    if by is None or by == "":
        return unnamed
    return f"annotator {by}" if isinstance(by, int) else str(by)
