"""Rectification puts places where they belong; quality tells what a person could not read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from service.evidence import (
    RASTER_HEIGHT,
    RASTER_WIDTH,
    ImageMetadata,
    Picture,
    Quad,
    Quality,
    QualityFault,
    Role,
)
from service.imaging import compose, measure_quality, rectify
from tests.imaging.test_locate import picture_of


@pytest.fixture(scope="module")
def card() -> NDArray[np.uint8]:
    return render_front(card_data(np.random.default_rng(8)))


def whole(pixels: NDArray[np.uint8]) -> Quad:
    h, w = pixels.shape[0] - 0.5, pixels.shape[1] - 0.5
    return Quad(np.array([[-0.5, -0.5], [w, -0.5], [w, h], [-0.5, h]], dtype=np.float32))


def quality_of(pixels: NDArray[np.uint8], quad: Quad | None = None) -> Quality:
    picture = picture_of(np.ascontiguousarray(pixels))
    raster, homography = rectify(picture, quad or whole(pixels))
    return measure_quality(picture, homography, raster)


def test_a_card_at_raster_size_is_unchanged(card: NDArray[np.uint8]) -> None:
    assert card.shape == (RASTER_HEIGHT, RASTER_WIDTH, 3)
    raster, homography = rectify(picture_of(card), whole(card))
    assert np.abs(raster.astype(int) - card).max() <= 1
    assert np.allclose(homography / homography[2, 2], np.eye(3), atol=1e-6)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_quarter_turns_choose_the_top_left_corner(card: NDArray[np.uint8], turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(card, -turns))
    raster, _ = rectify(picture_of(turned), whole(turned), turns)
    assert np.abs(raster.astype(int) - card).mean() < 1


def test_a_large_source_is_averaged_without_shift(card: NDArray[np.uint8]) -> None:
    size = (RASTER_WIDTH * 4, RASTER_HEIGHT * 4)
    large = np.asarray(cv2.resize(card, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    rng = np.random.default_rng(1)
    noisy = np.clip(large + rng.normal(0, 20, large.shape), 0, 255).astype(np.uint8)
    picture = Picture(Role.FRONT, "0" * 64, "image/png", noisy, ImageMetadata("PNG"))
    raster, homography = rectify(picture, whole(noisy))
    difference = raster.astype(float) - card
    assert abs(difference.mean()) < 2
    assert difference.std() < 12
    assert np.array_equal(compose(picture, homography), raster)


def test_a_small_but_sharp_specimen_passes(card: NDArray[np.uint8]) -> None:
    quality = quality_of(cv2.resize(card, (538, 339), interpolation=cv2.INTER_AREA))
    assert quality.faults == ()
    assert quality.px_per_mm == pytest.approx(6.28, abs=0.05)
    assert quality.perspective == pytest.approx(1, abs=1e-6)


def test_three_hundred_pixels_are_too_few(card: NDArray[np.uint8]) -> None:
    quality = quality_of(cv2.resize(card, (300, 189), interpolation=cv2.INTER_AREA))
    assert QualityFault.RESOLUTION_LOW in quality.faults


def test_defocus_is_told_and_sharpness_falls_with_it(card: NDArray[np.uint8]) -> None:
    measured = [quality_of(cv2.GaussianBlur(card, (0, 0), sigma)) for sigma in (0.3, 2.0, 4.0, 8.0)]
    sharpness = [quality.sharpness for quality in measured]
    assert sharpness == sorted(sharpness, reverse=True)
    assert QualityFault.BLURRED not in measured[0].faults
    assert QualityFault.BLURRED in measured[-1].faults


def test_half_covered_by_glare(card: NDArray[np.uint8]) -> None:
    lit = card.copy()
    lit[:, : RASTER_WIDTH // 2] = 255
    quality = quality_of(lit)
    assert quality.glare == pytest.approx(0.5, abs=0.05)
    assert QualityFault.GLARE in quality.faults


@pytest.mark.parametrize(("share", "fault"), [(0.01, False), (0.08, True)])
def test_cut_off_share(card: NDArray[np.uint8], share: float, fault: bool) -> None:
    cut = card[:, : round(RASTER_WIDTH * (1 - share))]
    quality = quality_of(cut, whole(card))
    assert quality.cut_off == pytest.approx(share, abs=0.03)
    assert (QualityFault.CUT_OFF in quality.faults) is fault


@pytest.mark.parametrize(("gain", "fault"), [(0.12, QualityFault.TOO_DARK)])
def test_darkness_is_told(card: NDArray[np.uint8], gain: float, fault: QualityFault) -> None:
    assert fault in quality_of((card * gain).astype(np.uint8)).faults
