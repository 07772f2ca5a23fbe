"""Two readings of one text: what counts as a difference and what does not."""

from __future__ import annotations

import pytest

from service.checks.comparison import Likeness, compare_readings
from service.evidence import FieldReading


def reading(raw: str, confidence: float = 0.99, value: str | None = "") -> FieldReading:
    return FieldReading(
        name="name_latin",
        source="front",
        raw=raw,
        value=raw if value == "" else value,
        confidence=confidence,
        char_confidence=(confidence,) * len(raw),
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("TURNER ELIZABETH", "TURNER  ELIZABETH"),
        ("２０１８年１０月２０日", "2018年10月20日"),
        ("ハイツロ口カ力", "八イツ口ロ力カ"),
        ("髙橋", "高橋"),
        ("在留期間更新許可(東京入国管理局長)", "在留期間更新許可（東京入国管理局長）"),
    ],
)
def test_look_alikes_widths_and_spaces_are_no_difference(first: str, second: str) -> None:
    assert compare_readings(reading(first), reading(second)).likeness is Likeness.AGREE


@pytest.mark.parametrize(
    ("first", "second"),
    [("TURNER", "TURNEY"), ("1985年12月31日", "1985年12月30日"), ("留学", "家族滞在"), ("LI", "LI WEI")],
)
def test_a_confident_difference_counts_and_an_unsure_one_does_not(first: str, second: str) -> None:
    assert compare_readings(reading(first), reading(second)).likeness is Likeness.DIFFER
    assert compare_readings(reading(first), reading(second, 0.6)).likeness is Likeness.UNCLEAR
    assert compare_readings(reading(first, 0.6), reading(second)).likeness is Likeness.UNCLEAR


def test_a_single_dropped_sign_is_unclear() -> None:
    assert compare_readings(reading("ELIZABETH"), reading("ELIZABTH")).likeness is Likeness.UNCLEAR


def test_equal_normal_forms_agree_whatever_the_raw_text() -> None:
    assert compare_readings(reading("米国", value="米国"), reading("米囯", value="米国")).agreement == 1.0


def test_a_text_without_normal_form_is_no_evidence_of_another_value() -> None:
    beside = reading("D", value=None)
    assert compare_readings(reading("AB12345678CD"), beside).likeness is Likeness.UNCLEAR
    assert compare_readings(reading("AB12345678CD"), reading("AB12345678CE")).likeness is Likeness.DIFFER


def test_one_exchanged_sign_counts_beside_its_double_but_not_in_a_date_that_is_none() -> None:
    assert compare_readings(reading("HANNAH"), reading("HANNHH")).likeness is Likeness.DIFFER
    impossible = reading("2928年02月11日", value=None)
    assert compare_readings(reading("2028年02月11日"), impossible).likeness is Likeness.UNCLEAR
    beside = reading("2年02月11日交付", value=None)
    assert compare_readings(reading("2028年02月11日"), beside).likeness is Likeness.UNCLEAR
