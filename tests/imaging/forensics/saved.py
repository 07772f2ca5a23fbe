"""Pictures that were saved once, twice, or edited in between."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box, Role
from service.imaging import decode_picture
from service.imaging.forensics import Traces
from service.settings import Settings
from tests.imaging.forensics.cards import LINES, Pixels, finished, ground, lettered, portrayed, traces

FIRST, SECOND = 70, 92


@lru_cache(maxsize=1)
def card() -> Pixels:
    """Letters on noisy paper, and something dark where the photograph stands; no colour near its end."""
    drawn = portrayed(lettered({}).astype(np.float32)) + ground(9, 5.0) - ground(9, 0.0)
    return finished(30 + 0.8 * drawn)


def file(pixels: Pixels, quality: int, orientation: int = 1) -> bytes:
    """A JPEG file, without thinned colours."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(pixels[..., ::-1])).save(
        out, "JPEG", quality=quality, subsampling=0, exif=exif
    )
    return out.getvalue()


def lossless(pixels: Pixels, form: str) -> bytes:
    """A file that keeps every pixel."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[..., ::-1])).save(out, form)
    return out.getvalue()


def opened(data: bytes) -> Pixels:
    """The pixels as the file holds them, not turned."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.uint8)[..., ::-1].copy()


def typed(pixels: Pixels, box: Box) -> Pixels:
    """Other letters in one place, on paper that was drawn for them."""
    x, y, w, h = box
    new = lettered({}, seed=8).astype(np.float32) + ground(17, 5.0) - ground(17, 0.0)
    new = cv2.flip(finished(30 + 0.8 * new), 1)
    rows = slice(round((y - 0.01) * RASTER_HEIGHT), round((y + h + 0.01) * RASTER_HEIGHT))
    columns = slice(round(x * RASTER_WIDTH), round((x + w) * RASTER_WIDTH))
    out = pixels.copy()
    out[rows, columns] = new[rows, columns]
    return out


def seen(data: bytes) -> Traces:
    """The traces of a file that shows the card and nothing else."""
    picture = decode_picture(data, Role.FRONT, Settings(onnx_threads=1))
    return replace(traces(picture.pixels), picture=picture)


@lru_cache(maxsize=4)
def edited(name: str = "d", quality: int = SECOND) -> bytes:
    """Saved, one text put in, saved again."""
    return file(typed(opened(file(card(), FIRST)), LINES[name]), quality)
