"""Any pixel format to 8-bit BGR, strip by strip so that a large picture is never held twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

__all__ = ["MAX_PROFILE_BYTES", "colour_kind", "needs_colour_transform", "to_bgr"]

MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""A larger ICC profile is ignored."""
_STRIP_PIXELS = 2_000_000
_PROFILE_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}
_SRGB_NAMES = ("srgb", "iec 61966-2", "iec61966-2")

Convert = Callable[[Image.Image], NDArray[np.uint8]]


def to_bgr(image: Image.Image) -> NDArray[np.uint8]:
    """(height, width, 3) BGR of a loaded picture; alpha is laid on white, ICC colour becomes sRGB."""
    width, height = image.size
    convert = _converter(image)
    out = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        rgb = convert(image.crop((0, top, width, bottom)))
        cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR if rgb.ndim == 3 else cv2.COLOR_GRAY2BGR, dst=out[top:bottom])
    return out


def _converter(image: Image.Image) -> Convert:
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return _deep_converter(image)
    if mode == "1":
        return lambda strip: np.asarray(strip.convert("L"))
    transparent = "transparency" in image.info
    if mode in ("RGBA", "RGBa", "LA", "La", "PA") or transparent:
        return _on_white
    transform = _icc_transform(image)
    if transform is not None:
        return lambda strip: np.asarray(transform.apply(strip))
    if mode == "L":
        return lambda strip: np.asarray(strip)
    return lambda strip: np.asarray(strip if mode == "RGB" else strip.convert("RGB"))


def _on_white(strip: Image.Image) -> NDArray[np.uint8]:
    layer = strip.convert("RGBA")
    paper = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return np.asarray(Image.alpha_composite(paper, layer).convert("RGB"))


def _deep_converter(image: Image.Image) -> Convert:
    """16 and 32 bit grey: the upper byte of 16 bits, or as it stands where it fits in 8 bits."""
    low, high = (float(v) for v in np.ravel(image.getextrema())[:2])
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0 or high > 65535:
        raise ValueError("grey levels outside 0 ... 65535")
    if image.mode == "F" and high <= 1:
        divisor = 1 / 255
    else:
        divisor = 1.0 if image.mode in ("I", "F") and high <= 255 else 257.0

    def convert(strip: Image.Image) -> NDArray[np.uint8]:
        levels = np.asarray(strip).astype(np.float32) / divisor
        return np.asarray(np.clip(np.rint(levels), 0, 255), dtype=np.uint8)

    return convert


def needs_colour_transform(image: Image.Image) -> bool:
    """Whether an embedded profile changes the colours of this picture."""
    return _icc_transform(image) is not None


def _icc_transform(image: Image.Image) -> Any | None:
    """Transform of the embedded profile to sRGB, None where there is none, none is needed or it is broken."""
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes) or not 128 < len(data) <= MAX_PROFILE_BYTES:
        return None
    if data[16:20] != _PROFILE_SPACES.get(image.mode, "").encode():
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = (ImageCms.getProfileDescription(profile) or "").lower()
        if any(known in name for known in _SRGB_NAMES):
            return None
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a profile that cannot be used leaves the numbers as they are, as other programs do


def colour_kind(pixels: NDArray[np.uint8]) -> str:
    """``colour``, ``grey`` or ``bilevel``, by content: a grey scan stored as RGB is grey."""
    height, width = pixels.shape[:2]
    sample = np.ascontiguousarray(pixels[:: max(1, height // 200)][:, :: max(1, width // 800)])
    blue, luma, red = cv2.split(sample)
    chroma = cv2.subtract(cv2.max(cv2.max(blue, luma), red), cv2.min(cv2.min(blue, luma), red))
    if float((chroma > 14).mean()) > 0.004:
        return "colour"
    return "bilevel" if float(((luma <= 12) | (luma >= 243)).mean()) > 0.97 else "grey"
