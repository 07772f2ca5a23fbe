"""Compact fingerprints that can be compared but not read: of names, of dates of birth, of photos.

Texts become Bloom filters of their parts under the storage key (cryptographic long-term keys: Schnell,
Bachteler, Reiher 2009), photos the signs of random projections that the same key chooses. Without the key
file none can be made, so none can be guessed.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from service.store.cipher import Cipher

__all__ = ["BANDS", "Prints", "photo_likeness", "text_likeness"]

_TEXT_BITS = 512
_HASHES = 4
"""Bits that one part of a text sets."""
_PHOTO_BITS = 256
_BAND_BITS = 16
BANDS = _PHOTO_BITS // _BAND_BITS
"""Slices of a photo fingerprint. Two pictures of one photograph differ in about a tenth of the bits: that at
least one slice of sixteen is the same is likely then (0.96), and rare for two photographs."""


class Prints:
    """Makes fingerprints under one key."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher
        self._planes: NDArray[np.float32] | None = None

    def name(self, text: str) -> bytes:
        """Print of a name's pairs of letters, word by word."""
        words = unicodedata.normalize("NFKC", text).upper().split()
        pairs = {pair for word in words for pair in _pairs(f" {word} ")}
        return self._bloom("name", pairs)

    def birth(self, day: str) -> bytes:
        """Print of the digits of ``YYYY-MM-DD`` with their places."""
        digits = [sign for sign in day if sign.isdigit()]
        return self._bloom("birth", (f"{place}:{digit}" for place, digit in enumerate(digits)))

    def _bloom(self, purpose: str, parts: Iterable[str]) -> bytes:
        bits = np.zeros(_TEXT_BITS, dtype=np.uint8)
        for part in parts:
            digest = bytes.fromhex(self._cipher.fingerprint(f"registry {purpose}", part.encode()))
            for index in range(_HASHES):
                bits[int.from_bytes(digest[4 * index : 4 * index + 4], "big") % _TEXT_BITS] = 1
        return np.packbits(bits).tobytes()

    def photo(self, features: NDArray[np.float32]) -> bytes:
        """Print of a photo's features (any length): on which side of secret planes they lie."""
        if self._planes is None or self._planes.shape[1] != features.size:
            self._planes = self._make_planes(features.size)
        return np.packbits(self._planes @ features > 0).tobytes()

    def _make_planes(self, size: int) -> NDArray[np.float32]:
        seed = bytes.fromhex(self._cipher.fingerprint("registry photo planes", str(size).encode()))
        count = (_PHOTO_BITS * size + 7) // 8
        stream = np.frombuffer(hashlib.shake_256(seed).digest(count), dtype=np.uint8)
        bits = np.unpackbits(stream)[: _PHOTO_BITS * size].reshape(_PHOTO_BITS, size)
        return (2.0 * bits - 1.0).astype(np.float32)

    @staticmethod
    def bands(photo: bytes) -> tuple[int, ...]:
        """The slices of a photo fingerprint, in order."""
        step = _BAND_BITS // 8
        return tuple(int.from_bytes(photo[i : i + step], "big") for i in range(0, len(photo), step))


def _pairs(text: str) -> Iterable[str]:
    return (text[i : i + 2] for i in range(len(text) - 1))


def text_likeness(one: bytes | None, other: bytes | None) -> float | None:
    """Dice coefficient 0 ... 1 of two text prints; None where one is missing."""
    if one is None or other is None:
        return None
    a, b = (np.unpackbits(np.frombuffer(p, dtype=np.uint8)) for p in (one, other))
    total = int(a.sum()) + int(b.sum())
    return 2.0 * int((a & b).sum()) / total if total else None


def photo_likeness(one: bytes | None, other: bytes | None) -> float | None:
    """Correlation of the features behind two photo prints, at least 0; None where one is missing."""
    if one is None or other is None:
        return None
    a, b = (np.unpackbits(np.frombuffer(p, dtype=np.uint8)) for p in (one, other))
    return max(0.0, math.cos(math.pi * int((a ^ b).sum()) / a.size))
