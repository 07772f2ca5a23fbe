"""The card is found to a fraction of a millimetre in scans and photos, and never invented."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from service.evidence import CARD_WIDTH_MM, CaptureKind, ImageMetadata, Location, Picture, Role
from service.imaging import locate_card
from service.imaging.geometry import edge_lengths, order


def picture_of(pixels: NDArray[np.uint8]) -> Picture:
    return Picture(Role.FRONT, "0" * 64, "image/png", pixels, ImageMetadata("PNG"))


def face(seed: int) -> NDArray[np.uint8]:
    return render_front(card_data(np.random.default_rng(seed)))


def error_mm(location: Location, truth: NDArray[np.float32]) -> float:
    per_mm = float(np.linalg.norm(truth[1] - truth[0])) / CARD_WIDTH_MM
    corners = location.quads[0].corners
    return min(
        float(np.linalg.norm(np.roll(corners, k, axis=0) - truth, axis=1).max()) / per_mm for k in range(4)
    )


def scanned(lid: str, rotation: float, page: str = "cropped") -> Shot:
    return scan(face(3), np.random.default_rng(5), lid=lid, rotation=rotation, page=page, worn=0.0)


@pytest.mark.parametrize("lid", ["white", "grey", "black"])
@pytest.mark.parametrize("rotation", [2.0, 93.0, 213.0])
def test_scan_on_any_lid_at_any_rotation(lid: str, rotation: float) -> None:
    shot = scanned(lid, rotation)
    location = locate_card(picture_of(shot.pixels))
    assert error_mm(location, shot.corners) < 0.3
    assert location.kind is CaptureKind.SCAN
    assert location.cards == 1


def test_scan_on_a_large_page() -> None:
    shot = scanned("white", 1.0, "a5")
    page = np.full((3508, 2480, 3), 246, dtype=np.uint8)
    page[600 : 600 + shot.pixels.shape[0], : shot.pixels.shape[1]] = shot.pixels[:, :2480]
    location = locate_card(picture_of(page))
    assert error_mm(location, shot.corners + np.array([0, 600], dtype=np.float32)) < 0.3


def test_two_cards_on_a_page_are_counted() -> None:
    parts = [scanned("white", angle).pixels for angle in (1.0, 182.0)]
    width = max(part.shape[1] for part in parts)
    page = np.full((sum(part.shape[0] for part in parts), width, 3), 246, dtype=np.uint8)
    page[: parts[0].shape[0], : parts[0].shape[1]] = parts[0]
    page[parts[0].shape[0] :, : parts[1].shape[1]] = parts[1]
    assert locate_card(picture_of(page)).cards == 2


@pytest.mark.parametrize("background", ["wood", "keys"])
def test_photo_with_perspective(background: str) -> None:
    shot = phone(face(4), np.random.default_rng(11), 0.3, background=background, finger=False)
    location = locate_card(picture_of(shot.pixels))
    assert error_mm(location, shot.corners) < 1.0
    assert location.kind is CaptureKind.PHOTO
    assert location.cards == 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_picture_that_is_the_card_itself(turned: bool) -> None:
    small = cv2.resize(face(6), (538, 339), interpolation=cv2.INTER_AREA)
    pixels = np.ascontiguousarray(np.rot90(small)) if turned else np.asarray(small, dtype=np.uint8)
    location = locate_card(picture_of(pixels))
    whole = [quad for quad in location.quads if quad.method == "whole_picture"]
    assert len(whole) == 1
    edges = edge_lengths(whole[0].corners)
    assert edges[:2] == pytest.approx([538, 339])


def test_nothing_is_found_on_an_empty_page() -> None:
    location = locate_card(picture_of(np.full((1000, 1000, 3), 240, dtype=np.uint8)))
    assert location.quads == ()
    assert location.cards == 0


@pytest.mark.parametrize("angle", range(0, 360, 30))
def test_corners_run_clockwise_long_edge_first(angle: int) -> None:
    flat = np.array([[-80, -50], [80, -50], [80, 50], [-80, 50]], dtype=np.float32)
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = order((flat[[2, 0, 3, 1]] @ matrix.T + 200).astype(np.float32))
    assert edge_lengths(corners)[0] == pytest.approx(160, abs=0.01)
    assert cv2.contourArea(corners, oriented=True) > 0
