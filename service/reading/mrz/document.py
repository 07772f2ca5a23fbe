"""The document around a zone: which layout it is, and where its card lies in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, CardView, Location, Picture, Quad, Role, Side
from service.imaging.quality import measure_quality
from service.imaging.rectify import compose, homography_of
from service.reading.mrz.reading import ZoneReading, read_zone

__all__ = ["LAYOUT_OF", "document_view", "read_face_zone"]

LAYOUT_OF: Mapping[str, str] = {"TD1": "icao.td1.residence_permit", "TD3": "icao.td3.passport"}
"""Layout of a document by the format of its zone; others are read, but of no layout that is judged."""

_SIZE_MM = {"TD1": (85.60, 53.98), "TD2": (105.0, 74.0), "TD3": (125.0, 88.0)}
_VISA_MM = {"MRV-A": (120.0, 80.0), "MRV-B": (105.0, 74.0)}
_PITCH_MM = 2.54
_FOOT_MM = 8.0
"""From the middle of the last line to the lower edge, about."""


def read_face_zone(
    picture: Picture, location: Location, view: CardView | None
) -> tuple[ZoneReading | None, CardView | None]:
    """The zone on a picture of a card's side, and the card.

    A card whose layout is known already is looked at as it was rectified, briefly. In any other picture the
    zone is looked for everywhere, and where there is one, it says what the document is and where it lies.
    """
    if view is None or view.layout is None:
        found = read_zone(picture)
        return found, document_view(picture, location, found) if found else view
    found = read_zone(replace(picture, pixels=view.raster, reduced=()), thorough=False)
    if found is None:
        return None, view
    moved = cv2.perspectiveTransform(found.places.astype(np.float64), view.homography)
    return replace(found, places=np.asarray(moved, np.float32)), view


def document_view(picture: Picture, location: Location, reading: ZoneReading) -> CardView:
    """The rectified document that a zone belongs to: by an outline that was found, or by what it measures."""
    homography = _outlined(location, reading)
    if homography is None:
        homography = _measured(reading)
    raster = compose(picture, homography)
    side = Side.BACK if picture.role is Role.BACK else Side.FRONT
    known = LAYOUT_OF.get(reading.decoded.format)
    return CardView(
        side=side,
        role=picture.role,
        raster=raster,
        homography=homography,
        kind=location.kind,
        quality=measure_quality(picture, homography, raster),
        layout=known,
        layout_confidence=min(1.0, reading.confidence) if known else 0.0,
        colour=picture.metadata.colour,
    )


def _outlined(location: Location, reading: ZoneReading) -> NDArray[np.float64] | None:
    """The map of the best outline around the zone, turned so that the zone lies level at its foot."""
    points = reading.places.reshape(-1, 2)
    for quad in location.quads:
        if not _holds(quad, points):
            continue
        for turns in range(4):
            homography = homography_of(quad, turns)
            inverse = np.linalg.inv(homography)
            laid = cv2.perspectiveTransform(reading.places.astype(np.float64), inverse)
            along = laid[0, -1] - laid[0, 0]
            low = laid[..., 1].min() > 0.5 * RASTER_HEIGHT
            if along[0] > 0.55 * RASTER_WIDTH and abs(along[1]) < 0.12 * along[0] and low:
                return homography
    return None


def _holds(quad: Quad, points: NDArray[np.float32]) -> bool:
    inside = [cv2.pointPolygonTest(quad.corners, (float(x), float(y)), False) >= 0 for x, y in points[::9]]
    return float(np.mean(inside)) > 0.95


def _measured(reading: ZoneReading) -> NDArray[np.float64]:
    """The map by the places of the characters, whose distances are fixed: no perspective, true in scale."""
    lines, count = reading.places.shape[:2]
    wide, high = {**_SIZE_MM, **_VISA_MM}[reading.decoded.format]
    left = (wide - _PITCH_MM * (count - 1)) / 2
    rise = float(np.linalg.norm(reading.places[-1] - reading.places[0], axis=1).mean()) / max(1, lines - 1)
    spacing = rise / reading.pitch * _PITCH_MM
    x, y = np.meshgrid(
        left + _PITCH_MM * np.arange(count), high - _FOOT_MM - spacing * np.arange(lines)[::-1]
    )
    raster = np.stack([x * RASTER_WIDTH / wide, y * RASTER_HEIGHT / high], axis=-1).reshape(-1, 2)
    # In millimetres the two axes are alike, so the fit keeps angles; the raster's own scale comes after it.
    place, _ = cv2.estimateAffinePartial2D(np.stack([x, y], -1).reshape(-1, 2), reading.places.reshape(-1, 2))
    if place is None:
        place, _ = cv2.estimateAffine2D(raster, reading.places.reshape(-1, 2))
        return np.vstack([place, [0, 0, 1]]).astype(np.float64)
    scale = np.diag([wide / RASTER_WIDTH, high / RASTER_HEIGHT, 1.0])
    return np.asarray(np.vstack([place, [0, 0, 1]]) @ scale, np.float64)
