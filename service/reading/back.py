"""Recognising and reading the back of a residence card by its words, wherever they stand.

The blocks of the back and their wording are public, their exact places are not: no place is used here
that the words do not give themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Label, layout
from service.evidence import FieldReading, LabelReading, Side
from service.reading import normalise
from service.reading.charsets import charset
from service.reading.crops import cut, fraction_of
from service.reading.ink import TextBox, ink_map, print_level
from service.reading.labels import label_apart
from service.reading.lexicon import skeleton
from service.reading.look_alikes import settle_by_neighbours
from service.reading.recogniser import TextLine, recogniser

__all__ = ["BACK_LAYOUT", "BackReading", "read_back"]

BACK_LAYOUT = "jp.residence_card.gen1"
SQUASH = 0.6
MAX_LINES = 14
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 13, 46
MIN_WIDTH_PX = 40
READ_ALIKE = 0.72
PREFECTURE_SIGNS = "都道府県"

Raster = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Line:
    box: TextBox
    read: TextLine


@dataclass(frozen=True, slots=True)
class BackReading:
    """What a back says."""

    labels: tuple[LabelReading, ...]
    fields: tuple[FieldReading, ...]
    """``address`` (latest row), ``other_activity_permission``, ``pending_application``, where printed."""

    @property
    def recognised(self) -> int:
        """How many of the three headings were read."""
        return sum(label.text is not None for label in self.labels)


def read_back(raster: Raster) -> BackReading:
    """Read a (638, 1012, 3) BGR raster as a back; no heading is found on anything else."""
    boxes = _text_lines(raster)
    crops = [cut(raster, box, SQUASH) for box in boxes]
    lines = [
        _Line(*pair)
        for pair in zip(boxes, recogniser().read(crops, [charset("any")] * len(crops)), strict=True)
    ]
    labels = tuple(_label(label, lines, raster) for label in layout(BACK_LAYOUT).back.labels)
    return BackReading(labels, tuple(_fields(lines, raster.shape)))


def _text_lines(raster: Raster) -> list[TextBox]:
    """Every piece of print that could be a line of text, from the top, rules of tables taken out."""
    ink = ink_map(raster)
    mask = (ink > print_level(ink)).astype(np.uint8)
    for shape in ((1, 70), (48, 1)):
        rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        mask[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 23), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, w, h, _ in stats[1:count]:
        if w >= MIN_WIDTH_PX and MIN_HEIGHT_PX <= h <= MAX_HEIGHT_PX and w >= 2 * h:
            found.append(
                (int(mask[y : y + h, x : x + w].sum()), TextBox(int(x), int(y), int(x + w), int(y + h)))
            )
    largest = sorted(found, key=lambda item: -item[0])[:MAX_LINES]
    return sorted((box for _, box in largest), key=lambda box: box.y0)


def _label(label: Label, lines: Sequence[_Line], raster: Raster) -> LabelReading:
    """The line most like a heading; its place is not judged."""
    alike, best = max(
        ((_alike(label.text, line.read.text), line) for line in lines),
        key=lambda item: item[0],
        default=(0.0, None),
    )
    if best is None or alike < READ_ALIKE:
        return LabelReading(label.id, Side.BACK, label.text, similarity=0.0)
    return LabelReading(
        id=label.id,
        side=Side.BACK,
        expected=label.text,
        similarity=alike,
        text=label.text if alike == 1.0 else best.read.text,
        confidence=best.read.confidence,
        box=fraction_of(best.box, raster.shape),
        apart=label_apart(raster, best.box, label.text, best.read),
    )


def _alike(expected: str, seen: str) -> float:
    return SequenceMatcher(None, skeleton(expected), skeleton(seen), autojunk=False).ratio()


def _fields(lines: Sequence[_Line], shape: tuple[int, ...]) -> list[FieldReading]:
    fields = []
    for line in lines:
        text = settle_by_neighbours(normalise.compact(line.read.text))
        name = _name(text)
        if name is not None:
            fields.append(
                FieldReading(
                    name=name,
                    source="back",
                    raw=line.read.text,
                    value=text,
                    confidence=line.read.confidence,
                    char_confidence=line.read.char_confidences,
                    side=Side.BACK,
                    box=fraction_of(line.box, shape),
                )
            )
    return list({field.name: field for field in fields}.values())


def _name(text: str) -> str | None:
    """What a line of the back is, by its wording; None for headings and what is not known."""
    if text.startswith("許可("):
        return "other_activity_permission"
    if text.endswith("申請中"):
        return "pending_application"
    if len(text) >= 6 and any(sign in text[2:4] for sign in PREFECTURE_SIGNS) and "許可" not in text:
        return "address"
    return None
