"""Straight edges round a card: a window and a frame have them, a table has not, a sheet has."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from service.imaging.forensics import Traces
from service.imaging.forensics.borders import Borders
from tests.imaging.forensics.displayed import FRAME, HEIGHT, WIDTH, laid

PLAIN = np.zeros((HEIGHT, WIDTH, 1), np.float32)
WHOLE = 0.8


def framed(degrees: float = 0.0, sides: int = 4, rough: float = 0.0) -> Traces:
    """A card whose table ends at straight edges some way off, with something darker beyond."""
    inner = np.zeros((HEIGHT, WIDTH), np.float32)
    far = 0.4 * FRAME if sides == 4 else -FRAME
    corners = np.array(
        [[far, 0.4 * FRAME], [WIDTH - far, 0.4 * FRAME], [WIDTH - far, HEIGHT - far], [far, HEIGHT - far]]
    )
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    place = corners @ turn[:, :2].T + turn[:, 2]
    cv2.fillConvexPoly(inner, np.round(place).astype(np.int32), 1.0)
    beyond = (
        -100 + np.random.default_rng(3).normal(0, 1, (HEIGHT // 20, WIDTH // 20)).astype(np.float32) * rough
    )
    large = np.asarray(cv2.resize(beyond, (WIDTH, HEIGHT)), np.float32)
    return laid(((1 - inner) * large)[..., None])


@pytest.mark.parametrize("degrees", [0.0, 4.0, -7.0])
def test_a_window_round_a_card_is_seen_on_every_side(degrees: float) -> None:
    lengths = framed(degrees).borders.lengths
    assert min(length or 0.0 for length in lengths) > WHOLE


def test_a_plain_table_has_no_edges() -> None:
    assert (laid(PLAIN).borders.second or 0.0) < WHOLE


def test_the_edge_of_a_table_alone_is_one_side() -> None:
    found = framed(sides=1).borders
    assert (found.lengths[0] or 0.0) > WHOLE
    assert (found.second or 0.0) < WHOLE


def test_an_edge_with_things_beyond_it_does_not_count() -> None:
    assert (framed(rough=40.0).borders.second or 0.0) < WHOLE


def test_a_card_that_fills_its_picture_shows_no_surroundings() -> None:
    whole = laid(PLAIN)
    tight = replace(
        whole,
        picture=replace(whole.picture, pixels=whole.view.raster),
        view=replace(whole.view, homography=np.eye(3)),
    )
    assert tight.borders.second is None


def test_one_edge_may_be_a_tables() -> None:
    assert Borders((1.0, 0.3, None, 0.0)).second == 0.3
    assert Borders((1.0, None, None, None)).second is None
