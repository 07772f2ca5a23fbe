"""A card whose edge was taken elsewhere is put in place by its labels before anything is read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.front import render_front
from scripts.specimens.paint import HEIGHT, WIDTH
from scripts.specimens.people import card_data
from service.cards.layout import layout
from service.evidence import (
    RASTER_HEIGHT,
    RASTER_WIDTH,
    CaptureKind,
    ImageMetadata,
    Location,
    Picture,
    Quad,
    Role,
)
from service.reading.reposition import reposition
from service.reading.side import read_side


@pytest.mark.parametrize("wrong", [(110, 0), (90, 90), (140, 60)])
def test_an_edge_found_far_outside_is_mended(wrong: tuple[int, int]) -> None:
    """The right edge lies ``wrong`` pixels (at 300 dpi) outside at its top and bottom."""
    card = card_data(np.random.default_rng(10), child=False)
    paper = np.full((HEIGHT + 200, WIDTH + 400, 3), 90, np.uint8)
    paper[100 : 100 + HEIGHT, 100 : 100 + WIDTH] = render_front(card, "a")
    corners = np.array([[0, 0], [WIDTH + wrong[0], 0], [WIDTH + wrong[1], HEIGHT], [0, HEIGHT]], np.float32)
    location = Location((Quad(corners + 100),), 1, CaptureKind.PHOTO)
    read = {field.name: field.value for field in read_side(_picture(paper), location, Role.FRONT).fields}
    assert read["card_number"] == card.card_number
    assert read["date_of_birth"] == card.date_of_birth.isoformat()
    assert read["nationality"] == card.person.nationality


@pytest.mark.parametrize(
    "wrong",
    [
        [(-75, -10), (20, 30), (0, -60), (0, 0)],  # one corner a centimetre off, two a little
        [(0, 0), (-20, 0), (170, -95), (-170, 160)],  # the lower edge of something else
        [(0, -70), (0, -70), (0, 0), (0, 0)],
    ],
)
def test_a_card_that_was_located_badly_is_found_by_the_pattern_of_its_print(
    wrong: list[tuple[int, int]],
) -> None:
    card = card_data(np.random.default_rng(11), child=False)
    paper = np.full((HEIGHT + 500, WIDTH + 500, 3), 90, np.uint8)
    paper[250 : 250 + HEIGHT, 250 : 250 + WIDTH] = render_front(card, "b")
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    location = Location((Quad(corners + 250 + np.array(wrong, np.float32)),), 1, CaptureKind.PHOTO)
    view = read_side(_picture(paper), location, Role.FRONT).view
    assert view is not None
    ends = np.array([[[0, 0], [RASTER_WIDTH, 0], [RASTER_WIDTH, RASTER_HEIGHT], [0, RASTER_HEIGHT]]], float)
    found = cv2.perspectiveTransform(ends, view.homography)[0]
    assert np.abs(found - (corners + 250)).max() < 4


def _picture(pixels: NDArray[np.uint8]) -> Picture:
    return Picture(Role.FRONT, "0" * 64, "image/png", pixels, ImageMetadata("PNG"))


def test_a_card_in_its_place_stays_there() -> None:
    card = card_data(np.random.default_rng(12), child=False)
    paper = np.full((HEIGHT + 200, WIDTH + 200, 3), 90, np.uint8)
    paper[100 : 100 + HEIGHT, 100 : 100 + WIDTH] = render_front(card, "a")
    here = np.array([[1, 0, 100], [0, 1, 100], [0, 0, 1]], float)
    found = reposition(_picture(paper), [here], layout("jp.residence_card.gen1").front)
    ends = np.array([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]], float)
    assert np.abs(cv2.perspectiveTransform(ends, found) - cv2.perspectiveTransform(ends, here)).max() < 25
