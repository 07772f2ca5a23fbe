"""The generic measures on cards that nobody of this project drew: none is taken for a screened print."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from service.cards.feature_limits import feature_limits
from service.evidence import ImageMetadata, Picture, Quad, Role
from service.imaging.rectify import rectify
from service.imaging.security.body import measure_body
from service.imaging.security.colour import band_contrast
from service.imaging.security.measures import BANDS
from service.imaging.security.screen import find_screen
from tests.imaging.test_security import AREAS
from tests.reading.samples import REFERENCE, SPECIMEN, needs_specimen

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference pictures are absent"),
]
LIMITS = feature_limits("jp.residence_card.gen1")
NAMES = ("jp/residence-card-gen1-specimen-drawn.jpg", "forged-pair/alb00.jpg", "forged-pair/fake_alb00.jpg",
           "td1/docxpand-id_card_td1_a-front.png", "td1/docxpand-rp_card_td1-front.png")  # fmt: skip


CARDS = [REFERENCE / name for name in NAMES]


def _whole(path: Path) -> tuple[Picture, Quad]:
    pixels = cv2.imread(str(path))
    assert pixels is not None
    height, width = pixels.shape[:2]
    right, lower = width - 0.5, height - 0.5
    corners = np.array([[-0.5, -0.5], [right, -0.5], [right, lower], [-0.5, lower]], np.float32)
    seen = Picture(Role.FRONT, "0" * 64, "image/png", np.asarray(pixels, np.uint8), ImageMetadata("PNG"))
    return seen, Quad(corners)


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_no_card_is_taken_for_a_screened_print(path: Path) -> None:
    picture, quad = _whole(path)
    _, homography = rectify(picture, quad)
    screen = find_screen(picture, homography)
    assert screen is not None
    assert LIMITS["print_structure"].holds("regular", screen.regular)


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_no_card_is_taken_for_a_punched_one(path: Path) -> None:
    picture, quad = _whole(path)
    raster, homography = rectify(picture, quad)
    half = np.asarray(cv2.resize(raster, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    assert measure_body(picture, half, homography).holes == ()


@needs_specimen
def test_the_issuers_specimen_has_the_bands_that_its_limit_asks_for() -> None:
    picture, quad = _whole(SPECIMEN)
    raster, _ = rectify(picture, quad)
    half = np.asarray(cv2.resize(raster, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    bands = [band_contrast(half, AREAS[id]) for id in BANDS]
    assert all(band is not None for band in bands)
    for band in bands:
        if band is not None:
            assert LIMITS["band_colour"].holds("strength", band.strength)
            assert LIMITS["band_colour"].holds("angle", band.angle % 360)
