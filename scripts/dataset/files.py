"""The way from a capture to the file that is sent: alike for genuine and forged cards."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from scripts.dataset.recipe import Recipe, Sending
from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.devices import through
from scripts.specimens.recapture import RECAPTURES
from scripts.specimens.sensor import resaved
from scripts.specimens.specimen import Specimen
from scripts.specimens.wear import worn

__all__ = ["captured", "stored"]

Rng = np.random.Generator


def _first_capture(made: Specimen, how: Recipe, rng: Rng) -> Shot:
    front = worn(made.front, rng, how.wear)
    if how.kind == "scan":
        return scan(front, rng, how.dpi, worn=0.0)
    return phone(front, rng, how.hardness, size=how.size, near=(0.66, 0.92))


def captured(made: Specimen, how: Recipe, rng: Rng) -> Shot:
    """The picture of a specimen, after the device and the forger had it. A recapture has a second device."""
    shot = through(how.device, _first_capture(made, how, rng), rng)
    if how.saved_before is not None:
        shot = resaved(shot, rng, how.saved_before, how.saved_before + 1)
    if made.edit is None:
        return shot
    edited = made.edit(shot)
    return through(how.device, edited, rng) if made.answer.family in RECAPTURES else edited


def _reduced(shot: Shot, sending: Sending) -> Shot:
    height, width = shot.pixels.shape[:2]
    scale = sending.dpi / shot.dpi if shot.dpi else sending.long_side / max(height, width)
    if scale >= 1:
        return shot
    size = (round(width * scale), round(height * scale))
    pixels = np.asarray(cv2.resize(shot.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Shot(pixels, np.asarray(shot.corners * scale, np.float32), shot.kind, shot.dpi and sending.dpi)


def stored(shot: Shot, sending: Sending) -> tuple[bytes, Shot]:
    """The JPEG file and the shot as it is in it.

    What follows the picture, as a clip follows a phone's, fills the file up to the size drawn for it.
    """
    small = _reduced(shot, sending)
    out = io.BytesIO()
    dpi = small.dpi or 72
    Image.fromarray(np.ascontiguousarray(small.pixels[..., ::-1])).save(
        out, "JPEG", quality=sending.quality, subsampling=sending.subsampling, dpi=(dpi, dpi)
    )
    data = out.getvalue()
    return data + bytes(max(0, sending.file_bytes - len(data))), small
