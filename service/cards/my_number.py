"""The My Number (個人番号): twelve digits, the last of which checks the others.

Nobody may keep it outside the purposes of its law, so it is only ever recognised in order to be removed.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["check_digit", "holds_my_number", "is_my_number"]

_DIGITS = 12
_RUN = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})[ -]?(\d{4})(?!\d)")


def check_digit(first_eleven: str) -> int:
    """The twelfth digit (Order 85 of 2014 of the Ministry of Internal Affairs, article 5).

    ValueError for anything but eleven digits.
    """
    if len(first_eleven) != _DIGITS - 1 or not first_eleven.isascii() or not first_eleven.isdigit():
        raise ValueError("a check digit is worked out from eleven digits")
    from_the_right = [int(digit) for digit in reversed(first_eleven)]
    weighed = sum(digit * (n + 2 if n < 6 else n - 4) for n, digit in enumerate(from_the_right))
    rest = weighed % 11
    return 0 if rest <= 1 else 11 - rest


def is_my_number(digits: str) -> bool:
    """Whether twelve digits are a possible My Number."""
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
        return False
    return check_digit(digits[:-1]) == int(digits[-1])


def holds_my_number(text: str) -> bool:
    """Whether a possible My Number stands in a text, in one run or in groups of four digits."""
    plain = unicodedata.normalize("NFKC", text)
    return any(is_my_number("".join(run)) for run in _RUN.findall(plain))
