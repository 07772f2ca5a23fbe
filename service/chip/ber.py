"""BER as cards may use it, brought into DER: indefinite lengths and padding (data sheet §1.5).

Only what certificates need: short and long definite lengths, indefinite lengths of constructed elements,
one-byte tags. Every length is checked against the data and the nesting is limited.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.chip.errors import CertificateError

__all__ = ["Element", "read_element"]

MAX_DEPTH = 24
MAX_LENGTH_BYTES = 3


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the input with its definite-length form."""

    raw: bytes
    """The element exactly as it stood in the input."""
    der: bytes
    """The same value with definite lengths in their shortest form."""
    children: tuple[Element, ...]
    """Parts of a constructed element, empty for a primitive one."""


def read_element(data: bytes, at: int = 0, depth: int = 0) -> Element:
    """The element at an offset; CertificateError where it is not well-formed."""
    if depth > MAX_DEPTH:
        raise CertificateError("the certificate is nested too deeply")
    if at + 2 > len(data):
        raise CertificateError("the certificate is cut off")
    tag = data[at]
    if tag & 0x1F == 0x1F:
        raise CertificateError("the certificate uses a tag that X.509 does not have")
    constructed = bool(tag & 0x20)
    if data[at + 1] == 0x80:
        if not constructed:
            raise CertificateError("a primitive element has an indefinite length")
        children, end = _children_until_mark(data, at + 2, depth)
        return _constructed(tag, data[at:end], children)
    start, end = _definite(data, at + 1)
    if not constructed:
        contents = data[start:end]
        return Element(data[at:end], bytes([tag]) + _length(len(contents)) + contents, ())
    return _constructed(tag, data[at:end], _children(data, start, end, depth))


def _constructed(tag: int, raw: bytes, children: tuple[Element, ...]) -> Element:
    contents = b"".join(child.der for child in children)
    return Element(raw, bytes([tag]) + _length(len(contents)) + contents, children)


def _definite(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    start, size = at + 1, first
    if first > 0x80:
        width = first & 0x7F
        if width > MAX_LENGTH_BYTES or start + width > len(data):
            raise CertificateError("a length in the certificate is too long")
        size = int.from_bytes(data[start : start + width], "big")
        start += width
    if start + size > len(data):
        raise CertificateError("the certificate is cut off")
    return start, start + size


def _children(data: bytes, at: int, end: int, depth: int) -> tuple[Element, ...]:
    found: list[Element] = []
    while at < end:
        child = read_element(data, at, depth + 1)
        found.append(child)
        at += len(child.raw)
    if at > end:
        raise CertificateError("a part of the certificate reaches beyond the whole")
    return tuple(found)


def _children_until_mark(data: bytes, at: int, depth: int) -> tuple[tuple[Element, ...], int]:
    found: list[Element] = []
    while data[at : at + 2] != b"\x00\x00":
        child = read_element(data, at, depth + 1)
        found.append(child)
        at += len(child.raw)
    return tuple(found), at + 2


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    body = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(body)]) + body
