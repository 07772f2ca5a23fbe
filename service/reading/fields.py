"""Reading the variable texts of one side: lines found by their print, read together, put into normal form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.cards.layout import FieldPlace, SideLayout
from service.evidence import RASTER_WIDTH, FieldReading, Side
from service.reading import normalise
from service.reading.charsets import Charset, charset
from service.reading.crops import area_of, cut, enclosing, fraction_of
from service.reading.ink import Ink, TextBox, find_lines
from service.reading.interpret import Printed, interpret
from service.reading.lexicon import Lexicon
from service.reading.recogniser import TextLine

__all__ = ["FieldRequest", "field_readings", "plan_fields"]

SQUASH: Mapping[str, float] = {
    "card_number": 0.75,
    "latin_name": 0.75,
    "date": 0.7,
    "date_full_width": 0.55,
    "period_with_date": 0.55,
    "text": 0.75,
    "closed_set": 0.75,
    "permission": 0.7,
}
"""How far each kind is squeezed: the issuer's specimen reads the same down to 0.5, full-width ones to 0.4."""
MARGIN = 3
GUARD = round(0.9 * RASTER_WIDTH / 85.6)
"""Pixels beside a field's box where the end of a neighbour may stand: 0.9 mm."""


@dataclass(frozen=True, slots=True)
class FieldRequest:
    """One or more fields of one row, with the lines found for them."""

    places: tuple[FieldPlace, ...]
    lines: tuple[TextBox, ...]
    charset: Charset
    squash: float

    def crops(self, raster: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """One crop for each line."""
        return [cut(raster, line, self.squash) for line in self.lines]


def plan_fields(ink: Ink, side: SideLayout) -> tuple[FieldRequest, ...]:
    """Where the print of each field stands; fields that share a row are asked for together."""
    requests = []
    for places in _rows(side.fields):
        areas = tuple(area_of(place.box, ink.shape, MARGIN) for place in places)
        lines = find_lines(ink, enclosing(areas), max(place.lines for place in places), GUARD)
        signs = charset("name" if len(places) > 1 and _is_name(places[0]) else places[0].charset)
        requests.append(FieldRequest(places, tuple(lines), signs, SQUASH[places[0].kind]))
    return tuple(requests)


def _is_name(place: FieldPlace) -> bool:
    return place.name in ("name_latin", "name_kanji")


def _rows(places: Sequence[FieldPlace]) -> list[tuple[FieldPlace, ...]]:
    """Latin and kanji name together, period and its last day together, every other field alone."""
    names = tuple(p for p in places if _is_name(p))
    periods = tuple(p for p in places if p.kind == "period_with_date")
    others = [(p,) for p in places if p not in names and p not in periods]
    return [group for group in (names, periods) if group] + others


def field_readings(
    requests: Sequence[FieldRequest],
    texts: Sequence[Sequence[TextLine]],
    shape: tuple[int, ...],
    source: str,
    side: Side,
    lexicon: Lexicon,
) -> tuple[FieldReading, ...]:
    """The readings of all fields, from what the recogniser read in each request's lines.

    An optional field without print is left out; any other one has an empty ``raw`` and confidence 0.
    """
    readings = []
    for request, lines in zip(requests, texts, strict=True):
        printed = Printed.join(lines, request.lines)
        for place, part in interpret(request.places, printed):
            if part.text or not place.optional:
                readings.append(_reading(place, part, shape, source, side, lexicon))
    return tuple(readings)


def _reading(
    place: FieldPlace, part: Printed, shape: tuple[int, ...], source: str, side: Side, lexicon: Lexicon
) -> FieldReading:
    extra = dict(part.extra(place.kind))
    value = normalise.normal_form(place.name, part.text)
    value = part.settle(place.name, value, lexicon, extra)
    if value is not None and place.name == "permission_type":
        authority = (normalise.permission(part.text) or ("", ""))[1]
        if authority:
            extra["authority"] = part.settle_authority(authority, lexicon)
    return FieldReading(
        name=place.name,
        source=source,
        raw=part.text,
        value=value,
        confidence=part.confidence,
        char_confidence=part.confidences,
        side=side,
        box=fraction_of(enclosing(part.boxes), shape) if part.boxes else None,
        extra=extra,
    )
