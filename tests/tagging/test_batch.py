from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

import scr_themes
from scr_themes.errors import BatchError, ModelError, ScrThemesError
from scr_themes.tagging import tag
from tests.coded import coded_passages
from tests.encoding.fakes import WordCounts


class Failing:
    """An encoder that fails in a way that nobody foresaw, and says what it should not."""

    def encode(self, texts):
        raise ZeroDivisionError(f"while encoding {texts[0]!r}")


class TooWide:
    """An encoder whose vectors are not those that the classifier was fitted with."""

    def encode(self, texts):
        return np.zeros((len(texts), 3), dtype=np.float32)


class FailingLater(WordCounts):
    """An encoder that gives one vector that is none, for the third file."""

    n_calls = 0

    def encode(self, texts):
        self.n_calls += 1
        return super().encode(texts) * (np.nan if self.n_calls == 3 else 1)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A folder of six reviews in two formats, one of them in a subfolder."""
    rows = coded_passages()
    for number in range(6):
        texts = [row.text for row in rows[number::6]]
        ending = "md" if number % 2 else "txt"
        folder = tmp_path / "later" if number == 5 else tmp_path
        folder.mkdir(exist_ok=True)
        file = folder / f"review {number}.{ending}"
        file.write_text("\n\n".join(texts), encoding="utf-8")
    return tmp_path


def names(tagged) -> list[str]:
    return [Path(one.document.name).name for one in tagged]


def test_a_folder_is_tagged_file_by_file(reviews, tiny_classifier):
    tagged = list(tag(reviews, classifier=tiny_classifier))
    in_folder = ["review 0.txt", "review 1.md", "review 2.txt", "review 3.md", "review 4.txt"]
    assert sorted(names(tagged)) == [*in_folder, "review 5.md"]
    for one in tagged:
        assert one.coder == tiny_classifier.coder_
        assert tuple(p.passage for p in one.passages) == one.document.passages
        assert list(one.passages) == tiny_classifier.tag(one.document.passages)
    assert any(passage.tags for one in tagged for passage in one.passages)


def test_paths_keep_their_order_and_a_file_is_done_once(reviews, tiny_classifier):
    given = [reviews / "review 4.txt", str(reviews / "review 1.md"), reviews]
    assert names(tag(given, classifier=tiny_classifier))[:2] == ["review 4.txt", "review 1.md"]
    assert len(list(tag(given, classifier=tiny_classifier))) == 6


def test_documents_are_taken_as_they_are(reviews, tiny_classifier):
    document = scr_themes.read(reviews / "review 0.txt")
    (from_document,) = tag(document, classifier=tiny_classifier)
    (from_path,) = tag(reviews / "review 0.txt", classifier=tiny_classifier)
    assert from_document == from_path


def test_documents_come_one_by_one(reviews, tiny_classifier, monkeypatch):
    read = []
    real = scr_themes.reading.read

    def watched(path, **settings):
        read.append(path)
        return real(path, **settings)

    monkeypatch.setattr("scr_themes.reading.read", watched)
    stream = tag(reviews, classifier=tiny_classifier)
    assert read == []
    next(stream)
    assert len(read) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_fails_does_not_stop_the_others(reviews, tiny_classifier, jobs):
    (reviews / "a.txt").write_bytes(b"")
    given = [reviews, reviews / "nowhere.pdf"]
    errors: list[ScrThemesError] = []
    done = list(tag(given, classifier=tiny_classifier, jobs=jobs, on_error=errors.append))
    assert len(done) == 6
    assert [Path(str(error.subject)).name for error in errors] == ["a.txt", "nowhere.pdf"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_without_on_error_failures_are_raised_at_the_end(reviews, tiny_classifier, jobs):
    (reviews / "a.txt").write_bytes(b"")
    stream = tag(reviews, classifier=tiny_classifier, jobs=jobs)
    done = []
    with pytest.raises(BatchError, match=r"a\.txt.*is empty") as caught:
        done.extend(stream)
    assert caught.value.n_done == 6
    assert len(caught.value.failures) == 1


def test_an_error_not_foreseen_fails_its_file_and_tells_none_of_its_words(tiny_classifier, reviews):
    broken = copy.copy(tiny_classifier)
    broken.encoder_ = Failing()
    errors: list[ScrThemesError] = []
    assert list(tag(reviews, classifier=broken, on_error=errors.append)) == []
    assert len(errors) == 6
    assert "ZeroDivisionError" in str(errors[0])
    words = {row.text for row in coded_passages()}
    assert not any(text in str(error) for text in words for error in errors)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_model_that_cannot_tag_ends_the_batch_at_once(tiny_classifier, reviews, jobs):
    (reviews / "a.txt").write_bytes(b"")
    broken = copy.copy(tiny_classifier)
    broken.encoder_ = TooWide()
    errors: list[ScrThemesError] = []
    with pytest.raises(ModelError, match=r"review \d\.\w+: encoder: gives"):
        list(tag(reviews, classifier=broken, jobs=jobs, on_error=errors.append))
    assert [Path(str(error.subject)).name for error in errors] == ["a.txt"]


def test_a_model_that_fails_later_fails_that_file(tiny_classifier, reviews):
    broken = copy.copy(tiny_classifier)
    broken.encoder_ = FailingLater()
    errors: list[ScrThemesError] = []
    assert len(list(tag(reviews, classifier=broken, on_error=errors.append))) == 5
    (error,) = errors
    assert isinstance(error, ModelError)
    assert "review " in str(error.subject)


@pytest.mark.parametrize("jobs", [2, 3, -1])
def test_results_are_the_same_for_any_number_of_jobs(reviews, tiny_classifier, jobs):
    alone = list(tag(reviews, classifier=tiny_classifier))
    assert list(tag(reviews, classifier=tiny_classifier, jobs=jobs)) == alone


def test_workers_take_a_new_classifier_when_they_are_given_one(reviews, tiny_classifier):
    rows = coded_passages()
    other = scr_themes.ThemeClassifier(encoder=WordCounts(), C=1.0, n_folds=2)
    other.fit([row.text for row in rows], [row.themes - {"recording"} for row in rows])
    list(tag(reviews, classifier=tiny_classifier, jobs=2))
    there = list(tag(reviews, classifier=other, jobs=2))
    assert there == list(tag(reviews, classifier=other))


def test_a_stream_may_be_left_early(reviews, tiny_classifier):
    stream = tag(reviews, classifier=tiny_classifier, jobs=2)
    first = next(stream)
    stream.close()
    assert first.passages
    assert len(list(tag(reviews, classifier=tiny_classifier, jobs=2))) == 6


def test_tables_are_read_by_the_column_named(tmp_path, tiny_classifier):
    file = tmp_path / "passages.csv"
    file.write_text("words,n\nNo record was kept in the file.,1\n")
    (tagged,) = tag(file, classifier=tiny_classifier, text_column="words")
    assert tagged.passages[0].text == "No record was kept in the file."


def test_the_encoding_named_is_used(tmp_path, tiny_classifier):
    file = tmp_path / "review.txt"
    file.write_bytes("Zoë was not seen.".encode("cp850"))
    (tagged,) = tag(file, classifier=tiny_classifier, encoding="cp850")
    assert tagged.passages[0].text == "Zoë was not seen."


def test_arguments_are_checked_at_the_call(tiny_classifier):
    with pytest.raises(ValueError, match="jobs is 0"):
        tag([], jobs=0)
    with pytest.raises(ValueError, match="give one of them"):
        tag([], model="accurate", classifier=tiny_classifier)


def test_a_model_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ModelError, match="no such model folder"):
        list(tag([], model=tmp_path / "nowhere"))


def test_no_files_give_nothing(tiny_classifier):
    assert list(tag([], classifier=tiny_classifier, jobs=2)) == []
