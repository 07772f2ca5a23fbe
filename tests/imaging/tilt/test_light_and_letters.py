"""What moves over a card, told apart on pictures made by arithmetic: veil, shadow, blur; letters, print."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.imaging.tilt.again import seen_again
from service.imaging.tilt.balance import balanced
from service.imaging.tilt.letters import letter_motion
from service.imaging.tilt.light import light_motion
from service.imaging.tilt.raster import HEIGHT, WIDTH, inside
from service.imaging.tilt.turned import inversion

TILT = 30 * (1 - np.cos(np.linspace(0, 2 * np.pi, 14))) / 2
NOWHERE = np.zeros((HEIGHT, WIDTH), np.bool_)
PHOTO = (0.711, 0.304, 0.258, 0.546)
Frames = NDArray[np.uint8]
XX = np.mgrid[0:HEIGHT, 0:WIDTH][1] / WIDTH


def page(seed: int = 0) -> NDArray[np.float32]:
    """Pale ground with dark print all over."""
    rng = np.random.default_rng(seed)
    canvas = np.full((HEIGHT, WIDTH, 3), (214, 236, 220), np.uint8)
    for y in range(12, HEIGHT, 14):
        for x in range(4, WIDTH - 30, 34):
            text = "".join(rng.choice(list("ABEHKMRSX"), 3))
            cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (40, 40, 40), 1, cv2.LINE_AA)
    return canvas.astype(np.float32)


def clip(change: Callable[[NDArray[np.float32], float], NDArray[np.float32]]) -> Frames:
    rng = np.random.default_rng(1)
    still = page()
    frames = [change(still.copy(), float(t)) + rng.normal(0, 2, still.shape) for t in TILT]
    return np.clip(np.stack(frames), 0, 255).astype(np.uint8)


def veil(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
    return np.asarray(still + 80 * np.exp(-(((XX - tilt / 40) / 0.16) ** 2))[..., None], np.float32)


def shadow(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
    return np.asarray(still * (1 - 0.3 * (tilt / 40 > XX))[..., None], np.float32)


def soft_shadow(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
    return np.asarray(still * (1 - 0.5 / (1 + np.exp(9 * (tilt / 30 - XX))))[..., None], np.float32)


def dimmed(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
    return np.asarray(still * (1 - tilt / 60), np.float32)


def blur(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(still, (0, 0), 0.5 + tilt / 15), np.float32)


def test_a_veil_that_runs_over_the_print_is_a_reflection() -> None:
    found = light_motion(clip(veil), TILT, NOWHERE)
    assert found.cells >= 10
    assert found.rise > 20
    assert found.touches(0.3, 0.2, 0.6, 0.8)


def test_a_faint_veil_is_found_and_print_in_shadow_under_it() -> None:
    def faint(still: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
        white = 30 * np.exp(-(((XX - tilt / 40) / 0.16) ** 2))[..., None]
        return np.asarray(0.7 * soft_shadow(still, 10.0) + white, np.float32)

    assert light_motion(clip(faint), TILT, NOWHERE).cells >= 10


def test_white_that_comes_once_is_no_reflection() -> None:
    """A lamp switched on, a flash: not at the same angle again."""
    frames = clip(veil)
    frames[7:] = clip(lambda still, tilt: still)[7:]
    assert light_motion(frames, TILT, NOWHERE).cells == 0


@pytest.mark.parametrize(
    "change",
    [shadow, soft_shadow, dimmed, blur, lambda still, tilt: still],
    ids=["shadow", "soft shadow", "dimmed", "blur", "none"],
)
def test_shadow_and_blur_are_none(
    change: Callable[[NDArray[np.float32], float], NDArray[np.float32]],
) -> None:
    assert light_motion(clip(change), TILT, NOWHERE).cells <= 1


def test_what_may_change_by_itself_is_left_out() -> None:
    assert light_motion(clip(veil), TILT, ~NOWHERE).cells == 0


def test_balance_takes_a_lamps_colour_away() -> None:
    lamps = np.random.default_rng(2).uniform(0.75, 1.0, (14, 3))
    still = page()
    frames = np.stack([np.clip(still * lamp, 0, 255).astype(np.uint8) for lamp in lamps])
    ground = balanced(frames, ~NOWHERE)[:, 5, 3].astype(np.float32)
    assert np.ptp(frames[:, 5, 3].astype(np.float32), axis=0).min() > 20
    assert np.ptp(ground, axis=0).max() <= 4


def letters(slope_px: float, strength: float) -> Frames:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for y in (150, 200, 240):
        cv2.putText(mask, "MOJ MOJ", (372, y), cv2.FONT_HERSHEY_DUPLEX, 0.8, 255, 1, cv2.LINE_AA)
    face = cv2.GaussianBlur(page(7), (0, 0), 4)

    def change(_: NDArray[np.float32], tilt: float) -> NDArray[np.float32]:
        move = np.array([[1, 0, slope_px * np.tan(np.deg2rad(tilt))], [0, 1, 0]])
        shown = cv2.warpAffine(mask, move, (WIDTH, HEIGHT)).astype(np.float32)[..., None] / 255 * strength
        return np.asarray(face * (1 - shown) + np.array([90, 240, 250], np.float32) * shown, np.float32)

    return clip(change)


@pytest.mark.parametrize("slope_px", [-16.0, 18.0])
def test_letters_that_float_are_found_with_their_shift(slope_px: float) -> None:
    found = letter_motion(letters(slope_px, 0.6), TILT, PHOTO)
    assert found.evidence >= 5
    assert found.slope_mm == pytest.approx(slope_px / WIDTH * 85.6, abs=0.5)


@pytest.mark.parametrize(("slope_px", "strength"), [(0.0, 0.35), (15.0, 0.0)], ids=["printed", "none"])
def test_letters_that_are_printed_or_absent_do_not_float(slope_px: float, strength: float) -> None:
    assert letter_motion(letters(slope_px, strength), TILT, PHOTO).evidence < 3


@pytest.mark.parametrize(
    ("slope_px", "strength", "seen"),
    [(18.0, 0.6, True), (18.0, 0.15, True), (0.0, 0.35, False), (15.0, 0.0, False)],
    ids=["letters", "faint letters", "printed", "none"],
)
def test_letters_are_seen_again_at_the_same_angle(slope_px: float, strength: float, seen: bool) -> None:
    crops = letters(slope_px, strength)[(slice(None), *inside(PHOTO))].astype(np.float32)
    found = seen_again(crops, TILT)
    assert found is not None
    assert (found >= 0.2) == seen
    assert seen or found < 0.05


def test_a_sweep_does_not_come_back_to_its_angles() -> None:
    crops = letters(18.0, 0.6)[(slice(None), *inside(PHOTO))].astype(np.float32)
    assert seen_again(crops, np.linspace(0, 60, len(crops))) is None


def test_a_photo_hidden_by_glare_says_nothing() -> None:
    assert letter_motion(np.full((14, HEIGHT, WIDTH, 3), 255, np.uint8), TILT, PHOTO).frames == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_letters_that_turn_dark_to_light_are_inverted(sign: int) -> None:
    turned = np.linspace(0, 90, 10)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(mask, "MOJ MOJ", (372, 240), cv2.FONT_HERSHEY_DUPLEX, 0.8, 255, 2, cv2.LINE_AA)
    tone = np.cos(np.deg2rad(2 * turned)) if sign < 0 else np.ones(10)
    frames = [128 + 60 * t * (mask.astype(np.float32)[..., None].repeat(3, 2) / 255) for t in tone]
    noise = np.random.default_rng(0).normal(0, 1.5, (10, HEIGHT, WIDTH, 3))
    found = inversion(
        np.clip(np.stack(frames) + noise, 0, 255).astype(np.uint8), turned, (0.711, 0.66, 0.258, 0.19)
    )
    assert found.frames >= 2
    assert (found.correlation < -0.3) == (sign < 0)
