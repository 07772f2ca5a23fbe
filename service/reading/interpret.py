"""From the recogniser's lines to the text of each field: joined, divided, look-alikes settled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.cards.layout import FieldPlace
from service.reading.ink import TextBox
from service.reading.lexicon import Lexicon, fold
from service.reading.look_alikes import settle_by_neighbours, settle_number
from service.reading.recogniser import TextLine

__all__ = ["Printed", "interpret"]

_YEAR = re.compile("[0-9]{4}年")
_DATE = re.compile("[0-9]{4}年[0-9]{2}月[0-9]{2}日")
GAP = 1.5
"""A step between two signs of a name that is this much wider than a sign holds a space."""
HALF_WIDTH, FULL_WIDTH = 0.79, 0.84
"""Mean pitch of a date's signs against the height of its line: measured up to 0.77 and from 0.87."""
HALF_STEP, FULL_STEP = 0.90, 0.86
"""Pitch of the year's digits against that of the signs from 年 to 日, which blur and underlines leave alone:
half-width print has up to 0.89, full-width 0.92 and more in 371 dates of hard photos."""

O_FROM, O_MOST = 0.97, 0.89
"""Claim from which an O in a card number is no Q, and what it may claim below that: the tail of a Q is the
first thing that print and blur lose. All that was read wrong in 770 numbers was Q as O, at up to 0.94."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A text with what is known of each of its signs."""

    text: str
    confidences: tuple[float, ...]
    places: tuple[float, ...]
    """Centre of each sign in raster pixels along its line."""
    boxes: tuple[TextBox, ...]
    settled: bool = False
    """Whether a look-alike was put right, so that the text is no longer what was read."""

    @classmethod
    def join(cls, lines: Sequence[TextLine], boxes: Sequence[TextBox]) -> Printed:
        """Lines one after the other, as they are read; words of Latin lines stay apart."""
        text = ""
        confidences: list[float] = []
        places: list[float] = []
        for line, box in zip(lines, boxes, strict=True):
            if text and _is_latin(text[-1]) and line.text and _is_latin(line.text[0]):
                text += " "
                confidences.append(1.0)
                places.append(float(box.x0))
            text += line.text
            confidences.extend(line.char_confidences)
            places.extend(box.x0 + at * box.width for at in line.positions)
        seen = tuple(box for line, box in zip(lines, boxes, strict=True) if line.text.strip())
        return cls(text, tuple(confidences), tuple(places), seen)

    def part(self, start: int, end: int) -> Printed:
        """The signs from ``start`` up to ``end``, outer spaces left out."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Printed(
            self.text[start:end],
            self.confidences[start:end],
            self.places[start:end],
            tuple(self._cut(box, start, end) for box in self.boxes) if end > start else (),
        )

    def with_text(self, text: str) -> Printed:
        """The same print read as another text of the same length."""
        settled = self.settled or text != self.text
        return Printed(text, self.confidences, self.places, self.boxes, settled)

    def with_doubt(self, sign: str, surely: float, most: float) -> Printed:
        """The same, where ``sign`` claims at most ``most`` unless it is read as ``surely`` as that."""
        claims = tuple(
            min(claim, most) if read == sign and claim < surely else claim
            for read, claim in zip(self.text, self.confidences, strict=True)
        )
        return replace(self, confidences=claims)

    @property
    def confidence(self) -> float:
        """The least confident sign that is no space; 0 where there is none."""
        signs = [c for sign, c in zip(self.text, self.confidences, strict=True) if not sign.isspace()]
        return min(signs, default=0.0)

    def _cut(self, box: TextBox, start: int, end: int) -> TextBox:
        if len(self.boxes) > 1 or (start == 0 and end == len(self.text)):
            return box
        first = box.x0 if start == 0 else (self.places[start - 1] + self.places[start]) / 2
        last = box.x1 if end == len(self.text) else (self.places[end - 1] + self.places[end]) / 2
        return TextBox(round(first), box.y0, max(round(first) + 1, round(last)), box.y1)

    def extra(self, kind: str) -> Mapping[str, str]:
        """Further facts: digits of a date in full or half width, a number whose look-alikes were settled."""
        if kind == "card_number" and self.settled:
            return {"folded": "look_alike"}
        width = self._digit_width() if kind in ("date", "date_full_width", "period_with_date") else None
        return {"digit_width": width} if width else {}

    def _digit_width(self) -> str | None:
        """From the pitch of the signs; None where its two measures do not agree, or lie between the two."""
        if not self.boxes or not _DATE.match(self.text):
            return None
        pitch = (self.places[-1] - self.places[0]) / (len(self.text) - 1) / self.boxes[0].height
        step = 2 * (self.places[3] - self.places[0]) / max(1.0, self.places[10] - self.places[4])
        if pitch < HALF_WIDTH and step < HALF_STEP:
            return "half"
        return "full" if pitch > FULL_WIDTH and step > FULL_STEP else None

    def settle(self, field: str, value: str | None, lexicon: Lexicon, extra: dict[str, str]) -> str | None:
        """The value folded onto its closed set where that is beyond doubt; says so in ``extra``."""
        if value is None:
            return None
        folded, changed = fold(value, self._bare_confidences(), lexicon.values(field))
        if changed:
            extra["folded"] = "closed_set"
        return folded

    def settle_authority(self, authority: str, lexicon: Lexicon) -> str:
        """The authority behind a kind of permission, folded like any closed set."""
        return fold(authority, (), lexicon.authorities, doubt=0.0)[0]

    def _bare_confidences(self) -> tuple[float, ...]:
        return tuple(c for s, c in zip(self.text, self.confidences, strict=True) if not s.isspace())


def interpret(places: Sequence[FieldPlace], printed: Printed) -> Iterator[tuple[FieldPlace, Printed]]:
    """Divide what stands in a row among its fields."""
    by_name = {place.name: place for place in places}
    if "name_latin" in by_name or "name_kanji" in by_name:
        parts = _names(printed)
    elif len(places) > 1:
        parts = _period(printed)
    else:
        parts = {places[0].name: _single(places[0], printed)}
    for name, part in parts.items():
        if name in by_name:
            yield by_name[name], part


def _single(place: FieldPlace, printed: Printed) -> Printed:
    whole = printed.part(0, len(printed.text))
    if place.kind == "card_number":
        return whole.with_text(settle_number(whole.text)).with_doubt("O", O_FROM, O_MOST)
    if place.kind in ("text", "permission") or place.name == "nationality":
        return whole.with_text(settle_by_neighbours(whole.text))
    return whole


def _is_latin(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("LATIN") or sign in "'.,-"


def _names(printed: Printed) -> dict[str, Printed]:
    """Latin and kanji parts; each stands in one piece, whatever their order."""
    latin = [i for i, sign in enumerate(printed.text) if _is_latin(sign)]
    kanji = [i for i, s in enumerate(printed.text) if not _is_latin(s) and not s.isspace() and s != "・"]
    nothing = printed.part(0, 0)
    return {
        "name_latin": printed.part(latin[0], latin[-1] + 1) if latin else nothing,
        "name_kanji": _spaced(printed.part(kanji[0], kanji[-1] + 1)) if kanji else nothing,
    }


def _spaced(name: Printed) -> Printed:
    """A kanji name with the gap between its parts as a space, which the recogniser does not report."""
    steps = [after - before for before, after in pairwise(name.places)]
    if not steps or not name.boxes or " " in name.text:
        return name
    unit = min(1.15 * name.boxes[-1].height, *steps)
    wide = [i + 1 for i, step in enumerate(steps) if step > GAP * unit]
    if len(wide) != 1:
        return name
    at = wide[0]
    middle = (name.places[at - 1] + name.places[at]) / 2
    return Printed(
        f"{name.text[:at]} {name.text[at:]}",
        (*name.confidences[:at], 1.0, *name.confidences[at:]),
        (*name.places[:at], middle, *name.places[at:]),
        name.boxes,
    )


def _period(printed: Printed) -> dict[str, Printed]:
    """``4年3月（2018年10月20日）``: the period, and the day in brackets."""
    opening = next((i for i, sign in enumerate(printed.text) if sign in "(（"), None)
    if opening is None:
        year = _YEAR.search(printed.text)
        opening = year.start() if year else len(printed.text)
    start, end = opening, len(printed.text)
    while start < end and printed.text[start] in "(（ ":
        start += 1
    while end > start and printed.text[end - 1] in ")） ":
        end -= 1
    return {"period_of_stay": printed.part(0, opening), "stay_until": printed.part(start, end)}
