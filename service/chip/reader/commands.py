"""Commands in plain (data sheet §1.3, §1.4) and the answers to them; those under a key: ``chip.keys``."""

from __future__ import annotations

from dataclasses import dataclass

from service.chip.reader.errors import CardBlocked, CardUnreadable, ProtocolFault

__all__ = [
    "BLOCKED",
    "GET_CHALLENGE",
    "MISSING",
    "OK",
    "RESIDENCE_APPLICATION",
    "SELECT_MF",
    "Response",
    "is_mismatch",
    "read_binary_plain",
    "refusal",
    "select_df",
]

OK = 0x9000
MISSING = frozenset({0x6A82, 0x6A83})
BLOCKED = frozenset({0x6283, 0x6983, 0x6984})

SELECT_MF = bytes.fromhex("00A40000023F00")
GET_CHALLENGE = bytes.fromhex("0084000008")
RESIDENCE_APPLICATION = bytes.fromhex("D392F0004F0100000000000000000000")
"""在留AP: only specified cards have it (data sheet §2.6)."""

MEANINGS = {
    0x6300: "the number does not match",
    0x6400: "a fault of its file control",
    0x6581: "a fault of its memory",
    0x6700: "wrong length; readers without extended length cannot carry these cards' commands",
    0x6881: "logical channels not supported",
    0x6882: "secure messaging not offered",
    0x6981: "another structure of file",
    0x6982: "security status not satisfied",
    0x6985: "conditions of use not satisfied",
    0x6986: "no current file",
    0x6987: "secure messaging object missing",
    0x6988: "secure messaging object wrong",
    0x6999: "application not selected",
    0x6A81: "function not supported",
    0x6A82: "no such file",
    0x6A86: "wrong parameters",
    0x6B00: "offset outside the file",
    0x6D00: "unknown instruction",
    0x6E00: "unknown class",
    0x6F00: "a fault of its self test",
}
"""Status words of data sheet §1.7 that a reader may meet."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response APDU."""

    data: bytes
    status: int
    """SW1 and SW2."""

    @classmethod
    def parse(cls, raw: bytes) -> Response:
        """Take apart what came back; ProtocolFault where it does not end in a status word (ISO 7816-4)."""
        if len(raw) < 2 or raw[-2] >> 4 not in (0x6, 0x9):
            raise ProtocolFault(
                "The card's answer does not end in a status word. Lay it down again, or try another reader."
            )
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return self.status == OK


def select_df(name: bytes) -> bytes:
    """SELECT of a dedicated file by its name (AID, 16 bytes); no answer data wanted."""
    return bytes.fromhex("00A4040C") + bytes([len(name)]) + name


def read_binary_plain(short_id: int) -> bytes:
    """READ BINARY of a whole file by its short identifier, in plain."""
    return bytes([0x00, 0xB0, 0x80 | short_id, 0x00, 0x00, 0x00, 0x00])


def is_mismatch(status: int) -> bool:
    """Whether a status says that the number is wrong: ``6300``, or ``63CX`` with a counter."""
    return status == 0x6300 or status & 0xFFF0 == 0x63C0


def refusal(what: str, status: int) -> CardUnreadable:
    """The fault for a command that was not carried out; ``what`` names the command."""
    if status in BLOCKED:
        return CardBlocked(
            f"The card is blocked ({what}: {status:04X}) and cannot be read; only its issuer can help."
        )
    meaning = MEANINGS.get(status, "a status that the specification does not name")
    return ProtocolFault(f"The card refused {what}: {status:04X}, {meaning}.")
