"""Machine-readable zones of travel documents (ICAO Doc 9303-3 ... -7): formats, check digits, dates, fields.

Pure arithmetic on text. How the text was read, and how surely, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

__all__ = [
    "ALPHABET",
    "FORMATS",
    "Cell",
    "CheckDigit",
    "CheckSpec",
    "Format",
    "Signs",
    "Span",
    "Zone",
    "birth_date",
    "check_digit",
    "check_digits",
    "expiry_date",
    "format_of",
    "parse_zone",
]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
"""Every character of a zone; its place is its value in a check digit, but for the filler, which counts 0."""
_WEIGHTS = (7, 3, 1)

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


def check_digit(text: str) -> int:
    """The check digit of a text: weights 7, 3, 1, modulo 10 (Doc 9303-3 §4.9).

    ValueError for a character outside the alphabet.
    """
    total = 0
    for place, sign in enumerate(text):
        value = ALPHABET.index(sign)
        total += (0 if sign == "<" else value) * _WEIGHTS[place % 3]
    return total % 10


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One check digit with what it should be."""

    name: str
    printed: str
    expected: int
    cells: tuple[Cell, ...]
    """Every character that it stands over, itself last."""

    @property
    def holds(self) -> bool:
        """Whether it is right. A filler stands for 0 where its field may be empty."""
        if self.printed == "<":
            return self.expected == 0
        return self.printed == str(self.expected)


def _cut(lines: Sequence[str], parts: Sequence[tuple[int, int, int]]) -> str:
    return "".join(lines[line][start:end] for line, start, end in parts)


def _long_number(lines: Sequence[str], shape: Format) -> tuple[str, CheckSpec] | None:
    """A document number of more than nine characters goes on in the optional part (Doc 9303-5 §4.2.2.1 j)."""
    check = shape.checks[0]
    line, column = check.digit
    if shape.name not in ("TD1", "TD2") or lines[line][column] != "<":
        return None
    field = shape.span("optional")
    more = lines[line][field.start : field.end].split("<")[0]
    if len(more) < 2:
        return None
    start, end = column + 1, column + len(more)
    first = check.parts[0]
    # The filler that takes the digit's place does not count among the characters.
    return lines[line][first[1] : first[2]] + more[:-1], CheckSpec(
        "number", (line, end), (first, (line, start, end))
    )


def check_digits(lines: Sequence[str], shape: Format) -> tuple[CheckDigit, ...]:
    """Every check digit of a zone. ``lines`` must have the format's shape."""
    found = []
    long_number = _long_number(lines, shape)
    for spec in shape.checks:
        check = long_number[1] if spec.name == "number" and long_number else spec
        line, column = check.digit
        expected = check_digit(_cut(lines, check.parts))
        found.append(CheckDigit(check.name, lines[line][column], expected, check.cells))
    return tuple(found)


def format_of(lines: Sequence[str]) -> Format | None:
    """The format of lines by their number, length and first character; None for another shape."""
    lengths = {len(line) for line in lines}
    fitting = [f for f in FORMATS.values() if len(lines) == f.lines and lengths == {f.length}]
    if not fitting:
        return None
    visa = lines[0].startswith("V")
    return next((f for f in fitting if ("V" in f.codes) == visa), None)


def _calendar(year: int, text: str) -> date | None:
    try:
        return date(year, int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None


def birth_date(text: str, reference: date) -> date | None:
    """The date of birth behind ``YYMMDD``: the latest that is not after the reference date.

    None for an unknown or impossible date.
    """
    if not text.isdigit():
        return None
    century = reference.year // 100 * 100
    found = (_calendar(century - back + int(text[:2]), text) for back in (0, 100))
    return next((day for day in found if day is not None and day <= reference), None)


def expiry_date(text: str, reference: date) -> date | None:
    """The date of expiry behind ``YYMMDD``: the one nearest to the reference date, None for none."""
    if not text.isdigit():
        return None
    century = reference.year // 100 * 100
    found = (_calendar(century + more + int(text[:2]), text) for more in (0, -100, 100))
    known = [day for day in found if day is not None]
    return min(known, key=lambda day: abs((day - reference).days), default=None)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone taken apart. Nothing here says that it is right: see ``checks``."""

    format: str
    lines: tuple[str, ...]
    code: str
    """Document code without fillers, e.g. ``P`` or ``AR``."""
    issuer: str
    """Code of the issuing state or organisation without fillers."""
    number: str
    nationality: str
    birth: date | None
    expiry: date | None
    sex: str | None
    """``M``, ``F``, or ``X`` for a filler; None for any other character."""
    name: str
    """The name field as printed, fillers included."""
    optional: str
    checks: tuple[CheckDigit, ...]

    @property
    def holds(self) -> bool:
        """Whether every check digit is right."""
        return all(check.holds for check in self.checks)

    def field(self, name: str) -> str:
        """The characters of a field as printed; KeyError where the format has none such."""
        span = FORMATS[self.format].span(name)
        return self.lines[span.line][span.start : span.end]

    def cells(self, name: str) -> tuple[Cell, ...]:
        """The places of a field's characters."""
        return FORMATS[self.format].span(name).cells


def parse_zone(lines: Sequence[str], reference: date) -> Zone | None:
    """Take lines apart; None where they have the shape of no format or hold other characters.

    ``reference`` is the date by which two digits of a year become four.
    """
    shape = format_of(lines)
    if shape is None or any(sign not in ALPHABET for line in lines for sign in line):
        return None

    def text(name: str) -> str:
        span = shape.span(name)
        return lines[span.line][span.start : span.end]

    long_number = _long_number(lines, shape)
    number = long_number[0] if long_number else text("number")
    sex = text("sex")
    return Zone(
        format=shape.name,
        lines=tuple(lines),
        code=text("code").strip("<"),
        issuer=text("issuer").strip("<"),
        number=number.strip("<"),
        nationality=text("nationality").strip("<"),
        birth=birth_date(text("birth"), reference),
        expiry=expiry_date(text("expiry"), reference),
        sex={"<": "X", "X": "X", "M": "M", "F": "F"}.get(sex),
        name=text("name"),
        optional=text("optional").strip("<"),
        checks=check_digits(lines, shape),
    )
