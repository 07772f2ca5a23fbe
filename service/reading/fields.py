"""Reading the variable texts of one side: lines found by their print, read together, put into normal form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
from service.reading.look_alikes import group, in_use, settle_number
from service.reading.print_reader import STRANGER, print_reader
from service.reading.recogniser import TextLine, recogniser
from service.reading.tails import with_tails

__all__ = ["FieldRequest", "SmallReading", "field_readings", "plan_fields", "read_lines", "read_small"]

SQUASH: Mapping[str, float] = {
    "card_number": 0.75,
    "latin_name": 0.75,
    "date": 0.7,
    "date_full_width": 0.55,
    "period_with_date": 0.55,
    "text": 0.87,
    "closed_set": 0.75,
    "permission": 0.7,
}
"""How far each kind is squeezed: the issuer's specimen reads the same down to 0.5, full-width ones to 0.4."""
SURE = 0.93
"""A line read with less than this is read again."""
SURE_SMALL = 0.9
"""What the small reader must claim of every sign, or the general recogniser is asked."""
TWO_READERS = ("card_number", "name_latin", "name_kanji")
"""What a person is known by: look-alike letters and spaces between names are not left to one reader."""
SURE_OPEN = 0.95
"""The same where no closed set holds the text."""
ENOUGH_TOGETHER = 0.85
"""What the surer of two readers that agree must claim."""
AGAIN = (1.0, 0.75)
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

    @property
    def small(self) -> bool:
        """Whether the small reader knows the signs that stand there: an address holds any."""
        return self.places[0].name != "address"

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


@dataclass(frozen=True, slots=True)
class SmallReading:
    """What the small reader read in one row."""

    lines: tuple[TextLine, ...]
    settled: bool
    """Whether it is beyond doubt; otherwise it is one voice beside the general recogniser's."""


def read_small(
    raster: NDArray[np.uint8], requests: Sequence[FieldRequest], lexicon: Lexicon
) -> dict[int, SmallReading]:
    """The small reader's lines by place in ``requests``, where it knows the signs.

    A row is not settled where a sign is a stranger or in doubt, or where what was read is not in the field's
    form or closed set. Number and name are never settled by one.
    """
    asked = [i for i, request in enumerate(requests) if request.lines and request.small]
    crops = [cut(raster, line) for i in asked for line in requests[i].lines]
    lines = iter(print_reader().read(crops))
    found = {}
    for i in asked:
        read = tuple(next(lines) for _ in requests[i].lines)
        name = requests[i].places[0].name
        needed = SURE_SMALL if lexicon.values(name) else SURE_OPEN
        sure = all(line.confidence >= needed and STRANGER not in line.text for line in read)
        settled = (
            sure
            and name not in TWO_READERS
            and all(
                _beyond_doubt(field, lexicon)
                for field in field_readings([requests[i]], [read], raster.shape, "front", Side.FRONT, lexicon)
            )
        )
        found[i] = SmallReading(read, settled)
    return found


def _beyond_doubt(field: FieldReading, lexicon: Lexicon) -> bool:
    """Whether a reading is in its form and, for a closed set, in it as it was read."""
    closed = lexicon.values(field.name)
    authority = field.extra.get("authority")
    return (
        field.value is not None
        and field.name != "name_kanji"
        and "folded" not in field.extra
        and (not closed or field.value in closed)
        and (authority is None or authority in lexicon.authorities)
    )


def read_lines(
    raster: NDArray[np.uint8],
    requests: Sequence[FieldRequest],
    first: Sequence[Sequence[TextLine]],
    small: Mapping[int, SmallReading] | None = None,
) -> list[list[TextLine]]:
    """The final reading of every line: those read with doubt are read again, at other widths.

    Two readings that agree stand, whichever reader they are from; where they differ a third one decides, and
    what is left in dispute may not claim more than ``DISPUTED``.
    """
    other = {row: reading.lines for row, reading in (small or {}).items()}
    final = [list(lines) for lines in first]
    doubtful = []
    for row, lines in enumerate(first):
        for i, line in enumerate(lines):
            second = other[row][i] if row in other else None
            agreed = second is not None and _same(requests[row], line, second)
            if second is not None and agreed:
                final[row][i] = max(line, second, key=lambda one: (one.text.count(" "), one.confidence))
            if final[row][i].confidence >= ENOUGH_TOGETHER if agreed else not _disputed(line, second):
                continue
            doubtful.append((row, i))
    for squash in AGAIN:
        crops = [cut(raster, requests[row].lines[i], squash) for row, i in doubtful]
        again = recogniser().read(crops, [requests[row].charset for row, _ in doubtful])
        open_ones = []
        for (row, i), line in zip(doubtful, again, strict=True):
            final[row][i], settled = _agreed(first[row][i], final[row][i], line)
            if not settled:
                open_ones.append((row, i))
        doubtful = open_ones
    return [_settled(raster, request, lines) for request, lines in zip(requests, final, strict=True)]


def _settled(raster: NDArray[np.uint8], request: FieldRequest, lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a row with what their kind of text or their print settles."""
    place = request.places[0]
    if place.name == "address":
        return [_in_use(line) for line in lines]
    if place.kind == "card_number":
        return [with_tails(raster, box, line) for box, line in zip(request.lines, lines, strict=True)]
    return list(lines)


def _same(request: FieldRequest, one: TextLine, other: TextLine) -> bool:
    """Whether two lines say the same: look-alikes count as one, in a number by their place alone."""
    if request.places[0].kind == "card_number":
        return settle_number(one.text) == settle_number(other.text)
    return skeleton(one.text) == skeleton(other.text)


def _disputed(line: TextLine, second: TextLine | None) -> bool:
    """Whether a line is to be read again: in doubt, or the small reader is sure of another text.

    The number is what a card is known by: Q, O, D and 0 are told apart by two readers, not by one.
    """
    return _doubtful(line) or (second is not None and second.confidence >= SURE_SMALL)


def _doubtful(line: TextLine) -> bool:
    """Whether another look could help: not where only look-alikes compete, which stay what they are."""
    return (
        any(
            claim < SURE and _claim_of_group(sign, claim, alternatives) < SURE
            for sign, claim, alternatives in zip(
                line.text, line.char_confidences, line.alternatives, strict=True
            )
        )
        or not line.text
    )


def _claim_of_group(sign: str, claim: float, alternatives: Sequence[tuple[str, float]]) -> float:
    """The claim with that of the signs that print alike added."""
    partners = sum(share for other, share in alternatives if other != sign and group(other) == group(sign))
    return claim + partners


def _in_use(line: TextLine) -> TextLine:
    """An address with the forms of its signs that are in use, each with the claim of both forms."""
    signs, claims = list(line.text), list(line.char_confidences)
    for i, sign in enumerate(line.text):
        likely = dict(line.alternatives[i])
        signs[i] = in_use(sign, signs[i - 1] if i else "", likely)
        if signs[i] != sign:
            claims[i] = min(1.0, claims[i] + likely.get(signs[i], 0.0))
    return replace(
        line, text="".join(signs), char_confidences=tuple(claims), confidence=min(claims, default=0.0)
    )


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
