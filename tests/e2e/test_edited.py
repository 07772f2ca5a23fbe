"""A picture that was opened, altered and saved again, at the real service."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scripts.specimens.values import FIELD_BOXES
from tests.e2e.samples import Sample, samples
from tests.e2e.service import Service

Pixels = NDArray[np.uint8]


def opened(case: Sample) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(case.read("front"))).convert("RGB"), np.uint8)


def saved(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=93)
    return out.getvalue()


def laid(case: Sample, field: str, what: Pixels) -> Pixels:
    """The card with another picture of the same size showing through the place of a field."""
    return laid_at(case, FIELD_BOXES[field], what, opened(case))


def laid_at(case: Sample, place: tuple[float, float, float, float], what: Pixels, pixels: Pixels) -> Pixels:
    """``pixels`` of the card with another picture showing through a place: x0, y0, x1, y1 in shares of it."""
    x0, y0, x1, y1 = place
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    box = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float32)
    outline = cv2.perspectiveTransform(box, cv2.getPerspectiveTransform(unit, corners(case)))[0]
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 1)
    return np.asarray(np.where(mask[..., None] > 0, what, pixels), np.uint8)


def corners(case: Sample) -> NDArray[np.float32]:
    return np.array(case.answer["corners"]["front"], np.float32)


def pasted(case: Sample, other: Sample) -> Pixels:
    """The card with the date of birth of another card's picture."""
    pixels = opened(case)
    onto = cv2.getPerspectiveTransform(corners(other), corners(case))
    size = (pixels.shape[1], pixels.shape[0])
    moved = cv2.warpPerspective(opened(other), onto, size, flags=cv2.INTER_CUBIC)
    return laid(case, "date_of_birth", np.asarray(moved, np.uint8))


def mosaic(pixels: Pixels) -> Pixels:
    small = cv2.resize(pixels, None, fx=1 / 12, fy=1 / 12, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


HONEST: dict[str, Callable[[Pixels], Pixels]] = {
    "blurred": lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), 9.0), np.uint8),
    "mosaic": mosaic,
    "black": lambda pixels: np.zeros_like(pixels),
    "white": lambda pixels: np.full_like(pixels, 250),
}
"""What people do to an address before they send a copy of their card on."""


def asked(service: Service, case: Sample, front: bytes) -> tuple[dict[str, Any], str]:
    request = {**case.request, "store": "none", "detail": "full"}
    answer = service.verify({"front": front}, request)
    assert answer.status == 200
    found = next(c for c in answer.json["checks"] if c["id"] == "forensics.compression")
    return found, answer.json["verdict"]


def test_a_field_pasted_into_a_saved_picture_is_told_and_a_picture_saved_again_is_not(
    service: Service,
) -> None:
    """Without its chip: nothing but the file tells that the date of birth is another's."""
    genuine = [case for name, case in samples().items() if name.startswith("genuine-a")]
    case, other = genuine[:2]
    found, verdict = asked(service, case, saved(pasted(case, other)))
    assert (found["result"], found["reason"]) == ("suspect", "forensics.compression.differ")
    x, y, w, h = found["region"]["box"]
    left, top, right, bottom = FIELD_BOXES["date_of_birth"]
    assert left < x + w / 2 < right
    assert top < y + h / 2 < bottom
    assert verdict == "suspect"
    alike, clear = asked(service, case, saved(opened(case)))
    assert alike["reason"] == "forensics.compression.alike"
    assert clear == "no_sign_of_forgery"


@pytest.mark.parametrize("how", HONEST)
def test_an_address_that_its_holder_hid_accuses_nobody(service: Service, how: str) -> None:
    case = next(case for name, case in samples().items() if name.startswith("genuine-a"))
    found, verdict = asked(service, case, saved(laid(case, "address", HONEST[how](opened(case)))))
    assert found["result"] != "suspect"
    assert verdict in ("no_sign_of_forgery", "inconclusive")
