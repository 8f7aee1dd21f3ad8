"""``scr-themes evaluate``: how accurate a model is on passages that people have coded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scr_themes.cli.choices import JsonOut, Model, TextColumn, load_model, say_unsettled, write_json

Labelled = Annotated[
    Path,
    typer.Argument(
        metavar="LABELLED",
        help="JSONL (text, themes; role, document, either if any), CSV (ids joined by ';'), or a "
        "settled worksheet (XLSX).",
    ),
]


def evaluate(
    labelled: Labelled,
    model: Model = None,
    json_out: JsonOut = None,
    text_column: TextColumn = None,
) -> None:
    """Compare a model's tags with people's.

    Prints precision, recall, F1 with its interval, average precision and calibration for each
    theme and on average. Roles are compared, and passages of one document taken together, where
    the file names them.
    """
    from scr_themes.evaluating import evaluate as compare  # noqa: PLC0415 - brings scikit-learn
    from scr_themes.labels import indicator  # noqa: PLC0415
    from scr_themes.reading.labelled import read_labelled  # noqa: PLC0415

    coded = read_labelled(labelled, text_column=text_column)
    say_unsettled(coded, labelled)
    classifier = load_model(model)
    truth = indicator(coded.themes, classifier.themes, name=str(labelled))
    known = frozenset(classifier.themes)
    either = coded.either and [left_open & known for left_open in coded.either]
    tagged = classifier.tag(coded.texts)
    with_roles = coded.roles is not None and bool(classifier.roles)
    result = compare(
        truth,
        [[tag.probability for tag in passage.candidates] for passage in tagged],
        themes=classifier.themes,
        y_pred=[set(passage.themes) for passage in tagged],
        either=either,
        core=classifier.codebook_.core_ids,
        documents=coded.documents,
        roles_true=coded.roles if with_roles else None,
        roles_pred=[passage.role for passage in tagged] if with_roles else None,
    )
    typer.echo(str(result))
    write_json(json_out, result.to_dict())
