"""The ground runs on under print, and stops where print was taken off a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box
from service.imaging.forensics.cleared import measure_cleared
from tests.imaging.forensics.cards import LINES, Pixels, finished, lettered, waves
from tests.imaging.forensics.patched import guilloche, retyped


def evener(card: Pixels, bands: tuple[Box, ...] = ()) -> dict[str, float]:
    return {name: found.evener for name, found in measure_cleared(card, LINES, bands).items()}


def test_a_ground_that_runs_on_under_its_texts_is_alike_on_both_sides() -> None:
    found = evener(guilloche())
    assert set(found) == set(LINES)
    assert max(found.values()) < 0.5


@pytest.mark.parametrize("how", ["flat", "noisy", "half"])
def test_a_text_on_a_patch_is_told_and_its_place_is_the_patch(how: str) -> None:
    card = retyped(guilloche(), "c", how)
    found = measure_cleared(card, LINES)
    others = [one.evener for name, one in found.items() if name != "c"]
    if how == "half":
        assert found["c"].evener < 1.0, "an edge above alone may be a line of the design"
    else:
        assert found["c"].evener > 1.5
        x, y, w, h = found["c"].box
        line = LINES["c"]
        assert x < line[0]
        assert y < line[1]
        assert y + h > line[1] + line[3]
        assert h < line[3] + 0.04
        assert x + w > line[0] + line[2]
    assert max(others) < 0.8


def test_a_ground_without_lines_tells_nothing_apart() -> None:
    assert max(evener(lettered({})).values()) < 0.5
    assert max(evener(retyped(lettered({}), "c", "noisy")).values()) < 1.1


def test_a_band_under_a_text_is_no_patch() -> None:
    """The band is plain, the card about it has lines: without its place it would look like a patch."""
    x, y, w, h = LINES["d"]
    band: Box = (x - 0.03, y - 0.008, w + 0.1, h + 0.012)
    top, bottom = round(band[1] * RASTER_HEIGHT), round((band[1] + band[3]) * RASTER_HEIGHT)
    left, right = round(band[0] * RASTER_WIDTH), round((band[0] + band[2]) * RASTER_WIDTH)
    card = guilloche()
    plain = lettered({})
    card[top:bottom, left:right] = np.clip(plain[top:bottom, left:right].astype(int) - (0, 0, 60), 0, 255)
    assert evener(card)["d"] > 1.5
    assert evener(card, (band,)).get("d", 0.0) < 0.5


def test_a_text_at_the_rim_of_the_card_is_left_out() -> None:
    assert measure_cleared(guilloche(), {"high": (0.1, 0.0, 0.4, 0.05)}) == {}


def test_a_text_without_ground_about_it_is_left_out() -> None:
    card = finished(lettered({}).astype(np.float32) * 1.0)
    x, y, w, h = LINES["b"]
    top, bottom = round((y - 0.03) * RASTER_HEIGHT), round((y + h + 0.03) * RASTER_HEIGHT)
    for column in range(round(x * RASTER_WIDTH) - 10, round((x + w + 0.2) * RASTER_WIDTH), 7):
        cv2.line(card, (column, top), (column, bottom), (20, 20, 20), 2)
    assert "b" not in measure_cleared(card, {"b": LINES["b"]})


def test_a_shadow_over_the_card_is_no_edge() -> None:
    shade = finished(guilloche().astype(np.float32) * 0.8 - waves(900.0, 80.0, 30.0))
    assert max(evener(shade).values()) < 0.6
