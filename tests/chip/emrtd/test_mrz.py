from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens.emrtd import td1, td3
from service.chip.emrtd.mrz import check_digit, read_mrz

# The specimens of ICAO Doc 9303-4, -5 and -6, appendix: the fictional state of Utopia.
UTOPIA_TD3 = b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
UTOPIA_TD1 = b"I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
UTOPIA_TD2 = b"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"


@pytest.mark.parametrize(
    ("data", "form", "number"),
    [
        (UTOPIA_TD1, "TD1", "D23145890"),
        (UTOPIA_TD2, "TD2", "D23145890"),
        (UTOPIA_TD3, "TD3", "L898902C3"),
    ],
)
def test_published_specimens(data: bytes, form: str, number: str) -> None:
    zone = read_mrz(data)
    assert zone is not None
    assert (zone.form, zone.document_number, zone.faults) == (form, number, ())
    assert (zone.issuing_state, zone.nationality, zone.sex) == ("UTO", "UTO", "F")
    assert (zone.birth, zone.expiry, zone.name) == ("740812", "120415", "ERIKSSON ANNA MARIA")


def test_a_long_number_runs_on_in_the_optional_data() -> None:
    zone = read_mrz(td1("D231458907ABC").encode())
    assert zone is not None
    assert (zone.document_number, zone.faults) == ("D231458907ABC", ())


@pytest.mark.parametrize("text", [td1(), td3(), td1("D231458907ABC")])
def test_a_changed_digit_breaks_a_check_digit(text: str) -> None:
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    for at in digits:
        other = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
        zone = read_mrz(other.encode())
        assert zone is not None
        assert zone.faults, at


def test_an_empty_optional_field_may_have_no_check_digit() -> None:
    filler = td3()
    assert filler[44 + 42] == "<"
    zone = read_mrz(filler.encode())
    assert zone is not None
    assert zone.faults == ()


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_other_bytes_are_no_zone(data: bytes) -> None:
    zone = read_mrz(data)
    assert zone is None or len(data) in (72, 88, 90)


@pytest.mark.parametrize(("text", "digit"), [("L898902C3", "6"), ("740812", "2"), ("<<<", "0")])
def test_check_digits(text: str, digit: str) -> None:
    assert check_digit(text) == digit
