"""Genuine data obeys the data sheet, worked out here a second time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from scripts.specimens import tables
from scripts.specimens.names import NATIONALITIES
from scripts.specimens.people import CardData, add_months, add_period, card_data


def cards(count: int = 500) -> list[CardData]:
    return [card_data(np.random.default_rng(i)) for i in range(count)]


def test_add_period_clamps_to_month_end() -> None:
    assert add_period(date(2024, 7, 1), "1年") == date(2025, 7, 1)
    assert add_period(date(2024, 8, 31), "6月") == date(2025, 2, 28)
    assert add_period(date(2014, 7, 20), "4年3月") == date(2018, 10, 20)
    with pytest.raises(ValueError, match="無期限"):
        add_period(date(2024, 1, 1), "無期限")


def test_data_is_the_same_for_the_same_seed() -> None:
    assert card_data(np.random.default_rng(5)) == card_data(np.random.default_rng(5))


def test_every_status_and_twenty_nationalities_occur() -> None:
    made = cards()
    assert {c.status for c in made} == {s.name for s in tables.STATUSES}
    assert len({c.person.nationality for c in made}) == len(NATIONALITIES) >= 20
    assert len({c.person.tone for c in made}) >= 6


def test_names_are_capitals_of_the_basic_alphabet() -> None:
    for card in cards():
        assert all("A" <= sign <= "Z" or sign == " " for sign in card.person.name_latin)


def test_dates_are_coherent() -> None:
    for card in cards():
        assert card.date_of_birth < card.permission_date <= card.issue_date <= tables.LAST_GEN1_ISSUE
        assert card.issue_date <= card.reference_date <= card.valid_until
        assert (card.issuer == "法務大臣") == (card.issue_date < date(2019, 4, 1))
        if card.permission != "上陸許可":
            assert ("出入国在留管理局長" in card.authority) == (card.permission_date >= date(2019, 4, 1))


def test_end_of_stay_follows_from_the_permission() -> None:
    for card in cards():
        if card.stay_until is None:
            assert card.period == "無期限"
        elif card.permission != "在留期間更新許可":
            assert card.stay_until == add_period(card.permission_date, card.period)
        else:
            span = timedelta(days=64)
            early = add_period(card.permission_date - span, card.period)
            late = add_period(card.permission_date + timedelta(days=93), card.period)
            assert early <= card.stay_until <= late


def test_validity_follows_the_age_and_the_stay() -> None:
    children = 0
    for card in cards(1500):
        sixteenth = add_months(card.date_of_birth, 192)
        if card.under_16:
            children += 1
            assert card.valid_until <= sixteenth
        elif card.stay_until:
            assert card.valid_until == card.stay_until
        else:
            assert card.valid_until == add_months(card.issue_date, 84)
    assert children > 5
