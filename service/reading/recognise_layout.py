"""Which document is it, which side, which way up, and exactly where: proven by reading a few labels.

1. Every hypothesis of the card's place, in every orientation its shape allows, is rectified small and
   compared with every known side by the colours of its bands and the places of its print.
2. The best few are put in place by their labels and the anchors are read: the words must be there.
3. A place that cannot be proven by reading is kept with a low confidence where colours and print fit
   well (a blurred card is still a card); anything else is not a document that we know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

import cv2
import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Label, SideLayout, layouts
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Location, Picture, Quad, Side
from service.imaging.pyramid import level, level_transform
from service.imaging.rectify import compose, homography_of
from service.reading.charsets import charset
from service.reading.crops import cut
from service.reading.ink import TextBox, ink_map
from service.reading.lexicon import skeleton
from service.reading.print_reader import print_reader
from service.reading.recogniser import TextLine, recogniser
from service.reading.registration import Correction, find_labels, fit_correction
from service.reading.reposition import reposition
from service.reading.structure import SMALL, Likeness, likeness

__all__ = ["LayoutMatch", "lies_long", "recognise"]

MAX_QUADS = 4
TRIED = 3
"""Hypotheses whose anchors are read."""
MIN_SCORE = 0.3
"""Below this nothing is read: photographs without a card and blank paper stay under it."""
UNPROVEN_SCORE = 0.62
"""From this on a card whose anchors cannot be read is still taken for that layout."""
SQUARE = 1.12
"""Sides whose ratio is nearer to 1 than this may stand either way."""
PROOF = ("title_ja", "number_ja", "work_ja", "birth_ja", "nationality_ja")
"""Labels read as proof; two must be there."""
READ_ALIKE = 0.6
SURE_SMALL = 0.8
"""What the small reader must claim of a label that it read right."""
PROVEN = 0.8
"""Confidence that two anchors give, and more."""
ENOUGH = 2
"""Labels that the small reader must have read right, or the general recogniser is asked for the rest."""
WORK_WIDTH = 1100
"""The picture is reduced until the card is about this wide before small rasters are taken from it."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LayoutMatch:
    """A document found in a picture."""

    layout: str
    side: Side
    confidence: float
    homography: Matrix
    """(3, 3), raster pixels -> picture pixels, corrected by the labels."""
    located: Matrix
    """The same before the correction, as the card was located."""
    likeness: Likeness
    correction: Correction | None = None
    anchors: Mapping[str, TextLine] = field(default_factory=dict)
    """What was read at the labels that served as proof."""

    @property
    def proven(self) -> bool:
        """Whether the words were read that only this document has."""
        return self.confidence >= PROVEN


@dataclass(frozen=True, slots=True)
class _Candidate:
    layout: str
    side: Side
    homography: Matrix
    likeness: Likeness


def recognise(picture: Picture, location: Location) -> LayoutMatch | None:
    """The document in a picture, None where it is none that we know.

    Layouts whose face is not confirmed are tried only where no confirmed one fits.
    """
    return _best(picture, location, confirmed=True) or _best(picture, location, confirmed=False)


def _best(picture: Picture, location: Location, *, confirmed: bool) -> LayoutMatch | None:
    best: LayoutMatch | None = None
    tried = sorted(_candidates(picture, location, confirmed), key=lambda c: -c.likeness.score)[:TRIED]
    for candidate in tried:
        if candidate.likeness.score < MIN_SCORE:
            break
        match = _prove(picture, candidate)
        if match is not None and (best is None or match.confidence > best.confidence):
            best = match
        if best is not None and best.confidence > 0.9:
            break
    return best or _by_its_print(picture, tried)


def _by_its_print(picture: Picture, tried: Sequence[_Candidate]) -> LayoutMatch | None:
    """The likeliest document once more, where its print fits best: its edges may lie elsewhere."""
    for candidate in tried[:1]:
        if candidate.likeness.score >= MIN_SCORE:
            side = layouts()[candidate.layout].sides[candidate.side]
            homography = reposition(picture, [candidate.homography], side)
            match = _prove(picture, replace(candidate, homography=homography))
            return match if match is not None and match.proven else None
    return None


def _candidates(picture: Picture, location: Location, confirmed: bool) -> Iterator[_Candidate]:
    if not any(_recognisable(side) for side in _sides(confirmed).values()):
        return
    for quad in location.quads[:MAX_QUADS]:
        work, scale = _reduced(picture, quad)
        for corners in _orientations(quad.corners.astype(np.float64)):
            homography = homography_of(Quad(corners.astype(np.float32)))
            small = cv2.warpPerspective(
                work,
                scale @ homography @ np.diag([RASTER_WIDTH / SMALL[0], RASTER_HEIGHT / SMALL[1], 1.0]),
                SMALL,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for (known, side), content in _sides(confirmed).items():
                if _recognisable(content):
                    yield _Candidate(known, side, homography, likeness(small, known, side))


def _sides(confirmed: bool) -> Mapping[tuple[str, Side], SideLayout]:
    return {
        (known.id, Side(name)): side
        for known in layouts().values()
        if known.confirmed is confirmed
        for name, side in known.sides.items()
    }


def _recognisable(side: SideLayout) -> bool:
    return sum(label.anchor for label in side.labels) >= 2


def _reduced(picture: Picture, quad: Quad) -> tuple[NDArray[np.uint8], Matrix]:
    """The picture at a size where the card is about ``WORK_WIDTH`` wide, and picture -> that size."""
    edges = np.linalg.norm(quad.corners - np.roll(quad.corners, -1, axis=0), axis=1)
    factor = WORK_WIDTH / max(1.0, float(edges.max()))
    pixels, halvings = level(picture, factor)
    scale = level_transform(halvings)
    rest = factor * 2.0**halvings
    if rest > 0.6:
        return pixels, scale
    small = cv2.resize(pixels, None, fx=rest, fy=rest, interpolation=cv2.INTER_AREA)
    return small, np.diag([small.shape[1] / pixels.shape[1], small.shape[0] / pixels.shape[0], 1.0]) @ scale


def _orientations(corners: Matrix) -> Iterator[Matrix]:
    """Corners in the orders that make the card lie on its long side."""
    lengths = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    ratio = float(lengths[0] + lengths[2]) / max(1e-6, float(lengths[1] + lengths[3]))
    for turns in range(4):
        wide = ratio if turns % 2 == 0 else 1 / max(ratio, 1e-6)
        if wide > 1 / SQUARE:
            yield np.roll(corners, -turns, axis=0)


def lies_long(quad: Quad) -> bool:
    """Whether the edge from the first to the second corner is a long one."""
    lengths = np.linalg.norm(quad.corners - np.roll(quad.corners, -1, axis=0), axis=1)
    return bool(lengths[0] + lengths[2] >= lengths[1] + lengths[3])


def _prove(picture: Picture, candidate: _Candidate) -> LayoutMatch | None:
    """Put the card in place by its labels and read the anchors."""
    side = layouts()[candidate.layout].sides[candidate.side]
    raster = compose(picture, candidate.homography)
    found = find_labels(ink_map(raster), side.labels)
    correction = fit_correction(found)
    homography = candidate.homography @ correction.homography if correction else candidate.homography
    anchors = _read_anchors(raster, side.labels, found)
    alike = sum(_alike(label, anchors.get(label.id)) >= READ_ALIKE for label in side.labels)
    confidence = _confidence(candidate.likeness, len(anchors), alike, correction)
    if confidence <= 0:
        return None
    return LayoutMatch(
        candidate.layout,
        candidate.side,
        confidence,
        homography,
        candidate.homography,
        candidate.likeness,
        correction,
        anchors,
    )


def _read_anchors(
    raster: NDArray[np.uint8], labels: tuple[Label, ...], found: Mapping[str, tuple[TextBox, TextBox]]
) -> dict[str, TextLine]:
    preferred = [label for label in labels if label.id in PROOF] or [la for la in labels if la.anchor]
    asked = [label for label in preferred if label.id in found][: len(PROOF)]
    small = print_reader().read([cut(raster, found[label.id][1]) for label in asked], words=True)
    sure = {
        label.id: line
        for label, line in zip(asked, small, strict=True)
        if line.confidence >= SURE_SMALL and _alike(label, line) == 1.0
    }
    if len(sure) >= ENOUGH:
        return sure
    rest = [label for label in asked if label.id not in sure]
    crops = [cut(raster, found[label.id][1], 0.6) for label in rest]
    lines = recogniser().read(crops, [charset("any")] * len(rest))
    return sure | {label.id: line for label, line in zip(rest, lines, strict=True)}


def _alike(label: Label, line: TextLine | None) -> float:
    if line is None:
        return 0.0
    return SequenceMatcher(None, skeleton(label.text), skeleton(line.text)).ratio()


def _confidence(fit: Likeness, asked: int, alike: int, correction: Correction | None) -> float:
    """0 for another document; near 1 where most anchors read right."""
    if alike >= 2:
        return PROVEN + 0.2 * min(1.0, alike / max(3, asked))
    if fit.score >= UNPROVEN_SCORE and correction is not None:
        return 0.5 if alike == 0 else 0.65
    return 0.0
