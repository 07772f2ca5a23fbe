"""Writing and cutting up DER by hand, for forms that libraries do not write."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["children", "element", "indefinite", "integer", "sequence", "span", "wrap"]


def wrap(tag: int, contents: bytes) -> bytes:
    """Tag, shortest length, contents; a two-byte tag is given as one number."""
    head = bytes([tag]) if tag < 0x100 else tag.to_bytes(2, "big")
    size = len(contents)
    if size < 0x80:
        return head + bytes([size]) + contents
    body = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return head + bytes([0x80 | len(body)]) + body + contents


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts."""
    return wrap(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return wrap(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def span(data: bytes, at: int) -> tuple[int, int]:
    """Start and end of the contents of the DER element at ``at``."""
    first = data[at + 1]
    if first < 0x80:
        return at + 2, at + 2 + first
    start = at + 2 + (first & 0x7F)
    return start, start + int.from_bytes(data[at + 2 : start], "big")


def element(data: bytes, at: int = 0) -> bytes:
    """The whole element at ``at``."""
    return data[at : span(data, at)[1]]


def children(data: bytes) -> Iterator[bytes]:
    """The elements inside the DER element that ``data`` is."""
    at, end = span(data, 0)
    while at < end:
        part = element(data, at)
        yield part
        at += len(part)


def indefinite(der: bytes, *, depth: int = 1) -> bytes:
    """The same value with indefinite lengths on its outer ``depth`` levels of constructed elements."""
    if depth == 0 or not der[0] & 0x20:
        return der
    inner = b"".join(indefinite(child, depth=depth - 1) for child in children(der))
    return der[:1] + b"\x80" + inner + b"\x00\x00"
