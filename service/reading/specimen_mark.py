"""Finding what says that a card is a specimen: 見本, SAMPLE or SPECIMEN, wherever it stands.

Candidates are found cheaply as pictures (light text on a coloured band, coloured or dark text where the
layout has none, large slanting letters), and only the best few are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout
from service.evidence import Box, Side
from service.reading.charsets import charset
from service.reading.crops import area_of, fraction_of
from service.reading.ink import TextBox, brightest, ink_map
from service.reading.large_mark import large_marks
from service.reading.lexicon import skeleton
from service.reading.marks import SpecimenMark
from service.reading.recogniser import TextLine, recogniser

__all__ = ["find_specimen_marks"]

WORDS = {"見本": "見本", "SAMPL": "SAMPLE", "SPECIM": "SPECIMEN"}
"""What must be read, and the word it stands for: the end of a long mark may run over the photo."""
MIN_CONFIDENCE = 0.5
MAX_READ = 4
"""Candidates beside bands that are read; each costs about 10 ms on one thread."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 13, 120
MIN_RATIO, MAX_RATIO = 1.3, 12.0
FAINT_INK = 36
"""Grey marks are fainter than fields; guilloches are fainter still."""
KNOWN_AREAS = ("ovi_mark", "seal", "status_english")
"""Areas of a layout that hold print of their own."""
SHAPED_AREAS = ("photo", "ovi_mark", "seal", "strip")
"""Areas of a layout that hold large shapes of their own."""

Raster = NDArray[np.uint8]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Candidate:
    crop: Raster
    box: TextBox
    weight: float


def find_specimen_marks(
    raster: Raster, side: Side, known: SideLayout, taken: Sequence[Box] = ()
) -> tuple[SpecimenMark, ...]:
    """The marks on a (638, 1012, 3) BGR raster; ``taken`` are the places of texts that were read already."""
    found = _read(list(_bands(raster)), raster.shape, side)
    if found:
        return found
    free = _free(raster.shape, [*taken, *(a.box for a in known.areas if a.id in KNOWN_AREAS)])
    lines = sorted([*_coloured_text(raster, free), *_dark_text(raster, free)], key=lambda c: -c.weight)
    found = _read(_apart(lines)[:MAX_READ], raster.shape, side)
    if found:
        return found
    covered = [area.box for area in known.areas if area.id in SHAPED_AREAS]
    large = [_Candidate(mark.picture, mark.box, 0.0) for mark in large_marks(raster, covered)]
    return _read(large, raster.shape, side)


def _apart(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Of candidates that cover nearly the same place, only the first."""
    kept: list[_Candidate] = []
    for candidate in candidates:
        if all(_overlap(candidate.box, other.box) < 0.7 for other in kept):
            kept.append(candidate)
    return kept


def _overlap(a: TextBox, b: TextBox) -> float:
    width = max(0, min(a.x1, b.x1) - max(a.x0, b.x0))
    height = max(0, min(a.y1, b.y1) - max(a.y0, b.y0))
    return width * height / (a.width * a.height + b.width * b.height - width * height)


def _read(candidates: Sequence[_Candidate], shape: tuple[int, ...], side: Side) -> tuple[SpecimenMark, ...]:
    lines = recogniser().read([c.crop for c in candidates], [charset("any")] * len(candidates))
    marks = []
    for candidate, line in zip(candidates, lines, strict=True):
        word = _word(line)
        if word is not None:
            marks.append(SpecimenMark(side, word[0], word[1], fraction_of(candidate.box, shape)))
    return tuple(marks)


def _word(line: TextLine) -> tuple[str, float] | None:
    """The mark's word in a line and the confidence of its least sure sign."""
    signs = [(s.upper(), c) for s, c in zip(line.text, line.char_confidences, strict=True) if s.strip()]
    bare = "".join(sign for sign, _ in signs)
    if len(bare) != len(signs):
        return None
    for stem, word in WORDS.items():
        at = skeleton(bare).find(stem)
        if at >= 0:
            confidence = min(c for _, c in signs[at : at + len(stem)])
            if confidence >= MIN_CONFIDENCE:
                return word, confidence
    return None


def _free(shape: tuple[int, ...], taken: Sequence[Box]) -> Mask:
    """255 where no field or label was read."""
    free = np.full(shape[:2], 255, np.uint8)
    for box in taken:
        area = area_of(box, shape, margin=4)
        free[area.y0 : area.y1, area.x0 : area.x1] = 0
    return free


def _bands(raster: Raster) -> Iterator[_Candidate]:
    """Filled areas of one strong colour, as wide as a line of text needs: light text is read in them.

    Several limits of saturation, since a band may touch something of nearly its colour.
    """
    hsv = cv2.cvtColor(raster, cv2.COLOR_BGR2HSV)
    found: list[_Candidate] = []
    for least in (140, 175, 210):
        strong = cv2.inRange(hsv, (0, least, 60), (180, 255, 255))
        solid = cv2.morphologyEx(strong, cv2.MORPH_CLOSE, np.ones((9, 25), np.uint8))
        solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
        for box, filled in _components(solid):
            if box.width >= 2 * box.height and filled > 0.7 and box.width >= 60:
                found.append(_Candidate(_line_in_band(raster, box), box, float(box.width)))
    yield from _apart(sorted(found, key=lambda c: -c.weight))[:2]


def _line_in_band(raster: Raster, box: TextBox) -> Raster:
    """The band cut to its light text, as dark text on light ground."""
    crop = raster[box.y0 : box.y1, box.x0 : box.x1]
    light = crop.min(axis=2)
    inverse = 255 - light
    mask = (light > light.min() * 0.4 + light.max() * 0.6)[3:-3, 3:-3]
    rows, columns = np.flatnonzero(mask.sum(axis=1) >= 2), np.flatnonzero(mask.any(axis=0))
    if rows.size and columns.size:
        pad = 6
        top, bottom = max(0, rows[0] + 3 - pad), rows[-1] + 4 + pad
        left, right = max(0, columns[0] + 3 - pad), columns[-1] + 4 + pad
        inverse = inverse[top:bottom, left:right]
    return np.asarray(cv2.cvtColor(inverse, cv2.COLOR_GRAY2BGR), np.uint8)


def _coloured_text(raster: Raster, free: Mask) -> Iterator[_Candidate]:
    """Print in a colour of its own: where the channels part far more than in the paper around."""
    blue, green, red = cv2.split(raster)
    spread = cv2.subtract(brightest(raster), cv2.min(cv2.min(blue, green), red))
    mask = cv2.inRange(cv2.subtract(spread, cv2.blur(spread, (61, 61))), 45, 255) & free
    yield from _lines(raster, mask, weight=2.0)


def _dark_text(raster: Raster, free: Mask) -> Iterator[_Candidate]:
    """Print darker than its surroundings where the layout has no text."""
    mask = ((ink_map(raster) > FAINT_INK) & (free > 0)).astype(np.uint8) * 255
    for shape in ((1, 70), (70, 1), (15, 15)):
        no_letter = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        mask[cv2.dilate(no_letter, np.ones((5, 5), np.uint8)) > 0] = 0
    yield from _lines(raster, mask, weight=1.0)


def _lines(raster: Raster, mask: Mask, weight: float) -> Iterator[_Candidate]:
    """Groups of print that could be one line of text, at two sizes of letters."""
    half = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = (half > 100).astype(np.uint8) * 255
    for reach in (9, 25):
        joined = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((max(3, reach // 3), reach), np.uint8))
        for box, _ in _components(joined):
            full = TextBox(2 * box.x0, 2 * box.y0, 2 * box.x1, 2 * box.y1)
            if not MIN_RATIO <= full.width / full.height <= MAX_RATIO:
                continue
            ink = half[box.y0 : box.y1, box.x0 : box.x1]
            share = float(np.count_nonzero(ink)) / ink.size
            if MIN_HEIGHT_PX <= full.height <= MAX_HEIGHT_PX and 0.1 < share < 0.7 and _letters(ink) >= 2:
                yield _Candidate(_padded(raster, full), full, weight * float(np.sqrt(full.height)))


def _letters(ink: Mask) -> int:
    """Parts that are as high as letters of the line."""
    return sum(box.height >= 0.6 * ink.shape[0] for box, _ in _components(ink))


def _padded(raster: Raster, box: TextBox) -> Raster:
    pad = max(2, round(0.12 * box.height))
    return raster[max(0, box.y0 - pad) : box.y1 + pad, max(0, box.x0 - 2 * pad) : box.x1 + 2 * pad]


def _components(mask: Mask) -> Iterator[tuple[TextBox, float]]:
    """Boxes of the connected parts of a mask and how far each is filled."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for x, y, w, h, area in stats[1:count]:
        yield TextBox(int(x), int(y), int(x + w), int(y + h)), float(area) / float(w * h)
