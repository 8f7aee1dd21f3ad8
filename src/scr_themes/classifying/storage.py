"""Models on disk: a folder of plain files, checked before anything of it is used.

::

    model.json           format, name, version, codebook, settings, checksums of all the rest
    heads.safetensors    the arrays of the heads
    encoder/             model.onnx, tokenizer.json, encoder.json (bundled kind of encoder only)

A cascade is a ``model.json`` only, which names the folders of its two models and says, by their
checksums, which versions of them its bands were set for.

Nothing is pickled and nothing is imported by name. To raise the format number: add to
``_READABLE`` what the new version still reads, keep a folder written by the old version under
``tests/classifying/formats/``, and say in ``CHANGELOG.md`` what changed. Format 2 added
``themes.precise``, and attention heads: those whose arrays include ``themes.queries``; format 3
added ``themes.carrying`` to these.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from scr_themes.classifying.attention import AttentionHeads, AttentionRoleHead
from scr_themes.classifying.cascade import CascadeReader
from scr_themes.classifying.heads import PRECISION, Heads, RoleHead
from scr_themes.classifying.reader import ThemeReader
from scr_themes.codebook import Codebook
from scr_themes.encoding.onnx import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder
from scr_themes.encoding.protocol import Encoder
from scr_themes.errors import ModelError, ScrThemesError

if TYPE_CHECKING:
    from scr_themes.classifying.classifier import ThemeClassifier

FORMAT = 3
_READABLE = frozenset({1, 2, 3})
_MANIFEST = "model.json"
_HEADS = "heads.safetensors"
_ENCODER = "encoder"
_MODELS = "models"  # of a cascade
_SETTINGS = ("C", "n_folds", "max_iter", "random_state")


def save(
    classifier: ThemeClassifier,
    folder: str | os.PathLike[str],
    *,
    name: str | None = None,
    version: str = "1",
) -> None:
    """Write a fitted classifier to a folder, whole or not at all.

    Parameters
    ----------
    classifier : ThemeClassifier
        A fitted one.
    folder : path-like
        Made if it is not there; replaced if it holds a model.
    name : str, optional
        What the model signs its tags with; by default the folder's name.
    version : str, default "1"
        Its version.

    Raises
    ------
    ModelError
        If the folder holds something else than a model, or the classifier has no encoder.

    Notes
    -----
    An :class:`~scr_themes.encoding.OnnxEncoder` is stored with the model. Any other encoder is
    not, and must be given again to ``load(folder, encoder=...)``.
    """
    target = Path(folder)
    if classifier.encoder_ is None:
        raise ModelError(target, "a classifier of features cannot be saved", "give it an encoder")
    if target.exists() and not _may_replace(target):
        raise ModelError(target, "exists and is not a model", "name a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".saving-") as scratch:
        fresh = Path(scratch, "model")
        fresh.mkdir()
        (fresh / _HEADS).write_bytes(save_arrays(_arrays(classifier)))
        stored = isinstance(classifier.encoder_, OnnxEncoder)
        if isinstance(classifier.encoder_, OnnxEncoder):
            (fresh / _ENCODER).mkdir()
            for part in (CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE):
                shutil.copyfile(classifier.encoder_.folder / part, fresh / _ENCODER / part)
        manifest = {
            "format": FORMAT,
            "name": name or target.name,
            "version": version,
            "encoder": _ENCODER if stored else None,
            "settings": {key: getattr(classifier, key) for key in _SETTINGS},
            "n_features": classifier.n_features_in_,
            "codebook": classifier.codebook_.to_dict(),
            "files": {
                path.relative_to(fresh).as_posix(): _sha256(path)
                for path in sorted(fresh.rglob("*"))
                if path.is_file()
            },
        }
        manifest["checksum"] = _manifest_checksum(manifest)
        (fresh / _MANIFEST).write_bytes(_manifest_bytes(manifest))
        old = Path(scratch, "old")
        if target.exists():
            target.rename(old)
        try:
            fresh.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)


def save_cascade(
    folder: str | os.PathLike[str],
    *,
    first: str | os.PathLike[str],
    second: str | os.PathLike[str],
    unsure: Mapping[str, tuple[float, float]],
    name: str,
    version: str = "1",
) -> None:
    """Write down a :class:`~scr_themes.classifying.cascade.CascadeReader` of two saved models.

    Parameters
    ----------
    folder : path-like
        Made if it is not there; replaced if it holds a model.
    first, second : path-like
        The folders of the two models; they are found again from ``folder`` by the same way.
    unsure : mapping of str to (float, float)
        See :class:`~scr_themes.classifying.cascade.CascadeReader`.
    name, version : str
        What it signs its tags with.

    Raises
    ------
    ModelError
        If ``folder`` holds something else, or one of the two is not a model.
    """
    target = Path(folder)
    if target.exists() and not _may_replace(target):
        raise ModelError(target, "exists and is not a model", "name a new folder")
    target.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "version": version,
        _MODELS: [
            {
                "folder": Path(os.path.relpath(model, target)).as_posix(),
                "checksum": _read_manifest(Path(model))["checksum"],
            }
            for model in (first, second)
        ],
        "unsure": {theme: list(map(float, band)) for theme, band in unsure.items()},
        "files": {},
        "codebook": None,
    }
    manifest["checksum"] = _manifest_checksum(manifest)
    part = target / f"{_MANIFEST}.part"
    part.write_bytes(_manifest_bytes(manifest))
    part.replace(target / _MANIFEST)


def _may_replace(target: Path) -> bool:
    """Tell whether a path is an empty folder or a model; others too name a file model.json."""
    if not target.is_dir():
        return False
    try:
        found = json.loads((target / _MANIFEST).read_bytes())
    except FileNotFoundError:
        return not any(target.iterdir())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and {"format", "codebook", "files"} <= set(found)


def _arrays(classifier: ThemeClassifier) -> dict[str, NDArray[Any]]:
    parts = {"themes": classifier.heads_, "roles": classifier.role_head_}
    return {
        f"{part}.{f.name}": np.ascontiguousarray(np.atleast_1d(getattr(heads, f.name)))
        for part, heads in parts.items()
        if heads is not None
        for f in fields(heads)
    }


def _heads(arrays: dict[str, NDArray[Any]]) -> Heads | AttentionHeads:
    kind = AttentionHeads if "themes.queries" in arrays else Heads
    if "themes.precise" not in arrays:  # format 1
        arrays["themes.precise"] = np.maximum(arrays["themes.thresholds"], PRECISION)
    arrays.setdefault("themes.carrying", np.empty(0))  # before format 3
    return kind(**{f.name: arrays[f"themes.{f.name}"] for f in fields(kind)})


def _role_head(arrays: dict[str, NDArray[Any]]) -> RoleHead | AttentionRoleHead | None:
    if "roles.weights" not in arrays:
        return None
    kind = AttentionRoleHead if "roles.queries" in arrays else RoleHead
    found: dict[str, Any] = {f.name: arrays[f"roles.{f.name}"] for f in fields(kind)}
    found["temperature"] = float(found["temperature"][0])
    return kind(**found)


def read_model(
    folder: str | os.PathLike[str], *, encoder: Encoder | None = None
) -> ThemeClassifier:
    """Read a classifier from a folder that :func:`save` wrote.

    Parameters
    ----------
    folder : path-like
        The model's folder.
    encoder : Encoder, optional
        The encoder, where the model was saved without it.

    Returns
    -------
    ThemeClassifier
        Fitted.

    Raises
    ------
    ModelError
        If the folder is not a model, is of a format that this version does not read, or any file
        of it differs from what was saved.
    """
    from scr_themes.classifying.classifier import Cascade, assemble  # noqa: PLC0415 - scikit-learn

    source = Path(folder)
    manifest = _read_manifest(source)
    if _MODELS in manifest:
        first, second = (read_model(model) for model in _models(source, manifest))
        cascade = Cascade(first, second, manifest["unsure"], _coder(manifest))
        cascade.checksum_ = manifest["checksum"]
        return cascade
    found = _read_reader(source, manifest, encoder)
    classifier = assemble(
        found.encoder_, found.codebook_, found.heads_, found.role_head_,
        coder=found.coder_, n_features=found.n_features_in_, **manifest["settings"],
    )  # fmt: skip
    classifier.checksum_ = found.checksum_
    return classifier


def read_reader(folder: str | os.PathLike[str], *, encoder: Encoder | None = None) -> ThemeReader:
    """Read what reads passages, without what fits: no scikit-learn, and half a second less.

    Parameters, errors and what it says of passages are those of :func:`read_model`.
    """
    source = Path(folder)
    manifest = _read_manifest(source)
    if _MODELS not in manifest:
        return _read_reader(source, manifest, encoder)
    first, second = (read_reader(model) for model in _models(source, manifest))
    cascade = CascadeReader(first, second, manifest["unsure"], _coder(manifest))
    cascade.checksum_ = manifest["checksum"]
    return cascade


def _read_reader(source: Path, manifest: dict[str, Any], encoder: Encoder | None) -> ThemeReader:
    for name, checksum in manifest["files"].items():
        _check_file(source, name, checksum)
    found = ThemeReader()
    try:
        arrays = load_arrays((source / _HEADS).read_bytes())
        found.heads_, found.role_head_ = _heads(arrays), _role_head(arrays)
        found.codebook_ = Codebook.from_dict(manifest["codebook"], source=str(source / _MANIFEST))
        found.n_features_in_ = int(manifest["n_features"])
        found.coder_ = _coder(manifest)
        stored = manifest["encoder"] is not None
        manifest["settings"] = {key: manifest["settings"][key] for key in _SETTINGS}
    except (KeyError, TypeError, ValueError, SafetensorError, ScrThemesError) as error:
        raise ModelError(source, f"is damaged ({error})", "get a fresh copy") from error
    if encoder is None and not stored:
        raise ModelError(source, "was saved without its encoder", "give load(..., encoder=...)")
    found.encoder_ = OnnxEncoder(source / _ENCODER) if encoder is None else encoder
    found.checksum_ = manifest["checksum"] if stored and encoder is None else None
    return found


def _coder(manifest: dict[str, Any]) -> str:
    return f"{manifest['name']} {manifest['version']}"


def _models(source: Path, manifest: dict[str, Any]) -> list[Path]:
    """Return the folders of a cascade's two models, which must be those it was made for."""
    folders = []
    for given in manifest[_MODELS]:
        folder = source / given["folder"]
        if _read_manifest(folder)["checksum"] != given["checksum"]:
            raise ModelError(
                source, f"was made for another version of {folder.name}", "make the cascade anew"
            )
        folders.append(folder)
    return folders


def _read_manifest(source: Path) -> dict[str, Any]:
    path = source / _MANIFEST
    if not path.is_file():
        raise ModelError(
            source,
            "is not a model folder (no model.json)" if source.is_dir() else "no such model folder",
            "give a folder that ThemeClassifier.save or scr-themes train wrote",
        )
    try:
        text = path.read_bytes()
        manifest = json.loads(text)
        number = manifest["format"]
        if number in _READABLE and manifest["checksum"] == _manifest_checksum(manifest):
            manifest["files"] = dict(manifest["files"])
            # Written in one way only: so not even its white space can change unseen.
            whole = _HEADS in manifest["files"] or _MODELS in manifest
            if text == _manifest_bytes(manifest) and whole:
                return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(path, f"is damaged ({error})", "get a fresh copy of the model") from error
    if number not in _READABLE:
        raise ModelError(
            path,
            f"has format {number}, and this version reads {sorted(_READABLE)}",
            "install the scr-themes that wrote it, or train the model again",
        )
    raise ModelError(path, "has changed since it was saved", "get a fresh copy of the model")


def _check_file(source: Path, name: str, checksum: str) -> None:
    path = source / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ModelError(source, f"names a file outside itself ({name})", "do not use this model")
    if not path.is_file():
        raise ModelError(path, "is missing from the model", "get a fresh copy of the model")
    if _sha256(path) != checksum:
        raise ModelError(path, "has changed since it was saved", "get a fresh copy of the model")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest_bytes(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()


def _manifest_checksum(manifest: dict[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
