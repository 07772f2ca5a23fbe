"""Arithmetic of machine-readable zones: the specimens of Doc 9303, and zones written elsewhere."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens import mrz_text
from service.cards.mrz import (
    ALPHABET,
    FORMATS,
    birth_date,
    check_digit,
    expiry_date,
    format_of,
    parse_zone,
)

TODAY = date(2026, 11, 22)

ICAO = {
    "TD1": (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ),
    "TD2": ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    "TD3": ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    "MRV-A": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"),
    "MRV-B": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
}
"""The specimens printed in Doc 9303-4 ... -7."""


@pytest.mark.parametrize("name", FORMATS)
def test_every_check_digit_of_the_printed_specimens_holds(name: str) -> None:
    zone = parse_zone(ICAO[name], TODAY)
    assert zone is not None
    assert zone.format == name
    assert zone.holds
    assert [check.name for check in zone.checks] == [spec.name for spec in FORMATS[name].checks]


def test_the_fields_of_the_passport() -> None:
    zone = parse_zone(ICAO["TD3"], TODAY)
    assert zone is not None
    assert (zone.code, zone.issuer, zone.nationality, zone.number) == ("P", "UTO", "UTO", "L898902C3")
    assert (zone.birth, zone.expiry, zone.sex) == (date(1974, 8, 12), date(2012, 4, 15), "F")
    assert zone.optional == "ZE184226B"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("seed", range(12))
def test_zones_written_elsewhere_are_whole(name: str, seed: int) -> None:
    who = mrz_text.holder(np.random.default_rng(seed))
    zone = parse_zone(mrz_text.zone(who, name), TODAY)
    assert zone is not None
    assert zone.holds
    assert (zone.birth, zone.expiry) == (who.birth, who.expiry)
    assert zone.number == who.number


@pytest.mark.parametrize(
    ("name", "line", "column"), [("TD3", 1, 3), ("TD1", 1, 2), ("TD2", 1, 24), ("MRV-A", 1, 19)]
)
def test_one_changed_digit_breaks_its_check(name: str, line: int, column: int) -> None:
    lines = list(ICAO[name])
    other = "0" if lines[line][column] != "0" else "1"
    lines[line] = lines[line][:column] + other + lines[line][column + 1 :]
    zone = parse_zone(lines, TODAY)
    assert zone is not None
    assert not zone.holds
    assert all((line, column) in check.cells for check in zone.checks if not check.holds)


def test_a_number_of_more_than_nine_characters_goes_on_in_the_optional_part() -> None:
    first = "I<UTOD23145890<7349<<<<<<<<<<<"
    second = "3407127M9507122UTO<<<<<<<<<<<"
    body = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    zone = parse_zone((first, second + str(check_digit(body)), ICAO["TD1"][2]), TODAY)
    assert zone is not None
    assert zone.number == "D23145890734"
    assert zone.holds


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("740812", date(1974, 8, 12)),
        ("261122", date(2026, 11, 22)),
        ("261123", date(1926, 11, 23)),
        ("000229", date(2000, 2, 29)),
        ("990230", None),
        ("74<<<<", None),
    ],
)
def test_a_birth_is_the_latest_day_that_is_not_to_come(text: str, born: date | None) -> None:
    assert birth_date(text, TODAY) == born


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("120415", date(2012, 4, 15)),
        ("351231", date(2035, 12, 31)),
        ("961210", date(1996, 12, 10)),
        ("500101", date(2050, 1, 1)),
        ("251301", None),
        ("<<<<<<", None),
    ],
)
def test_an_expiry_is_the_nearest_day(text: str, ends: date | None) -> None:
    assert expiry_date(text, TODAY) == ends


def test_the_reference_date_decides_the_century() -> None:
    assert birth_date("300101", date(2029, 1, 1)) == date(1930, 1, 1)
    assert birth_date("300101", date(2031, 1, 1)) == date(2030, 1, 1)


@settings(deadline=None, max_examples=40)
@given(st.text(ALPHABET, max_size=60))
def test_a_check_digit_is_one_digit(text: str) -> None:
    assert 0 <= check_digit(text) <= 9
    assert check_digit(text + "<") == check_digit(text)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(ALPHABET + "a?é", min_size=28, max_size=46), min_size=1, max_size=4))
def test_any_lines_are_taken_apart_or_refused(lines: list[str]) -> None:
    zone = parse_zone(lines, TODAY)
    assert (zone is None) == (format_of(lines) is None or any(c not in ALPHABET for t in lines for c in t))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_any_text_of_the_right_shape_is_taken_apart(name: str, data: st.DataObject) -> None:
    shape = FORMATS[name]
    lines = [
        data.draw(st.text(ALPHABET, min_size=shape.length, max_size=shape.length)) for _ in range(shape.lines)
    ]
    lines[0] = data.draw(st.sampled_from(shape.codes)) + lines[0][1:]
    zone = parse_zone(lines, TODAY)
    assert zone is not None
    assert zone.holds == all(check.holds for check in zone.checks)


def test_every_cell_of_a_format_belongs_to_one_field() -> None:
    for shape in FORMATS.values():
        cells = [cell for span in shape.spans for cell in span.cells]
        assert len(cells) == len(set(cells)) == shape.lines * shape.length
