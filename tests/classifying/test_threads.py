"""Threads of our own: results in order, items read no further ahead than need be."""

from __future__ import annotations

import threading
import time

import pytest

from scr_themes.classifying.threads import in_order


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_results_come_in_order_whatever_takes_longest(n_threads):
    def slow_for_some(item):
        time.sleep(0.01 * (item % 3))
        return -item

    assert list(in_order(slow_for_some, range(20), n_threads)) == [-i for i in range(20)]


def test_several_are_worked_on_at_once():
    together = threading.Barrier(3, timeout=10)
    assert list(in_order(lambda _: together.wait() >= 0, range(3), 3)) == [True] * 3


def test_items_are_read_as_they_are_needed():
    read = []

    def items():
        for i in range(10_000):
            read.append(i)
            yield i

    results = in_order(abs, items(), 2)
    assert next(results) == 0
    results.close()
    assert len(read) < 100


@pytest.mark.parametrize("n_threads", [1, 3])
def test_an_error_comes_where_its_result_would(n_threads):
    results = in_order(lambda item: 1 // (3 - item), range(9), n_threads)
    assert [next(results) for _ in range(3)] == [0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
