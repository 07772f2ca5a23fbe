from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from service.cards.layout import layout
from service.checks.barcode import CHECKS
from service.checks.base import run_check
from service.checks.case import Case
from service.evidence import FieldReading, LabelReading, Side
from service.messages import has_message
from service.reading.barcodes import Barcode, PlacedBarcode
from service.verdict import Result
from tests.checks.test_security_features import POLICY, case

PRESENCE, PAYLOAD = CHECKS
NUMBER = "AB12345678CD"
BOX = (0.7, 0.1, 0.2, 0.3)


def code(kind: str = "qr_code", readers: tuple[str, ...] = ("zxing",), *, my_number: bool = False) -> Barcode:
    return Barcode(kind, None if my_number else NUMBER, np.zeros((4, 2), np.float32), readers, my_number)


def placed(
    item: Barcode, side: Side = Side.FRONT, box: tuple[float, float, float, float] = BOX
) -> PlacedBarcode:
    return PlacedBarcode(item, side, box)


def with_codes(codes: Sequence[PlacedBarcode], seen: Case | None = None) -> Case:
    given = seen or case()
    if any(item.side is Side.BACK for item in codes):
        given = replace(given, captures={**given.captures, "back": given.captures["front"]})
    return replace(given, barcodes=tuple(codes))


def presence(seen: Case) -> tuple[str, Result]:
    found = run_check(PRESENCE, seen, POLICY)
    return found.reason.rpartition(".")[2], found.result


def test_every_reason_has_its_sentence() -> None:
    assert all(has_message(reason) for check in CHECKS for reason in check.all_reasons)


def test_a_front_without_a_code_is_as_it_should_be() -> None:
    assert presence(case()) == ("none", Result.PASS)


@pytest.mark.parametrize(
    "item",
    [code(), code("code_128", ("zxing", "pyzbar")), code(my_number=True)],
    ids=["qr", "linear", "mine"],
)
def test_a_sure_code_on_the_front_is_an_anomaly(item: Barcode) -> None:
    assert presence(with_codes([placed(item)])) == ("unexpected", Result.SUSPECT)


@pytest.mark.parametrize(
    "seen",
    [
        with_codes([placed(code("code_128"))]),
        with_codes([placed(code(), Side.BACK)]),
        with_codes([placed(code())], case(askew=True)),
    ],
    ids=["unsure", "sticker_on_the_back", "askew"],
)
def test_a_doubtful_code_accuses_nobody(seen: Case) -> None:
    assert presence(seen) == ("doubtful", Result.INCONCLUSIVE)


def test_a_code_beside_the_card_is_none_of_its() -> None:
    assert presence(with_codes([placed(code(), box=(1.05, 0.1, 0.2, 0.3))])) == ("none", Result.PASS)


@pytest.mark.parametrize("id", ["jp.residence_card.gen2", "jp.specified_residence_card"])
def test_on_an_unconfirmed_face_a_code_is_only_told(id: str) -> None:
    seen = replace(with_codes([placed(code())]), layout=layout(id))
    assert presence(seen) == ("unconfirmed", Result.INCONCLUSIVE)
    assert presence(replace(case(), layout=layout(id)))[0] == "not_applicable"


def field(source: str, value: str, confidence: float = 1.0) -> FieldReading:
    return FieldReading("card_number", source, value, value, confidence, side=Side.FRONT, box=BOX)


def payload(*fields: FieldReading, askew: bool = False) -> tuple[str, Result]:
    labels = (LabelReading("title_ja", Side.FRONT, "在留カード", 0.2 if askew else 1.0),)
    found = run_check(PAYLOAD, replace(case(), fields=fields, labels=labels), POLICY)
    return found.reason.rpartition(".")[2], found.result


def test_the_payload_is_compared_with_what_is_printed() -> None:
    coded = field("barcode", NUMBER)
    assert payload(coded, field("front", NUMBER)) == ("agrees", Result.PASS)
    assert payload(coded, field("front", "AB12345678CE")) == ("disagrees", Result.SUSPECT)


@pytest.mark.parametrize(
    "fields",
    [
        (field("barcode", NUMBER), field("front", "AB12345678CE", 0.85)),
        (field("barcode", NUMBER, 0.5), field("front", "AB12345678CE")),
        (field("barcode", NUMBER),),
    ],
    ids=["print_unsure", "code_unsure", "nothing_printed"],
)
def test_what_is_not_read_surely_accuses_nobody(fields: tuple[FieldReading, ...]) -> None:
    assert payload(*fields) == ("unreadable", Result.INCONCLUSIVE)


def test_a_card_read_askew_is_not_compared() -> None:
    fields = field("barcode", NUMBER), field("front", "AB12345678CE")
    assert payload(*fields, askew=True) == ("unreadable", Result.INCONCLUSIVE)


def test_without_a_number_in_a_code_there_is_nothing_to_compare() -> None:
    assert payload(field("front", NUMBER))[0] == "not_applicable"
