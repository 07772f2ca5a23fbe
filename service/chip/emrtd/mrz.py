"""DG1: the machine-readable zone with its check digits (ICAO Doc 9303-3 §4.9, -4, -5, -6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Mrz", "check_digit", "read_mrz"]

LINES: Mapping[int, tuple[str, int]] = {90: ("TD1", 30), 72: ("TD2", 36), 88: ("TD3", 44)}
"""Format and line length by the number of signs."""
WEIGHTS = (7, 3, 1)
FILLER = "<"
SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


@dataclass(frozen=True, slots=True)
class Mrz:
    """One machine-readable zone, as stored."""

    form: str
    """``TD1``, ``TD2`` or ``TD3``."""
    document_code: str
    issuing_state: str
    document_number: str
    nationality: str
    birth: str
    """YYMMDD; unknown parts are ``<``."""
    sex: str
    """``M``, ``F`` or ``<``."""
    expiry: str
    """YYMMDD."""
    name: str
    """Surname and given names with single spaces."""
    faults: tuple[str, ...]
    """Parts whose check digit does not fit: ``document_number``, ``birth``, ``expiry``, ``optional``,
    ``composite``."""


def check_digit(text: str) -> str:
    """The check digit over a text of MRZ signs."""
    total = sum(_value(sign) * WEIGHTS[index % 3] for index, sign in enumerate(text))
    return str(total % 10)


def _value(sign: str) -> int:
    return 0 if sign == FILLER else int(sign, 36)


def read_mrz(data: bytes) -> Mrz | None:
    """The zone of DG1's object 5F1F; None where it has another length or other signs than an MRZ."""
    text = data.decode("ascii", "replace")
    form, width = LINES.get(len(text), ("", 0))
    if not form or not SIGNS.issuperset(text):
        return None
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return _td1(lines) if form == "TD1" else _two_lines(form, lines)


def _td1(lines: list[str]) -> Mrz:
    first, second, third = lines
    number, digit = _long_number(first[5:14], first[14], first[15:30])
    checks = {
        "document_number": (number, digit),
        "birth": (second[0:6], second[6]),
        "expiry": (second[8:14], second[14]),
        "composite": (first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
    }
    return Mrz(
        form="TD1",
        document_code=first[0:2].strip(FILLER),
        issuing_state=first[2:5].strip(FILLER),
        document_number=number.rstrip(FILLER),
        nationality=second[15:18].strip(FILLER),
        birth=second[0:6],
        sex=second[7],
        expiry=second[8:14],
        name=_name(third),
        faults=_faults(checks),
    )


def _two_lines(form: str, lines: list[str]) -> Mrz:
    first, second = lines
    number, digit = second[0:9], second[9]
    checks = {"birth": (second[13:19], second[19]), "expiry": (second[21:27], second[27])}
    if form == "TD3":
        composite = second[0:10] + second[13:20] + second[21:43]
        if set(second[28:42]) != {FILLER} or second[42] != FILLER:
            checks["optional"] = (second[28:42], second[42])
        checks["composite"] = (composite, second[43])
    else:
        number, digit = _long_number(number, digit, second[28:35])
        checks["composite"] = (second[0:10] + second[13:20] + second[21:35], second[35])
    checks["document_number"] = (number, digit)
    return Mrz(
        form=form,
        document_code=first[0:2].strip(FILLER),
        issuing_state=first[2:5].strip(FILLER),
        document_number=number.rstrip(FILLER),
        nationality=second[10:13].strip(FILLER),
        birth=second[13:19],
        sex=second[20],
        expiry=second[21:27],
        name=_name(first[5:]),
        faults=_faults(checks),
    )


def _long_number(number: str, digit: str, optional: str) -> tuple[str, str]:
    """A number of more than nine signs runs on in the optional data, its check digit last (9303-5 §4.2.2)."""
    if digit != FILLER or number.endswith(FILLER):
        return number, digit
    rest = optional.split(FILLER, 1)[0]
    return (number + rest[:-1], rest[-1]) if rest else (number, digit)


def _faults(checks: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(name for name, (text, digit) in checks.items() if check_digit(text) != digit))


def _name(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())
