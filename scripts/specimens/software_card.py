"""A residence card in software: it answers commands as the data sheet of the chip says (§1.3 - §2.5).

Strict where a careless reader would go wrong: a challenge holds for the next command alone, files behind the
authentication stay shut before VERIFY, and picture files are given under secure messaging only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.specimens.card_crypto import AES_CARD, DES_CARD, number_key, shared_key

__all__ = ["AID", "PLACES_1", "PLACES_2", "SoftwareCard"]

AID = {
    bytes.fromhex("D392F0004F0200000000000000000000"): "DF1",
    bytes.fromhex("D392F0004F0300000000000000000000"): "DF2",
    bytes.fromhex("D392F0004F0400000000000000000000"): "DF3",
}

PLACES_1 = {
    ("MF", 0x8B): "MF/EF01",
    ("MF", 0x8A): "MF/EF02",
    ("DF1", 0x85): "DF1/EF01",
    ("DF1", 0x86): "DF1/EF02",
    ("DF2", 0x81): "DF2/EF01",
    ("DF2", 0x82): "DF2/EF02",
    ("DF2", 0x83): "DF2/EF03",
    ("DF2", 0x84): "DF2/EF04",
    ("DF3", 0x82): "DF3/EF01",
}
"""P1 of READ BINARY by dedicated file, generation 1 (§1.3)."""

PLACES_2 = {
    ("MF", 0x8B): "MF/EF01",
    ("MF", 0x8A): "MF/EF02",
    ("DF1", 0x81): "DF1/EF01",
    ("DF1", 0x83): "DF1/EF02",
    ("DF1", 0x84): "DF1/EF03",
    ("DF1", 0x86): "DF1/EF04",
    ("DF2", 0x81): "DF2/EF01",
    ("DF2", 0x82): "DF2/EF02",
    ("DF2", 0x83): "DF2/EF03",
    ("DF3", 0x82): "DF3/EF01",
}
"""The same of generation 2 (§2.2)."""

DONE = bytes.fromhex("9000")


class _Refused(Exception):
    """A command that is answered by a status word alone."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = bytes.fromhex(status)


@dataclass(frozen=True)
class _Command:
    """A command APDU, taken apart."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    wants_data: bool


def _parse(raw: bytes) -> _Command:
    """Short and extended forms of ISO/IEC 7816-4; ``6700`` where the lengths do not add up."""
    if len(raw) < 4:
        raise _Refused("6700")
    cla, ins, p1, p2, *_ = raw
    body = raw[4:]
    if len(body) <= 1 or (body[0] == 0 and len(body) == 3):
        return _Command(cla, ins, p1, p2, b"", bool(body))
    extended = body[0] == 0 and len(body) > 3
    size = int.from_bytes(body[1:3], "big") if extended else body[0]
    start, le = (3, 2) if extended else (1, 1)
    data, rest = body[start : start + size], body[start + size :]
    if len(data) != size or len(rest) not in (0, le):
        raise _Refused("6700")
    return _Command(cla, ins, p1, p2, data, bool(rest))


class SoftwareCard:
    """One card in the field. ``files`` are whole elementary files by name, as in a dump."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        card_number: str,
        *,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        first = files["MF/EF02"][1] == 1
        self._files = files
        self._number = card_number.encode("ascii")
        self._base = number_key(card_number)
        self._cipher = DES_CARD if first else AES_CARD
        self._places = PLACES_1 if first else PLACES_2
        self._random = random
        self.reset()

    def reset(self) -> None:
        """Power-up: nothing selected beyond the master file, no session."""
        self._directory = "MF"
        self._file: bytes | None = None
        self._challenge = b""
        self._session = b""
        self._open = False

    def transmit(self, raw: bytes) -> bytes:
        """The response APDU of one command APDU."""
        challenge, self._challenge = self._challenge, b""
        try:
            command = _parse(raw)
            if command.cla not in (0x00, 0x08):
                raise _Refused("6E00")
            if command.ins == 0x82:
                return self._authenticate(command, challenge) + DONE
            answer = {0xA4: self._select, 0x84: self._give_challenge, 0x20: self._verify, 0xB0: self._read}
            if command.ins not in answer:
                raise _Refused("6D00")
            return answer[command.ins](command) + DONE
        except _Refused as refused:
            return refused.status

    def _select(self, command: _Command) -> bytes:
        if (command.p1, command.p2) == (0x00, 0x00):
            directory = "MF" if command.data in (b"", b"\x3f\x00") else None
        elif (command.p1, command.p2) == (0x04, 0x0C):
            directory = AID.get(command.data)
        else:
            raise _Refused("6A86")
        if directory is None:
            raise _Refused("6A82")
        self._directory, self._file = directory, None
        return b""

    def _give_challenge(self, command: _Command) -> bytes:
        if command.p1 or command.p2:
            raise _Refused("6A86")
        if command.data or not command.wants_data:
            raise _Refused("6700")
        self._challenge = self._random(8)
        return self._challenge

    def _authenticate(self, command: _Command, challenge: bytes) -> bytes:
        if len(command.data) != 40 or not command.wants_data:
            raise _Refused("6700")
        if not challenge:
            raise _Refused("6985")
        sealed, mac = command.data[:32], command.data[32:]
        if self._cipher.mac(self._base, sealed) != mac:
            raise _Refused("6300")
        plain = self._cipher.decipher(self._base, sealed)
        theirs, mine, half = plain[:8], plain[8:16], plain[16:]
        if mine != challenge:
            raise _Refused("6300")
        own_half = self._random(16)
        self._session, self._open = shared_key(half, own_half), False
        answer = self._cipher.encipher(self._base, challenge + theirs + own_half)
        return answer + self._cipher.mac(self._base, answer)

    def _verify(self, command: _Command) -> bytes:
        if command.cla != 0x08:
            raise _Refused("6982")
        if (command.p1, command.p2) != (0x00, 0x86):
            raise _Refused("6A88")
        if not self._session:
            raise _Refused("6985")
        if command.data[:3] != bytes.fromhex("861101") or len(command.data) != 19:
            raise _Refused("6988")
        self._open = self._cipher.decipher(self._session, command.data[3:]) == self._number + b"\x80\0\0\0"
        if not self._open:
            raise _Refused("6300")
        return b""

    def _read(self, command: _Command) -> bytes:
        file, offset = self._target(command)
        secure = command.cla == 0x08
        if self._directory != "MF" and not self._open:
            raise _Refused("6982")
        if self._directory == "DF1" and not secure:
            raise _Refused("6982")
        if self._directory != "DF1" and secure:
            raise _Refused("6882")
        wanted = self._wanted(command) if secure else 0
        if offset >= len(file):
            raise _Refused("6B00")
        data = file[offset : offset + wanted] if wanted else file[offset:]
        return self._sealed(data) if secure else data

    def _target(self, command: _Command) -> tuple[bytes, int]:
        """The file that P1 and P2 point at, and the offset inside it."""
        if not command.p1 & 0x80:
            if self._file is None:
                raise _Refused("6986")
            return self._file, command.p1 << 8 | command.p2
        name = self._places.get((self._directory, command.p1))
        if name is None or name not in self._files:
            raise _Refused("6A82")
        self._file = self._files[name]
        return self._file, command.p2

    def _wanted(self, command: _Command) -> int:
        if not command.data:
            raise _Refused("6987")
        if command.data[:2] != bytes.fromhex("9602") or len(command.data) != 4:
            raise _Refused("6988")
        return int.from_bytes(command.data[2:], "big")

    def _sealed(self, data: bytes) -> bytes:
        padded = data + b"\x80"
        padded += bytes(-len(padded) % self._cipher.block)
        contents = b"\x01" + self._cipher.encipher(self._session, padded)
        size = len(contents)
        width = 0 if size < 0x80 else 1 if size < 0x100 else 2
        length = bytes([0x80 | width]) + size.to_bytes(width, "big") if width else bytes([size])
        return b"\x86" + length + contents
