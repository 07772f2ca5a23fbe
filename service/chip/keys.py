"""Opening a chip as arithmetic: keys from the card number, mutual authentication, secure messaging.

Pure functions; whoever talks to a reader supplies the random numbers. Generation 1 uses two-key triple DES
and the retail MAC (data sheet §1.4), generation 2 AES-128 and CMAC (§2.5); the flow is the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

from service.chip.errors import SessionError, TlvError
from service.chip.tlv import read_object

__all__ = [
    "GENERATION_1",
    "GENERATION_2",
    "Authentication",
    "Suite",
    "base_key",
    "mutual_authentication",
    "pad",
    "read_binary",
    "session_key",
    "unpad",
    "unwrap",
    "verify_command",
]

KEY_BYTES = 16
NONCE_BYTES = 8
MAC_BYTES = 8
SESSION_COUNTER = bytes.fromhex("00000001")
ENCRYPTED_REPLY_TAG = 0x86
PADDING_INDICATOR = 0x01


@dataclass(frozen=True, slots=True)
class Suite:
    """The block cipher and the MAC of one generation."""

    block: int
    """Block size, bytes."""
    algorithm: Callable[[bytes], BlockCipherAlgorithm]
    mac: Callable[[bytes, bytes], bytes]
    """Key and message to eight bytes."""

    def encrypt(self, key: bytes, data: bytes) -> bytes:
        """CBC with a zero IV; the data is whole blocks."""
        encryptor = Cipher(self.algorithm(key), CBC(bytes(self.block))).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, key: bytes, data: bytes) -> bytes:
        """The inverse of ``encrypt``; SessionError where the data is not whole blocks."""
        if not data or len(data) % self.block:
            raise SessionError("the cipher text is not made of whole blocks")
        decryptor = Cipher(self.algorithm(key), CBC(bytes(self.block))).decryptor()
        return decryptor.update(data) + decryptor.finalize()


def pad(data: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2: 80 and NULs to the next whole block."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """The inverse of ``pad``; SessionError where there is no such padding."""
    body = data.rstrip(b"\x00")
    if body[-1:] != b"\x80":
        raise SessionError("the plain text does not end in its padding")
    return body[:-1]


def _triple_des(key: bytes) -> TripleDES:
    return TripleDES(key + key[:8])


def _retail_mac(key: bytes, message: bytes) -> bytes:
    """ISO/IEC 9797-1 algorithm 3: single DES in CBC, the last block through the second key and back."""
    first, second = TripleDES(key[:8] * 3), TripleDES(key[8:16] * 3)
    encryptor = Cipher(first, CBC(bytes(8))).encryptor()
    last = encryptor.update(pad(message, 8))[-8:]
    back = Cipher(second, CBC(bytes(8))).decryptor().update(last)
    return Cipher(first, CBC(bytes(8))).encryptor().update(back)


def _cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()[:MAC_BYTES]


GENERATION_1 = Suite(8, _triple_des, _retail_mac)
GENERATION_2 = Suite(16, AES, _cmac)


def base_key(card_number: str) -> bytes:
    """Kenc and Kmac of a card: the first 16 bytes of SHA-1 over its number."""
    return hashlib.sha1(card_number.encode("ascii")).digest()[:KEY_BYTES]


@dataclass(frozen=True, slots=True)
class Authentication:
    """One run of mutual authentication, from this side."""

    suite: Suite
    key: bytes
    """``base_key`` of the card."""
    rnd_icc: bytes
    """The card's challenge, 8 bytes."""
    rnd_ifd: bytes
    """Our challenge, 8 bytes."""
    k_ifd: bytes
    """Our half of the session key, 16 bytes."""

    @property
    def data(self) -> bytes:
        """E_IFD and M_IFD, 40 bytes: the data field of MUTUAL AUTHENTICATE."""
        cipher = self.suite.encrypt(self.key, self.rnd_ifd + self.rnd_icc + self.k_ifd)
        return cipher + self.suite.mac(self.key, cipher)

    def card_half(self, reply: bytes) -> bytes:
        """K.ICC from the card's reply E_ICC and M_ICC.

        Raises:
            SessionError: wrong length, wrong MAC, or other random numbers than those of this run.
        """
        cipher, mac = reply[:-MAC_BYTES], reply[-MAC_BYTES:]
        if len(reply) != 2 * NONCE_BYTES + KEY_BYTES + MAC_BYTES:
            raise SessionError("the reply to mutual authentication has another length")
        if not hmac.compare_digest(self.suite.mac(self.key, cipher), mac):
            raise SessionError("the reply to mutual authentication has a wrong MAC")
        plain = self.suite.decrypt(self.key, cipher)
        if plain[:16] != self.rnd_icc + self.rnd_ifd:
            raise SessionError("the reply belongs to another run of mutual authentication")
        return plain[16:]


def mutual_authentication(data: bytes) -> bytes:
    """The command MUTUAL AUTHENTICATE around E_IFD and M_IFD."""
    return bytes.fromhex("0082000028") + data + b"\x00"


def session_key(k_ifd: bytes, k_icc: bytes) -> bytes:
    """KSenc from both halves; secure messaging of these cards only encrypts, there is no KSmac."""
    seed = bytes(a ^ b for a, b in zip(k_ifd, k_icc, strict=True))
    return hashlib.sha1(seed + SESSION_COUNTER).digest()[:KEY_BYTES]


def verify_command(suite: Suite, key: bytes, card_number: str) -> bytes:
    """VERIFY with the card number, encrypted under the session key."""
    cipher = suite.encrypt(key, pad(card_number.encode("ascii"), 16))
    field = bytes([ENCRYPTED_REPLY_TAG, len(cipher) + 1, PADDING_INDICATOR]) + cipher
    return bytes([0x08, 0x20, 0x00, 0x86, len(field)]) + field


def read_binary(short_id: int, length: int = 0) -> bytes:
    """READ BINARY with secure messaging of the file with a short identifier; length 0 is the whole file."""
    if not 1 <= short_id <= 30:
        raise ValueError("a short file identifier lies between 1 and 30")
    head = bytes([0x08, 0xB0, 0x80 | short_id, 0x00])
    return head + bytes.fromhex("0000049602") + length.to_bytes(2, "big") + b"\x00\x00"


def unwrap(suite: Suite, key: bytes, reply: bytes) -> bytes:
    """The plain file in a reply ``86 L 01`` and cipher text; SessionError where it is not one."""
    try:
        item, end = read_object(reply, 0)
    except TlvError as fault:
        raise SessionError("the reply is not a data object") from fault
    if item.tag != ENCRYPTED_REPLY_TAG or item.truncated or end != len(reply):
        raise SessionError("the reply is not one whole encrypted object")
    if item.value[:1] != bytes([PADDING_INDICATOR]):
        raise SessionError("the reply uses another padding")
    return unpad(suite.decrypt(key, item.value[1:]))
