from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.archive.links.candidates import NEXT, band_keys, near_pairs, pairs_of_keys, unique_pairs
from service.archive.links.clusters import clusters_of
from service.archive.links.common import cleaned, common_of
from service.archive.links.linking import link
from tests.archive.links.made import Made


def test_like_rows_are_found_and_few_others() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(0, 20, (2000, 256))
    rows[1000:1040] = rows[:40] + rng.normal(0, 8, (40, 256))
    pairs = near_pairs(np.clip(rows, -127, 127).astype(np.int8), bands=32, seed=1)
    found = {tuple(pair) for pair in pairs.tolist()}
    assert sum((i, 1000 + i) in found for i in range(40)) >= 38
    assert len(pairs) < 32 * len(rows)


def test_equal_keys_never_make_all_pairs() -> None:
    pairs = pairs_of_keys(np.zeros(5000, np.uint32))
    assert len(pairs) <= NEXT * 5000


def test_slices_grow_with_the_archive() -> None:
    keys = [
        next(band_keys(np.random.default_rng(2).integers(-50, 50, (n, 64)).astype(np.int8), 4, 1))
        for n in (100, 5000)
    ]
    assert keys[0].max() < 2**7
    assert keys[1].max() >= 2**11


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_clusters_are_what_hangs_together(edges: list[tuple[int, int]]) -> None:
    pairs = unique_pairs([np.array(edges, np.int64).reshape(-1, 2)])
    assert (pairs[:, 0] < pairs[:, 1]).all()
    numbers = clusters_of(31, pairs)
    assert (numbers[pairs[:, 0]] == numbers[pairs[:, 1]]).all()
    assert set(np.flatnonzero(numbers).tolist()) == set(pairs.reshape(-1).tolist())
    sizes = np.bincount(numbers)[1:]
    assert (np.diff(sizes) <= 0).all(), "the largest comes first"


def test_what_all_share_is_taken_out_and_what_few_share_is_kept() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(0, 10, (600, 256)) + rng.normal(0, 40, 256)
    few = rng.normal(0, 10, 256)
    rows[:12] += few
    signed = np.clip(rows, -127, 127).astype(np.int8)
    common = common_of(signed)
    assert len(common.traits) == 1
    left = cleaned(signed, common, groups=1).astype(np.float64)
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    alike = left @ left.T
    assert alike[:12, :12][np.triu_indices(12, 1)].min() > 0.2
    assert abs(np.median(alike[12:, 12:])) < 0.02


def test_the_same_archive_gives_the_same_links(tmp_path: Path) -> None:
    made = Made()
    for _ in range(100):
        made.add()
    template = made.template(14.0)
    for _ in range(6):
        made.add(ground=made.ground(template))
    first, second = (link(made.prints(tmp_path)) for _ in range(2))
    assert np.array_equal(first.pairs, second.pairs)
    assert np.array_equal(first.bits, second.bits)
