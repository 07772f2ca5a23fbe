"""What forging does to the surface: print screens, screens of displays, patches typed over a picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink, Picture, ink
from scripts.specimens.style import Style, style_named

__all__ = ["forger_style", "halftone", "on_paper", "on_screen", "retype"]

Rng = np.random.Generator
ANGLES = (0.26, 1.31, 0.0)


def forger_style(style: str, rng: Rng) -> Style:
    """The style with fonts that are at hand on any computer and colours that are a little off."""
    base = style_named(style)
    off = rng.integers(-22, 22, 3)
    band: Colour = tuple(int(v) for v in np.clip(np.array(base.band) + off, 0, 255))  # type: ignore[assignment]
    return replace(
        base,
        value=str(rng.choice(["mincho_noto", "gothic_ipa", "gothic_noto"])),
        digits=str(rng.choice(["dejavu_serif", "sans", "serif"])),
        label=str(rng.choice(["gothic_noto", "mincho_noto", "gothic_ipa"])),
        issuer="mincho_noto",
        band=band,
        jitter_mm=0.9,
    )


def halftone(face: Picture, rng: Rng, strength: float = 0.5) -> Picture:
    """Dots of a printer, as coarse as 300 dpi can show."""
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    pitch = float(rng.uniform(3.2, 5.0))
    out = face.astype(np.float32)
    for channel, angle in enumerate(ANGLES):
        u = (xx * np.cos(angle) + yy * np.sin(angle)) * (2 * np.pi / pitch)
        v = (-xx * np.sin(angle) + yy * np.cos(angle)) * (2 * np.pi / pitch)
        level = 0.5 + 0.25 * (np.cos(u) + np.cos(v)) * 0.92
        dots = 255 / (1 + np.exp(-(out[..., channel] / 255 - level) * 9))
        out[..., channel] += (dots - out[..., channel]) * strength
    return np.asarray(np.clip(cv2.GaussianBlur(out, (0, 0), 0.6), 0, 255), np.uint8)


def on_screen(face: Picture, rng: Rng) -> Picture:
    """The card shown on a display: the grid of its cells beats with the camera's."""
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    pitch = float(rng.uniform(2.05, 2.6))
    turn = float(rng.uniform(-0.06, 0.06))
    u = (xx + turn * yy) * (2 * np.pi / pitch)
    v = (yy - turn * xx) * (2 * np.pi / pitch)
    out = face.astype(np.float32)
    for channel in range(3):
        grid = 1 + 0.16 * np.cos(u + channel * 2.094) + 0.10 * np.cos(v)
        out[..., channel] *= grid
    out = out * np.array([1.06, 1.0, 0.95], np.float32) * 0.94 + 12
    return np.clip(out, 0, 255).astype(np.uint8)


def on_paper(face: Picture, rng: Rng) -> Picture:
    """A colour copy on office paper: halftone, paper grain, dull colours."""
    printed = halftone(face, rng, 0.7).astype(np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 9, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.2)
    grey = printed.mean(axis=2, keepdims=True)
    return np.asarray(np.clip(grey + (printed - grey) * 0.78 + grain[..., None], 0, 255), np.uint8)


def retype(
    face: Picture, box: tuple[float, float, float, float], text: str, rng: Rng, scale: float = 1.0
) -> Picture:
    """Cover a field (x0, y0, x1, y1 as fractions) with a patch and type other words on it."""
    x0, y0, x1, y1 = box
    left, right, top, bottom = round(x0 * WIDTH), round(x1 * WIDTH), round(y0 * HEIGHT), round(y1 * HEIGHT)
    out = face.copy()
    rim = np.concatenate([out[top, left:right], out[bottom - 1, left:right]])
    patch = np.median(rim, axis=0) + rng.normal(0, 1.2, (bottom - top, right - left, 3))
    out[top:bottom, left:right] = np.clip(patch, 0, 255).astype(np.uint8)
    lines = text.split("\n")
    pitch = (y1 - y0) / len(lines)
    latin = str(rng.choice(["sans", "serif", "dejavu_serif"]))
    kanji = str(rng.choice(["gothic_noto", "mincho_noto", "gothic_biz"]))
    em = min(pitch * 0.84, 0.0440 * scale)
    for i, line in enumerate(lines):
        run = Ink(line, x0 + 0.006, y0 + pitch * (i + 0.80), em, kanji, latin=latin, max_width=x1 - x0 - 0.01)
        ink(out, replace(run, colour=(8, 8, 10)))
    return out
