"""BER-TLV of travel documents, one level at a time: damage inside an element never hides its neighbours.

The security object is checked as bytes before it is understood, so its parts are cut out without looking
into them; only what a signature vouches for is parsed further.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.chip.ber import read_element
from service.chip.errors import CertificateError, SecurityObjectError

__all__ = ["Element", "elements", "only", "read", "with_definite_lengths"]

MAX_LENGTH_BYTES = 3
MAX_ELEMENTS = 512


@dataclass(frozen=True, slots=True)
class Element:
    """One element with a definite length; ``contents`` is shorter than ``declared`` where the data ends."""

    tag: int
    raw: bytes
    contents: bytes
    declared: int

    @property
    def cut_off(self) -> bool:
        """Whether the data ended before the element did."""
        return len(self.contents) < self.declared


def read(data: bytes, at: int = 0) -> Element:
    """The element at an offset, cut off or not; SecurityObjectError where tag or length make no sense."""
    start = at
    if at + 2 > len(data):
        raise SecurityObjectError("the data ends before an element")
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        tag, at = tag << 8 | data[at], at + 1
    if at >= len(data):
        raise SecurityObjectError("the data ends before a length")
    declared, at = _length(data, at)
    end = min(at + declared, len(data))
    return Element(tag, data[start:end], data[at:end], declared)


def _length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    if first < 0x80:
        return first, at + 1
    width = first & 0x7F
    if not 1 <= width <= MAX_LENGTH_BYTES or at + 1 + width > len(data):
        raise SecurityObjectError("a length is in a form that travel documents do not use")
    return int.from_bytes(data[at + 1 : at + 1 + width], "big"), at + 1 + width


def elements(data: bytes) -> tuple[Element, ...]:
    """All elements of a constructed value; SecurityObjectError unless they fill it exactly."""
    found: list[Element] = []
    at = 0
    while at < len(data):
        element = read(data, at)
        if element.cut_off or len(found) >= MAX_ELEMENTS:
            raise SecurityObjectError("an element reaches beyond the one that holds it")
        found.append(element)
        at += len(element.raw)
    return tuple(found)


def only(data: bytes, tag: int) -> Element:
    """The single element that a value consists of; SecurityObjectError for another tag or number."""
    found = elements(data)
    if len(found) != 1 or found[0].tag != tag:
        raise SecurityObjectError("the object does not have the structure of signed data")
    return found[0]


def with_definite_lengths(data: bytes) -> bytes:
    """The same value with definite lengths, where its outermost element has an indefinite one."""
    if data[1:2] != b"\x80":
        return data
    try:
        return read_element(data).der
    except CertificateError as fault:
        raise SecurityObjectError("the object is not well-formed") from fault
