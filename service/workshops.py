"""Cards that a re-check linked, as an index that later cards are held against. Types without a database.

An index holds keyed hashes of the linked cards' numbers, prints of their names and births, sketches of their
photos, and for each cluster the ground that its cards share. It answers with likenesses alone; what they mean
is for a check to say. Without the key of the installation nothing of it can be read or made.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.errors import ConfigurationError

__all__ = [
    "PHOTO_NUMBERS",
    "Seen",
    "Sketched",
    "WorkshopHit",
    "WorkshopIndex",
    "evened",
    "photo_sketch",
    "tail_bits",
]

PHOTO_NUMBERS: Final = 256
_RMS = 24.0
_NOTHING = 1e-2
_FORMAT: Final = 1
_MOST_BYTES: Final = 256 * 1024 * 1024
_LEAST_BITS = 20.0
"""Likenesses rarer than one in a million are told."""
_MOST_BITS = 60.0

Plane = NDArray[np.float32]


def tail_bits(deviations: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Bits of the chance that a normal measure lies so many deviations above its mean; 0 below one."""
    z = np.maximum(np.asarray(deviations, np.float64), 1.0)
    bits = (z**2 / 2 + np.log(z * np.sqrt(2 * np.pi))) / np.log(2)
    return np.where(np.asarray(deviations) > 1.0, bits, 0.0)


def photo_sketch(detail: Plane, seed: bytes) -> NDArray[np.int8] | None:
    """(256,) the detail of a photo (``service.imaging.photo_detail``) seen through signs that a secret seed
    chooses: likenesses can be measured, no picture can be had back without the seed. None for no detail."""
    numbers = detail @ _signs(seed, detail.size)
    rms = float(np.sqrt(np.mean(numbers**2)))
    return np.clip(np.round(numbers * (_RMS / rms)), -127, 127).astype(np.int8) if rms > 0 else None


@lru_cache(maxsize=4)
def _signs(seed: bytes, size: int) -> Plane:
    count = size * PHOTO_NUMBERS
    stream = np.frombuffer(hashlib.shake_256(seed).digest(-(-count // 8)), dtype=np.uint8)
    signs = 2.0 * np.unpackbits(stream)[:count].astype(np.float32) - 1.0
    return np.asarray(signs.reshape(size, PHOTO_NUMBERS), np.float32)


def evened(rows: Plane, groups: int) -> Plane:
    """(n, numbers) rows of unit length in which each group of numbers counts alike: a reflection or a text in
    one region of a card must not drown the others. A group of nothing stays nothing."""
    parts = rows.reshape(len(rows), groups, -1)
    parts = parts / np.maximum(np.linalg.norm(parts, axis=2, keepdims=True), _NOTHING)
    flat = parts.reshape(len(rows), -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), np.float32)


@dataclass(frozen=True, slots=True)
class Sketched:
    """Sketches of one kind that new ones are compared with."""

    common: Plane
    """(k, numbers) orthonormal traits that the archive's cards have in common, taken out first."""
    rows: Plane
    """(m, numbers) of unit length."""
    chance: tuple[float, float]
    """Middle and spread of the likeness of strangers."""
    groups: int = 1
    """Groups of numbers that count alike (``evened``)."""

    def bits(self, sketch: NDArray[np.int8] | None) -> NDArray[np.float64]:
        """(m,) bits of the chance of so great a likeness; zeros for no sketch, or one of another kind."""
        if sketch is None or not len(self.rows) or sketch.shape != self.rows.shape[1:]:
            return np.zeros(len(self.rows))
        own = sketch.astype(np.float32)
        own -= (self.common @ own) @ self.common
        likeness = self.rows @ evened(own[None], self.groups)[0]
        return np.minimum(tail_bits((likeness - self.chance[0]) / self.chance[1]), _MOST_BITS)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a new card, hashed and sketched under the key; None for what was not."""

    layout: str | None = None
    number: str | None = None
    photo: NDArray[np.int8] | None = None
    ground: NDArray[np.int8] | None = None


@dataclass(frozen=True, slots=True)
class WorkshopHit:
    """A linked card, or the ground of a cluster, that a new card is like."""

    same_number: bool = False
    photo_bits: float = 0.0
    ground_bits: float = 0.0
    name: bytes | None = None
    """Print of the linked card's name; None for the ground of a cluster, and where it was not read."""
    birth: bytes | None = None


@dataclass(frozen=True, slots=True)
class WorkshopIndex:
    """The linked cards of one re-check. Rows of ``numbers``, ``names`` and ``births`` belong together."""

    layout: str
    """Layout of the sketches; cards of another are compared by their number alone."""
    numbers: tuple[str, ...]
    """Keyed hashes, empty where a number was not read."""
    names: NDArray[np.uint8]
    """(m, 64), zeros where a name was not read."""
    births: NDArray[np.uint8]
    photo_cards: NDArray[np.int64]
    """(p,) row of each photo's card."""
    photos: Sketched
    grounds: Sketched
    """One row for each cluster that shares its ground."""
    clusters: int

    def __len__(self) -> int:
        return len(self.numbers)

    def hits(self, seen: Seen) -> tuple[WorkshopHit, ...]:
        """Linked cards and clusters that the new card is like."""
        here = seen.layout == self.layout
        photo = np.zeros(len(self))
        if here and len(self.photo_cards):
            photo[self.photo_cards] = self.photos.bits(seen.photo)
        same = np.array([seen.number is not None and n == seen.number for n in self.numbers], np.bool_)
        cards = np.flatnonzero(same | (photo >= _LEAST_BITS))
        ground = float(self.grounds.bits(seen.ground).max(initial=0.0)) if here else 0.0
        found = [WorkshopHit(bool(same[i]), float(photo[i]), 0.0, *self._texts(int(i))) for i in cards]
        return (*found, WorkshopHit(ground_bits=ground)) if ground >= _LEAST_BITS else tuple(found)

    def without(self, number: str) -> WorkshopIndex:
        """The index without the cards of a number (its keyed hash): names, births and photos go with it."""
        kept = np.array([n != number for n in self.numbers], np.bool_)
        rank = np.cumsum(kept) - 1
        photos = kept[self.photo_cards]
        return WorkshopIndex(
            self.layout,
            tuple(n for n in self.numbers if n != number),
            self.names[kept],
            self.births[kept],
            rank[self.photo_cards[photos]],
            replace(self.photos, rows=self.photos.rows[photos]),
            self.grounds,
            self.clusters,
        )

    def _texts(self, row: int) -> tuple[bytes | None, bytes | None]:
        name, birth = self.names[row], self.births[row]
        return (name.tobytes() if name.any() else None, birth.tobytes() if birth.any() else None)

    def to_bytes(self) -> bytes:
        """As a file."""
        arrays = {
            "about": np.array([_FORMAT, self.clusters]),
            "layout": np.array([self.layout], np.str_),
            "numbers": np.array(self.numbers, np.str_),
            "names": self.names,
            "births": self.births,
            "photo_cards": self.photo_cards,
            **_arrays("photo", self.photos),
            **_arrays("ground", self.grounds),
        }
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> WorkshopIndex:
        """From a file; ConfigurationError where it is none of this kind, or too large."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as members:
                if sum(member.file_size for member in members.infolist()) > _MOST_BYTES:
                    raise ConfigurationError("the index of links is too large")
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls._from_arrays(dict(arrays))
        except (zipfile.BadZipFile, OSError, KeyError, ValueError, IndexError) as error:
            raise ConfigurationError("this is no index of links, or a damaged one") from error

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> WorkshopIndex:
        if int(arrays["about"][0]) != _FORMAT:
            raise ValueError("format")
        names, births = arrays["names"].astype(np.uint8), arrays["births"].astype(np.uint8)
        numbers = tuple(str(n) for n in arrays["numbers"])
        cards = arrays["photo_cards"].astype(np.int64)
        photos, grounds = _sketched("photo", arrays), _sketched("ground", arrays)
        rows = {len(numbers), len(names), len(births)}
        if len(rows) != 1 or len(cards) != len(photos.rows) or cards.max(initial=-1) >= len(numbers):
            raise ValueError("rows")
        clusters = int(arrays["about"][1])
        return cls(str(arrays["layout"][0]), numbers, names, births, cards, photos, grounds, clusters)


def _arrays(kind: str, sketched: Sketched) -> dict[str, NDArray[Any]]:
    return {
        f"{kind}_common": sketched.common.astype(np.float32),
        f"{kind}_rows": sketched.rows.astype(np.float16),
        f"{kind}_chance": np.array([*sketched.chance, sketched.groups], np.float64),
    }


def _sketched(kind: str, arrays: Mapping[str, NDArray[Any]]) -> Sketched:
    common, rows = (np.asarray(arrays[f"{kind}_{name}"], np.float32) for name in ("common", "rows"))
    if common.ndim != 2 or rows.ndim != 2 or common.shape[1] != rows.shape[1]:
        raise ValueError(kind)
    middle, spread, groups = (float(v) for v in arrays[f"{kind}_chance"])
    if groups < 1 or rows.shape[1] % int(groups):
        raise ValueError(kind)
    return Sketched(common, rows, (middle, max(spread, 1e-6)), int(groups))
