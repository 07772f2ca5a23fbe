"""The pages of an item as cards: pages cut up, sides told apart, fronts and backs put together.

A back belongs to the nearest front of its own page, or to the single front of the page before. What nobody
claims stands alone: better two rows than one card of two people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from service.archive.item import PairedBy
from service.evidence import Picture, Side
from service.imaging import locate_card
from service.imaging.rectify import rectify
from service.imaging.several import Piece
from service.reading.back import read_back
from service.reading.recognise_layout import lies_long, recognise

__all__ = ["Card", "Face", "put_together", "side_of"]

_PROOF = 2
"""Headings that must be read before a piece is taken for a back."""


@dataclass(frozen=True, slots=True)
class Face:
    """One side of one card: where it lies."""

    part: int
    """Number of the item's part."""
    page: int
    """Page within the file, from 0."""
    piece: Piece | None = None
    """The piece of the page, None for all of it."""
    side: Side | None = None
    """None where it is not told, or was not looked at."""

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the piece in pixels of the page."""
        left, top, right, bottom = self.piece or (0, 0, 0, 0)
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True, slots=True)
class Card:
    """Faces that are judged together; the first is the front, or what there is."""

    front: Face | None
    back: Face | None = None
    chip: int | None = None
    """Number of the part that is its chip dump."""
    paired_by: PairedBy = PairedBy.NONE


def side_of(picture: Picture) -> Side | None:
    """Which side of a card a picture shows, None where it is none that we know."""
    location = locate_card(picture)
    match = recognise(picture, location)
    if match is not None:
        return match.side
    for quad in location.quads[:1]:
        for turns in (0, 2) if lies_long(quad) else (1, 3):
            if read_back(rectify(picture, quad, turns)[0]).recognised >= _PROOF:
                return Side.BACK
    return None


def put_together(faces: Sequence[Face]) -> tuple[Card, ...]:
    """Cards in the order of their first faces; ``faces`` are in the order of parts, pages and places."""
    partner: dict[Face, Face] = {}
    pages = [list(page) for _, page in groupby(faces, key=lambda face: (face.part, face.page))]
    for page in pages:
        partner |= _on_one_page(page)
    for before, after in pairwise(pages):
        fronts = [f for f in _of(before, Side.FRONT) if f not in partner]
        backs = [b for b in _of(after, Side.BACK) if b not in partner.values()]
        if len(fronts) == 1 == len(backs) and len(before) == 1 == len(after):
            partner[fronts[0]] = backs[0]
    backs_taken = set(partner.values())
    return tuple(
        Card(face, partner.get(face), paired_by=PairedBy.PAGE if face in partner else PairedBy.NONE)
        for face in faces
        if face not in backs_taken
    )


def _of(faces: Iterable[Face], side: Side) -> list[Face]:
    return [face for face in faces if face.side is side]


def _on_one_page(page: Sequence[Face]) -> dict[Face, Face]:
    """Each front with its nearest back, where the page holds as many backs as fronts."""
    fronts, backs = _of(page, Side.FRONT), _of(page, Side.BACK)
    if not fronts or len(fronts) != len(backs):
        return {}
    ways = sorted(
        (
            ((f.centre[0] - b.centre[0]) ** 2 + (f.centre[1] - b.centre[1]) ** 2, i, j)
            for i, f in enumerate(fronts)
            for j, b in enumerate(backs)
        )
    )
    taken: dict[int, int] = {}
    for _, i, j in ways:
        if i not in taken and j not in taken.values():
            taken[i] = j
    return {fronts[i]: backs[j] for i, j in taken.items()}
