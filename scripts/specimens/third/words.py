"""Where style ``c`` prints its words: labels spaced out to their width, values a little off the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scripts.specimens.labels import FRONT_LABELS, LabelSpec
from scripts.specimens.paint import HEIGHT, WIDTH, Colour, Ink
from scripts.specimens.printed import Texts
from scripts.specimens.style import Style
from scripts.specimens.third.pen import natural_width

__all__ = ["issuer_run", "label_runs", "rules", "value_runs"]

INK: Colour = (52, 46, 44)
"""Brownish grey: paler than that of the other styles."""
PERIOD_PITCH = 0.0264
VALIDITY_PITCH = 0.0298
CAPTIONS = {"年": "Y", "月": "M", "日": "D"}


def _spaced(run: Ink, width: float) -> Ink:
    """Squeezed where it is too long, else with its signs spaced evenly over the width."""
    natural = natural_width(run, HEIGHT, WIDTH)
    if natural >= width or len(run.text) < 2 or run.text.isascii():
        return replace(run, max_width=width)
    return replace(run, pitch=width / len(run.text))


def _label(look: Style, spec: LabelSpec, text: str) -> Ink:
    latin, height = text.isascii(), spec.y1 - spec.y0
    key = look.heading if spec.heading else look.label_latin if latin else look.label
    em = height / (0.74 if latin else 0.96)
    bold = look.heading_bold if spec.heading else look.label_bold
    run = Ink(
        text, spec.x0, spec.y1 - (0.0 if latin else 0.11 * em), em, key, colour=look.label_ink, bold=bold
    )
    return _spaced(run, spec.x1 - spec.x0)


def label_runs(look: Style, changed: Mapping[str, str]) -> Iterator[Ink]:
    """Every fixed word; ``changed`` replaces words in the same place."""
    for spec in FRONT_LABELS:
        yield _label(look, spec, changed.get(spec.id, spec.text))


def _plain(look: Style, text: str, x: float, base: float, em: float, width: float | None = None) -> Ink:
    return Ink(text, x, base, em, look.value, colour=INK, bold=look.value_bold, max_width=width)


def _with_digits(look: Style, text: str, x: float, base: float, em: float, width: float) -> Ink:
    bold = max(look.value_bold, look.digits_bold)
    return Ink(text, x, base, em, look.value, latin=look.digits, latin_scale=look.digits_scale, colour=INK,
               bold=bold, max_width=width)  # fmt: skip


def _latin(look: Style, text: str, x: float, base: float, em: float, width: float) -> Ink:
    return Ink(text, x, base, em, look.digits, colour=INK, bold=look.digits_bold, max_width=width)


def _captions(look: Style, text: str, x: float, pitch: float) -> Iterator[Ink]:
    for place, sign in enumerate(text):
        if sign in CAPTIONS:
            left = x + pitch * (place + 0.5) - 0.0045
            yield Ink(CAPTIONS[sign], left, 0.7325, 0.032, look.label_latin, colour=look.label_ink)


def _name(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    latin, kanji = t["name_latin"], t.get("name_kanji")
    cut = latin.rfind("  ", 0, 34) if len(latin) > 34 and not kanji else -1
    lines = [latin[:cut], latin[cut + 2 :]] if cut > 0 else [latin]
    for row, line in enumerate(lines):
        yield "name_latin", _latin(look, line, 0.0955, 0.1795 + 0.049 * row, 0.0455, 0.86)
    if kanji:
        yield "name_kanji", _plain(look, kanji, 0.096, 0.2285, 0.0400, 0.6)


def _person(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    yield "card_number", _latin(look, t["card_number"], 0.7665, 0.1015, 0.0418, 0.215)
    yield from _name(look, t)
    yield "date_of_birth", _with_digits(look, t["date_of_birth"], 0.1415, 0.2845, 0.0425, 0.220)
    for letter, x in zip("YMD", (0.222, 0.2845, 0.348), strict=True):
        yield "date_of_birth", Ink(letter, x, 0.3175, 0.032, look.label_latin, colour=look.label_ink)
    yield "sex", _with_digits(look, t["sex"], 0.4215, 0.2845, 0.0415, 0.061)
    yield "nationality", _plain(look, t["nationality"], 0.6045, 0.2845, 0.0435, 0.36)
    lines = t["address"].split("\n")[:2]
    for row, line in enumerate(lines):
        base = 0.407 if len(lines) == 1 else 0.3785 + 0.0435 * row
        yield "address", _with_digits(look, line, 0.1115, base, 0.0320, 0.586)


def _status(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    yield "status_of_residence", _plain(look, t["status_of_residence"], 0.1215, 0.4985, 0.0435, 0.36)
    for row, line in enumerate(t["status_english"].split("\n")):
        small = Ink(line, 0.102, 0.536 + 0.0262 * row, 0.0245, look.status_latin, colour=INK, max_width=0.14)
        yield "status_english", small
    lines = t["work_restriction"].split("\n")[:2]
    if len(lines) == 1 and len(lines[0]) <= 8:
        yield "work_restriction", _plain(look, lines[0], 0.4610, 0.5905, 0.0460, 0.225)
        return
    for row, line in enumerate(lines):
        base = 0.5645 + 0.047 * row if len(lines) > 1 else 0.589
        yield "work_restriction", _plain(look, line, 0.4045, base, 0.0360, 0.284)


def _stay(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    x, base, em, period = 0.2395, 0.6955, 0.0408, t["period_of_stay"]
    yield "period_of_stay", replace(_plain(look, period, x, base, em), pitch=PERIOD_PITCH)
    if "stay_until" not in t:
        return
    yield from (("period_of_stay", run) for run in _captions(look, period, x, PERIOD_PITCH))
    start, whole = x + PERIOD_PITCH * len(period), f"（{t['stay_until']}）"
    if any(sign.isascii() for sign in whole):
        yield "stay_until", _with_digits(look, whole, start, base, em, 0.70 - start)
        return
    yield "stay_until", replace(_plain(look, whole, start, base, em), pitch=PERIOD_PITCH)
    yield from (("stay_until", run) for run in _captions(look, whole, start, PERIOD_PITCH))


def _grant(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    kind, authority = t["permission_type"], f"（{t['authority']}）"
    pitch = min(0.0215, 0.406 / len(kind + authority))
    for name, text, x in (
        ("permission_type", kind, 0.1455),
        ("authority", authority, 0.1455 + pitch * len(kind)),
    ):
        yield name, _plain(look, text, x, 0.7975, 0.0335, pitch * len(text))
    yield "permission_date", _with_digits(look, t["permission_date"], 0.1425, 0.8625, 0.0392, 0.2)
    yield "issue_date", _with_digits(look, t["issue_date"], 0.4755, 0.8625, 0.0392, 0.2)


def _validity(look: Style, t: Texts) -> Ink:
    text = t["card_valid_until"] + "まで有効"
    if any(sign.isascii() for sign in text):
        return _with_digits(look, text, 0.190, 0.9325, 0.0455, 0.44)
    return replace(_plain(look, text, 0.1875, 0.9325, 0.0455), pitch=VALIDITY_PITCH)


def value_runs(look: Style, t: Texts) -> Iterator[tuple[str, Ink]]:
    """Field name and line, for every variable line that card and chip both show."""
    yield from _person(look, t)
    yield from _status(look, t)
    yield from _stay(look, t)
    yield from _grant(look, t)
    yield "card_valid_until", _validity(look, t)


def issuer_run(look: Style, t: Texts) -> Ink:
    """The issuer beside the seal."""
    x, em = (0.7695, 0.0430) if len(t["issuer"]) <= 5 else (0.7415, 0.0395)
    return Ink(t["issuer"], x, 0.9385, em, look.issuer, colour=INK, bold=1.0, max_width=0.884 - x)


def rules(t: Texts) -> Iterator[tuple[float, float, float]]:
    """Lines under the end of stay and the validity: x0, x1, y."""
    if "stay_until" in t:
        start = 0.2395 + PERIOD_PITCH * (len(t["period_of_stay"]) + 1)
        yield (start - 0.001, start + PERIOD_PITCH * 11, 0.7045)
    yield (0.1855, 0.637, 0.9405)
