"""The ciphers that a software card speaks, after the data sheet of the chip (§1.4 triple DES, §2.5 AES).

Written apart from whoever reads the card, so that a mistake of one side cannot hide behind the other's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

__all__ = ["AES_CARD", "DES_CARD", "CardCipher", "number_key", "shared_key"]


class CardCipher(Protocol):
    """What one generation encrypts and authenticates with."""

    @property
    def block(self) -> int:
        """Block size, bytes."""

    def encipher(self, key: bytes, data: bytes) -> bytes:
        """CBC from a zero block; whole blocks."""

    def decipher(self, key: bytes, data: bytes) -> bytes:
        """The way back."""

    def mac(self, key: bytes, message: bytes) -> bytes:
        """Eight bytes over a message."""


def _iso_padded(data: bytes, block: int) -> bytes:
    data += b"\x80"
    while len(data) % block:
        data += b"\x00"
    return data


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _des(key: bytes, block: bytes, *, back: bool = False) -> bytes:
    """One block of single DES: triple DES with the same key three times."""
    cipher = Cipher(TripleDES(key * 3), modes.ECB())
    machine = cipher.decryptor() if back else cipher.encryptor()
    return machine.update(block) + machine.finalize()


@dataclass(frozen=True)
class _DesCard:
    block: int = 8

    def encipher(self, key: bytes, data: bytes) -> bytes:
        """Two-key triple DES in CBC."""
        machine = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8))).encryptor()
        return machine.update(data) + machine.finalize()

    def decipher(self, key: bytes, data: bytes) -> bytes:
        """The way back."""
        machine = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8))).decryptor()
        return machine.update(data) + machine.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """ISO/IEC 9797-1 MAC algorithm 3 with padding method 2, block by block."""
        state = bytes(8)
        padded = _iso_padded(message, 8)
        for at in range(0, len(padded), 8):
            state = _des(key[:8], _xor(state, padded[at : at + 8]))
        return _des(key[:8], _des(key[8:16], state, back=True))


def _doubled(block: bytes) -> bytes:
    """Times x in GF(2^128), as NIST SP 800-38B makes its subkeys."""
    value = int.from_bytes(block, "big") << 1
    if value >> 128:
        value = (value & (1 << 128) - 1) ^ 0x87
    return value.to_bytes(16, "big")


@dataclass(frozen=True)
class _AesCard:
    block: int = 16

    def encipher(self, key: bytes, data: bytes) -> bytes:
        """AES-128 in CBC."""
        machine = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
        return machine.update(data) + machine.finalize()

    def decipher(self, key: bytes, data: bytes) -> bytes:
        """The way back."""
        machine = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
        return machine.update(data) + machine.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """CMAC (NIST SP 800-38B), the first eight bytes."""
        subkey = _doubled(self.encipher(key, bytes(16)))
        whole = bool(message) and len(message) % 16 == 0
        padded = message if whole else _iso_padded(message, 16)
        last = _xor(padded[-16:], subkey if whole else _doubled(subkey))
        return self.encipher(key, padded[:-16] + last)[-16:][:8]


DES_CARD: CardCipher = _DesCard()
AES_CARD: CardCipher = _AesCard()


def number_key(card_number: str) -> bytes:
    """The key that a card makes of its own number."""
    return hashlib.sha1(card_number.encode("ascii")).digest()[:16]


def shared_key(half: bytes, other: bytes) -> bytes:
    """The session key of both halves."""
    return hashlib.sha1(_xor(half, other) + b"\x00\x00\x00\x01").digest()[:16]
