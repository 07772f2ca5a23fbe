"""What lies between the light and the file, and differs from device to device: cells, denoising, sharpening,
lens, line sensors, tone. A device changes how a picture looks everywhere alike, whatever is pictured.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import Shot
from scripts.specimens.paint import Picture
from scripts.specimens.sensor import mosaic

__all__ = ["DEVICES", "Device", "through"]

Rng = np.random.Generator
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Device:
    """A model of camera or scanner; each picture varies a little around it."""

    name: str
    kind: str
    """``phone`` or ``scan``."""
    mosaic: bool = False
    """Whether each cell sees one colour only."""
    noise: float = 0.0
    """Noise before the device's own processing, levels."""
    denoise: float = 0.0
    """Strength of smoothing that spares edges, 0 ... 1."""
    chroma_blur: float = 0.0
    """Softening of colour alone, pixels."""
    sharpen: float = 0.0
    radius: float = 1.0
    """Unsharp mask."""
    fringe: float = 0.0
    """Red and blue drawn larger and smaller than green: pixels at the picture's corner."""
    fall_off: float = 0.0
    """Light lost at the corners, share."""
    lines: float = 0.0
    """Unequal cells of a line sensor: streaks along the travel, share."""
    saturation: float = 1.0
    contrast: float = 0.0
    """Strength of an S-shaped tone curve."""


DEVICES: tuple[Device, ...] = (
    Device("phone_plain", "phone", noise=1.0),
    Device("phone_crisp", "phone", mosaic=True, noise=1.6, denoise=0.4, chroma_blur=1.2, sharpen=0.9,
           radius=1.1, fringe=0.4, fall_off=0.06, saturation=1.12, contrast=0.25),
    Device("phone_smooth", "phone", mosaic=True, noise=2.4, denoise=0.9, chroma_blur=2.0, sharpen=0.5,
           radius=1.6, fringe=0.3, fall_off=0.1, saturation=1.05, contrast=0.15),
    Device("phone_old", "phone", mosaic=True, noise=4.0, denoise=0.3, chroma_blur=0.8, sharpen=0.3,
           radius=0.9, fringe=0.9, fall_off=0.18, saturation=0.88),
    Device("scan_plain", "scan", noise=0.5),
    Device("scan_ccd", "scan", noise=0.9, sharpen=0.6, radius=1.0, fringe=0.2, lines=0.002, contrast=0.1),
    Device("scan_cis", "scan", noise=1.5, sharpen=0.9, radius=0.8, fringe=0.5, lines=0.006, saturation=0.92),
    Device("scan_copier", "scan", noise=1.2, denoise=0.5, sharpen=1.1, radius=1.5, lines=0.004,
           saturation=1.1, contrast=0.35),
)  # fmt: skip
"""Invented devices; none stands for a product."""


def _grain(pixels: Picture, rng: Rng, sigma: float) -> Picture:
    height, width = pixels.shape[:2]
    tile = (rng.standard_normal((256, 256, 3)) * sigma * rng.uniform(0.7, 1.4)).astype(np.int8)
    field = np.tile(tile, (height // 256 + 1, width // 256 + 1, 1))[:height, :width]
    return np.asarray(np.clip(pixels.astype(np.int16) + field, 0, 255), np.uint8)


def _fringed(pixels: Picture, rng: Rng, corner: float) -> Picture:
    height, width = pixels.shape[:2]
    grow = corner * rng.uniform(0.3, 1.3) / np.hypot(width, height) * 2
    planes = list(cv2.split(pixels))
    for channel, sign in ((0, -1.0), (2, 1.0)):
        scale = 1 + sign * grow
        move = np.array([[scale, 0, (1 - scale) * width / 2], [0, scale, (1 - scale) * height / 2]])
        planes[channel] = cv2.warpAffine(
            planes[channel], move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return np.asarray(cv2.merge(planes), np.uint8)


def _unequal(pixels: Picture, rng: Rng, device: Device) -> Picture:
    """Light lost at the corners, streaks of a line sensor."""
    height, width = pixels.shape[:2]
    gain = np.ones((height, width), np.float32)
    if device.fall_off:
        x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
        gain -= device.fall_off * float(rng.uniform(0.5, 1.2)) * (x[None] ** 2 + y[:, None] ** 2) / 2
    if device.lines:
        gain *= 1 + np.float32(device.lines) * rng.standard_normal((1, width), np.float32)
    return np.asarray(cv2.multiply(pixels, cv2.merge([gain] * 3), dtype=cv2.CV_8U), np.uint8)


def _smoothed(pixels: Picture, device: Device) -> Picture:
    ycc = cv2.cvtColor(pixels, cv2.COLOR_BGR2YCrCb)
    if device.denoise:
        light = ycc[..., 0]
        soft = cv2.bilateralFilter(light, 5, 14, 1.4)
        ycc[..., 0] = cv2.addWeighted(soft, device.denoise, light, 1 - device.denoise, 0)
    if device.chroma_blur:
        ycc[..., 1:] = cv2.GaussianBlur(ycc[..., 1:], (0, 0), device.chroma_blur)
    return np.asarray(cv2.cvtColor(ycc, cv2.COLOR_YCrCb2BGR), np.uint8)


def _toned(pixels: Picture, rng: Rng, device: Device) -> Picture:
    levels = np.arange(256, dtype=np.float32) / 255
    curve = (
        levels
        + device.contrast * float(rng.uniform(0.5, 1.3)) * 0.3 * (levels - 0.5) * levels * (1 - levels) * 4
    )
    table = np.clip(curve * 255, 0, 255).astype(np.uint8)
    out = np.asarray(cv2.LUT(pixels, table), np.uint8)
    saturation = device.saturation * float(rng.uniform(0.94, 1.06))
    grey = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.addWeighted(out, saturation, grey, 1 - saturation, 0), np.uint8)


def through(device: Device, shot: Shot, rng: Rng) -> Shot:
    """The shot as this device delivers it; sizes and corners stay."""
    pixels = _unequal(shot.pixels, rng, device) if device.fall_off or device.lines else shot.pixels
    pixels = _fringed(pixels, rng, device.fringe) if device.fringe else pixels
    pixels = _grain(pixels, rng, device.noise) if device.noise else pixels
    pixels = mosaic(pixels) if device.mosaic else pixels
    if device.denoise or device.chroma_blur:
        pixels = _smoothed(pixels, device)
    amount = device.sharpen * float(rng.uniform(0.6, 1.3))
    if amount:
        soft = cv2.GaussianBlur(pixels, (0, 0), device.radius)
        pixels = np.asarray(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0), np.uint8)
    return Shot(_toned(pixels, rng, device), shot.corners, shot.kind, shot.dpi, shot.quality)
