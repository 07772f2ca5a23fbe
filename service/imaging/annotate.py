"""Frames with names on a card, for a person who reviews a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box

__all__ = ["Frame", "annotated"]

_PAD = 3
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SIZE = 0.45
_LINE = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One place that a finding is about."""

    box: Box
    """Fractions of the card."""
    name: str
    """ASCII; shown beside the frame."""
    colour: tuple[int, int, int]
    """BGR."""


def annotated(raster: NDArray[np.uint8], frames: Sequence[Frame]) -> bytes:
    """A rectified card, (height, width, 3) BGR, with each frame drawn and named, as PNG."""
    drawn = raster.copy()
    height, width = drawn.shape[:2]
    taken: set[tuple[int, int]] = set()
    for frame in frames:
        x, y, w, h = frame.box
        left, top = max(0, round(x * width) - _PAD), max(0, round(y * height) - _PAD)
        right, bottom = round((x + w) * width) + _PAD, round((y + h) * height) + _PAD
        right, bottom = min(width - 1, right), min(height - 1, bottom)
        cv2.rectangle(drawn, (left, top), (right, bottom), frame.colour, 2)
        place = (left, top - 4 if top >= _LINE else bottom + _LINE)
        while place in taken:
            place = (place[0], place[1] + _LINE)
        taken.add(place)
        _write(drawn, frame, place)
    _, png = cv2.imencode(".png", drawn)
    return png.tobytes()


def _write(drawn: NDArray[np.uint8], frame: Frame, place: tuple[int, int]) -> None:
    (width, height), _ = cv2.getTextSize(frame.name, _FONT, _SIZE, 1)
    x, y = min(place[0], max(0, drawn.shape[1] - width - 4)), min(place[1], drawn.shape[0] - 4)
    cv2.rectangle(drawn, (x, y - height - 3), (x + width + 4, y + 3), frame.colour, -1)
    cv2.putText(drawn, frame.name, (x + 2, y), _FONT, _SIZE, (255, 255, 255), 1, cv2.LINE_AA)
