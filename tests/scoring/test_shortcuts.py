"""Nothing about a forgery may be learned from a file without looking at the card in it.

A set is drawn at every run of the suite (its seed is fixed). The rule: a classifier that sees only facts of
the files must not be significantly better than 0.55, and where a fact can be equal in a pair it is equal. The
same test must notice a generator that leaks.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.dataset.cards import sent
from scripts.dataset.recipe import Recipe, recipe
from scripts.dataset.shortcuts import LEARNERS, auc, auc_interval, file_facts, held_out_scores
from scripts.specimens.specimen import Bench

PAIRS = 18
SEED = 77
LIMIT = 0.55


@cache
def _bench() -> Bench:
    return Bench.fresh()


@cache
def _files() -> tuple[tuple[Recipe, bytes, bytes], ...]:
    """Pairs as they are sent, from small sensors: the facts under test do not depend on their size."""
    found = []
    for pair in range(PAIRS):
        how = recipe(SEED, pair)
        small = replace(how.sending, long_side=480, dpi=75)
        how = replace(how, size=(800, 600), dpi=100, sending=small, chip=False, style=how.style[0])
        found.append((how, sent(how, False, _bench())[1], sent(how, True, _bench())[1]))
    return tuple(found)


def _table() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    rows = [(file_facts(data, "front.jpg"), label, how.pair)
            for how, *files in _files() for label, data in enumerate(files)]  # fmt: skip
    facts, labels, pairs = zip(*rows, strict=True)
    return np.stack(facts), np.array(labels, np.float64), np.array(pairs)


def _significantly_above(facts: NDArray[np.float64], labels: NDArray[np.float64], pairs: NDArray[np.int64],
                         learner: str) -> tuple[bool, float]:  # fmt: skip
    scores = held_out_scores(LEARNERS[learner], facts, labels, pairs)
    low, _ = auc_interval(scores, labels, pairs)
    return low > LIMIT, auc(scores, labels)


@pytest.mark.parametrize("learner", LEARNERS)
def test_facts_of_files_do_not_tell_a_forgery(learner: str) -> None:
    above, value = _significantly_above(*_table(), learner)
    assert not above, f"AUC {value:.3f}"


def test_the_files_of_a_pair_are_alike_in_all_but_the_shape_of_the_picture() -> None:
    for how, genuine, forged in _files():
        ours, theirs = file_facts(genuine, "front.jpg"), file_facts(forged, "front.jpg")
        shape = slice(6, 10)
        ours[shape] = theirs[shape] = 0
        assert (ours == theirs).all(), how.family


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_leaking_generator_would_be_noticed(learner: str) -> None:
    facts, labels, pairs = _table()
    leaking = facts.copy()
    leaking[:, 0] += labels * 2 * leaking[:, 0].std()
    above, value = _significantly_above(leaking, labels, pairs, learner)
    assert above, f"AUC {value:.3f}"
    assert value > 0.7


def test_the_learners_find_what_is_there() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = (x[:, 1] > 0).astype(np.float64)
    for learner in LEARNERS.values():
        assert auc(learner(x[:150], y[:150], x[150:]), y[150:]) > 0.95


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([1.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.0])) == 0.75
