"""Finding a My Number in a picture and blacking it out in memory, before anything is read from it.

A code is recognised by what it says (``service.reading.barcodes``). Print is recognised by its form, twelve
signs of one height in a line, and only then read. Fronts that were recognised show no such line and are not
searched: their own numbers must stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.my_number import is_my_number
from service.evidence import Location, Picture, Quad
from service.imaging.blackout import black_out
from service.imaging.geometry import overlap
from service.imaging.rectify import rectify
from service.reading.barcodes import Barcode
from service.reading.charsets import charset
from service.reading.crops import cut
from service.reading.ink import TextBox, ink_map, print_level
from service.reading.recogniser import TextLine, recogniser

__all__ = ["black_out_codes", "black_out_print", "find_print"]

_REACHES = (15, 43)
"""Gaps, in raster pixels, across which signs are one line: within a group of four, and between groups."""
_HEIGHT_PX = (11, 80)
_NARROW = 0.95
"""A digit is not wider than this share of its height; a kanji is wider."""
_TOUCHING = 1.2
"""Print wider than this share of its height is several digits that touch."""
_DIGIT_WIDTH = 0.65
_FEWEST = 8
_MOST_PIECES = 24
_RULES = ((1, 70), (60, 1))
"""Lines this long, in raster pixels, are rules of a table."""
_MOST_LINES = 6
_SAME_PLACE = 0.9
_GROUP_GAP = 1.2
"""Step between groups against the mean step of the other signs."""
_LOOK_ALIKES = str.maketrans("OQDIlSZB", "00011528")
_MOST_LOOK_ALIKES = 2

Raster = NDArray[np.uint8]


def black_out_codes(picture: Picture, codes: Sequence[Barcode]) -> Picture:
    """The picture without the codes that hold a My Number."""
    return black_out(picture, [code.corners for code in codes if code.my_number])


def black_out_print(picture: Picture, location: Location) -> Picture:
    """The picture without printed My Numbers, wherever its card lies; the same object where there is none."""
    areas: list[NDArray[np.float32]] = []
    for quad, turns in _places(picture, location):
        raster, homography = rectify(picture, quad, turns)
        areas += [_corners(box, homography) for box in find_print(raster)]
    return black_out(picture, areas)


def find_print(raster: Raster) -> tuple[TextBox, ...]:
    """Places of printed My Numbers on a (638, 1012, 3) BGR raster that lies upright or upside down."""
    boxes = _candidates(_print(raster))
    crops = [crop for box in boxes for crop in _both_ways(cut(raster, box))]
    lines = recogniser().read(crops, [charset("any")] * len(crops))
    found = zip(boxes, zip(lines[::2], lines[1::2], strict=True), strict=True)
    return tuple(box for box, ways in found if any(_says_my_number(line) for line in ways))


def _print(raster: Raster) -> NDArray[np.uint8]:
    """1 where print stands, the rules of tables left out."""
    ink = ink_map(raster)
    mask = (ink > print_level(ink)).astype(np.uint8)
    for shape in _RULES:
        rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        mask[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    return mask


def _places(picture: Picture, location: Location) -> Iterator[tuple[Quad, int]]:
    """Where to look, with the quarter turns that lay it on its long side; everything where no card is."""
    if not location.quads:
        w, h = picture.width - 0.5, picture.height - 0.5
        everything = Quad(np.array([[-0.5, -0.5], [w, -0.5], [w, h], [-0.5, h]], np.float32))
        yield from ((everything, 0), (everything, 1))
        return
    first, *others = location.quads
    yield first, int(_stands(first))
    for other in others[:1]:
        if overlap(first.corners, other.corners) < _SAME_PLACE:
            yield other, int(_stands(other))


def _stands(quad: Quad) -> bool:
    """Whether the edge from the first to the second corner is a short one."""
    lengths = np.linalg.norm(quad.corners - np.roll(quad.corners, -1, axis=0), axis=1)
    return bool(lengths[0] + lengths[2] < lengths[1] + lengths[3])


def _corners(box: TextBox, homography: NDArray[np.float64]) -> NDArray[np.float32]:
    # Digits reach beyond their box where the print is soft, so the box grows by a third of its height.
    more = box.height / 3
    x0, y0, x1, y1 = box.x0 - more, box.y0 - more, box.x1 + more, box.y1 + more
    square = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(square, homography)[0], np.float32)


def _candidates(mask: NDArray[np.uint8]) -> list[TextBox]:
    """Lines whose signs are about twelve, of one height and no wider than digits are."""
    found: list[TextBox] = []
    for reach in _REACHES:
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, reach), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for x, y, w, h, _ in stats[1:count]:
            box = TextBox(int(x), int(y), int(x + w), int(y + h))
            if _HEIGHT_PX[0] <= h <= _HEIGHT_PX[1] and 4 * h <= w <= 26 * h and _like_digits(mask, box):
                found.append(box)
    return sorted(set(found), key=lambda box: -box.width)[:_MOST_LINES]


def _like_digits(mask: NDArray[np.uint8], box: TextBox) -> bool:
    """Whether about twelve pieces of full height are as wide as digits; a heading may stand before them."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask[box.y0 : box.y1, box.x0 : box.x1])
    ratios = [w / h for _, _, w, h, _ in stats[1:count] if h >= 0.7 * box.height]
    touching = sum(round(ratio / _DIGIT_WIDTH) for ratio in ratios if ratio >= _TOUCHING)
    digits = sum(ratio <= _NARROW for ratio in ratios) + touching
    return digits >= _FEWEST and len(ratios) <= _MOST_PIECES


def _both_ways(crop: Raster) -> tuple[Raster, Raster]:
    return crop, np.ascontiguousarray(crop[::-1, ::-1])


def _says_my_number(line: TextLine) -> bool:
    """Twelve digits that check, or in groups of four: then one doubtful sign must not keep them in sight."""
    pairs = [
        (sign, place)
        for sign, place in zip(unicodedata.normalize("NFKC", line.text), line.positions, strict=False)
        if sign.strip(" -")
    ]
    text, places = "".join(sign for sign, _ in pairs), [place for _, place in pairs]
    plain = text.translate(_LOOK_ALIKES)
    for run in re.finditer(r"(?<!\d)\d{12}(?!\d)", plain):
        seen = text[run.start() : run.end()]
        slips = sum(a != b for a, b in zip(seen, run.group(), strict=True))
        if is_my_number(seen) or (slips <= _MOST_LOOK_ALIKES and _grouped(places[run.start() : run.end()])):
            return True
    return False


def _grouped(places: Sequence[float]) -> bool:
    """Whether the steps behind the fourth and the eighth sign are wider than the others."""
    steps = np.diff(np.array(places))
    between = np.zeros(len(steps), np.bool_)
    between[[3, 7]] = True
    return float(steps[between].min()) > _GROUP_GAP * float(steps[~between].mean())
