"""Printed text against the chip's: what the pictures of the lines may settle, and what they may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.cards.layout import layout
from service.checks.base import Check, run_check
from service.checks.case import Case
from service.checks.chip import CHECKS as CHIP_CHECKS
from service.checks.cross import CHECKS
from service.chip.model import ChipReading, Shape
from service.evidence import FieldReading
from service.imaging.photograph import PhotographMatch
from service.policies import policy
from service.reading.two_pictures import Apart
from tests.checks.text_support import front

CHECK = next(check for check in CHECKS if check.id == "cross.front_image")
NUMBER = next(check for check in CHIP_CHECKS if check.id == "chip.card_number")


def reading(source: str, name: str, raw: str, confidence: float, value: str | None = None) -> FieldReading:
    return FieldReading(name, source, value or raw, raw, confidence, (confidence,) * len(raw))


def said(
    name: str,
    printed: str,
    chip: str,
    alike: float,
    confidence: float = 0.99,
    apart: Apart | None = None,
    value: str | None = None,
    check: Check = CHECK,
) -> str:
    """The check's reason for one field that print and chip were read differently in."""
    case = Case(
        datetime(2026, 11, 22, tzinfo=UTC),
        "sample",
        captures={"front": front()},
        layout=layout("jp.residence_card.gen1"),
        fields=(
            reading("front", name, printed, confidence, value),
            reading("chip", name, chip, confidence, value),
        ),
        chip=ChipReading(shape=Shape.JSON, generation=1),
        same_print={name: alike},
        apart={} if apart is None else {name: apart},
    )
    return run_check(check, case, policy("default")).reason.rsplit(".", 1)[1]


@pytest.mark.parametrize(
    ("name", "printed", "chip"),
    [
        ("card_number", "WT66012950JA", "WT86012950JA"),
        ("date_of_birth", "1963年06月11日", "1963年09月11日"),
        ("nationality", "フランス", "フケンス"),
        ("name_latin", "OKONKWO FOLAKE", "OYONKWO FOLAKE"),
    ],
)
def test_one_sign_that_both_were_sure_of_is_a_difference_though_the_lines_look_much_alike(
    name: str, printed: str, chip: str
) -> None:
    assert said(name, printed, chip, 0.78) == "disagrees"
    assert said(name, printed, chip, 0.90) == "unreadable"


def test_a_doubt_is_settled_by_the_same_print_alone() -> None:
    assert said("card_number", "WT66012950JA", "WT86012950JA", 0.78, confidence=0.7) == "unreadable"
    assert said("card_number", "WT66012950JA", "WT86012950JA", 0.82, confidence=0.7) == "agrees"


def test_the_same_print_settles_no_doubt_that_the_pictures_speak_against() -> None:
    read = ("card_number", "WT66012950JA", "WT86012950JA")
    assert said(*read, 0.82, confidence=0.7, apart=Apart(known=2.5, exchanged=2.5)) == "agrees"
    assert said(*read, 0.82, confidence=0.7, apart=Apart(known=9.0, exchanged=9.0)) == "unreadable"


def test_the_card_number_is_judged_by_the_pictures_too() -> None:
    read = ("card_number", "KI11331475RI", "KI11331475RL")
    assert said(*read, 0.84, apart=Apart(known=2.5, exchanged=2.5), check=NUMBER) == "agrees"
    assert said(*read, 0.70, apart=Apart(known=2.5, exchanged=2.5), check=NUMBER) == "unreadable"
    assert said(*read, 0.70, apart=Apart(known=9.0, exchanged=9.0), check=NUMBER) == "disagrees"


def test_rare_signs_of_an_address_are_settled_earlier() -> None:
    old, new = "静岡県磐田市東新町5丁目", "靜岡県磐田市東新町5丁目"
    assert said("address", old, new, 0.62, confidence=0.8) != "disagrees"
    assert said("address", "北一条西1丁目", "南一条西1丁目", 0.82) != "disagrees"


def test_an_exchanged_kanji_of_an_address_counts_where_each_picture_speaks_against_the_others() -> None:
    read = ("address", "北一条西1丁目", "南一条西1丁目")
    assert said(*read, 0.5) == "unreadable"  # nothing is known of the pictures but that they look unlike
    assert said(*read, 0.5, apart=Apart(kanji=8.6, exchanged=8.6)) == "unreadable"
    assert said(*read, 0.5, apart=Apart(kanji=20.0, exchanged=20.0)) == "disagrees"
    assert said(*read, 0.5, confidence=0.3, apart=Apart(kanji=20.0, exchanged=20.0)) == "disagrees"
    assert said(*read, 0.5, apart=Apart(kanji=20.0, exchanged=0.0)) == "unreadable"  # a sign more or less
    assert said(*read, 0.9, apart=Apart(kanji=16.0, exchanged=16.0)) == "unreadable"
    assert said(*read, 0.9, apart=Apart(kanji=20.0, exchanged=20.0)) == "disagrees"


def test_a_sure_digit_of_an_address_counts_where_the_pictures_bear_it() -> None:
    read = ("address", "北一条西1丁目", "北一条西3丁目")
    assert said(*read, 0.82, apart=Apart(known=12.0)) == "disagrees"
    assert said(*read, 0.5, apart=Apart(known=3.0)) == "unreadable"
    assert said(*read, 0.5, confidence=0.5, apart=Apart(known=12.0)) == "unreadable"


def test_what_either_picture_could_show_is_no_sure_difference() -> None:
    read = ("card_number", "WT66012950JA", "WT86012950JA")
    assert said(*read, 0.5, apart=Apart(known=2.0)) == "unreadable"
    assert said(*read, 0.5, apart=Apart(known=9.0)) == "disagrees"
    assert said(*read, 0.5, confidence=0.5, apart=Apart(known=9.0, exchanged=9.0)) == "unreadable"
    assert said(*read, 0.5, confidence=0.5, apart=Apart(known=18.0, exchanged=18.0)) == "disagrees"


def test_an_exchanged_digit_that_both_pictures_show_counts_however_alike_the_lines_are() -> None:
    read = ("date_of_birth", "1963年06月11日", "1963年09月11日")
    assert said(*read, 0.9, confidence=0.5, apart=Apart(known=11.0, exchanged=11.0)) == "disagrees"
    assert said(*read, 0.9, confidence=0.5, apart=Apart(known=9.0, exchanged=9.0)) == "unreadable"
    assert said(*read, 0.9, confidence=0.5, apart=Apart(kanji=11.0, exchanged=11.0)) == "unreadable"
    assert said("address", *read[1:], 0.9, apart=Apart(known=11.0, exchanged=11.0)) == "unreadable"


def test_an_exchanged_sign_counts_though_both_were_taken_for_one_legal_value() -> None:
    case = ("nationality", "フランス", "フケンス")
    assert said(*case, 0.5, value="フランス") == "agrees"
    assert said(*case, 0.5, value="フランス", apart=Apart(known=8.0, exchanged=8.0)) == "agrees"
    assert said(*case, 0.5, value="フランス", apart=Apart(known=18.0, exchanged=18.0)) == "disagrees"


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        ({"score": 0.96, "unlike": 3.0}, "agrees"),
        ({"score": 0.96, "unlike": 4.0}, "agrees"),  # a hologram under a lamp
        ({"score": 0.94, "unlike": 4.0}, "unreadable"),
        ({"score": 0.96, "unlike": 4.3}, "unreadable"),
        ({"score": 0.90, "unlike": 3.0}, "unreadable"),
        ({"score": 0.95, "unlike": 5.2}, "disagrees"),  # two people in one pose
        ({"score": 0.71, "unlike": 3.6}, "unreadable"),  # a hard shadow
        ({"score": 0.71, "unlike": 4.4}, "disagrees"),
        ({"score": 0.85, "unlike": 4.4}, "unreadable"),
        ({"score": 0.55, "unlike": 3.6}, "disagrees"),  # another's, without much detail
        ({"score": 0.55, "unlike": 6.0, "contrast": 16.0}, "unreadable"),  # a pale photo under a hologram
        ({"score": 0.55, "unlike": 6.0, "clear": 0.5}, "unreadable"),  # light has washed out half of it
    ],
)
def test_a_photograph_is_another_by_details_that_the_chips_does_not_have(
    match: dict[str, float], reason: str
) -> None:
    known = {"contrast": 40.0, "clear": 1.0, **match}
    case = Case(
        datetime(2026, 11, 22, tzinfo=UTC),
        "sample",
        captures={"front": front()},
        layout=layout("jp.residence_card.gen1"),
        chip=ChipReading(shape=Shape.JSON, generation=1),
        photograph=PhotographMatch(box=(0, 0, 1, 1), **known),
    )
    check = next(check for check in CHECKS if check.id == "cross.face")
    finding = run_check(check, case, policy("default"))
    assert finding.reason == f"cross.face.{reason}"
    assert finding.margin is not None
    assert -1.0 <= finding.margin <= 1.0
