"""The rule of the My Number's twelfth digit. Every number here is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cards.my_number import check_digit, holds_my_number, is_my_number

ELEVEN = st.text("0123456789", min_size=11, max_size=11)


def test_the_worked_example() -> None:
    # 1*6+2*5+3*4+4*3+5*2+6*7+7*6+8*5+9*4+0*3+1*2 = 212; 212 mod 11 = 3; 11 - 3 = 8
    assert check_digit("12345678901") == 8
    assert is_my_number("123456789018")


@given(ELEVEN)
def test_one_last_digit_checks_and_nine_do_not(eleven: str) -> None:
    assert sum(is_my_number(f"{eleven}{last}") for last in range(10)) == 1


@given(ELEVEN, st.integers(0, 10), st.integers(1, 9))
def test_most_slips_of_one_digit_are_seen(eleven: str, place: int, more: int) -> None:
    """The rule folds remainders 0 and 1 together, so it misses a slip only between those two."""
    slipped = eleven[:place] + str((int(eleven[place]) + more) % 10) + eleven[place + 1 :]
    if check_digit(slipped) == check_digit(eleven):
        assert check_digit(eleven) == 0


@pytest.mark.parametrize("text", ["", "1234567890", "123456789012", "1234567890a", "１２３４５６７８９０１"])
def test_a_check_digit_needs_eleven_plain_digits(text: str) -> None:
    with pytest.raises(ValueError, match="eleven"):
        check_digit(text)


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "1234 5678 9018",
        "番号:1234-5678-9018。",
        "１２３４　５６７８　９０１８",
        "id=123456789018&x=1",
    ],
)
def test_it_is_found_in_a_text(text: str) -> None:
    assert holds_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789017",
        "0123456789018",
        "1234567890181",
        "AB12345678CD",
        "12345 678 9018",
        "2021年04月28日",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_my_number(text)
