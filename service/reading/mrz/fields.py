"""What a machine-readable zone says of a holder, as readings of the contract's fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.mrz import Cell, Zone, parse_zone
from service.cards.mrz_codes import japanese_name
from service.cards.mrz_names import parse_names
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box, CardView, FieldReading, Role
from service.reading.mrz.reading import ZoneReading

__all__ = ["zone_box", "zone_fields"]

_LEGIBLE = 0.5
"""Probability of its least sure character from which a field has a value at all."""
_PROVEN = 0.9
"""How surely a character is known that the check digits settled."""


def zone_box(reading: ZoneReading, view: CardView | None, cells: tuple[Cell, ...] = ()) -> Box | None:
    """Where characters stand on the rectified card, all of them where none is named; None without a card."""
    if view is None:
        return None
    flat = reading.places.reshape(-1, 2)
    columns = reading.places.shape[1]
    chosen = [line * columns + column for line, column in cells] or range(len(flat))
    inverse = np.linalg.inv(view.homography)
    points = np.asarray(cv2.perspectiveTransform(flat[None].astype(np.float64), inverse)[0], np.float64)
    return _around(points[list(chosen)], _cell_size(points, columns))


def _cell_size(points: NDArray[np.float64], columns: int) -> float:
    return float(np.linalg.norm(points[columns - 1] - points[0]) / max(1, columns - 1))


def _around(points: NDArray[np.float64], cell: float) -> Box:
    size = np.array([RASTER_WIDTH, RASTER_HEIGHT])
    low = np.clip((points.min(axis=0) - 0.6 * cell) / size, 0, 0.999)
    high = np.clip((points.max(axis=0) + 0.6 * cell) / size, low + 0.001, 1)
    x, y, w, h = (float(v) for v in (*low, *(high - low)))
    return (x, y, w, h)


def zone_fields(
    reading: ZoneReading, role: Role, view: CardView | None, reference: date
) -> tuple[FieldReading, ...]:
    """The fields in a zone: source ``companion`` for the holder's passport, else ``mrz``."""
    zone = parse_zone(reading.lines, reference)
    if zone is None:
        return ()
    found = []
    for name, part, value in _values(zone, role):
        cells = zone.cells(part)
        shares = tuple(_share(reading, cell) for cell in cells)
        raw = zone.field(part)
        found.append(
            FieldReading(
                name=name,
                source="companion" if role is Role.COMPANION else "mrz",
                raw=raw,
                value=value if min(shares) >= _LEGIBLE else None,
                confidence=min(shares),
                char_confidence=shares,
                side=view.side if view else None,
                box=zone_box(reading, view, cells),
                extra={"corrected": "yes"} if set(cells) & set(reading.decoded.corrected) else {},
            )
        )
    return tuple(found)


def _share(reading: ZoneReading, cell: Cell) -> float:
    """How surely a character is known: as it was read, or better where check digits settled it."""
    line, column = cell
    share = float(reading.decoded.confidences[line][column])
    return max(share, _PROVEN) if cell in reading.decoded.corrected else share


def _values(zone: Zone, role: Role) -> Iterator[tuple[str, str, str | None]]:
    """Field of the contract, part of the zone, normal form."""
    yield "document_number", "number", zone.number or None
    yield "name_latin", "name", parse_names(zone.name).full or None
    yield "date_of_birth", "birth", zone.birth.isoformat() if zone.birth else None
    yield "sex", "sex", zone.sex
    yield "nationality", "nationality", japanese_name(zone.nationality)
    if role is not Role.COMPANION:  # the passport's end is not the card's
        yield "card_valid_until", "expiry", zone.expiry.isoformat() if zone.expiry else None
