"""Machine-readable zones of invented holders (ICAO Doc 9303-4 ... -7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

__all__ = ["ALPHABET", "FORMATS", "Holder", "check_digit", "holder", "zone"]

Rng = np.random.Generator
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
FORMATS = {"TD1": (3, 30), "TD2": (2, 36), "TD3": (2, 44), "MRV-A": (2, 44), "MRV-B": (2, 36)}
"""Lines and characters of each."""
_STATES = ("UTO", "UTO", "UTO", "VNM", "PHL", "NPL", "BRA", "USA", "GBR", "CHN", "KOR", "IDN", "IND", "D<<")
_ONSETS = (
    "B",
    "BR",
    "CH",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "KL",
    "L",
    "M",
    "N",
    "NG",
    "P",
    "QU",
    "R",
    "S",
    "SH",
)
_MORE = ("ST", "T", "TR", "V", "W", "X", "Y", "Z")
_VOWELS = ("A", "E", "I", "O", "U", "AA", "EI", "IA", "OU", "UY")
_CODAS = ("", "", "", "N", "R", "S", "L", "NG", "M", "K", "X", "Z", "D", "SSON")


@dataclass(frozen=True)
class Holder:
    """An invented holder and document."""

    surname: tuple[str, ...]
    given: tuple[str, ...]
    state: str
    """Code of issuer and nationality with its fillers, three characters."""
    number: str
    birth: date
    expiry: date
    sex: str
    """``M``, ``F`` or ``<``."""
    optional: str = ""


def check_digit(text: str) -> str:
    """Check digit of a text: weights 7, 3, 1, modulo 10 (Doc 9303-3 §4.9)."""
    total = 0
    for index, sign in enumerate(text):
        value = 0 if sign == "<" else int(sign, 36)
        total += value * (7, 3, 1)[index % 3]
    return str(total % 10)


def _word(rng: Rng, syllables: int) -> str:
    parts = []
    for _ in range(syllables):
        parts += [rng.choice(_ONSETS + _MORE), rng.choice(_VOWELS)]
    return "".join(parts) + str(rng.choice(_CODAS))


def _code(rng: Rng, length: int) -> str:
    return "".join(ALPHABET[int(i)] for i in rng.integers(36, size=length))


def holder(rng: Rng, state: str | None = None) -> Holder:
    """Anybody who does not exist."""
    names = [_word(rng, int(rng.integers(1, 4))) for _ in range(int(rng.integers(2, 6)))]
    cut = 1 if len(names) < 4 else int(rng.integers(1, 3))
    letters = int(rng.integers(0, 3))
    number = (
        _code(rng, 9)
        if rng.random() < 0.3
        else "".join(
            [*(chr(65 + int(i)) for i in rng.integers(26, size=letters))]
            + [str(int(d)) for d in rng.integers(10, size=int(rng.integers(7, 10)) - letters)]
        )
    )
    birth = date(1940, 1, 1) + timedelta(days=int(rng.integers(0, 27000)))
    expiry = date(2021, 1, 1) + timedelta(days=int(rng.integers(0, 5400)))
    optional = _code(rng, int(rng.integers(5, 14))) if rng.random() < 0.4 else ""
    return Holder(
        tuple(names[:cut]), tuple(names[cut:]), state or str(rng.choice(_STATES)), number, birth, expiry,
        str(rng.choice(("M", "F", "M", "F", "<"))), optional,
    )  # fmt: skip


def _pad(text: str, length: int) -> str:
    return text[:length].ljust(length, "<")


def _names(who: Holder, length: int) -> str:
    return _pad("<".join(who.surname) + "<<" + "<".join(who.given), length)


def _dates(who: Holder) -> tuple[str, str]:
    birth, expiry = who.birth.strftime("%y%m%d"), who.expiry.strftime("%y%m%d")
    return birth + check_digit(birth), expiry + check_digit(expiry)


def zone(who: Holder, format: str = "TD3", code: str | None = None) -> tuple[str, ...]:
    """The lines of the zone in one of FORMATS; ``code`` is the document code, two characters."""
    birth, expiry = _dates(who)
    number = _pad(who.number, 9) + check_digit(_pad(who.number, 9))
    if format == "TD1":
        first = (code or "AR") + who.state + number + _pad(who.optional, 15)
        second = birth + who.sex + expiry + who.state + _pad("", 11)
        second += check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
        return first, second, _names(who, 30)
    length = FORMATS[format][1]
    first = (code or {"TD3": "P<", "TD2": "I<"}.get(format, "V<")) + who.state + _names(who, length - 5)
    head = number + who.state + birth + who.sex + expiry
    if format.startswith("MRV"):
        return first, head + _pad(who.optional, length - len(head))
    if format == "TD2":
        body = head + _pad(who.optional[:7], 7)
    else:
        personal = _pad(who.optional, 14)
        body = head + personal + (check_digit(personal) if who.optional else "<")
    return first, body + check_digit(body[0:10] + body[13:20] + body[21:])
