"""Grain has no direction: noise and scattered dots show it, lines of a ground do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from service.imaging.forensics.grain import Grain, measure_grain
from tests.imaging.forensics.cards import Pixels, finished, ground, traces, waves

EVERYWHERE = (0.0, 0.0, 1.0, 1.0)
FRAME = 150
"""Pixels of table on every side."""


def measured(raster: Pixels) -> Grain:
    """The raster as the whole picture."""
    return traces(raster).grain


def framed(card: Pixels, table: Pixels) -> Grain:
    """A card on a table that is seen on every side of it."""
    seen = traces(card)
    pixels = table.copy()
    pixels[FRAME:-FRAME, FRAME:-FRAME] = card
    shift = np.array([[1, 0, FRAME], [0, 1, FRAME], [0, 0, 1]], np.float64)
    return measure_grain(seen.luma, replace(seen.picture, pixels=pixels), shift)


def table(noise: float, level: float = 140.0) -> Pixels:
    height, width = (side + 2 * FRAME for side in ground().shape[:2])
    rng = np.random.default_rng(8)
    return finished(np.full((height, width, 3), level) + rng.normal(0, noise, (height, width, 1)))


def test_grain_follows_the_noise() -> None:
    found = [measured(finished(ground(noise=noise))).within(EVERYWHERE) or 0.0 for noise in (2.0, 4.0, 8.0)]
    assert found[1] == pytest.approx(2 * found[0], rel=0.15)
    assert found[2] == pytest.approx(2 * found[1], rel=0.15)


def test_lines_are_no_grain_however_strong() -> None:
    plain = measured(finished(ground(noise=1.0))).within(EVERYWHERE) or 0.0
    lined = measured(finished(ground(noise=1.0) + waves(4.0, 27.0, 12.0))).within(EVERYWHERE) or 0.0
    assert lined < 2 * plain


def test_a_place_without_cells_enough_is_not_judged() -> None:
    assert measured(finished(ground())).within((0.1, 0.1, 0.03, 0.03)) is None


def test_the_picture_beside_the_card_is_only_looked_at_where_it_matters() -> None:
    assert framed(finished(ground(noise=2.0)), table(6.0)).beside is None
    assert framed(finished(ground(noise=12.0)), table(6.0)).beside is not None


def test_noise_beside_the_card_is_measured_as_on_it() -> None:
    quiet, loud = (framed(finished(ground(noise=12.0)), table(noise)) for noise in (1.0, 12.0))
    assert quiet.beside is not None
    assert loud.beside is not None
    assert quiet.beside < 0.3 < 1.5 < loud.beside


@pytest.mark.parametrize("level", [0.0, 255.0])
def test_a_clipped_table_says_nothing_of_the_noise(level: float) -> None:
    assert framed(finished(ground(noise=12.0)), table(6.0, level)).beside is None
