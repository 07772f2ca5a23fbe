"""The cells of a display: told where they run on beside the card, however the camera was held."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from service.imaging.forensics import Traces
from tests.imaging.forensics.displayed import HEIGHT, WIDTH, cells, coarsely_saved, laid, on_card

NONE, PLAIN = 2.6, 4.5
"""Strength that nothing reaches but a pattern, and that every plain one has."""


def strength(found: Traces) -> float:
    assert found.cells is not None
    return found.cells.strength


def test_noise_alone_has_no_cells() -> None:
    assert strength(laid(np.zeros((HEIGHT, WIDTH, 1), np.float32))) < NONE


@pytest.mark.parametrize(
    ("wave", "tilt"),
    [
        ((0.29, 0.03), (0.0, 0.0)),
        ((0.31, 0.04), (0.10, -0.05)),
        ((0.05, -0.34), (-0.08, 0.09)),
        ((0.66, 0.04), (0.07, 0.06)),
        ((0.83, 0.30), (0.11, -0.10)),
    ],
    ids=["straight", "held at an angle", "columns", "finer than the sensor", "much finer"],
)
def test_cells_are_followed_through_perspective(wave: tuple[float, float], tilt: tuple[float, float]) -> None:
    assert strength(laid(cells(wave, tilt))) > PLAIN


def test_a_pattern_that_moves_so_far_is_not_found_by_its_place_in_one_spectrum() -> None:
    """What this measure adds: the older one looks for the same frequency everywhere."""
    found = laid(cells((0.66, 0.04), (0.11, 0.09)))
    assert found.grid is not None
    assert found.grid.in_photo is not None
    assert min(found.grid.weakest, found.grid.in_photo) < 2.5


@pytest.mark.parametrize("mask", [on_card(), 1 - on_card()], ids=["print of the card", "weave of a cloth"])
def test_what_ends_at_the_card_is_no_display(mask: NDArray[np.float32]) -> None:
    assert strength(laid(cells((0.29, 0.11), depth=9.0) * mask)) < NONE


def test_a_print_and_a_weave_that_differ_are_no_display() -> None:
    both = cells((0.29, 0.11), depth=6.0) * on_card() + cells((0.12, 0.33), depth=9.0) * (1 - on_card())
    assert strength(laid(both)) < NONE


def test_a_pattern_that_the_photograph_lacks_is_no_display() -> None:
    pattern = cells((0.29, 0.11), depth=6.0)
    found = laid(pattern)
    assert found.cells is not None
    assert found.cells.in_photo > PLAIN
    x, y, w, h = found.photo or (0, 0, 0, 0)
    left, top = round(300 + x * 1012), round(300 + y * 638)
    pattern[top : top + round(h * 638), left : left + round(w * 1012)] = 0
    assert strength(laid(pattern)) < NONE


@pytest.mark.parametrize("table", [8.0, 250.0])
def test_beside_a_card_on_black_or_white_nothing_can_be_seen(table: float) -> None:
    assert laid(cells((0.29, 0.11)), table).cells is None


def test_a_dark_frame_on_one_side_hides_no_display() -> None:
    pattern = cells((0.31, 0.04), (0.10, -0.05))
    pattern[:, :280] = -1000
    assert strength(laid(pattern)) > PLAIN


def test_blocks_of_compression_are_no_cells() -> None:
    assert strength(coarsely_saved(laid(np.zeros((HEIGHT, WIDTH, 1), np.float32)), 35)) < NONE
