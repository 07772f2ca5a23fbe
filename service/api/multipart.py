"""``multipart/form-data`` in pieces: every part is known by name and bounded before its bytes are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from service.api.problems import pointer
from service.errors import Fault, PayloadTooLarge, RequestInvalid

__all__ = ["PartRule", "read_multipart"]


@dataclass(frozen=True, slots=True)
class PartRule:
    """What is allowed of the parts of one name."""

    max_bytes: int
    max_count: int = 1


@dataclass(slots=True)
class _Collector:
    rules: Mapping[str, PartRule]
    max_parts: int
    parts: dict[str, list[bytes]] = field(default_factory=dict)
    ended: bool = False
    _count: int = 0
    _header_name: bytearray = field(default_factory=bytearray)
    _header_value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _name: str = ""
    _chosen: bool = True
    _content: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._count += 1
        if self._count > self.max_parts:
            raise RequestInvalid(f"The request may hold at most {self.max_parts} parts.")
        self._disposition = b""
        self._content = bytearray()

    def _header_end(self) -> None:
        if bytes(self._header_name).lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition)
        name = options.get(b"name")
        if kind != b"form-data" or name is None:
            raise RequestInvalid("Each part needs a Content-Disposition: form-data with a name.")
        self._name = name.decode("utf-8", "replace")
        self._chosen = options.get(b"filename") != b""
        rule = self.rules.get(self._name)
        if rule is None:
            known = ", ".join(self.rules)
            raise RequestInvalid(
                "The request holds a part of unknown name.",
                Fault(pointer([self._name]), f"Unknown part. Known: {known}."),
            )
        if len(self.parts.get(self._name, ())) >= rule.max_count:
            raise RequestInvalid(
                "The request holds a part too often.",
                Fault(pointer([self._name]), f"May be given at most {rule.max_count} times."),
            )

    def _data(self, data: bytes, start: int, end: int) -> None:
        rule = self.rules[self._name]
        if len(self._content) + end - start > rule.max_bytes:
            fault = Fault(pointer([self._name]), f"May hold at most {rule.max_bytes} bytes.")
            raise PayloadTooLarge("A part of the request is too large.", fault)
        self._content += data[start:end]

    def _part_end(self) -> None:
        """Keep the part, unless it is what a browser sends for a file field in which no file was chosen."""
        if self._content or self._chosen:
            self.parts.setdefault(self._name, []).append(bytes(self._content))
        self._content = bytearray()

    def _end(self) -> None:
        self.ended = True


async def read_multipart(
    pieces: AsyncIterator[bytes], boundary: str, rules: Mapping[str, PartRule], max_parts: int
) -> dict[str, list[bytes]]:
    """The parts by name, in the order they came.

    Raises RequestInvalid for broken bodies, unknown names and too many parts, PayloadTooLarge for a part over
    its limit; each as soon as it is seen.
    """
    collector = _Collector(rules, max_parts)
    try:
        # The stubs of the parser name each callback; a plain mapping says the same.
        parser = MultipartParser(boundary.encode("latin-1"), collector.callbacks())  # type: ignore[arg-type]
        async for piece in pieces:
            parser.write(piece)
    except (FormParserError, UnicodeEncodeError) as error:
        raise RequestInvalid("The multipart body is broken.") from error
    if not collector.ended:
        raise RequestInvalid("The multipart body ends before its last boundary.")
    return collector.parts
