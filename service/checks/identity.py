"""Who a card says it is, as far as that was read beyond doubt: what the registry may be asked about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.cards.number import compact, well_formed
from service.checks.case import Case
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, FieldReading
from service.imaging.photo_features import photo_features
from service.registry import Identity

__all__ = ["SURE", "identity"]

SURE = 0.95
"""Confidence of the least certain sign from which a text may be held against another card: stricter than any
check of the card itself, since a slip here would speak against somebody else's card too."""


def identity(case: Case) -> Identity:
    """The number, name, birth and photo of a card; None for each that was not read surely enough.

    A card that was found askew, and a number whose signs were put right by their look-alikes, name nobody.
    """
    if not case.in_place:
        return Identity()
    return Identity(
        card_number=_number(case),
        name=_sure(case, "name_latin"),
        date_of_birth=_sure(case, "date_of_birth"),
        photo=_photo(case),
    )


def _best(case: Case, name: str) -> FieldReading | None:
    """The printed reading, or where no face was supplied, the chip's."""
    return case.printed(name) or case.reading(name, "chip")


def _sure(case: Case, name: str) -> str | None:
    reading = _best(case, name)
    if reading is None or reading.value is None or reading.confidence < SURE or "folded" in reading.extra:
        return None
    return reading.value


def _number(case: Case) -> str | None:
    value = _sure(case, "card_number")
    return compact(value) if value is not None and well_formed(value) else None


def _photo(case: Case) -> NDArray[np.float32] | None:
    view = case.view("front")
    area = case.layout.front.area("photo") if case.layout else None
    if view is None or area is None or view.quality.faults:
        return None
    x, y, w, h = area.box
    left, right = round(x * RASTER_WIDTH), round((x + w) * RASTER_WIDTH)
    top, bottom = round(y * RASTER_HEIGHT), round((y + h) * RASTER_HEIGHT)
    return photo_features(view.raster[top:bottom, left:right])
