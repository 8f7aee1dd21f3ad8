"""``scr-themes train``: a model of one's own from passages that people have coded."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.cli.choices import TextColumn, say_unsettled
from scr_themes.cli.outcomes import say
from scr_themes.cli.progress import step_bar
from scr_themes.errors import LabelsError, ModelError

if TYPE_CHECKING:
    from scr_themes.codebook import Codebook
    from scr_themes.encoding import Encoder, OnnxEncoder
    from scr_themes.reading.labelled import Labelled
    from scr_themes.training import Example

PARTS = 7  # with --fine-tune: one to calibrate on, one to measure on, five to learn from
FEW = 8  # examples: below this neither a head nor its threshold can be relied on


def train(
    labelled: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED",
            help="JSONL (text, themes; role, document, either if any), CSV (ids joined by ';'), or "
            "a settled worksheet (XLSX).",
        ),
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the model.")
    ],
    codebook: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML",
            help="Your codebook. [default: the themes that occur, with the bundled meanings]",
        ),
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_DIR",
            help="A bundled or exported encoder. [default: that of the bundled model]",
        ),
    ] = None,
    fine_tune: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Tune this sentence-transformers model on your coding, in place of fitting heads "
            "to a finished encoder: for thousands of passages, in hours (extra train).",
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Times each passage is seen with --fine-tune.")
    ] = 3,
    learn: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Let this model (a folder, accurate or fast) learn from the passages as "
            "corrections, in place of fitting a new one; shows figures before and after.",
        ),
    ] = None,
    text_column: TextColumn = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model in DIR.")] = False,
) -> None:
    """Fit a model to your own coding.

    Shows how well it does on passages held out, fits it to all of them, and saves it. A theme in
    ``either`` is fitted to as absent, and counts neither way in the figures. Passages of one
    document are always held out together, where the file names documents.

    With ``--fine-tune`` it learns from five documents in seven, is calibrated on one in seven and
    measured on the last; of a theme in ``either`` nothing is learnt.

    With ``--learn`` a model that is there is moved towards the passages, no further than passages
    held out bear out. It keeps its themes, roles, thresholds and how often it expects each theme.
    """
    _refuse_replacing(output, force=force)
    if learn is not None and (codebook, encoder, fine_tune) != (None, None, None):
        raise typer.BadParameter(
            "the model has a codebook and an encoder already; leave --codebook, --encoder and "
            "--fine-tune out",
            param_hint="'--learn'",
        )
    from scr_themes.codebook import Codebook  # noqa: PLC0415
    from scr_themes.labels import indicator  # noqa: PLC0415
    from scr_themes.reading.labelled import read_labelled  # noqa: PLC0415

    coded = read_labelled(labelled, text_column=text_column)
    say_unsettled(coded, labelled)
    if learn is not None:
        _learn(learn, coded, output)
        _say_saved(output)
        return
    book = Codebook.load(codebook)
    if codebook is None:
        occurring = {theme for themes in coded.themes for theme in themes}
        book = book.covering(occurring, coded.roles or (), source=str(labelled))
    target = indicator(coded.themes, book.theme_ids, name=str(labelled))
    _show_counts(book, coded, [int(n) for n in target.sum(axis=0)])
    if fine_tune is not None and encoder is not None:
        raise typer.BadParameter("it tunes an encoder of its own", param_hint="'--encoder'")
    if fine_tune is not None:
        _fine_tune(fine_tune, book, coded, output, epochs=epochs)
    else:
        _fit_heads(_open_encoder(encoder), book, coded, output)
    _say_saved(output)


def _say_saved(output: Path) -> None:
    typer.echo(f"Saved in {output}; use it with: scr-themes tag REVIEW --model {output}")


def _learn(model: str, coded: Labelled, output: Path) -> None:
    """Let a model learn from corrections, and say what that changed on documents held out."""
    from scr_themes.classifying import load  # noqa: PLC0415
    from scr_themes.evaluating.learning import measure_learning  # noqa: PLC0415

    classifier = load(model)
    held_out = measure_learning(classifier, coded)
    if held_out is None:
        say("Warning: one document (or passage) alone: what was learnt cannot be told")
    else:
        typer.echo(f"\nHeld out, before and after learning from the others:\n{held_out}\n")
    adapted = classifier.learn(
        coded.texts, coded.themes, either=coded.either, groups=coded.documents
    )
    adapted.save(output)


def _fit_heads(encoder: Encoder, book: Codebook, coded: Labelled, output: Path) -> None:
    """Fit heads to a finished encoder; seconds to minutes, from a few examples on."""
    from scr_themes.classifying import ThemeClassifier  # noqa: PLC0415
    from scr_themes.evaluating import cross_validate  # noqa: PLC0415

    held_out = cross_validate(encoder, book, coded)
    if held_out is None:
        say("Warning: one document (or passage) alone: how well the model does cannot be told")
    else:
        typer.echo(f"\nHeld out, in cross-validation:\n{held_out}\n")
    model = ThemeClassifier(encoder=encoder, codebook=book)
    roles = coded.roles if book.roles else None
    model.fit(coded.texts, coded.themes, roles=roles, groups=coded.documents)
    model.save(output)


def _fine_tune(base: Path, book: Codebook, coded: Labelled, output: Path, *, epochs: int) -> None:
    """Tune an encoder, and measure it on documents that neither it nor its thresholds saw."""
    from scr_themes.evaluating import evaluate  # noqa: PLC0415
    from scr_themes.training import Example, LoopSettings, fine_tune  # noqa: PLC0415

    train, development, test = _three_parts(book, coded)

    def part(rows: Sequence[int]) -> list[Example]:
        return [
            Example(
                text=coded.texts[i],
                themes=coded.themes[i],
                either=coded.either[i] if coded.either else frozenset(),
                role=coded.roles[i] if coded.roles and book.roles else None,
            )
            for i in rows
        ]

    with tempfile.TemporaryDirectory() as scratch, step_bar("Fine-tuning") as advance:
        model = fine_tune(
            part(train),
            part(development),
            base=base,
            folder=Path(scratch, "encoder"),
            codebook=book,
            settings=LoopSettings(epochs=epochs),
            on_progress=lambda progress: advance(progress.step, progress.steps),
        )
        model.save(output)
        held = [coded.texts[i] for i in test]
        measured = evaluate(
            [coded.themes[i] for i in test],
            model.predict_proba(held),
            y_pred=model.predict(held),
            themes=book.theme_ids,
            either=coded.either and [coded.either[i] & set(book.theme_ids) for i in test],
            core=book.core_ids,
            documents=coded.documents and [coded.documents[i] for i in test],
            roles_true=[coded.roles[i] for i in test] if coded.roles and book.roles else None,
            roles_pred=model.predict_role(held).tolist() if coded.roles and book.roles else None,
        )
    typer.echo(f"\nHeld out ({len(test)} passages):\n{measured}\n")


def _three_parts(book: Codebook, coded: Labelled) -> tuple[list[int], list[int], list[int]]:
    """Share documents out: what to learn from, to calibrate on, and to measure on."""
    from scr_themes.evaluating import MultilabelStratifiedGroupKFold  # noqa: PLC0415
    from scr_themes.labels import indicator  # noqa: PLC0415

    groups = coded.documents or tuple(map(str, range(len(coded))))
    if len(set(groups)) < PARTS:
        what = "passages" if coded.documents is None else "documents"
        raise LabelsError(
            "labels", f"are of {len(set(groups))} {what}, and fine-tuning holds some out",
            f"give {PARTS} or more, or leave --fine-tune out",
        )  # fmt: skip
    target = indicator(coded.themes, book.theme_ids)
    folds = MultilabelStratifiedGroupKFold(PARTS, shuffle=True, random_state=0)
    parts = [held.tolist() for _, held in folds.split(target, target, groups)]
    return list(chain.from_iterable(parts[2:])), parts[0], parts[1]


def _refuse_replacing(folder: Path, *, force: bool) -> None:
    """Refuse before the work is done; what is not a model is refused when saving, too."""
    if force or not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    raise ModelError(folder, "exists", "name a new folder, or replace the model in it with --force")


def _show_counts(book: Codebook, coded: Labelled, counts: list[int]) -> None:
    documents = "" if coded.documents is None else f" of {len(set(coded.documents))} documents"
    typer.echo(f"{len(coded)} passages{documents}")
    width = max(len(theme) for theme in book.theme_ids)
    for theme, n in zip(book.theme_ids, counts, strict=True):
        typer.echo(f"  {theme:{width}}  {n:5}")
        if n < FEW:
            say(f"Warning: {theme} has {n} examples; below {FEW} it is not to be relied on")


def _open_encoder(encoder: str | None) -> OnnxEncoder:
    """Open an encoder that can be saved with the model, and never look for one on the network."""
    from scr_themes.classifying.bundled import DEFAULT_MODEL, bundled_folder  # noqa: PLC0415
    from scr_themes.encoding import OnnxEncoder  # noqa: PLC0415
    from scr_themes.encoding.onnx import CONFIG_FILE  # noqa: PLC0415

    encoder = encoder or DEFAULT_MODEL
    bundled = bundled_folder(encoder)
    folder = Path(encoder) if bundled is None else bundled / "encoder"
    if bundled is None and not (folder / CONFIG_FILE).is_file():
        raise ModelError(
            encoder,
            "is neither a bundled model nor the folder of an exported encoder",
            "export a model with scr_themes.training.export.export_encoder first",
        )
    return OnnxEncoder(folder)
