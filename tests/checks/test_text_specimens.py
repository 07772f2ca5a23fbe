"""The rules against the specimens' own tables, written apart from them: no intact card is accused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from scripts.specimens.people import CardData, card_data
from service.checks import layout, text
from service.checks.case import Case
from service.evidence import FieldReading
from service.verdict import Result
from tests.checks.text_support import ask, card, reading

GENERATION = next(check for check in layout.CHECKS if check.id == "layout.generation")


def _day(name: str, day: date) -> FieldReading:
    return reading(name, f"{day.year}年{day.month:02d}月{day.day:02d}日", day.isoformat())


def _texts(data: CardData) -> Iterator[FieldReading]:
    plain = {
        "card_number": data.card_number,
        "name_latin": data.person.name_latin,
        "nationality": data.person.nationality,
        "address": "".join(data.address),
        "work_restriction": data.work,
        "period_of_stay": data.period,
        "issuer": data.issuer,
    }
    yield from (reading(name, raw, raw) for name, raw in plain.items())
    yield reading("sex", {"M": "男 M.", "F": "女 F."}[data.person.sex], data.person.sex)
    english = {"status_english": data.status_english}
    yield reading("status_of_residence", data.status, data.status, extra=english)
    authority = {"authority": data.authority}
    yield reading("permission_type", data.permission, data.permission, extra=authority)


def _dates(data: CardData) -> Iterator[FieldReading]:
    yield _day("date_of_birth", data.date_of_birth)
    yield _day("permission_date", data.permission_date)
    yield _day("issue_date", data.issue_date)
    yield _day("card_valid_until", data.valid_until)
    if data.stay_until is not None:
        yield _day("stay_until", data.stay_until)


def _case(seed: int) -> Case:
    data = card_data(np.random.default_rng(seed))
    now = datetime(*data.reference_date.timetuple()[:3], 5, tzinfo=UTC)
    return replace(card(now=now), fields=(*_texts(data), *_dates(data)))


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_intact_specimens_pass_every_rule(start: int) -> None:
    decided = (Result.PASS, Result.NOT_APPLICABLE)
    checks = [check for check in (*text.CHECKS, GENERATION) if check.id != "text.digit_width"]
    for seed in range(start, start + 100):
        case = _case(seed)
        answers = [ask(check, case) for check in checks]
        assert [(seed, a.reason) for a in answers if a.result not in decided] == []
