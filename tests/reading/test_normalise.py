from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reading import normalise

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@given(st.dates(date(1900, 1, 1), date(2150, 12, 31)), st.booleans())
def test_every_real_date_is_read_in_both_widths(day: date, wide: bool) -> None:
    printed = f"{day.year:04}年{day.month:02}月{day.day:02}日"
    assert normalise.parse_date(printed.translate(WIDE) if wide else printed) == day.isoformat()


@given(st.text(alphabet="0123456789年月日０１ 　まで有効", max_size=20))
def test_whatever_parses_as_a_date_is_one(text: str) -> None:
    value = normalise.parse_date(text)
    if value is not None:
        day = date.fromisoformat(value)
        assert day - timedelta(0) == day
        assert normalise.compact(text).startswith(f"{day.year:04}年")


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    for name in ("card_number", "sex", "period_of_stay", "permission_type", "name_latin", "address"):
        value = normalise.normal_form(name, text)
        assert value is None or value


@pytest.mark.parametrize(
    "text", ["2014年02月30日", "2014年13月01日", "2014-06-10", "", "14年06月10日", "0000年01月01日"]
)
def test_no_date(text: str) -> None:
    assert normalise.parse_date(text) is None


@given(st.from_regex(r"[A-Z]{2}[0-9]{8}[A-Z]{2}", fullmatch=True))
def test_card_numbers_pass_and_damaged_ones_do_not(number: str) -> None:
    assert normalise.card_number(f" {number[:5]} {number[5:]}") == number
    assert normalise.card_number(number[1:]) is None
    assert normalise.card_number(number + "1") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("４年３月", "4年3月"),
        ("1年", "1年"),
        ("06月", "6月"),
        ("無期限", "無期限"),
        ("0年3月", None),
        ("年月", None),
        ("", None),
        ("3月4年", None),
    ],
)
def test_period(text: str, value: str | None) -> None:
    assert normalise.period(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("男 M.", "M"), ("女 F.", "F"), ("男F.", None), ("女M", None), ("", None)]
)
def test_sex_needs_agreeing_parts(text: str, value: str | None) -> None:
    assert normalise.sex(text) == value


def test_permission_is_divided_at_the_bracket() -> None:
    assert normalise.permission("在留期間更新許可（東京入国管理局長）") == (
        "在留期間更新許可",
        "東京入国管理局長",
    )
    assert normalise.permission("上陸許可") == ("上陸許可", "")


def test_validity_needs_its_words() -> None:
    assert normalise.validity("２０１８年１０月２０日まで有効") == "2018-10-20"
    assert normalise.validity("2018年10月20日") is None


def test_latin_name_is_in_capitals_with_single_spaces() -> None:
    assert normalise.latin_name("Turner  ELIZABETH") == "TURNER ELIZABETH"
    assert normalise.latin_name("山田") is None
