"""``scr-themes train``: a model of one's own from passages that people have coded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scr_themes.cli.choices import TextColumn
from scr_themes.cli.outcomes import say
from scr_themes.errors import ModelError

if TYPE_CHECKING:
    from scr_themes.codebook import Codebook
    from scr_themes.encoding import OnnxEncoder
    from scr_themes.reading.labelled import Labelled

FEW = 8  # examples: below this neither a head nor its threshold can be relied on


def train(
    labelled: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED",
            help="JSONL (text, themes; role, document, either if any) or CSV (ids joined by ';').",
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
        str, typer.Option(metavar="NAME_OR_DIR", help="A bundled or exported encoder.")
    ] = "minilm",
    text_column: TextColumn = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model in DIR.")] = False,
) -> None:
    """Fit a model to your own coding.

    Shows how well it does on passages held out, fits it to all of them, and saves it.

    Passages of one document are always held out together, where the file names documents. A theme
    in ``either`` is fitted to as absent, and counts neither way in the figures.
    """
    _refuse_replacing(output, force=force)
    from scr_themes.classifying import ThemeClassifier  # noqa: PLC0415
    from scr_themes.codebook import Codebook  # noqa: PLC0415
    from scr_themes.evaluating import cross_validate  # noqa: PLC0415
    from scr_themes.labels import indicator  # noqa: PLC0415
    from scr_themes.reading.labelled import read_labelled  # noqa: PLC0415

    coded = read_labelled(labelled, text_column=text_column)
    book = Codebook.load(codebook)
    if codebook is None:
        occurring = {theme for themes in coded.themes for theme in themes}
        book = book.covering(occurring, coded.roles or (), source=str(labelled))
    target = indicator(coded.themes, book.theme_ids, name=str(labelled))
    _show_counts(book, coded, [int(n) for n in target.sum(axis=0)])
    opened = _open_encoder(encoder)
    roles = coded.roles if book.roles else None
    held_out = cross_validate(opened, book, coded)
    if held_out is None:
        say("Warning: one document (or passage) alone: how well the model does cannot be told")
    else:
        typer.echo(f"\nHeld out, in cross-validation:\n{held_out}\n")
    model = ThemeClassifier(encoder=opened, codebook=book)
    model.fit(coded.texts, target, roles=roles, groups=coded.documents)
    model.save(output)
    typer.echo(f"Saved in {output}; use it with: scr-themes tag REVIEW --model {output}")


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


def _open_encoder(encoder: str) -> OnnxEncoder:
    """Open an encoder that can be saved with the model, and never look for one on the network."""
    from scr_themes.classifying.bundled import bundled_folder  # noqa: PLC0415
    from scr_themes.encoding import OnnxEncoder  # noqa: PLC0415
    from scr_themes.encoding.onnx import CONFIG_FILE  # noqa: PLC0415

    bundled = bundled_folder(encoder)
    folder = Path(encoder) if bundled is None else bundled / "encoder"
    if bundled is None and not (folder / CONFIG_FILE).is_file():
        raise ModelError(
            encoder,
            "is neither a bundled model nor the folder of an exported encoder",
            "export a model with scr_themes.training.export.export_encoder first",
        )
    return OnnxEncoder(folder)
