"""One picture of one side: recognise the document, put it in place, judge the capture, read everything.

1. Recognise layout, side and orientation, and correct the card's place by its labels.
2. Resample the card once at 300 dpi and measure the quality of the capture.
3. Find the print of every field, label and possible specimen mark, and read all crops in one go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout, layout
from service.evidence import (
    RASTER_HEIGHT,
    RASTER_WIDTH,
    CardView,
    FieldReading,
    LabelReading,
    Location,
    Picture,
    Quad,
    Role,
    Side,
)
from service.imaging.quality import measure_quality
from service.imaging.rectify import rectify
from service.reading.back import read_back
from service.reading.fields import field_readings, plan_fields
from service.reading.ink import ink_map
from service.reading.labels import label_readings, plan_labels, read_labels
from service.reading.lexicon import Lexicon, default_lexicon
from service.reading.marks import SpecimenMark
from service.reading.recognise_layout import LayoutMatch, recognise
from service.reading.recogniser import TextLine, recogniser
from service.reading.specimen_mark import find_specimen_marks

__all__ = ["SideReading", "read_front_image", "read_raster", "read_side"]

CHIP_LAYOUT = "jp.residence_card.gen1"
CHIP_IMAGE = (425, 674)
"""Height and width of the text picture in a first-generation chip: ID-1 at 200 dpi."""

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
    match = recognise(picture, location)
    if match is None:
        return _unknown(picture, location, role)
    raster, homography = rectify(picture, match.quad())
    view = _view(picture, raster, homography, match.side, location, role, match)
    if match.side is Side.BACK:
        fields, labels = read_back(raster, match.layout)
    else:
        fields, labels = read_raster(raster, layout(match.layout).front, lexicon)
    taken = [item.box for item in (*fields, *labels) if item.box is not None]
    marks = find_specimen_marks(raster, match.side, layout(match.layout).sides[match.side], taken)
    return SideReading(view, fields, labels, marks)


def _view(
    picture: Picture,
    raster: Raster,
    homography: NDArray[np.float64],
    side: Side,
    location: Location,
    role: Role,
    match: LayoutMatch | None,
) -> CardView:
    return CardView(
        side=side,
        role=role,
        raster=raster,
        homography=homography,
        kind=location.kind,
        quality=measure_quality(picture, homography, raster),
        layout=match.layout if match else None,
        layout_confidence=match.confidence if match else 0.0,
        colour=picture.metadata.colour,
    )


def _unknown(picture: Picture, location: Location, role: Role) -> SideReading:
    """A document that we do not know: its best place, lying on its long side, for the judgement of quality."""
    if not location.quads:
        return SideReading(None)
    best = location.quads[0]
    edges = np.linalg.norm(best.corners - np.roll(best.corners, -1, axis=0), axis=1)
    turned = Quad(np.roll(best.corners, -1, axis=0), best.confidence, best.method)
    raster, homography = rectify(picture, best if edges[0] + edges[2] >= edges[1] + edges[3] else turned)
    side = Side.BACK if role is Role.BACK else Side.FRONT
    return SideReading(_view(picture, raster, homography, side, location, role, None))


def read_raster(
    raster: Raster, known: SideLayout, lexicon: Lexicon | None = None
) -> tuple[tuple[FieldReading, ...], tuple[LabelReading, ...]]:
    """Fields and labels of a front that lies in place, (638, 1012, 3) BGR."""
    ink = ink_map(raster)
    fields, labels = plan_fields(ink, known), plan_labels(ink, known.labels)
    crops = [crop for request in fields for crop in request.crops(raster)]
    signs = [request.charset for request in fields for _ in request.lines]
    asked = [(label, crop) for label in labels if (crop := label.crop(raster)) is not None]
    lines = recogniser().read(
        [*crops, *(crop for _, crop in asked)], [*signs, *(label.charset for label, _ in asked)]
    )
    texts = {label.label.id: line for (label, _), line in zip(asked, lines[len(crops) :], strict=True)}
    return (
        field_readings(
            fields,
            _divided(lines, [len(request.lines) for request in fields]),
            raster.shape,
            "front",
            Side.FRONT,
            lexicon or default_lexicon(),
        ),
        label_readings(labels, read_labels(raster, labels, texts), raster.shape, Side.FRONT),
    )


def _divided(lines: Sequence[TextLine], counts: Sequence[int]) -> list[Sequence[TextLine]]:
    ends = np.cumsum([0, *counts])
    return [lines[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]


def read_front_image(image: NDArray[np.uint8], lexicon: Lexicon | None = None) -> tuple[FieldReading, ...]:
    """The fields in a first-generation chip's picture of the printed text, (425, 674) grey.

    Source ``chip``; ``evidence`` is ``signed`` only in that the picture is what the chip signs: whether
    the signature holds is another check. ValueError for another shape.
    """
    if image.shape != CHIP_IMAGE:
        raise ValueError(f"chip picture has shape {image.shape}, expected {CHIP_IMAGE}")
    large = cv2.resize(image, (RASTER_WIDTH, RASTER_HEIGHT), interpolation=cv2.INTER_CUBIC)
    raster = cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)
    requests = plan_fields(ink_map(raster), layout(CHIP_LAYOUT).front)
    crops = [crop for request in requests for crop in request.crops(raster)]
    lines = recogniser().read(crops, [request.charset for request in requests for _ in request.lines])
    return field_readings(
        requests,
        _divided(lines, [len(request.lines) for request in requests]),
        raster.shape,
        "chip",
        Side.FRONT,
        lexicon or default_lexicon(),
    )
