"""Registration and correlation of photographs and of lines of print, on drawn specimens."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.measure_pairs import pairs
from scripts.specimens.chip_images import card_face, text_picture
from scripts.specimens.front import render_front
from scripts.specimens.people import CardData, card_data
from scripts.specimens.specimen import Bench
from service.cards.layout import layout
from service.checks.cross import (
    AGREES_FROM,
    CLEAR_FROM,
    CONTRAST_FROM,
    STRUCTURE_ANOTHER,
    UNLIKE_ANOTHER,
    UNLIKE_OWN,
)
from service.chip import decode_face
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.imaging.photograph import match_photograph
from service.imaging.print_match import print_agreement
from service.settings import Settings

Pixels = NDArray[np.uint8]
PHOTO = layout("jp.residence_card.gen1").front.area("photo")


@cache
def person(seed: int) -> tuple[CardData, Pixels, Pixels]:
    """A card, its front and the photograph in its chip."""
    card = card_data(np.random.default_rng(seed), child=False)
    return card, np.asarray(render_front(card)), decode_face(card_face(card))


def printed(front: Pixels) -> tuple[Pixels, tuple[float, float]]:
    if PHOTO is None:
        raise AssertionError("the layout has no photo")
    x, y, w, h = PHOTO.box
    left, right = round((x - 0.1 * w) * RASTER_WIDTH), round((x + 1.1 * w) * RASTER_WIDTH)
    top, bottom = round((y - 0.1 * h) * RASTER_HEIGHT), round((y + 1.1 * h) * RASTER_HEIGHT)
    return front[top:bottom, left:right], (w * RASTER_WIDTH, h * RASTER_HEIGHT)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_photograph_correlates_and_another_does_not(seed: int) -> None:
    crop, size = printed(person(seed)[1])
    own = match_photograph(crop, person(seed)[2], size).score
    other = match_photograph(crop, person(seed + 1)[2], size).score
    assert own > 0.9
    assert other < own - 0.1


def test_light_blur_and_a_shift_leave_it_the_same() -> None:
    crop, size = printed(person(0)[1])
    worn = cv2.GaussianBlur(np.roll(crop, (5, -4), axis=(0, 1)), (0, 0), 2.0)
    dim = np.asarray(worn * np.linspace(0.6, 1.0, worn.shape[1])[None, :, None], dtype=np.uint8)
    match = match_photograph(dim, person(0)[2], size)
    assert match.score > 0.93
    assert match.unlike < 2.0


def lit(crop: Pixels, strength: float, wide: float) -> Pixels:
    """The crop with a soft reflection over the right upper part of the photo."""
    rows, columns = np.mgrid[0 : crop.shape[0], 0 : crop.shape[1]] / crop.shape[1]
    spot = strength * np.exp(-(((columns - 0.7) / wide) ** 2) - ((rows - 0.35) / wide) ** 2)
    return np.asarray(np.clip(0.8 * crop + spot[..., None], 0, 255), np.uint8)


def shaded(crop: Pixels, share: float) -> Pixels:
    """The crop with a shadow across the photo, its edge a few pixels wide."""
    rows, columns = np.mgrid[0 : crop.shape[0], 0 : crop.shape[1]] / crop.shape[1]
    dark = 1 / (1 + np.exp(-(columns + 0.6 * rows - 0.85) * 120))
    return np.asarray(crop * (1 - share * dark[..., None]), np.uint8)


HARD: dict[str, Callable[[Pixels], NDArray[Any]]] = {
    "a soft reflection": lambda crop: lit(crop, 50, 0.8),
    "a lamp": lambda crop: lit(np.asarray(0.6 * crop, np.uint8), 150, 0.15),
    "a shadow": lambda crop: shaded(crop, 0.25),
    "a printer's tones": lambda crop: np.asarray(40 + 200 * (crop / 255.0) ** 0.7, np.uint8),
    "a soft lens": lambda crop: cv2.GaussianBlur(crop, (0, 0), 4.0),
    "a slanted view": lambda crop: cv2.warpAffine(
        crop, np.array([[1.0, 0.012, -2.0], [-0.01, 1.01, 1.0]]), crop.shape[1::-1], borderMode=1
    ),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("light", HARD)
def test_whatever_lies_between_leaves_the_details_the_same(light: str, seed: int) -> None:
    crop, size = printed(person(seed)[1])
    seen = np.asarray(HARD[light](crop), np.uint8)
    own = match_photograph(seen, person(seed)[2], size)
    other = match_photograph(seen, person(seed + 1)[2], size)
    assert own.unlike < UNLIKE_ANOTHER
    assert own.score > STRUCTURE_ANOTHER + 0.1
    assert other.unlike > own.unlike + 1.0


@pytest.mark.parametrize("seed", range(8))
def test_another_person_has_other_details(seed: int) -> None:
    crop, size = printed(person(seed)[1])
    own, other = (match_photograph(crop, person(whose)[2], size) for whose in (seed, seed + 1))
    assert own.unlike < UNLIKE_OWN
    assert own.score > AGREES_FROM
    assert other.unlike > UNLIKE_ANOTHER


def test_a_busy_foot_that_the_mark_covers_does_not_draw_the_search() -> None:
    """A drawn card with a checked shirt, which was fitted at 0.88 of its size and taken for another's."""
    bench, settings = Bench.fresh(chip=True), Settings(onnx_threads=1)
    own = next(row for row in pairs(111, 81, bench, settings, "abc") if row.kind == "genuine")
    assert own.face == "agrees"


def test_what_light_has_washed_out_is_told_and_counts_for_nothing() -> None:
    crop, size = printed(person(0)[1])
    own = match_photograph(crop, person(0)[2], size)
    washed = match_photograph(lit(crop, 250, 0.5), person(0)[2], size)
    assert own.clear > 0.9
    assert washed.clear < own.clear - 0.1
    assert match_photograph(lit(crop, 600, 2.0), person(0)[2], size).clear == 0.0


def test_a_blank_place_beside_clipped_light_is_no_photograph_and_no_fault() -> None:
    crop, size = printed(person(0)[1])
    blank = np.full_like(crop, 120)
    blank[: len(blank) // 2] = 255
    for empty in (blank, np.full_like(crop, 120)):
        match = match_photograph(empty, person(0)[2], size)
        assert match.score < AGREES_FROM
        assert match.contrast < CONTRAST_FROM or match.clear < CLEAR_FROM or match.score <= STRUCTURE_ANOTHER


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        match_photograph(np.zeros((0, 0, 3), np.uint8), person(0)[2], (10, 10))


NAME_LINE = (0.08, 0.135, 0.55, 0.055)


def name_line(card: CardData, front: Pixels) -> tuple[Pixels, Pixels]:
    """The printed surroundings of the name and the tight line of the name in the chip's picture."""
    text = np.asarray(text_picture(card), dtype=np.uint8)
    large = cv2.resize(text, (RASTER_WIDTH, RASTER_HEIGHT), interpolation=cv2.INTER_CUBIC)
    x, y, w, h = NAME_LINE
    left, top = round(x * RASTER_WIDTH), round(y * RASTER_HEIGHT)
    area = large[top : top + round(h * RASTER_HEIGHT), left : left + round(w * RASTER_WIDTH)]
    rows, columns = np.nonzero(area < 128)
    box = (left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1)
    line = large[box[1] : box[3], box[0] : box[2]]
    around = front[box[1] - 12 : box[3] + 12, box[0] - 12 : box[2] + 12]
    return around, np.asarray(line, dtype=np.uint8)


@pytest.mark.parametrize("seed", range(3))
def test_the_chips_line_vouches_for_its_own_print_alone(seed: int) -> None:
    card, front, _ = person(seed)
    around, line = name_line(card, front)
    assert print_agreement(around, line) > 0.6
    one_sign_gone = around.copy()
    start = around.shape[1] // 2
    one_sign_gone[:, start : start + line.shape[0]] = around[:3, :3].mean(axis=(0, 1)).astype(np.uint8)
    assert print_agreement(one_sign_gone, line) < 0.6


def test_nothing_vouches_for_nothing() -> None:
    white = np.full((40, 200, 3), 255, np.uint8)
    assert print_agreement(white, np.full((30, 150), 255, np.uint8)) == 0.0
    assert print_agreement(white, np.zeros((2, 2), np.uint8)) == 0.0
