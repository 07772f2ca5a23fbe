"""Who a card says it is, as far as that was read beyond doubt: what the registry may be asked about."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.cards.number import compact, well_formed
from service.checks.case import Case
from service.evidence import FieldReading
from service.imaging.ground_print import ground_print
from service.imaging.photo_detail import photo_detail
from service.imaging.photo_features import photo_features
from service.reading.crops import area_of
from service.registry import Identity

__all__ = ["HIDDEN_AREAS", "SURE", "ground_of", "identity", "photo_of"]

HIDDEN_AREAS: Final = frozenset({"photo", "seal", "ovi_mark", "strip"})
"""Areas of a layout that are no ground: what stands there is another's matter or changes with the angle."""

SURE = 0.95
"""Confidence of the least certain sign from which a text may be held against another card: stricter than any
check of the card itself, since a slip here would speak against somebody else's card too."""


def identity(case: Case) -> Identity:
    """The number, name, birth and photo of a card; None for each that was not read surely enough.

    A card that was found askew, and a number whose signs were put right by their look-alikes, name nobody.
    """
    if not case.in_place:
        return Identity()
    photo = photo_of(case)
    return Identity(
        card_number=_number(case),
        name=_sure(case, "name_latin"),
        date_of_birth=_sure(case, "date_of_birth"),
        photo=None if photo is None else photo_features(photo),
        photo_detail=None if photo is None else photo_detail(photo),
        ground=ground_of(case),
        layout=case.layout_id,
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


def photo_of(case: Case) -> NDArray[np.uint8] | None:
    """The printed photo, BGR, where the layout has it; None on a picture too poor to judge."""
    view = case.view("front")
    area = case.layout.front.area("photo") if case.layout else None
    if view is None or area is None or view.quality.faults:
        return None
    place = area_of(area.box, view.raster.shape[:2])
    return view.raster[place.y0 : place.y1, place.x0 : place.x1]


def ground_of(case: Case) -> NDArray[np.int8] | None:
    """The fingerprint of the front's ground (``ground_print``), where the layout tells what is no ground."""
    view = case.view("front")
    if view is None or case.layout is None or not case.layout.front.fields:
        return None
    if view.colour == "bilevel" or view.quality.faults:
        return None
    hidden = [area.box for area in case.layout.front.areas if area.id in HIDDEN_AREAS]
    return ground_print(view.raster, hidden)
