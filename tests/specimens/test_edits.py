"""Edited and recaptured pictures: altered where they say, the same again from the same seed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.capture import Shot, scan
from scripts.specimens.edits import EDITS, region_of
from scripts.specimens.paint import HEIGHT, WIDTH
from scripts.specimens.recapture import FRAMED, RECAPTURES
from scripts.specimens.specimen import Bench


def shots(family: str, seed: int = 5) -> tuple[Shot, Shot, str]:
    """The card as scanned, what the forger made of the picture, and the field that he altered."""
    rng = np.random.default_rng(seed)
    made = {**EDITS, **RECAPTURES, **FRAMED}[family](rng, Bench("a"), seed)
    assert made.edit is not None
    before = scan(made.front, np.random.default_rng(seed), 200, rotation=0.0, worn=0.0)
    return before, made.edit(before), made.answer.broken_rule or ""


def flat(shot: Shot) -> NDArray[np.float64]:
    square = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(shot.corners, square)
    return np.asarray(cv2.warpPerspective(shot.pixels, matrix, (WIDTH, HEIGHT)), np.float64)


@pytest.mark.parametrize("family", EDITS)
def test_an_edit_changes_its_place_most(family: str) -> None:
    before, after, field = shots(family)
    change = np.abs(flat(after) - flat(before)).mean(axis=2)
    x0, y0, x1, y1 = region_of(family, field)
    inside = change[round(y0 * HEIGHT) : round(y1 * HEIGHT), round(x0 * WIDTH) : round(x1 * WIDTH)]
    assert inside.mean() > 3 * np.median(change) + 1


@pytest.mark.parametrize("family", [*RECAPTURES, *FRAMED])
def test_a_recapture_shows_the_same_card(family: str) -> None:
    before, after, _ = shots(family)
    small = [
        cv2.resize(flat(shot).mean(axis=2), (126, 79), interpolation=cv2.INTER_AREA)
        for shot in (before, after)
    ]
    assert np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1] > 0.8


def test_the_same_seed_gives_the_same_picture() -> None:
    first, second = (shots("field_typed")[1].pixels for _ in range(2))
    assert np.array_equal(first, second)


def test_a_framed_display_shows_its_surroundings() -> None:
    """More of the picture lies beside the card, and some of it is as dark as a display's frame."""
    near, framed = (shots(family)[1] for family in ("display_photo", "display_framed"))
    share = [cv2.contourArea(shot.corners) / shot.pixels[..., 0].size for shot in (near, framed)]
    assert share[1] < 0.8 * share[0]
    assert (framed.pixels.max(axis=2) < 60).mean() > 0.05
