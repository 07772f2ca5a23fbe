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
from service.reading.lexicon import Lexicon, skeleton
from service.reading.recogniser import TextLine, recogniser

__all__ = ["FieldRequest", "field_readings", "plan_fields", "read_lines"]

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
SURE = 0.93
"""A line read with less than this is read again."""
AGAIN = (1.0, 0.87)
"""Widths of the second and third reading."""
DISPUTED = 0.6
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


def read_lines(
    raster: NDArray[np.uint8], requests: Sequence[FieldRequest], first: Sequence[Sequence[TextLine]]
) -> list[list[TextLine]]:
    """The final reading of every line: those read with doubt are read again, less squeezed.

    Two readings that agree stand; where they differ a third one decides, and what is left in dispute
    may not claim more than ``DISPUTED``.
    """
    final = [list(lines) for lines in first]
    doubtful = [
        (row, i) for row, lines in enumerate(first) for i, line in enumerate(lines) if line.confidence < SURE
    ]
    for squash in AGAIN:
        crops = [cut(raster, requests[row].lines[i], squash) for row, i in doubtful]
        again = recogniser().read(crops, [requests[row].charset for row, _ in doubtful])
        open_ones = []
        for (row, i), line in zip(doubtful, again, strict=True):
            final[row][i], settled = _agreed(first[row][i], final[row][i], line)
            if not settled:
                open_ones.append((row, i))
        doubtful = open_ones
    return final


def _agreed(first: TextLine, second: TextLine, third: TextLine) -> tuple[TextLine, bool]:
    """The reading that two share, else the surest one with its claim cut; whether it is settled."""
    for one in (first, second):
        if skeleton(one.text) == skeleton(third.text):
            return max(one, third, key=lambda line: line.confidence), True
    return max(first, second, third, key=lambda line: line.confidence).at_most(DISPUTED), False


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
        confidence=_claim(place, part, value),
        char_confidence=part.confidences,
        side=side,
        box=fraction_of(enclosing(part.boxes), shape) if part.boxes else None,
        extra=extra,
    )


def _claim(place: FieldPlace, part: Printed, value: str | None) -> float:
    """Confidence of what makes up the value: the words behind a validity date are no part of it."""
    if place.name == "card_valid_until" and value is not None:
        day = part.text.rfind("日") + 1
        signs = zip(part.text[:day], part.confidences[:day], strict=True)
        return min((c for sign, c in signs if not sign.isspace()), default=0.0)
    return part.confidence
