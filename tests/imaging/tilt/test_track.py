"""The card followed through frames: to a pixel, through a jump, and not where it is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.capture import compose
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from scripts.specimens.tilt_camera import Lens, Pose, view
from service.cards.layout import layout
from service.imaging.tilt.identity import same_card
from service.imaging.tilt.raster import HEIGHT, WIDTH, place_mask
from service.imaging.tilt.track import Tracker
from service.tilt import places_of

LENS = Lens((960, 540), 900, 900 * 85.6 / 640, 0, 90, 0)
PLACES = places_of(layout("jp.residence_card.gen1").front)
CHANGING = place_mask(PLACES.changing)
Frame = NDArray[np.uint8]


def front(seed: int, style: str = "a") -> Frame:
    return render_front(card_data(np.random.default_rng(seed)), style)


def frame(card: Frame, pose: Pose) -> Frame:
    ground = np.full((LENS.size[1], LENS.size[0], 3), 96, np.uint8)
    return compose(card, ground, view(pose, LENS))


POSES = [
    Pose(a, 0, s, (dx, 0), 0) for a, s, dx in ((0, 0, 0), (8, 1, 9), (17, 2, 14), (26, 2, 6), (-4, 60, -30))
]


@pytest.fixture(scope="module")
def card() -> Frame:
    return front(5)


def test_every_frame_is_placed_to_a_quarter_millimetre(card: Frame) -> None:
    found = list(Tracker(card, CHANGING).follow(frame(card, pose) for pose in POSES))
    corners = np.array([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]], np.float64)
    for placed, pose in zip(found, POSES, strict=True):
        assert placed is not None
        true = cv2.perspectiveTransform(corners * 2, view(pose, LENS))
        seen = cv2.perspectiveTransform(corners, placed.homography)
        assert np.abs(true - seen).max() < 2.5
        assert placed.likeness > 0.6


def test_frames_without_the_card_are_left_out(card: Frame) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (540, 960, 3)).astype(np.uint8)
    plain = np.full((540, 960, 3), 128, np.uint8)
    found = list(Tracker(card, CHANGING).follow([noise, plain, frame(card, POSES[0])]))
    assert found[:2] == [None, None]
    assert found[2] is not None


def test_a_reference_without_print_finds_nothing() -> None:
    blank = np.full((638, 1012, 3), 220, np.uint8)
    assert list(Tracker(blank, CHANGING).follow([frame(front(5), POSES[0])])) == [None]


@pytest.mark.parametrize("seed", [5, 6])
def test_another_holders_card_differs_where_the_labels_agree(card: Frame, seed: int) -> None:
    other = front(seed)
    rasters = [p.raster for p in Tracker(card, CHANGING).follow(frame(other, p) for p in POSES[:3]) if p]
    found = same_card(card, np.stack(rasters), PLACES.own, PLACES.fixed)
    assert found.fixed > 0.8
    assert (found.own > 0.8) == (seed == 5)
    assert found.places >= 4
