"""Zones read from pictures: rendered pages in every capture, noise, published specimens."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.mrz_pages import Page, Shot, capture, draw_page
from scripts.specimens.mrz_text import FORMATS, holder
from service.checks.reading_limits import ACCUSING
from service.evidence import ImageMetadata, Picture, Role
from service.imaging.pyramid import halved
from service.models import manifest
from service.reading.mrz import ZoneReading, read_zone
from service.reading.mrz.finder import find_bands

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "td3"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference pictures are not at hand")
SPECIMEN = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def picture(pixels: NDArray[np.uint8]) -> Picture:
    pixels = np.ascontiguousarray(pixels)
    return Picture(Role.COMPANION, "0" * 64, "image/png", pixels, ImageMetadata("PNG"), halved(pixels))


@cache
def page(format: str) -> Page:
    rng = np.random.default_rng(sorted(FORMATS).index(format) + 40)
    return draw_page(rng, holder(rng), format, 200)


@cache
def shot(format: str, kind: str) -> Shot:
    return capture(page(format), np.random.default_rng(4), kind)


def read(pixels: NDArray[np.uint8]) -> ZoneReading:
    found = read_zone(picture(pixels))
    assert found is not None
    return found


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_a_scan_is_read_wholly_in_every_format(format: str) -> None:
    reading = read(shot(format, "scan").pixels)
    assert reading.decoded.format == format
    assert reading.lines == page(format).lines
    assert reading.decoded.holds


@pytest.mark.parametrize("kind", ["tiny", "turned", "upside_down"])
def test_a_passport_is_read_wholly_however_it_was_captured(kind: str) -> None:
    assert read(shot("TD3", kind).pixels).lines == page("TD3").lines


def test_characters_are_placed_where_they_stand() -> None:
    taken = shot("TD3", "turned")
    places = read(taken.pixels).places
    middles = (taken.corners[[0, 1]] + taken.corners[[3, 2]]) / 2
    found = places.mean(axis=0)[[0, -1]]
    pitch = float(np.linalg.norm(taken.corners[1] - taken.corners[0])) / 44
    assert np.linalg.norm(found - middles, axis=1).max() < pitch


def test_the_lower_part_of_a_page_is_enough() -> None:
    """A crop without any edge of the document."""
    whole = page("TD3")
    top = int(whole.corners[0, 1]) - 30
    assert read(whole.pixels[top:, 12:-12]).lines == whole.lines


@pytest.mark.parametrize("seed", range(3))
def test_noise_holds_no_zone(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (400, 600, 3)).astype(np.uint8)
    assert read_zone(picture(noise)) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2), (40, 40)])
def test_odd_pictures_are_no_fault(size: tuple[int, int]) -> None:
    assert read_zone(picture(np.full((*size, 3), 200, np.uint8))) is None


def test_a_page_with_its_zone_left_out_has_none() -> None:
    rng = np.random.default_rng(9)
    blank = draw_page(rng, holder(rng), "TD3", 150, blank=True)
    assert read_zone(picture(blank.pixels)) is None


def test_the_finder_says_where_the_zone_is() -> None:
    whole = page("TD1")
    band = find_bands(picture(whole.pixels))[0]
    assert np.linalg.norm(np.array(band.centre) - whole.corners.mean(axis=0)) < 0.05 * band.length
    assert band.length == pytest.approx(float(np.ptp(whole.corners[:, 0])), rel=0.1)


def test_a_blurred_zone_is_never_surely_something_else() -> None:
    """Blurred beyond reading: what is wrong was not read with the confidence that accuses."""
    true = "".join(page("TD3").lines)
    for sigma in (3, 4, 6):
        blurred = np.asarray(cv2.GaussianBlur(page("TD3").pixels, (0, 0), sigma), np.uint8)
        found = read_zone(picture(blurred))
        if found is None:
            continue
        shares = [share for row in found.decoded.confidences for share in row]
        wrong = [s for s, a, b in zip(shares, "".join(found.lines), true, strict=True) if a != b]
        assert max(wrong, default=0.0) < ACCUSING


def test_the_networks_are_pinned_and_small() -> None:
    files = [
        manifest()[id].path(Path(__file__).resolve().parents[2] / "models")
        for id in ("mrz-finder", "mrz-reader")
    ]
    assert sum(file.stat().st_size for file in files) <= 1_500_000


@needs_reference
@pytest.mark.reference
@pytest.mark.parametrize("name", ["uto-passport-1.jpg", "uto-passport-2.jpg"])
def test_the_published_specimens_are_read_wholly(name: str) -> None:
    pixels = cv2.imread(str(REFERENCE / name))
    assert pixels is not None
    assert read(np.asarray(pixels, np.uint8)).lines == SPECIMEN
