"""Invented people and the genuine data of their cards: every date follows the rules of the data sheet."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from scripts.specimens import tables
from scripts.specimens.names import NATIONALITIES, Naming

__all__ = ["CardData", "Person", "add_months", "add_period", "card_data", "card_number", "person"]

T = TypeVar("T")
Rng = np.random.Generator

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIXTEENTH_BIRTHDAY_RULE = date(2023, 11, 1)
"""Cards issued to children from this day end the day before the birthday, not on it."""
LATEST_REFERENCE = date(2026, 11, 22)


def pick(rng: Rng, items: Sequence[T]) -> T:
    """One item at random."""
    return items[int(rng.integers(len(items)))]


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_period(day: date, period: str) -> date:
    """The day on which a period like ``4年3月`` ends that began on ``day`` (first day not counted)."""
    found = re.fullmatch(r"(?:(\d+)年)?(?:(\d+)月)?", period)
    if found is None or not period:
        raise ValueError(f"not a period with an end: {period}")
    return add_months(day, 12 * int(found[1] or 0) + int(found[2] or 0))


@dataclass(frozen=True)
class Person:
    """Somebody invented; ``face`` is the seed of the drawn photograph."""

    naming: Naming
    sex: str
    """``M`` or ``F``."""
    name_latin: str
    """Capitals, two spaces between the parts, family name first."""
    name_kanji: str | None
    tone: int
    """Skin tone of the drawn face, 0 lightest ... 7 darkest."""
    face: int

    @property
    def nationality(self) -> str:
        """Japanese short name."""
        return self.naming.nationality


@dataclass(frozen=True)
class CardData:
    """What is true of one card. Printed and chip forms follow from it."""

    person: Person
    card_number: str
    date_of_birth: date
    address: tuple[str, ...]
    """One or two printed lines, full-width digits."""
    status: str
    status_english: str
    work: str
    """Printed text."""
    period: str
    """Like ``4年3月``; ``無期限`` for permanent residents."""
    stay_until: date | None
    permission: str
    authority: str
    permission_date: date
    issue_date: date
    valid_until: date
    issuer: str
    reference_date: date
    """A day on which the card is valid."""
    back_permission: str | None = None
    """Text of the permission for other work on the back."""
    back_application: str | None = None
    back_address: tuple[str, str] | None = None
    """Date written and new address, where moved."""

    @property
    def under_16(self) -> bool:
        """Whether the holder was under 16 at issue: no photo, nothing signed."""
        return self.issue_date < add_months(self.date_of_birth, 16 * 12)

    @property
    def age(self) -> int:
        """Years of age at issue."""
        return (self.issue_date - self.date_of_birth).days * 100 // 36525


def person(rng: Rng, nationality: str | None = None, sex: str | None = None) -> Person:
    """An invented person; names of one to four parts."""
    known = [n for n in NATIONALITIES if nationality in (None, n.nationality)]
    naming = pick(rng, known)
    sex = sex or pick(rng, "MF")
    family = int(rng.integers(len(naming.family)))
    given_names = naming.female + naming.male
    low, high = (0, len(naming.female)) if sex == "F" else (len(naming.female), len(given_names))
    given = int(rng.integers(low, high))
    count = min(len(naming.middle), int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15])))
    middle = [naming.middle[i] for i in sorted(rng.permutation(len(naming.middle))[:count])]
    parts = [naming.family[family], *middle, given_names[given]]
    kanji = None
    if naming.kanji_family and rng.random() < 0.6:
        kanji = f"{naming.kanji_family[family]}　{naming.kanji_given[given]}"
    return Person(
        naming=naming,
        sex=sex,
        name_latin="  ".join(p.replace("-", " ") for p in parts),
        name_kanji=kanji,
        tone=pick(rng, naming.tones),
        face=int(rng.integers(2**31)),
    )


def card_number(rng: Rng) -> str:
    """A number of the right form."""
    ends = ["".join(pick(rng, LETTERS) for _ in range(2)) for _ in range(2)]
    return f"{ends[0]}{int(rng.integers(10**8)):08d}{ends[1]}"


def full_width(text: str) -> str:
    """Digits turned into their full-width forms."""
    return text.translate({ord("0") + i: ord("０") + i for i in range(10)})


def _address(rng: Rng, first_entry: bool) -> tuple[str, ...]:
    if first_entry and rng.random() < 0.5:
        return (tables.UNDECIDED_ADDRESS,)
    prefecture, towns = pick(rng, tables.CITIES)
    numbers = [int(n) for n in rng.integers(1, 30, 3)]
    street = full_width(f"{numbers[0] % 9 + 1}丁目{numbers[1]}番{numbers[2]}号")
    line = f"{prefecture}{pick(rng, towns)}{street}"
    building = pick(rng, tables.BUILDINGS)
    if not building:
        return (line,)
    room = full_width(f"{building}{int(rng.integers(1, 9))}{int(rng.integers(1, 20)):02d}号")
    return (line + room,) if len(line + room) <= 28 else (line, room)


def _day(rng: Rng, first: date, last: date) -> date:
    return first + timedelta(days=int(rng.integers(max(1, (last - first).days + 1))))


def _status(rng: Rng, name: str | None) -> tables.Status:
    return pick(rng, [s for s in tables.STATUSES if name in (None, s.name)])


def _granted(rng: Rng, status: tables.Status) -> date:
    """Mostly recent years, some cards from the first years of the format."""
    earliest = tables.FIRST_ISSUE if rng.random() < 0.3 else date(2019, 1, 1)
    return _day(rng, max(earliest, status.since), min(tables.LAST_GEN1_ISSUE, status.until))


def _permission(rng: Rng, status: tables.Status, child: bool) -> str:
    if status.name == "永住者":
        return "永住許可"
    if status.permanent:
        return "在留資格変更許可"
    kinds = ["在留期間更新許可", "在留期間更新許可", "在留資格変更許可", "上陸許可"]
    return pick(rng, [*kinds, "在留資格取得許可"] if child else kinds)


def _stay_until(rng: Rng, permission: str, granted: date, period: str) -> date:
    if permission == "在留期間更新許可":
        return add_period(granted + timedelta(days=int(rng.integers(-30, 80))), period)
    return add_period(granted, period)


def valid_until(birth: date, issued: date, stay_until: date | None) -> date:
    """End of the card's validity by the law in force on the day of issue."""
    sixteenth = add_months(birth, 16 * 12)
    if issued >= sixteenth:
        return stay_until or add_months(issued, 84)
    end = sixteenth - timedelta(days=1) if issued >= SIXTEENTH_BIRTHDAY_RULE else sixteenth
    return min(end, stay_until or end)


def _birth(rng: Rng, granted: date, child: bool) -> date:
    """A child stays clear of the half year before 16, an adult of the days after it."""
    days = rng.integers(200, 15 * 365) if child else rng.integers(19 * 366, 62 * 365)
    return granted - timedelta(days=int(days))


def _back(rng: Rng, status: tables.Status, child: bool) -> str | None:
    if status.work != "none" or child or rng.random() < 0.4:
        return None
    if rng.random() < 0.85:
        return "許可（原則週28時間以内・風俗営業等の従事を除く）"
    return "許可（資格外活動許可書に記載された範囲内の活動）"


def card_data(
    rng: Rng,
    *,
    status: str | None = None,
    nationality: str | None = None,
    sex: str | None = None,
    child: bool | None = None,
) -> CardData:
    """Consistent data of a genuine first-generation card, for every status for which cards are issued."""
    who = person(rng, nationality, sex)
    granted_status = _status(rng, status)
    if child is None:
        child = granted_status.family and bool(rng.random() < 0.15)
    granted = _granted(rng, granted_status)
    permission = _permission(rng, granted_status, child)
    period = pick(rng, tables.periods(granted_status, granted))
    stay = None if granted_status.permanent else _stay_until(rng, permission, granted, period)
    birth = _birth(rng, granted, child)
    issued = granted
    if not child and stay and rng.random() < 0.1:
        issued = _day(rng, granted, min(stay - timedelta(days=40), tables.LAST_GEN1_ISSUE))
    valid = valid_until(birth, issued, stay)
    english = granted_status.english
    if granted_status.name == "留学" and granted < date(2016, 1, 1):
        english = "College Student"
    return CardData(
        person=who,
        card_number=card_number(rng),
        date_of_birth=birth,
        address=_address(rng, permission == "上陸許可"),
        status=granted_status.name,
        status_english=english,
        work=tables.WORK_TEXTS[granted_status.work],
        period=period,
        stay_until=stay,
        permission=permission,
        authority=tables.authority(permission, pick(rng, tables.BUREAUS), granted),
        permission_date=granted,
        issue_date=issued,
        valid_until=valid,
        issuer=tables.issuer(issued),
        reference_date=_day(rng, issued, min(valid, LATEST_REFERENCE)),
        back_permission=_back(rng, granted_status, child),
    )
