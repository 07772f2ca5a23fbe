"""One picture of one side: recognise the document, put it in place, judge the capture, read everything.

1. Recognise layout, side and orientation, and correct the card's place by its labels.
2. Resample the card once at 300 dpi and measure the quality of the capture.
3. Find the print of every field, label and possible specimen mark, and read all crops in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from service.aside import aside
from service.cards.layout import SideLayout, layout
from service.evidence import (
    RASTER_HEIGHT,
    RASTER_WIDTH,
    CardView,
    FieldReading,
    LabelReading,
    Location,
    Picture,
    Role,
    Side,
)
from service.imaging.quality import measure_quality
from service.imaging.rectify import rectify
from service.reading.back import BACK_LAYOUT, read_back
from service.reading.charsets import Charset
from service.reading.fields import FieldRequest, field_readings, plan_fields, read_lines
from service.reading.fields import read_small as read_fields_small
from service.reading.ink import ink_map
from service.reading.labels import label_readings, labels_apart, read_labels, read_small
from service.reading.lexicon import Lexicon, default_lexicon
from service.reading.marks import SpecimenMark
from service.reading.placing import Plan, placed, plan_of
from service.reading.recognise_layout import lies_long, recognise
from service.reading.recogniser import TextLine, recogniser
from service.reading.specimen_mark import find_specimen_marks

__all__ = [
    "CHIP_IMAGE",
    "CHIP_LAYOUT",
    "SideReading",
    "chip_raster",
    "read_front_image",
    "read_raster",
    "read_side",
]

CHIP_LAYOUT = "jp.residence_card.gen1"
PREPRINTED = ("issuer",)
"""Fields that the chip's picture may leave out, since the card is printed with them beforehand."""
CHIP_IMAGE = (425, 674)
"""Height and width of the text picture in a first-generation chip: ID-1 at 200 dpi."""

MAX_BACK_QUADS = 2
BACK_PROOF = 2
"""Headings that must be read before a picture is taken for a back."""

Raster = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SideReading:
    """Everything that one picture of one side says."""

    view: CardView | None
    """None only where no card was found at all; ``layout`` is None where it is none that we know."""
    fields: tuple[FieldReading, ...] = ()
    labels: tuple[LabelReading, ...] = ()
    specimen_marks: tuple[SpecimenMark, ...] = ()


def read_side(
    picture: Picture, location: Location, role: Role, lexicon: Lexicon | None = None
) -> SideReading:
    """Read one side of a card from a picture in which it was located."""
    readers = (_back, _front) if role is Role.BACK else (_front, _back)
    for read in readers:
        reading = read(picture, location, role, lexicon)
        if reading is not None:
            return reading
    return _unknown(picture, location, role)


def _front(picture: Picture, location: Location, role: Role, lexicon: Lexicon | None) -> SideReading | None:
    match = recognise(picture, location)
    if match is None:
        return None
    known = layout(match.layout).sides[match.side]
    place = placed(picture, match, known)
    raster, homography, plan = place.raster, place.homography, place.plan
    marks = aside(lambda: find_specimen_marks(raster, match.side, known, plan.taken(raster.shape)))
    view = aside(
        lambda: _view(picture, raster, homography, match.side, location, role, match.layout, match.confidence)
    )
    fields, labels = _read_planned(raster, plan, lexicon or default_lexicon(), match.anchors)
    return SideReading(view.result(), fields, labels, marks.result())


def _back(picture: Picture, location: Location, role: Role, lexicon: Lexicon | None) -> SideReading | None:
    for quad in location.quads[:MAX_BACK_QUADS]:
        for turns in (0, 2) if lies_long(quad) else (1, 3):
            raster, homography = rectify(picture, quad, turns)
            back = read_back(raster)
            if back.recognised >= BACK_PROOF:
                sure = 0.7 + 0.1 * back.recognised
                view = _view(picture, raster, homography, Side.BACK, location, role, BACK_LAYOUT, sure)
                known = layout(BACK_LAYOUT).back
                marks = _marks(raster, Side.BACK, known, back.fields, back.labels)
                return SideReading(view, back.fields, back.labels, marks)
    return None


def _marks(
    raster: Raster,
    side: Side,
    known: SideLayout,
    fields: Sequence[FieldReading],
    labels: Sequence[LabelReading],
) -> tuple[SpecimenMark, ...]:
    places = [*(field.box for field in fields), *(label.box for label in labels)]
    return find_specimen_marks(raster, side, known, [box for box in places if box is not None])


def _view(
    picture: Picture,
    raster: Raster,
    homography: NDArray[np.float64],
    side: Side,
    location: Location,
    role: Role,
    layout_id: str | None = None,
    confidence: float = 0.0,
) -> CardView:
    return CardView(
        side=side,
        role=role,
        raster=raster,
        homography=homography,
        kind=location.kind,
        quality=measure_quality(picture, homography, raster),
        layout=layout_id,
        layout_confidence=confidence,
        colour=picture.metadata.colour,
    )


def _unknown(picture: Picture, location: Location, role: Role) -> SideReading:
    """A document that we do not know: its best place, lying on its long side, to judge its quality."""
    if not location.quads:
        return SideReading(None)
    best = location.quads[0]
    raster, homography = rectify(picture, best, 0 if lies_long(best) else 1)
    side = Side.BACK if role is Role.BACK else Side.FRONT
    return SideReading(_view(picture, raster, homography, side, location, role))


def read_raster(
    raster: Raster,
    known: SideLayout,
    lexicon: Lexicon | None = None,
    anchors: Mapping[str, TextLine] | None = None,
) -> tuple[tuple[FieldReading, ...], tuple[LabelReading, ...]]:
    """Fields and labels of a front that lies in place, (638, 1012, 3) BGR.

    ``anchors`` are readings of labels by id that are at hand already; those that are right are kept.
    """
    return _read_planned(raster, plan_of(raster, known), lexicon or default_lexicon(), anchors)


def _read_planned(
    raster: Raster, plan: Plan, lexicon: Lexicon, anchors: Mapping[str, TextLine] | None
) -> tuple[tuple[FieldReading, ...], tuple[LabelReading, ...]]:
    fields, labels = plan.fields, plan.labels
    texts = {
        request.label.id: line
        for request in labels
        if (line := (anchors or {}).get(request.label.id)) is not None and request.reads_well(line)
    }
    texts |= read_small(raster, [request for request in labels if request.label.id not in texts])
    asked = [
        (request, crop)
        for request in labels
        if request.label.id not in texts and (crop := request.crop(raster)) is not None
    ]
    read, lines = _read_fields(raster, fields, lexicon, [(crop, request.charset) for request, crop in asked])
    for (request, _), line in zip(asked, lines, strict=True):
        texts[request.label.id] = line
    words = read_labels(raster, labels, texts)
    apart = labels_apart(raster, labels, words)
    return (
        field_readings(fields, read, raster.shape, "front", Side.FRONT, lexicon),
        label_readings(labels, words, raster.shape, Side.FRONT, apart),
    )


def _read_fields(
    raster: Raster,
    requests: Sequence[FieldRequest],
    lexicon: Lexicon,
    others: Sequence[tuple[Raster, Charset]] = (),
) -> tuple[list[list[TextLine]], list[TextLine]]:
    """Lines of every field, the small reader first; and other crops, read in one go with the rest."""
    small = read_fields_small(raster, requests, lexicon)
    settled = {i: list(reading.lines) for i, reading in small.items() if reading.settled}
    rest = [request for i, request in enumerate(requests) if i not in settled]
    crops = [crop for request in rest for crop in request.crops(raster)]
    signs = [request.charset for request in rest for _ in request.lines]
    lines = recogniser().read(
        [*crops, *(crop for crop, _ in others)], [*signs, *(charset for _, charset in others)]
    )
    large = iter(_divided(lines, rest))
    first = [settled[i] if i in settled else next(large) for i in range(len(requests))]
    return read_lines(raster, requests, first, small), lines[len(crops) :]


def _divided(lines: Sequence[TextLine], requests: Sequence[FieldRequest]) -> list[Sequence[TextLine]]:
    ends = [0, *accumulate(len(request.lines) for request in requests)]
    return [lines[a:b] for a, b in pairwise(ends)]


def chip_raster(image: NDArray[np.uint8]) -> Raster:
    """A chip's picture of the printed text, (425, 674) grey, as a raster like the card's, (638, 1012, 3)."""
    large = cv2.resize(image, (RASTER_WIDTH, RASTER_HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)


def read_front_image(image: NDArray[np.uint8], lexicon: Lexicon | None = None) -> tuple[FieldReading, ...]:
    """The fields in a first-generation chip's picture of the printed text, (425, 674) grey.

    Source ``chip``; ``evidence`` is ``signed`` only in that the picture is what the chip signs: whether
    the signature holds is another check. ValueError for another shape.
    """
    if image.shape != CHIP_IMAGE:
        raise ValueError(f"chip picture has shape {image.shape}, expected {CHIP_IMAGE}")
    raster = chip_raster(image)
    requests = plan_fields(ink_map(raster), layout(CHIP_LAYOUT).front)
    lexicon = lexicon or default_lexicon()
    read, _ = _read_fields(raster, requests, lexicon)
    fields = field_readings(requests, read, raster.shape, "chip", Side.FRONT, lexicon)
    return tuple(field for field in fields if field.raw or field.name not in PREPRINTED)
