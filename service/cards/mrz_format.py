"""The formats of machine-readable zones as data: lines, fields and check digits (ICAO Doc 9303-4 ... -7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

__all__ = ["ALPHABET", "FORMATS", "Cell", "CheckSpec", "Format", "Signs", "Span"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
"""Every character of a zone; its place is its value in a check digit, but for the filler, which counts 0."""
Cell = tuple[int, int]
"""Line and column of one character."""


class Signs(Enum):
    """What may stand in a character's place."""

    ANY = ALPHABET
    LETTERS = ALPHABET[10:]
    DIGITS = ALPHABET[:10]
    DATE = ALPHABET[:10] + "<"
    """A date, whose unknown parts are fillers (Doc 9303-3 §4.8)."""
    OPTIONAL_DIGIT = "<" + ALPHABET[:10]
    """A check digit that a filler may stand for."""
    SEX = "MFX<"


@dataclass(frozen=True, slots=True)
class Span:
    """A field: part of one line."""

    name: str
    line: int
    start: int
    end: int
    signs: Signs = Signs.ANY

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The characters of the field."""
        return tuple((self.line, column) for column in range(self.start, self.end))


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A check digit: where it stands, and over which parts it is formed."""

    name: str
    """``number``, ``birth``, ``expiry``, ``optional`` or ``composite``."""
    digit: Cell
    parts: tuple[tuple[int, int, int], ...]
    """Line, start, end of each part, in order."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every character under the check, its digit last."""
        body = [(line, column) for line, start, end in self.parts for column in range(start, end)]
        return (*body, self.digit)


@dataclass(frozen=True, slots=True)
class Format:
    """The shape of a zone."""

    name: str
    """``TD1``, ``TD2``, ``TD3``, ``MRV-A`` or ``MRV-B``."""
    lines: int
    length: int
    codes: str
    """First characters of the document codes that belong to it."""
    spans: tuple[Span, ...]
    checks: tuple[CheckSpec, ...]

    def signs(self) -> Mapping[Cell, Signs]:
        """What may stand in each character's place."""
        return {cell: span.signs for span in self.spans for cell in span.cells}

    def span(self, name: str) -> Span:
        """A field by name; KeyError where the format has none such."""
        found = next((span for span in self.spans if span.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def _person(line: int, at: Sequence[int]) -> tuple[Span, ...]:
    """Birth, sex and expiry with their check digits, from the columns where each starts."""
    birth, sex, expiry = at
    return (
        Span("birth", line, birth, birth + 6, Signs.DATE),
        Span("birth_check", line, birth + 6, birth + 7, Signs.DIGITS),
        Span("sex", line, sex, sex + 1, Signs.SEX),
        Span("expiry", line, expiry, expiry + 6, Signs.DATE),
        Span("expiry_check", line, expiry + 6, expiry + 7, Signs.OPTIONAL_DIGIT),
    )


def _two_lines(
    name: str, length: int, codes: str, tail: tuple[Span, ...], checks: tuple[CheckSpec, ...]
) -> Format:
    """The formats of two lines, which differ in their length and in the end of the second."""
    spans = (
        Span("code", 0, 0, 2, Signs.LETTERS),
        Span("issuer", 0, 2, 5, Signs.LETTERS),
        Span("name", 0, 5, length, Signs.LETTERS),
        Span("number", 1, 0, 9),
        Span("number_check", 1, 9, 10, Signs.OPTIONAL_DIGIT),
        Span("nationality", 1, 10, 13, Signs.LETTERS),
        *_person(1, (13, 20, 21)),
        *tail,
    )
    common = (
        CheckSpec("number", (1, 9), ((1, 0, 9),)),
        CheckSpec("birth", (1, 19), ((1, 13, 19),)),
        CheckSpec("expiry", (1, 27), ((1, 21, 27),)),
    )
    return Format(name, 2, length, codes, spans, (*common, *checks))


def _composite(end: int) -> CheckSpec:
    return CheckSpec("composite", (1, end), ((1, 0, 10), (1, 13, 20), (1, 21, end)))


_TD1 = Format(
    "TD1", 3, 30, "ACI",
    (
        Span("code", 0, 0, 2, Signs.LETTERS), Span("issuer", 0, 2, 5, Signs.LETTERS),
        Span("number", 0, 5, 14),
        Span("number_check", 0, 14, 15, Signs.OPTIONAL_DIGIT), Span("optional", 0, 15, 30),
        *_person(1, (0, 7, 8)), Span("nationality", 1, 15, 18, Signs.LETTERS), Span("optional_2", 1, 18, 29),
        Span("composite_check", 1, 29, 30, Signs.DIGITS), Span("name", 2, 0, 30, Signs.LETTERS),
    ),
    (
        CheckSpec("number", (0, 14), ((0, 5, 14),)), CheckSpec("birth", (1, 6), ((1, 0, 6),)),
        CheckSpec("expiry", (1, 14), ((1, 8, 14),)),
        CheckSpec("composite", (1, 29), ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
    ),
)  # fmt: skip

FORMATS: Mapping[str, Format] = {
    item.name: item
    for item in (
        _TD1,
        _two_lines(
            "TD2", 36, "ACIP",
            (Span("optional", 1, 28, 35), Span("composite_check", 1, 35, 36, Signs.DIGITS)),
            (_composite(35),),
        ),
        _two_lines(
            "TD3", 44, "P",
            (
                Span("optional", 1, 28, 42), Span("optional_check", 1, 42, 43, Signs.OPTIONAL_DIGIT),
                Span("composite_check", 1, 43, 44, Signs.DIGITS),
            ),
            (CheckSpec("optional", (1, 42), ((1, 28, 42),)), _composite(43)),
        ),
        _two_lines("MRV-A", 44, "V", (Span("optional", 1, 28, 44),), ()),
        _two_lines("MRV-B", 36, "V", (Span("optional", 1, 28, 36),), ()),
    )
}  # fmt: skip
"""Every format by name (Doc 9303-4 §4.2, -5 §4.2, -6 §4.2, -7 §4.2 and §5.2)."""
