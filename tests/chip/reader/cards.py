"""Cards in the field of the tests: of every kind, what they were asked, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from scripts.specimens.software_card import SoftwareCard
from service.chip.reader import Transport
from service.chip.reader.errors import CardRemoved
from tests.chip.world import NUMBER, first, second

OTHER_NUMBER = "AB12345678CE"
KINDS = ("1", "2", "05", "06")


@cache
def files_of(card_type: str) -> dict[str, bytes]:
    """Files of a card of a type."""
    return first(card_type=card_type) if len(card_type) == 1 else second(card_type=card_type)


def card_of(card_type: str, **changed: bytes) -> SoftwareCard:
    """A card of a type, some of its files changed (``DF3_EF01=...``)."""
    files = files_of(card_type) | {name.replace("_", "/"): data for name, data in changed.items()}
    return SoftwareCard(files, NUMBER)


class Recorder:
    """Passes commands on and remembers what went both ways."""

    def __init__(self, card: Transport) -> None:
        self._card = card
        self.commands: list[bytes] = []
        self.answers: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.commands.append(command)
        self.answers.append(self._card.transmit(command))
        return self.answers[-1]

    @property
    def instructions(self) -> list[int]:
        return [command[1] for command in self.commands]


Twist = Callable[[bytes, bytes], bytes]
"""Command and honest answer to what the reader gets instead."""


class Twisted:
    """Changes some of the answers."""

    def __init__(self, card: Transport, twist: Twist) -> None:
        self._card = card
        self._twist = twist

    def transmit(self, command: bytes) -> bytes:
        return self._twist(command, self._card.transmit(command))


class RemovedAfter:
    """Leaves the field after so many answers."""

    def __init__(self, card: Transport, answers: int) -> None:
        self._card = card
        self._left = answers

    def transmit(self, command: bytes) -> bytes:
        if self._left == 0:
            raise CardRemoved("gone")
        self._left -= 1
        return self._card.transmit(command)


def on(start: str, answer: Callable[[bytes], bytes]) -> Twist:
    """Twist the answers to commands that begin so."""
    head = bytes.fromhex(start)
    return lambda command, honest: answer(honest) if command.startswith(head) else honest


def flipped(at: int) -> Callable[[bytes], bytes]:
    """One bit changed."""

    def flip(answer: bytes) -> bytes:
        changed = bytearray(answer)
        changed[at] ^= 1
        return bytes(changed)

    return flip
