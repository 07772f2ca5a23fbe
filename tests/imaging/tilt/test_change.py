"""The arithmetic that tells a film from print, a swap and a rainbow, on series made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scripts.specimens.film import FILMS, Film, film_colour
from service.checks.tilt_colour import follows, jumps, still, strays
from service.imaging.tilt.change import Change, colour_change, hue_path, single_valued, spearman, step_fit
from service.imaging.tilt.measure import travel

THERE_AND_BACK = 32 * (1 - np.cos(np.linspace(0, 2 * np.pi, 18))) / 2
SWEEP = np.linspace(0, 32, 18)


def lab_of(colours: list[tuple[int, int, int]]) -> NDArray[np.float32]:
    """Lab rows of RGB colours."""
    import cv2

    bgr = np.array([[c[::-1] for c in colours]], np.float32) / 255
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)[0], np.float32)


def change(colours: list[tuple[int, int, int]], tilt: NDArray[np.float64]) -> Change:
    noise = np.random.default_rng(3).normal(0, 0.8, (len(colours), 3))
    return colour_change(np.asarray(lab_of(colours) + noise, np.float32), tilt)


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
@pytest.mark.parametrize("start", [-14.0, 0.0, 10.0])
def test_a_film_follows_the_angle_wherever_the_movement_starts(film: Film, start: float) -> None:
    tilt = start + THERE_AND_BACK
    found = change([film_colour(abs(float(t)), film=film) for t in tilt], tilt)
    assert follows(found)
    assert not jumps(found)
    assert not strays(found)
    assert found.low < -10 < 0 < found.high - found.low


def test_print_does_not_follow() -> None:
    found = change([film_colour(0.0)] * 18, THERE_AND_BACK)
    assert still(found)
    assert not follows(found)


def test_two_prints_exchanged_jump_in_time_and_do_not_follow() -> None:
    found = change([film_colour(0.0)] * 9 + [film_colour(28.0)] * 9, THERE_AND_BACK)
    assert jumps(found)
    assert not follows(found)


def test_two_prints_exchanged_in_one_sweep_look_like_a_film() -> None:
    """Why the protocol is there and back: this is what a sweep cannot tell."""
    found = change([film_colour(0.0)] * 9 + [film_colour(28.0)] * 9, SWEEP)
    assert follows(found)
    assert travel(SWEEP) == pytest.approx(1.0, abs=0.05)
    assert travel(THERE_AND_BACK) == pytest.approx(2.0, abs=0.1)


def test_a_rainbow_runs_through_more_than_two_colours() -> None:
    import colorsys

    def rainbow(t: float) -> tuple[int, int, int]:
        red, green, blue = colorsys.hsv_to_rgb(t * 20 / 360 % 1, 0.7, 0.9)
        return round(red * 255), round(green * 255), round(blue * 255)

    found = change([rainbow(float(t)) for t in THERE_AND_BACK], THERE_AND_BACK)
    assert strays(found)


def test_places_hidden_by_glare_are_left_out() -> None:
    lab = lab_of([film_colour(float(t)) for t in THERE_AND_BACK])
    lab[4:7] = np.nan
    assert colour_change(lab, THERE_AND_BACK).frames == 15
    lab[2:] = np.nan
    assert colour_change(lab, THERE_AND_BACK).score == 0


def test_step_fit_knows_two_levels() -> None:
    assert step_fit(np.array([0.0] * 5 + [9.0] * 7)) == pytest.approx(1.0)
    assert step_fit(np.linspace(0, 1, 12)) == pytest.approx(0.755, abs=0.02)
    assert step_fit(np.zeros(12)) == 0.0


@given(st.lists(st.floats(-100, 100), min_size=4, max_size=30))
def test_measures_stay_in_their_ranges(values: list[float]) -> None:
    series = np.array(values, np.float64)
    order = np.arange(len(series), dtype=np.float64)
    assert 0.0 <= step_fit(series) <= 1.0 + 1e-6
    assert single_valued(order, series) <= 1.0
    assert -1.0001 <= spearman(order, series) <= 1.0001


def test_spearman_and_hue_path() -> None:
    order = np.arange(9, dtype=np.float64)
    assert spearman(order, -(order**3)) == pytest.approx(-1.0)
    assert spearman(order, np.ones(9)) == 0.0
    turn = np.deg2rad(np.linspace(0, 300, 25))
    circle = 30 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    assert hue_path(np.arange(25.0), circle) == pytest.approx(300, abs=15)
    assert hue_path(np.arange(25.0), circle * 0.1) == 0.0
