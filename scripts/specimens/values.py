"""The variable words of the front: place, font and captions of every field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scripts.specimens.paint import Ink
from scripts.specimens.printed import Texts
from scripts.specimens.style import Style
from scripts.specimens.third.words import value_runs

__all__ = ["FIELD_BOXES", "Line", "value_ink"]

Line = tuple[float, float, float]
"""Underline: x0, x1, y."""

PERIOD_PITCH = 0.0267
VALIDITY_PITCH = 0.0300
PERMISSION_PITCH = 0.0217
ADDRESS_PITCH = 0.0205

FIELD_BOXES: dict[str, tuple[float, float, float, float]] = {
    "card_number": (0.760, 0.070, 0.985, 0.110),
    "name_latin": (0.090, 0.136, 0.700, 0.186),
    "date_of_birth": (0.136, 0.242, 0.364, 0.294),
    "sex": (0.417, 0.242, 0.487, 0.294),
    "nationality": (0.600, 0.242, 0.800, 0.294),
    "address": (0.104, 0.366, 0.702, 0.420),
    "status_of_residence": (0.124, 0.455, 0.470, 0.508),
    "work_restriction": (0.400, 0.518, 0.690, 0.628),
    "period_of_stay": (0.234, 0.655, 0.360, 0.702),
    "stay_until": (0.340, 0.655, 0.700, 0.710),
    "permission_type": (0.142, 0.764, 0.320, 0.808),
    "authority": (0.318, 0.764, 0.556, 0.808),
    "permission_date": (0.138, 0.824, 0.352, 0.872),
    "issue_date": (0.472, 0.824, 0.690, 0.872),
    "card_valid_until": (0.184, 0.890, 0.632, 0.942),
    "issuer": (0.738, 0.898, 0.886, 0.950),
}
"""x0, y0, x1, y1: where each field's ink lies, for attacks that replace it in a picture."""


def _japanese(style: Style, text: str, x: float, base: float, em: float, **more: object) -> Ink:
    run = Ink(text, x, base, em, style.value, bold=style.value_bold)
    return replace(run, **more)  # type: ignore[arg-type]


def _mixed(style: Style, text: str, x: float, base: float, em: float, **more: object) -> Ink:
    run = Ink(
        text,
        x,
        base,
        em,
        style.value,
        latin=style.digits,
        latin_scale=style.digits_scale,
        bold=max(style.value_bold, style.digits_bold),
    )
    return replace(run, **more)  # type: ignore[arg-type]


def _name(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    name, kanji = t["name_latin"], t.get("name_kanji")
    lines = [name]
    if len(name) > 34 and not kanji:
        cut = name.rfind("  ", 0, 34)
        lines = [name[:cut], name[cut + 2 :]] if cut > 0 else lines
    for i, line in enumerate(lines):
        run = Ink(line, 0.095, 0.180 + 0.048 * i, 0.047, style.digits, bold=style.digits_bold, max_width=0.86)
        yield "name_latin", run
    if kanji:
        yield "name_kanji", _japanese(style, kanji, 0.095, 0.229, 0.0405, max_width=0.6)


def _captions(text: str, x: float, pitch: float, base: float, style: Style) -> Iterator[Ink]:
    letters = {"年": "Y", "月": "M", "日": "D"}
    for i, sign in enumerate(text):
        if sign in letters:
            left = x + pitch * (i + 0.5) - 0.005
            yield Ink(
                letters[sign],
                left,
                base,
                0.034,
                style.label_latin,
                colour=style.label_ink,
                bold=style.label_bold,
            )


def _birth(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    yield "date_of_birth", _mixed(style, t["date_of_birth"], 0.140, 0.286, 0.0435, max_width=0.222)
    for letter, x in zip("YMD", (0.2205, 0.284, 0.3485), strict=True):
        yield (
            "date_of_birth",
            Ink(letter, x, 0.318, 0.034, style.label_latin, colour=style.label_ink, bold=style.label_bold),
        )


def _status(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    yield (
        "status_of_residence",
        _japanese(style, t["status_of_residence"], 0.122, 0.499, 0.0445, max_width=0.36),
    )
    lines = t["status_english"].split("\n")
    longest = max(map(len, lines))
    squeeze = min(1.0, 0.140 / (longest * 0.0091))
    for i, line in enumerate(lines):
        yield (
            "status_english",
            Ink(line, 0.102, 0.536 + 0.0262 * i, 0.0242, style.status_latin, bold=0.8, squeeze=squeeze),
        )


def _work(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    lines = t["work_restriction"].split("\n")
    if len(lines) == 1 and len(lines[0]) <= 8:
        yield "work_restriction", _japanese(style, lines[0], 0.462, 0.592, 0.0470, max_width=0.225)
        return
    for i, line in enumerate(lines[:2]):
        base = (0.565 + 0.047 * i) if len(lines) > 1 else 0.59
        yield "work_restriction", _japanese(style, line, 0.404, base, 0.0365, max_width=0.284)


def _stay(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    x, em = 0.239, 0.0415
    period = t["period_of_stay"]
    yield "period_of_stay", _japanese(style, period, x, 0.697, em, pitch=PERIOD_PITCH)
    for run in _captions(period if "stay_until" in t else "", x, PERIOD_PITCH, 0.734, style):
        yield "period_of_stay", run
    if "stay_until" not in t:
        return
    start = x + PERIOD_PITCH * len(period)
    whole = f"（{t['stay_until']}）"
    if t["stay_until"].isascii() or any(c.isascii() for c in t["stay_until"]):
        yield "stay_until", _mixed(style, whole, start, 0.697, em, max_width=0.70 - start)
        return
    yield "stay_until", _japanese(style, whole, start, 0.697, em, pitch=PERIOD_PITCH)
    for run in _captions(whole, start, PERIOD_PITCH, 0.734, style):
        yield "stay_until", run


def _permission(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    kind, authority = t["permission_type"], f"（{t['authority']}）"
    pitch = min(PERMISSION_PITCH, 0.408 / len(kind + authority))
    squeeze = pitch / PERMISSION_PITCH
    em = 0.0338
    yield "permission_type", _japanese(style, kind, 0.145, 0.798, em, squeeze=squeeze)
    yield "authority", _japanese(style, authority, 0.145 + pitch * len(kind), 0.798, em, squeeze=squeeze)


def _issuer(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    text = t["issuer"]
    x, em = (0.769, 0.0440) if len(text) <= 5 else (0.741, 0.0400)
    yield "issuer", Ink(text, x, 0.940, em, style.issuer, bold=1.0, max_width=0.884 - x)


def value_ink(style: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    """Field name and line, for every variable line of the front (the chip's front image shows the same)."""
    if style.name == "c":
        yield from value_runs(style, t)
        return
    number = Ink(
        t["card_number"], 0.766, 0.103, 0.0425, style.digits, bold=style.digits_bold, max_width=0.216
    )
    yield "card_number", number
    yield from _name(style, t)
    yield from _birth(style, t)
    yield "sex", _mixed(style, t["sex"], 0.421, 0.286, 0.0425, max_width=0.0605)
    yield "nationality", _japanese(style, t["nationality"], 0.604, 0.286, 0.0445, max_width=0.36)
    address = t["address"].split("\n")
    for i, line in enumerate(address[:2]):
        base = 0.408 if len(address) == 1 else 0.379 + 0.043 * i
        yield "address", _mixed(style, line, 0.112, base, 0.0325, latin_scale=1.0, max_width=0.586)
    yield from _status(style, t)
    yield from _work(style, t)
    yield from _stay(style, t)
    yield from _permission(style, t)
    yield "permission_date", _mixed(style, t["permission_date"], 0.142, 0.863, 0.0400, max_width=0.200)
    yield "issue_date", _mixed(style, t["issue_date"], 0.475, 0.863, 0.0400, max_width=0.200)
    validity = t["card_valid_until"] + "まで有効"
    if any(c.isascii() for c in validity):
        yield "card_valid_until", _mixed(style, validity, 0.190, 0.933, 0.0465, max_width=0.44)
    else:
        yield "card_valid_until", _japanese(style, validity, 0.187, 0.933, 0.0465, pitch=VALIDITY_PITCH)


def underlines(t: Texts) -> Iterator[Line]:
    """The lines under the end of stay and the validity."""
    if "stay_until" in t:
        start = 0.239 + PERIOD_PITCH * (len(t["period_of_stay"]) + 1)
        yield (start - 0.002, start + PERIOD_PITCH * 11, 0.7055)
    yield (0.184, 0.638, 0.9415)


def issuer_ink(style: Style, t: Mapping[str, str]) -> Iterator[Ink]:
    """The issuer beside the seal; printed, but no part of the chip's front image."""
    for _, run in _issuer(style, dict(t)):
        yield run
