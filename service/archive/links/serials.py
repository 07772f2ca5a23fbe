"""Card numbers as keyed hashes that still tell which numbers follow each other, and nothing else.

A number is two letters, eight digits and two letters. The letters in front with the block of 64 numbers that
the digits lie in are hashed under the key, twice, with blocks that overlap by half: two numbers at most 32
apart share at least one of them. Only the place within the block is in the clear.
"""

from __future__ import annotations

from typing import Final

from service.store.cipher import Cipher

__all__ = ["BLOCK", "HASH_BYTES", "serial_prints"]

BLOCK: Final = 64
HASH_BYTES: Final = 12


def serial_prints(number: str, cipher: Cipher) -> tuple[bytes, float]:
    """Hashes of the two blocks and of the closing letters, 12 bytes each; place in the first block, 0 ... 63.

    ``number`` has its normal form, ``AB12345678CD``.
    """
    start, digits, end = number[:2], int(number[2:10]), number[10:]
    blocks = (f"{start} {digits // BLOCK}", f"{start} {(digits + BLOCK // 2) // BLOCK} half")
    hashes = [_hash(cipher, "archive serial block", text) for text in blocks]
    return b"".join((*hashes, _hash(cipher, "archive serial end", end))), float(digits % BLOCK)


def _hash(cipher: Cipher, purpose: str, text: str) -> bytes:
    return bytes.fromhex(cipher.fingerprint(purpose, text.encode()))[:HASH_BYTES]
