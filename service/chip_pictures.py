"""The chip's own pictures beside the printed ones: its text is read, its photograph is registered.

Coded fields of the second generation and the unsigned notes of either become readings of source ``chip``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Layout
from service.cards.layout import layout as known_layout
from service.chip import ChipReading, CodeTables, chip_fields, decode_face, decode_text_image
from service.chip.errors import ImageError
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, CardView, FieldReading
from service.imaging.photograph import PhotographMatch, match_photograph
from service.imaging.print_match import print_agreement
from service.reading.side import CHIP_IMAGE, CHIP_LAYOUT, chip_raster, read_front_image
from service.reading.two_pictures import Apart, exchanged, signs_of, texts_apart

__all__ = ["ChipPictures", "read_chip_pictures"]

_LINE_MARGIN = 14
"""Raster pixels (1.2 mm) around a line in which its print is looked for."""
_PHOTO_SURROUNDINGS = 0.14
"""Share of the photo's size that is looked at beyond its nominal box."""


@dataclass(frozen=True, slots=True)
class ChipPictures:
    """What the chip says in words and pictures."""

    fields: tuple[FieldReading, ...] = ()
    photograph: PhotographMatch | None = None
    same_print: Mapping[str, float] = field(default_factory=dict)
    """By field that print and chip were read differently in: how far the two lines agree as pictures."""
    apart: Mapping[str, Apart] = field(default_factory=dict)
    """By field that print and chip differ in: how much less likely the other's text is in the pictures; none
    where a sign is not known to the recogniser."""


def read_chip_pictures(
    chip: ChipReading | None,
    front: CardView | None,
    printed: Sequence[FieldReading],
    layout: Layout | None,
    *,
    codes: CodeTables,
    trusted: bool,
) -> ChipPictures:
    """Read what the chip holds; ``trusted`` says that its signature holds under a trusted anchor.

    ``printed`` are the readings of the front, against which the chip's lines are laid as pictures.
    A picture that cannot be decoded gives no readings: ``chip.dump`` and ``cross.*`` tell about it.
    """
    if chip is None:
        return ChipPictures()
    evidence = "signed" if trusted else "unsigned_chip"
    image = _text_image(chip)
    read = [] if image is None else [replace(f, evidence=evidence) for f in read_front_image(image)]
    fields = [*read, *chip_fields(chip, codes, trusted=trusted)]
    if chip.address_update is not None and chip.address_update.address:
        fields = [f for f in fields if f.name != "address"]
        fields.append(_typed("address", chip.address_update.address, "unsigned_chip"))
    photograph = _photograph(chip, front, layout)
    if front is None or layout is None:
        return ChipPictures(tuple(fields), photograph)
    differing = _differing(fields, printed)
    large = None if image is None else chip_raster(image)
    same = {} if large is None else _same_print(differing, large, front)
    return ChipPictures(tuple(fields), photograph, same, _apart(differing, large, front, layout))


def _text_image(chip: ChipReading) -> NDArray[np.uint8] | None:
    """The generation-1 picture of the printed text, grey, in the size that is read."""
    if chip.front_image is None:
        return None
    try:
        image = decode_text_image(chip.front_image)
    except ImageError:
        return None
    if image.shape == CHIP_IMAGE:
        return image
    size = (CHIP_IMAGE[1], CHIP_IMAGE[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


Pair = tuple[FieldReading, FieldReading]


def _differing(fields: Sequence[FieldReading], printed: Sequence[FieldReading]) -> dict[str, Pair]:
    """Chip and front reading of each field that they differ in.

    Two pictures may be taken for one and the same legal value though a sign was exchanged in one of them;
    what a chip holds as text may be written otherwise than it is printed.
    """
    by_name = {f.name: f for f in printed if f.source == "front"}
    return {
        chip.name: (chip, face)
        for chip in fields
        if (face := by_name.get(chip.name)) is not None
        and chip.raw
        and face.raw
        and (chip.value is None or chip.value != face.value or (chip.box and exchanged(chip.raw, face.raw)))
    }


def _apart(
    differing: Mapping[str, Pair], large: NDArray[np.uint8] | None, front: CardView, layout: Layout
) -> dict[str, Apart]:
    """How far the two texts of each field are apart in the pictures that they were read in."""
    if not differing:
        return {}
    in_print = signs_of(front.raster, layout.front, list(differing))
    read = [name for name in in_print if differing[name][0].box is not None]
    in_chip = signs_of(large, known_layout(CHIP_LAYOUT).front, read) if large is not None and read else {}
    found = {
        name: texts_apart(chip.raw, face.raw, in_chip.get(name), in_print[name])
        for name, (chip, face) in differing.items()
        if name in in_print and (name in in_chip or chip.box is None)
    }
    return {name: apart for name, apart in found.items() if apart is not None}


def _same_print(differing: Mapping[str, Pair], large: NDArray[np.uint8], front: CardView) -> dict[str, float]:
    """How well the pictures agree of the fields that the chip holds as a picture."""
    same = {}
    for name, (chip, _) in differing.items():
        if chip.box is None:
            continue
        x, y, w, h = chip.box
        left, top = round(x * RASTER_WIDTH), round(y * RASTER_HEIGHT)
        right, bottom = round((x + w) * RASTER_WIDTH), round((y + h) * RASTER_HEIGHT)
        around = front.raster[
            max(0, top - _LINE_MARGIN) : bottom + _LINE_MARGIN,
            max(0, left - _LINE_MARGIN) : right + _LINE_MARGIN,
        ]
        same[name] = print_agreement(around, large[top:bottom, left:right, 0])
    return same


def _typed(name: str, value: str, evidence: str) -> FieldReading:
    """A field that the chip holds as text: nothing was recognised, so nothing was misread."""
    return FieldReading(name, "chip", value, value, 1.0, (1.0,) * len(value), evidence=evidence)


def _photograph(chip: ChipReading, front: CardView | None, layout: Layout | None) -> PhotographMatch | None:
    area = layout.front.area("photo") if layout else None
    if not chip.face or not chip.face.strip(b"\x00") or front is None or area is None:
        return None
    try:
        face = decode_face(chip.face)
    except ImageError:
        return None
    x, y, w, h = area.box
    margin = _PHOTO_SURROUNDINGS
    left, right = round((x - w * margin) * RASTER_WIDTH), round((x + w * (1 + margin)) * RASTER_WIDTH)
    top, bottom = round((y - h * margin) * RASTER_HEIGHT), round((y + h * (1 + margin)) * RASTER_HEIGHT)
    crop = front.raster[max(0, top) : bottom, max(0, left) : right]
    return match_photograph(crop, face, (w * RASTER_WIDTH, h * RASTER_HEIGHT))
