"""Data objects of the chip: tag, length, value (data sheet §1.2, §2.2).

A tag is one byte, or two where the low five bits of the first are all ones (``DFD1``). A length is one byte
up to 7F, ``81 xx`` or ``82 xx yy``; longer forms than needed are legal. A file is a row of objects, followed
by nothing, by NULs, or by the ``80 00 ...`` that secure messaging leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.chip.errors import TlvError

__all__ = ["DataObject", "TlvFile", "parse", "read_object"]

MESSAGING_PAD_LIMIT = 16
"""Longest padding that block ciphers of both generations add."""


@dataclass(frozen=True, slots=True)
class DataObject:
    """One object; ``value`` is shorter than ``declared`` where the file ends too early."""

    tag: int
    declared: int
    """Length that the object states, bytes."""
    value: bytes

    @property
    def truncated(self) -> bool:
        """Whether the file ended before the value did."""
        return len(self.value) < self.declared


@dataclass(frozen=True, slots=True)
class TlvFile:
    """A file as far as it could be parsed."""

    objects: tuple[DataObject, ...]
    fault: str | None = None
    """What stopped the parser, None where the whole file was understood."""

    @property
    def truncated(self) -> bool:
        """Whether the last object is cut off."""
        return bool(self.objects) and self.objects[-1].truncated


def read_object(data: bytes, at: int) -> tuple[DataObject, int]:
    """The object at an offset and the offset behind it; TlvError where tag or length is not well-formed."""
    tag, at = _read_tag(data, at)
    declared, at = _read_length(data, at)
    end = min(at + declared, len(data))
    return DataObject(tag, declared, data[at:end]), end


def parse(data: bytes) -> TlvFile:
    """All objects of a file; never raises, a fault is recorded beside what came before it."""
    objects: list[DataObject] = []
    at = 0
    while at < len(data) and not _is_padding(data, at):
        try:
            item, at = read_object(data, at)
        except TlvError as fault:
            return TlvFile(tuple(objects), str(fault))
        objects.append(item)
    return TlvFile(tuple(objects))


def _read_tag(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise TlvError("the data ends before a tag")
    first = data[at]
    if first == 0:
        raise TlvError("data follows the NUL padding")
    if first & 0x1F != 0x1F:
        return first, at + 1
    if at + 1 >= len(data):
        raise TlvError("the data ends inside a tag")
    return first << 8 | data[at + 1], at + 2


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise TlvError("the data ends before a length")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    width = first & 0x7F
    if width not in (1, 2):
        raise TlvError("a length is in a form that the cards do not use")
    if at + 1 + width > len(data):
        raise TlvError("the data ends inside a length")
    return int.from_bytes(data[at + 1 : at + 1 + width], "big"), at + 1 + width


def _is_padding(data: bytes, at: int) -> bool:
    rest = data[at:]
    if rest[0] == 0x80 and len(rest) <= MESSAGING_PAD_LIMIT:
        rest = rest[1:]
    return not any(rest)
