"""What a zone may say against a card, and what it may not: readings made by hand, without a picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import numpy as np
import pytest

from service.cards.layout import layouts
from service.cards.mrz import check_digit
from service.cards.mrz_repair import decode
from service.checks.base import run_check
from service.checks.case import Capture, Case
from service.checks.companion import CHECKS as COMPANION
from service.checks.mrz import CHECKS
from service.evidence import CaptureKind, FieldReading, ImageMetadata, Location, Picture, Role, Side
from service.reading.mrz import ZoneReading
from service.verdict import CheckResult, Policy, Supplied, decide
from tests.cards.test_mrz import ICAO

POLICY = Policy(id="test", version="1")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BY_ID = {check.id: check for check in (*CHECKS, *COMPANION)}
TD1, GEN1, GEN2 = "icao.td1.residence_permit", "jp.residence_card.gen1", "jp.residence_card.gen2"


def reading(lines: tuple[str, ...], sure: float = 0.98, pitch: float = 20.0) -> ZoneReading:
    decoded = decode([[{sign: sure} for sign in line] for line in lines])
    assert decoded is not None
    places = np.zeros((len(lines), len(lines[0]), 2), np.float32)
    return ZoneReading(replace(decoded, lines=lines), places, pitch, sure)


def case(layout: str | None, printed: dict[str, str] | None = None, **zones: ZoneReading) -> Case:
    blank = np.zeros((8, 8, 3), np.uint8)
    taken = {
        role: Capture(
            Picture(Role(role), "0" * 64, "image/png", blank, ImageMetadata("PNG")),
            Location((), 1, CaptureKind.SCAN),
            None,
        )
        for role in {"front", *zones}
    }
    fields = tuple(
        FieldReading(name, "front", value, value, 0.99, side=Side.FRONT)
        for name, value in (printed or {}).items()
    )
    known = layouts()[layout] if layout else None
    return Case(NOW, "production", MappingProxyType(taken), known, 1.0, fields=fields, zones=zones)


def ask(id: str, about: Case) -> CheckResult:
    return run_check(BY_ID[id], about, POLICY)


def changed(lines: tuple[str, ...], line: int, column: int, sign: str) -> tuple[str, ...]:
    out = list(lines)
    out[line] = out[line][:column] + sign + out[line][column + 1 :]
    return tuple(out)


@pytest.mark.parametrize("id", ["mrz.structure", "mrz.check_digits", "mrz.fields", "mrz.font"])
def test_a_whole_permit_passes(id: str) -> None:
    assert ask(id, case(TD1, front=reading(ICAO["TD1"]))).result.value == "pass"


@pytest.mark.parametrize("id", ["mrz.structure", "mrz.check_digits", "mrz.fields", "mrz.font"])
def test_a_document_without_a_zone_is_not_asked(id: str) -> None:
    assert ask(id, case(GEN1)).result.value == "not_applicable"
    assert ask(id, case(None)).result.value == "not_applicable"


def test_a_wrong_check_digit_that_was_read_surely_fails() -> None:
    forged = changed(ICAO["TD1"], 1, 1, "7")
    found = ask("mrz.check_digits", case(TD1, front=reading(forged)))
    assert (found.result.value, found.reason) == ("fail", "mrz.check_digits.wrong")
    assert found.fields == {"date_of_birth"}
    assert found.decisive_failure


def test_a_wrong_check_digit_alone_does_not_make_a_card_forged() -> None:
    forged = case(TD1, front=reading(changed(ICAO["TD1"], 1, 1, "7")))
    results = [ask(id, forged) for id in BY_ID]
    assert decide(results, POLICY, Supplied(front=True)).verdict.value == "suspect"


@pytest.mark.parametrize(("sure", "pitch"), [(0.85, 20.0), (0.98, 6.0)])
def test_what_was_read_unsurely_speaks_against_nobody(sure: float, pitch: float) -> None:
    forged = reading(changed(ICAO["TD1"], 1, 1, "7"), sure, pitch)
    assert ask("mrz.check_digits", case(TD1, front=forged)).reason == "mrz.check_digits.unreadable"


def test_a_look_alike_that_explains_it_speaks_against_nobody() -> None:
    """O read as 0 in a document number, with the check digit of the number that is printed."""
    lines = ICAO["TD3"]
    number = "LO98902C3"
    true = changed(lines, 1, 1, "O")
    true = changed(true, 1, 9, str(check_digit(number)))
    body = true[1][0:10] + true[1][13:20] + true[1][21:43]
    true = changed(true, 1, 43, str(check_digit(body)))
    assert ask("mrz.check_digits", case(TD1, front=reading(true))).reason == "mrz.check_digits.hold"
    misread = changed(true, 1, 1, "0")
    assert ask("mrz.check_digits", case(TD1, front=reading(misread))).reason == "mrz.check_digits.unreadable"


def test_every_digit_wrong_is_a_doubt_at_most() -> None:
    """Where not one check digit holds, the lines may have been taken apart in the wrong place."""
    lines = ICAO["TD1"]
    for line, column, more in ((0, 14, 1), (1, 6, 1), (1, 14, 1), (1, 29, 5)):
        digit = str((int(lines[line][column]) + more) % 10)
        lines = changed(lines, line, column, digit)
    found = ask("mrz.check_digits", case(TD1, front=reading(lines)))
    assert (found.result.value, found.reason) == ("suspect", "mrz.check_digits.wrong")


def rechecked(second: str) -> tuple[str, ...]:
    """The TD1 specimen with another second line and the check digits that belong to it."""
    first = ICAO["TD1"][0]
    birth, expiry = second[0:6], second[8:14]
    body = f"{birth}{check_digit(birth)}{second[7]}{expiry}{check_digit(expiry)}{second[15:29]}"
    total = check_digit(first[5:30] + body[0:7] + body[8:15] + body[18:29])
    return first, body + str(total), ICAO["TD1"][2]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (rechecked("7413122F1204159UTO<<<<<<<<<<<6"), "impossible_date"),
        (rechecked("1208122F0704159UTO<<<<<<<<<<<6"), "out_of_order"),
        (rechecked("7408122F1204159ZZZ<<<<<<<<<<<6"), "unknown_state"),
        ((*ICAO["TD1"][:2], "<<ANNA<MARIA<<<<<<<<<<<<<<<<<<"), "name_form"),
    ],
)
def test_fields_that_break_a_rule(lines: tuple[str, ...], reason: str) -> None:
    assert ask("mrz.fields", case(TD1, front=reading(lines))).reason == f"mrz.fields.{reason}"


@pytest.mark.parametrize(
    ("layout", "sure", "reason"),
    [
        (GEN1, 0.98, "unexpected"),
        (GEN1, 0.7, "doubtful"),
        (GEN2, 0.98, "unconfirmed"),
        (TD1, 0.98, "not_applicable"),
    ],
)
def test_a_zone_where_none_belongs(layout: str, sure: float, reason: str) -> None:
    found = ask("mrz.presence", case(layout, front=reading(ICAO["TD1"], sure)))
    assert found.reason == f"mrz.presence.{reason}"


def test_a_japanese_card_without_a_zone_is_as_it_should_be() -> None:
    assert ask("mrz.presence", case(GEN1)).reason == "mrz.presence.none"


PRINTED = {
    "name_latin": "ERIKSSON ANNA MARIA",
    "date_of_birth": "1974-08-12",
    "sex": "F",
    "nationality": "スウェーデン",
}


def passport(state: str = "SWE", expiry: str = "301231") -> tuple[str, str]:
    first = f"P<{state}ERIKSSON<<ANNA<MARIA".ljust(44, "<")
    body = f"L898902C36{state}7408122F{expiry}{check_digit(expiry)}" + "<" * 15
    return first, body + str(check_digit(body[0:10] + body[13:20] + body[21:43]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "agrees"),
        ({"name_latin": "ANNA MARIA ERIKSSON"}, "agrees"),
        ({"name_latin": "TURNER ELIZABETH"}, "disagrees"),
        ({"name_latin": "ERIKSSON ANNA MARLA"}, "unclear"),
        ({"name_latin": "ERIKSSON ANNA"}, "unclear"),
        ({"date_of_birth": "1975-08-12"}, "disagrees"),
        ({"sex": "M"}, "disagrees"),
        ({"nationality": "ノルウェー"}, "disagrees"),
    ],
)
def test_a_passport_beside_the_card(change: dict[str, str], reason: str) -> None:
    found = ask("cross.companion", case(GEN1, PRINTED | change, companion=reading(passport())))
    assert found.reason == f"cross.companion.{reason}"
    assert found.result.value != "fail"


def test_a_passport_that_has_ended_says_nothing_against_the_card() -> None:
    found = ask("cross.companion", case(GEN1, PRINTED, companion=reading(passport(expiry="200101"))))
    assert (found.result.value, found.reason) == ("pass", "cross.companion.agrees_expired")


@pytest.mark.parametrize("state", ["HKG", "KOR", "TWN", "XXA"])
def test_codes_that_do_not_say_what_is_printed_are_not_compared(state: str) -> None:
    found = ask("cross.companion", case(GEN1, PRINTED, companion=reading(passport(state))))
    assert found.reason == "cross.companion.agrees"
    assert "nationality" not in found.fields


def test_a_difference_read_unsurely_is_unclear() -> None:
    about = case(GEN1, PRINTED | {"date_of_birth": "1975-08-12"}, companion=reading(passport(), 0.85))
    assert ask("cross.companion", about).reason == "cross.companion.unclear"


def test_a_passport_with_a_wrong_check_digit_calls_for_a_look() -> None:
    forged = changed(passport(), 1, 14, "5")
    found = ask("cross.companion", case(GEN1, PRINTED, companion=reading(forged)))
    assert (found.result.value, found.reason) == ("suspect", "cross.companion.check_digit")


def test_a_passport_that_cannot_be_read_is_said_so() -> None:
    about = case(GEN1, PRINTED, companion=reading(passport()))
    assert ask("cross.companion", replace(about, zones={})).reason == "cross.companion.unreadable"
