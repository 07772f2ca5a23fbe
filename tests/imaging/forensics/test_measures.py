"""Each measure answers to its own physical cause and to nothing else."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from service.imaging.forensics.photo import measure_photo_noise
from service.imaging.forensics.pieces import pieces_on
from tests.imaging.forensics.cards import PHOTO, PX_PER_MM, finished, ground, lettered, traces, waves


def test_noise_alone_has_no_pattern() -> None:
    grid = traces(finished(ground())).grid
    assert grid is not None
    assert grid.strength < 3.5


@pytest.mark.parametrize(("period", "degrees"), [(2.6, 4.0), (3.3, 45.0), (4.5, 75.0)])
def test_a_faint_pattern_over_everything_is_found_with_its_period(period: float, degrees: float) -> None:
    grid = traces(finished(ground() + waves(period, degrees, 2.0))).grid
    assert grid is not None
    assert grid.strength > 4.5
    assert grid.weakest > 3.0
    assert grid.in_photo is not None
    assert grid.in_photo > 3.0
    assert grid.per_mm == pytest.approx(PX_PER_MM / period, rel=0.05)


def test_lines_of_the_ground_end_at_the_photograph() -> None:
    card = ground()
    x, y, w, h = PHOTO
    rows = slice(round(y * card.shape[0]), round((y + h) * card.shape[0]))
    columns = slice(round(x * card.shape[1]), round((x + w) * card.shape[1]))
    lined = card + waves(3.3, 30.0, 4.0)
    lined[rows, columns] = card[rows, columns]
    grid = traces(finished(lined)).grid
    assert grid is not None
    assert grid.strength > 3.9
    assert grid.in_photo is not None
    assert grid.in_photo < 2.5


def test_blocks_of_compression_and_coarse_print_are_no_pattern() -> None:
    _, file = cv2.imencode(".jpg", finished(ground()), [cv2.IMWRITE_JPEG_QUALITY, 40])
    blocks = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    coarse = finished(ground() + waves(14.0, 20.0, 10.0))
    for card in (blocks, coarse):
        grid = traces(card).grid
        assert grid is not None
        assert grid.strength < 3.9


def test_a_small_card_is_not_looked_at() -> None:
    small = replace(traces(finished(ground())).picture, pixels=finished(ground())[::8, ::8].copy())
    scale = np.diag([1 / 8, 1 / 8, 1.0])
    assert pieces_on(small, scale, PX_PER_MM / 8, None) is None


def test_colour_is_told_from_the_cast_of_light() -> None:
    coloured = traces(finished(ground())).chroma
    grey = ground().mean(axis=2, keepdims=True) + np.random.default_rng(5).normal(0, 3, (638, 1012, 3))
    warm = traces(finished(grey * (0.85, 1.0, 1.1))).chroma
    exact = traces(finished(ground().mean(axis=2, keepdims=True).repeat(3, axis=2))).chroma
    assert coloured.spread > 0.3
    assert warm.spread < 0.05
    assert warm.tinted > 0.5
    assert warm.cast > 0.1
    assert exact.tinted == 0.0


def test_a_dark_card_has_no_colours_to_compare() -> None:
    assert traces(finished(ground() * 0.1)).chroma.cast == 1.0


def test_edges_follow_the_lens_and_not_the_darkness() -> None:
    edges = traces(lettered({"c": 0.6})).edges
    others = [value for name, value in edges.items() if name != "c"]
    assert edges["c"] > 1.2 * max(others)
    assert max(others) < 1.1 * min(others)
    pale = traces(finished(128 + lettered({"c": 0.6}) * 0.5)).edges
    assert pale["c"] == pytest.approx(edges["c"], rel=0.1)


def test_an_empty_place_has_no_edges() -> None:
    assert traces(finished(ground())).edges == {}


def test_a_smooth_photograph_shows_against_the_noise_beside_it() -> None:
    card = finished(ground(noise=4.0))
    luma = np.asarray(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), np.uint8)
    even = measure_photo_noise(luma, PHOTO, [(0.03, 0.14, 0.6, 0.8)])
    pasted = luma.copy()
    pasted[190:545, 715:985] = 150
    smooth = measure_photo_noise(pasted, PHOTO, [(0.03, 0.14, 0.6, 0.8)])
    assert even is not None
    assert smooth is not None
    assert even > -0.1
    assert smooth < -1.0


def test_without_noise_photographs_cannot_be_compared() -> None:
    still = np.full((638, 1012), 200, np.uint8)
    assert measure_photo_noise(still, PHOTO, [(0.03, 0.14, 0.6, 0.8)]) is None
    assert measure_photo_noise(still, (0.5, 0.5, 0.02, 0.02), [(0.03, 0.14, 0.6, 0.8)]) is None
