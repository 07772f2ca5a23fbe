"""How often a place was saved is told from the rhythm of its frequencies, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from service.imaging.decode import as_stored
from service.imaging.forensics.compression import Compression, measure_compression
from tests.imaging.forensics.cards import LINES, PHOTO, Pixels
from tests.imaging.forensics.saved import FIRST, SECOND, card, edited, file, lossless, opened, seen, typed


def compression(data: bytes) -> Compression | None:
    return seen(data).compression


def test_a_picture_saved_once_cannot_be_asked() -> None:
    assert compression(file(card(), SECOND)) is None


def test_every_place_of_a_picture_saved_twice_is_alike() -> None:
    found = compression(file(opened(file(card(), FIRST)), SECOND))
    assert found is not None
    assert found.card.nats > 1000
    assert found.card.once < 0.1
    assert set(found.places) == {*LINES, "photo"}
    assert all(place.once < 0.2 for place in found.places.values() if place.nats > 100)


@pytest.mark.parametrize("name", ["a", "d", "g"])
def test_what_was_put_in_between_was_saved_once(name: str) -> None:
    found = compression(edited(name))
    assert found is not None
    assert found.places[name].nats > 100
    assert found.places[name].once > 0.7
    assert all(place.once < 0.3 for other, place in found.places.items() if other != name)


def test_a_photograph_put_in_between_was_saved_once() -> None:
    found = compression(file(typed(opened(file(card(), FIRST)), PHOTO), SECOND))
    assert found is not None
    assert found.places["photo"].once > 0.7
    assert found.places["d"].once < 0.3


@pytest.mark.parametrize("second", [50, FIRST])
def test_a_second_saving_that_is_as_coarse_as_the_first_hides_it(second: int) -> None:
    assert compression(edited(quality=second)) is None


def test_a_picture_made_smaller_in_between_cannot_be_asked() -> None:
    first = opened(file(cv2.resize(card(), None, fx=1.3, fy=1.3, interpolation=cv2.INTER_CUBIC), FIRST))
    small = cv2.resize(first, card().shape[1::-1], interpolation=cv2.INTER_AREA)
    assert compression(file(np.asarray(small, np.uint8), SECOND)) is None


def test_colours_cut_off_between_the_savings_are_left_out() -> None:
    """Black letters that ring below zero do not come back as they were; they are not put in."""
    dark = np.asarray(np.clip((card().astype(np.float32) - 70) * 1.5, 0, 255), np.uint8)
    found = compression(file(opened(file(dark, FIRST)), SECOND))
    assert found is not None
    assert all(place.once < 0.3 for place in found.places.values() if place.nats > 100)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_blocks_are_those_of_the_file_however_it_is_turned(orientation: int) -> None:
    first = np.ascontiguousarray(as_stored(card(), orientation))
    once = opened(file(first, FIRST))
    upright = typed(_upright(once, orientation), LINES["d"])
    data = file(np.ascontiguousarray(as_stored(upright, orientation)), SECOND, orientation)
    found = compression(data)
    assert found is not None
    assert found.places["d"].once > 0.7
    assert found.places["a"].once < 0.3


def _upright(stored: Pixels, orientation: int) -> Pixels:
    return np.ascontiguousarray(as_stored(stored, {6: 8, 8: 6}.get(orientation, orientation)))


def test_the_same_file_is_measured_the_same_again() -> None:
    assert compression(edited()) == compression(edited())


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_file_without_loss_keeps_the_rhythm_of_what_it_was_made_from(form: str) -> None:
    first = opened(file(card(), FIRST))
    alike, put_in = (compression(lossless(p, form)) for p in (first, typed(first, LINES["d"])))
    assert alike is not None
    assert all(place.once < 0.2 for place in alike.places.values() if place.nats > 100)
    assert put_in is not None
    assert put_in.places["d"].once > 0.7
    assert compression(lossless(card(), form)) is None


def test_a_coder_without_steps_cannot_be_asked() -> None:
    traces = seen(edited())
    other = replace(traces.picture.metadata, format="HEIF", quantisation=())
    assert measure_compression(replace(traces.picture, metadata=other), traces.view.homography, LINES) is None


def test_a_table_of_zeros_as_only_a_broken_writer_leaves_it_is_no_fault() -> None:
    traces = seen(edited())
    zeros = replace(traces.picture.metadata, quantisation=((0,) * 64,))
    broken = replace(traces.picture, metadata=zeros)
    assert measure_compression(broken, traces.view.homography, LINES) is not None


def test_a_card_of_a_few_pixels_cannot_be_asked() -> None:
    traces = seen(edited())
    dot = replace(traces.picture, pixels=np.zeros((1, 1, 3), np.uint8))
    assert measure_compression(dot, traces.view.homography, LINES) is None
    assert measure_compression(traces.picture, np.diag([0.005, 0.005, 1.0]), LINES) is None
