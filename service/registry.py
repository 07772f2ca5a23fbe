"""What the operator's registry of seen cards is asked, and what it answers. Types without a database.

The path of one card asks through ``Registry`` and knows nothing of where the answer is kept. Names, numbers
and photos go in; only likenesses come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encounter", "Identity", "LinkedLike", "Registry", "RegistryFacts"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What was read of a card with confidence; None for what was not, since a guess must accuse nobody."""

    card_number: str | None = None
    name: str | None = None
    """Latin name in its normal form."""
    date_of_birth: str | None = None
    """``YYYY-MM-DD``."""
    photo: NDArray[np.float32] | None = None
    """Features of the printed photo (``service.imaging.photo_features``)."""
    photo_detail: NDArray[np.float32] | None = None
    """Its finer structure (``service.imaging.photo_detail``)."""
    ground: NDArray[np.int8] | None = None
    """Fingerprint of the front's ground (``service.imaging.ground_print``)."""
    layout: str | None = None
    """Layout of the card: pictures of others are not compared with it."""


@dataclass(frozen=True, slots=True)
class Encounter:
    """An earlier look at a card with the same number, or with a like photo. Likenesses are 0 ... 1."""

    own: bool
    """Whether the key that asks now made it; what others sent is told in general words only."""
    proven: bool
    """Whether its report ended as authentic. Of two cards that contradict each other and are both unproven,
    either may be the honest one."""
    same_number: bool | None
    """None where the number of one of the two was not read."""
    name: float | None
    birth: float | None
    photo: float | None


@dataclass(frozen=True, slots=True)
class LinkedLike:
    """A card that a re-check linked with others, or the ground of such a cluster, that this card is like."""

    same_number: bool
    name: float | None
    """Likeness of the names, 0 ... 1."""
    birth: float | None
    photo_bits: float
    """Bits of the chance that two strangers' photos are so alike."""
    ground_bits: float


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What the operator knows of a number and a photo."""

    number_read: bool
    photo_read: bool
    encounters: tuple[Encounter, ...] = ()
    denied: bool = False
    """The number stands on the operator's own list."""
    lapsed: bool = False
    """An inquiry recorded with an earlier report found the number lapsed."""
    looks_today: int = 0
    """How often the key that asks has sent this number in other pictures within a day."""
    linked: tuple[LinkedLike, ...] | None = None
    """Linked cards of the operator's archives that this one is like, None where no index was imported."""


class Registry(Protocol):
    """Answers for one verification."""

    def look_up(self, identity: Identity) -> RegistryFacts:
        """What is known of this card from before."""
