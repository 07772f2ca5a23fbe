from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cards.dates import add, age_on, birthday, date_parts, parse_date
from service.cards.lookalike import as_far_as_seen, edits, fold, near
from service.cards.number import almost_well_formed, well_formed
from service.cards.periods import INDEFINITE, Period, parse_period
from service.cards.validity import expected_validity, has_no_end, special_permanent_ends

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
TEXT = st.text(alphabet="ロ口カ力中国米ベトナム0O1l", max_size=8)


@pytest.mark.parametrize(
    ("start", "years", "months", "days", "end"),
    [
        (date(2024, 7, 1), 1, 0, 0, date(2025, 7, 1)),
        (date(2014, 7, 20), 4, 3, 0, date(2018, 10, 20)),
        (date(2024, 1, 31), 0, 1, 0, date(2024, 2, 29)),
        (date(2023, 1, 31), 0, 1, 0, date(2023, 2, 28)),
        (date(2024, 2, 29), 1, 0, 0, date(2025, 2, 28)),
        (date(2024, 10, 15), 0, 3, 0, date(2025, 1, 15)),
        (date(2024, 2, 1), 0, 0, 30, date(2024, 3, 2)),
        (date(2025, 3, 31), 0, -1, 0, date(2025, 2, 28)),
    ],
)
def test_first_day_is_not_counted_and_month_ends_are_clamped(
    start: date, years: int, months: int, days: int, end: date
) -> None:
    assert add(start, years=years, months=months, days=days) == end


@given(DAYS, st.integers(0, 120))
def test_adding_months_lands_in_that_month_on_that_day_or_its_last(start: date, months: int) -> None:
    end = add(start, months=months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
    assert end.day <= start.day


@given(DAYS, DAYS, st.integers(0, 120))
def test_later_starts_never_end_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add(first, months=months) <= add(second, months=months)


@given(DAYS, st.integers(0, 110))
def test_age_turns_on_the_birthday(birth: date, age: int) -> None:
    turned = birthday(birth, age)
    assert age_on(birth, turned) == age
    assert age_on(birth, turned - timedelta(days=1)) == age - 1


def test_leap_day_birthdays_count_as_the_28th_in_common_years() -> None:
    assert birthday(date(2004, 2, 29), 16) == date(2020, 2, 29)
    assert birthday(date(2004, 2, 29), 17) == date(2021, 2, 28)


@given(DAYS)
def test_dates_are_read_back_in_every_printed_form(day: date) -> None:
    printed = f"{day.year:04d}年{day.month:02d}月{day.day:02d}日"
    wide = printed.translate({ord("0") + i: ord("０") + i for i in range(10)})
    assert parse_date(day.isoformat()) == day
    assert parse_date(printed) == day
    assert parse_date(f"４年３月（{wide}）") == day


@given(st.text())
def test_any_text_parses_or_gives_none(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)
    assert parse_period(text) is None or isinstance(parse_period(text), Period)
    well_formed(text)
    almost_well_formed(text)


def test_a_date_in_no_calendar_keeps_its_parts() -> None:
    assert parse_date("2014年02月30日") is None
    assert date_parts("2014年02月30日") == (2014, 2, 30)
    assert date_parts("平成26年") is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("4年3月", Period(4, 3)),
        ("４年３月", Period(4, 3)),
        ("3月", Period(months=3)),
        ("30日", Period(days=30)),
        ("無期限", INDEFINITE),
        ("", None),
        ("0年", None),
        ("3月4年", None),
        ("永久", None),
    ],
)
def test_periods(text: str, period: Period | None) -> None:
    assert parse_period(text) == period


@given(st.integers(0, 20), st.integers(0, 11))
def test_periods_read_back(years: int, months: int) -> None:
    if years or months:
        assert parse_period(str(Period(years, months))) == Period(years, months)


@pytest.mark.parametrize(
    ("text", "short"),
    [("3月", True), ("90日", True), ("30日", True), ("4月", False), ("1年", False), ("無期限", False)],
)
def test_three_months_or_less_bring_no_card(text: str, short: bool) -> None:
    period = parse_period(text)
    assert period is not None
    assert period.too_short_for_a_card is short


def test_a_stay_without_end_has_no_last_day() -> None:
    with pytest.raises(ValueError, match="without end"):
        INDEFINITE.end(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ロ", "口"),
        ("カ", "力"),
        ("ニ", "二"),
        ("ー", "一"),
        ("0", "O"),
        ("〇", "○"),
        ("髙", "高"),
        ("ベ", "ペ"),
    ],
)
def test_look_alikes_fold_together(one: str, other: str) -> None:
    assert one != other
    assert fold(one) == fold(other)


def test_folding_keeps_what_differs() -> None:
    assert fold("永住者") != fold("定住者")
    assert fold("米国") != fold("英国")


@given(TEXT, TEXT)
def test_edits_are_a_distance(one: str, other: str) -> None:
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other) <= max(len(one), len(other))


def test_near() -> None:
    assert near("ベトナ厶", ("ベトナム",))
    assert near("永住考", ("永住者",))
    assert not near("自由労働", ("就労制限なし",))


@pytest.mark.parametrize(
    ("number", "formed", "almost"),
    [
        ("AB12345678CD", True, True),
        ("AB 1234 5678 CD", True, True),
        ("AB1234567OCD", False, True),
        ("A812345678CD", False, True),
        ("AB1234567CD", False, True),
        ("AB123456CD", False, False),
        ("12345678ABCD", False, False),
        ("", False, False),
    ],
)
def test_card_numbers(number: str, formed: bool, almost: bool) -> None:
    assert well_formed(number) is formed
    assert almost_well_formed(number) is almost


BIRTH = date(2007, 11, 20)
STAY = date(2025, 5, 5)


@pytest.mark.parametrize(
    ("status", "birth", "issue", "stay", "ends"),
    [
        ("留学", date(1985, 12, 31), date(2014, 6, 10), date(2018, 10, 20), {date(2018, 10, 20)}),
        ("永住者", date(1985, 1, 1), date(2019, 4, 1), None, {date(2026, 4, 1), date(2026, 3, 31)}),
        ("高度専門職2号", date(1985, 1, 1), date(2020, 2, 29), None, {date(2027, 2, 28), date(2027, 2, 27)}),
        ("永住者", BIRTH, date(2023, 10, 31), None, {date(2023, 11, 20)}),
        ("永住者", BIRTH, date(2023, 11, 1), None, {date(2023, 11, 19)}),
        ("家族滞在", BIRTH, date(2023, 10, 31), STAY, {date(2023, 11, 20)}),
        ("家族滞在", BIRTH, date(2023, 11, 1), STAY, {date(2023, 11, 19)}),
        ("家族滞在", BIRTH, date(2023, 11, 20), STAY, {STAY}),
        ("家族滞在", date(2015, 1, 1), date(2023, 11, 20), STAY, {STAY}),
        ("家族滞在", BIRTH, date(2023, 11, 19), STAY, {date(2023, 11, 19), STAY}),
        ("定住者", date(2004, 2, 29), date(2015, 1, 1), date(2023, 1, 1), {date(2020, 2, 29)}),
    ],
)
def test_validity(status: str, birth: date, issue: date, stay: date | None, ends: set[date]) -> None:
    expected = expected_validity(status, birth, issue, stay)
    assert expected is not None
    assert expected.days == ends
    assert all(expected.days_off(day) == 0 for day in ends)
    assert expected.days_off(max(ends) + timedelta(days=3)) == 3


def test_validity_needs_the_end_of_a_stay_that_has_one() -> None:
    assert expected_validity("留学", date(1990, 1, 1), date(2020, 1, 1), None) is None
    assert not has_no_end("留学")


def test_certificates_of_special_permanent_residents_end_on_birthdays() -> None:
    birth = date(2010, 5, 20)
    assert special_permanent_ends(birth, date(2026, 5, 20))
    assert special_permanent_ends(birth, date(2026, 5, 19))
    assert special_permanent_ends(birth, date(2033, 5, 20))
    assert not special_permanent_ends(birth, date(2033, 5, 19))


@pytest.mark.parametrize(
    ("known", "read", "seen"),
    [
        ("PERIOD OF STAY", "PERIOD OF", "PERIOD OF"),
        ("PERIOD OF STAY", "RIOD OF STAY", "RIOD OF STAY"),
        ("(DATE OF EXPIRATION)", "DATE OF EXPIRATIC", "DATE OF EXPIRATIC"),
        ("PERIOD OF STAY", "PEROID OF", "PERIOD OF"),
        ("RESIDENCE CARD", "RESIDENT CERD", "RESIDENCE CARD"),
        ("在留カード", "運転免許証", "在留カード"),
        ("在留カード", "", "在留カード"),
    ],
)
def test_what_ends_lack_may_be_hidden_and_what_is_between_may_not(known: str, read: str, seen: str) -> None:
    assert as_far_as_seen(known, read) == seen


@given(TEXT, TEXT)
def test_a_known_text_as_far_as_seen_is_no_farther_from_what_was_read(known: str, read: str) -> None:
    assert edits(fold(as_far_as_seen(known, read)), fold(read)) <= edits(fold(known), fold(read))
