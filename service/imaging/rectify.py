"""A card in a picture, resampled once to the raster of its layout."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Picture, Quad
from service.imaging.pyramid import level, level_transform

__all__ = ["compose", "homography_of", "rectify", "source_scale"]

Homography = NDArray[np.float64]
_SHRINK_BELOW = 0.66
"""Source pixels are averaged first where the raster has fewer than this share of them."""


def homography_of(quad: Quad, quarter_turns: int = 0) -> Homography:
    """The (3, 3) map from raster pixels to picture pixels for a quad.

    ``quarter_turns`` rotates which corner is the top left of the card: 1 takes the second corner.
    Coordinates follow OpenCV: the centre of the first pixel is (0, 0).
    """
    target = np.roll(quad.corners, -quarter_turns, axis=0).astype(np.float32)
    w, h = RASTER_WIDTH - 0.5, RASTER_HEIGHT - 0.5
    source = np.array([[-0.5, -0.5], [w, -0.5], [w, h], [-0.5, h]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, target), dtype=np.float64)


def rectify(picture: Picture, quad: Quad, quarter_turns: int = 0) -> tuple[NDArray[np.uint8], Homography]:
    """The upright card as (638, 1012, 3) BGR with the map from raster to picture pixels."""
    homography = homography_of(quad, quarter_turns)
    return compose(picture, homography), homography


def source_scale(homography: Homography) -> float:
    """Picture pixels per raster pixel in the middle of the card, the smaller of the two directions."""
    x, y = RASTER_WIDTH / 2, RASTER_HEIGHT / 2
    points = np.array([[[x, y], [x + 1, y], [x, y + 1]]], dtype=np.float64)
    centre, right, below = cv2.perspectiveTransform(points, homography)[0]
    return float(min(np.linalg.norm(right - centre), np.linalg.norm(below - centre)))


def compose(picture: Picture, homography: Homography) -> NDArray[np.uint8]:
    """Resample the card through a raster-to-picture map, averaging where the picture is much finer.

    Places outside the picture take the colour of its nearest edge.
    """
    outline = np.array(
        [[[0, 0], [RASTER_WIDTH, 0], [RASTER_WIDTH, RASTER_HEIGHT], [0, RASTER_HEIGHT]]], dtype=np.float64
    )
    scale = source_scale(homography)
    pixels, halvings = level(picture, 1.0 / scale)
    place = level_transform(halvings) @ homography
    corners = cv2.perspectiveTransform(outline, place)[0]
    x0, y0 = np.clip(np.floor(corners.min(axis=0)) - 4, 0, None).astype(int)
    x1, y1 = (np.ceil(corners.max(axis=0)) + 4).astype(int)
    x0, y0 = min(x0, pixels.shape[1] - 1), min(y0, pixels.shape[0] - 1)
    source = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], dtype=np.float64)
    shrink = 2.0**halvings / scale
    if shrink < _SHRINK_BELOW:
        size = (max(1, round(source.shape[1] * shrink)), max(1, round(source.shape[0] * shrink)))
        fx, fy = size[0] / source.shape[1], size[1] / source.shape[0]
        source = cv2.resize(source, size, interpolation=cv2.INTER_AREA)
        # Pixel centres: the first pixel of the smaller copy covers 1/f pixels of the larger one.
        shift = np.array([[fx, 0, fx / 2 - 0.5], [0, fy, fy / 2 - 0.5], [0, 0, 1]], dtype=np.float64) @ shift
    raster = cv2.warpPerspective(
        source,
        shift @ place,
        (RASTER_WIDTH, RASTER_HEIGHT),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(raster, dtype=np.uint8)
