"""What a run leaves for later verifications: the linked cards as an index (``service.workshops``)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.archive.links.evidence import KINDS, Likeness
from service.archive.links.linking import Linked
from service.archive.links.templates import template_of
from service.imaging.ground_print import GROUND_NUMBERS
from service.workshops import PHOTO_NUMBERS, Sketched, WorkshopIndex

__all__ = ["index_of"]

_LEAST: Final = 3
"""Cards that make the ground of a cluster."""

Plane = NDArray[np.float32]


def index_of(linked: Linked) -> WorkshopIndex:
    """The index of a run's linked cards; of several layouts, sketches of the one with most cards."""
    prints = linked.prints
    cards = np.flatnonzero(linked.clusters)
    photo, ground = _largest(linked, "photo"), _largest(linked, "ground")
    known = prints.layouts[cards]
    layout = int(np.bincount(known[known >= 0]).argmax()) if (known >= 0).any() else -1
    row_of = np.full(len(prints), -1, np.int64)
    row_of[cards] = np.arange(len(cards))
    photo_cards, photos = _photos(photo, cards)
    return WorkshopIndex(
        layout=prints.layout_names[layout] if layout >= 0 else "",
        numbers=tuple(prints.number_hashes[card] or "" for card in cards.tolist()),
        names=prints.persons.names[cards],
        births=prints.persons.births[cards],
        photo_cards=row_of[photo_cards],
        photos=photos,
        grounds=_grounds(ground, linked),
        clusters=int(linked.clusters.max(initial=0)),
    )


def _largest(linked: Linked, kind: str) -> Likeness | None:
    looks = [look for look in linked.looks if look.kind == kind]
    return max(looks, key=lambda look: len(look.cards), default=None)


def _photos(look: Likeness | None, cards: NDArray[np.int64]) -> tuple[NDArray[np.int64], Sketched]:
    if look is None:
        return np.zeros(0, np.int64), _nothing(PHOTO_NUMBERS)
    seen = cards[look.place[cards] >= 0]
    return seen, _sketched(look, _unit(look.views[0].rows[look.place[seen]]))


def _grounds(look: Likeness | None, linked: Linked) -> Sketched:
    """The mean ground of each cluster in which ground links three cards or more."""
    if look is None:
        return _nothing(GROUND_NUMBERS)
    by_ground = linked.pairs[linked.bits[:, KINDS.index("ground")] >= linked.needed]
    sharing = np.unique(by_ground)
    sharing = sharing[look.place[sharing] >= 0]
    found = []
    for cluster in np.unique(linked.clusters[sharing]).tolist():
        members = sharing[linked.clusters[sharing] == cluster]
        if len(members) >= _LEAST:
            found.append(template_of(look.views[0].rows[look.place[members]]))
    rows = np.array(found, np.float32).reshape(len(found), GROUND_NUMBERS)
    return _sketched(look, rows)


def _sketched(look: Likeness, rows: Plane) -> Sketched:
    chance = look.views[0].chance
    return Sketched(look.common.traits, rows, (chance.middle, chance.spread), look.groups)


def _nothing(numbers: int) -> Sketched:
    nothing = np.zeros((0, numbers), np.float32)
    return Sketched(nothing, nothing, (0.0, 1.0))


def _unit(rows: NDArray[np.int8]) -> Plane:
    values = rows.astype(np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6), np.float32)
