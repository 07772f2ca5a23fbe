"""Names of zones against names printed in Latin letters."""

from __future__ import annotations

import pytest

from service.cards.mrz_codes import comparable_code, japanese_name, known_code
from service.cards.mrz_names import NameMatch, compare_names, parse_names, transliterate


def padded(text: str, length: int = 39) -> str:
    return text.ljust(length, "<")


@pytest.mark.parametrize(
    ("field", "primary", "secondary"),
    [
        ("ERIKSSON<<ANNA<MARIA", ("ERIKSSON",), ("ANNA", "MARIA")),
        ("VAN<DER<MUELLEN<<ILSE", ("VAN", "DER", "MUELLEN"), ("ILSE",)),
        ("ARKFREITH", ("ARKFREITH",), ()),
        ("", (), ()),
    ],
)
def test_parts(field: str, primary: tuple[str, ...], secondary: tuple[str, ...]) -> None:
    names = parse_names(padded(field))
    assert (names.primary, names.secondary, names.truncated) == (primary, secondary, False)


def test_a_field_that_is_full_may_be_cut_off() -> None:
    assert parse_names("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K").truncated


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("MÜLLER", "MUELLER"),
        ("Ångström", "AANGSTROEM"),
        ("O'BRIEN", "OBRIEN"),
        ("ANNE-MARIE", "ANNE MARIE"),
        ("NUÑEZ", "NUNEZ"),
        ("DVOŘÁK", "DVORAK"),
        ("Đặng", "DANG"),
        ("STRAẞE", "STRASSE"),
        ("ŁUKASZ", "LUKASZ"),
    ],
)
def test_letters_with_marks(name: str, written: str) -> None:
    assert transliterate(name) == written


@pytest.mark.parametrize(
    ("field", "printed", "match"),
    [
        ("TURNER<<ELIZABETH", "TURNER ELIZABETH", NameMatch.SAME),
        ("TURNER<<ELIZABETH", "ELIZABETH TURNER", NameMatch.REORDERED),
        ("NGUYEN<<VAN<AN", "NGUYEN VAN AN", NameMatch.SAME),
        ("OBRIEN<<ANNE<MARIE", "O'BRIEN ANNE-MARIE", NameMatch.SAME),
        ("MUELLER<<JUERGEN", "MÜLLER JÜRGEN", NameMatch.SAME),
        ("MULLER<<JURGEN", "MÜLLER JÜRGEN", NameMatch.SAME),
        ("SANTOS<<MARIA", "SANTOS MARIA CLARA", NameMatch.PART),
        ("TURNER<<ELIZABETH", "SMITH JOHN", NameMatch.DIFFERENT),
        ("", "SMITH JOHN", NameMatch.DIFFERENT),
    ],
)
def test_comparison(field: str, printed: str, match: NameMatch) -> None:
    assert compare_names(parse_names(padded(field)), printed) is match


def test_a_name_that_breaks_off_is_the_same_as_far_as_it_goes() -> None:
    whole = "NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG"
    assert compare_names(parse_names("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"), whole) is NameMatch.TRUNCATED
    assert compare_names(parse_names("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<X"), whole) is NameMatch.DIFFERENT


@pytest.mark.parametrize("code", ["UTO", "D", "VNM", "XXA", "UNO", "GBN", "JPN"])
def test_codes_of_the_standard_are_known(code: str) -> None:
    assert known_code(code)


@pytest.mark.parametrize("code", ["", "ABC", "ZZZ", "DE"])
def test_other_codes_are_not(code: str) -> None:
    assert not known_code(code)


@pytest.mark.parametrize(
    ("code", "name"), [("VNM", "ベトナム"), ("USA", "米国"), ("GBD", "英国"), ("D", "ドイツ")]
)
def test_the_name_that_a_card_prints(code: str, name: str) -> None:
    assert japanese_name(code) == name
    assert comparable_code(code)


@pytest.mark.parametrize("code", ["HKG", "TWN", "KOR", "GBN", "XXA", "UTO"])
def test_codes_that_do_not_say_which_name_is_printed(code: str) -> None:
    assert not comparable_code(code)
