"""Use the classifier inside scikit-learn: encode once, then cross-validate by document.

Run: ``python examples/in_a_pipeline.py``
"""

from __future__ import annotations

from pathlib import Path

from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

import scr_themes
from scr_themes.labels import indicator
from scr_themes.reading.labelled import read_labelled

HERE = Path(__file__).resolve().parent


def main() -> None:
    book = scr_themes.Codebook.load(HERE / "own_codebook.toml")
    coded = read_labelled(HERE / "own_labels.jsonl")
    y = indicator(coded.themes, book.theme_ids)
    # The encoder learns nothing here, so that encoding once, outside the folds, leaks nothing.
    encoder = scr_themes.load().encoder_
    assert encoder is not None  # only a classifier of vectors, as below, has none
    X = encoder.encode(coded.texts)

    # encoder=None: the classifier takes vectors, and any step that makes them can stand before it.
    model = make_pipeline(Normalizer(), scr_themes.ThemeClassifier(encoder=None, codebook=book))
    settings = {
        "groups": coded.documents,  # whole documents are held out: passages of one are alike
        "cv": scr_themes.MultilabelStratifiedGroupKFold(4),
        "params": {"themeclassifier__groups": coded.documents},  # to calibrate inside each fold
    }
    probabilities = cross_val_predict(model, X, y, method="predict_proba", **settings)
    # Tags at each fold's own thresholds: one set for all would have seen the answers.
    tagged = cross_val_predict(model, X, y, method="predict", **settings)
    themes, documents = book.theme_ids, coded.documents
    print(scr_themes.evaluate(y, probabilities, y_pred=tagged, themes=themes, documents=documents))


if __name__ == "__main__":
    main()
