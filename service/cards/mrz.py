"""Machine-readable zones of travel documents (ICAO Doc 9303-3 ... -7): formats, check digits, dates, fields.

Pure arithmetic on text. How the text was read, and how surely, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.cards.mrz_format import ALPHABET, FORMATS, Cell, CheckSpec, Format, Signs, Span

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

_WEIGHTS = (7, 3, 1)


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
