from __future__ import annotations

from pathlib import Path

import pytest

from service.checks.chip import CHECKS
from service.messages import LANGUAGES, catalogue, has_message
from service.verdict import Result
from tests.vectors.chip import VECTORS
from tests.vectors.emrtd import EMRTD
from tests.vectors.vector import Vector, answer

ALL = {**VECTORS.items, **EMRTD.items}


@pytest.mark.parametrize("vector", ALL.values(), ids=lambda vector: vector.id)
def test_vector(vector: Vector, tmp_path: Path) -> None:
    results = answer(vector.make(), tmp_path)
    assert {(r.id, r.result.value, r.reason) for r in results} == vector.expected


def accusations(vector: Vector) -> set[str]:
    return {reason for _, result, reason in vector.expected if result in ("fail", "suspect")}


def test_every_accusation_has_an_intact_twin() -> None:
    for vector in ALL.values():
        if not accusations(vector) or vector.id == "reencoded_by_an_app":
            continue
        twin = ALL[vector.twin or ""]
        assert not accusations(vector) & accusations(twin), vector.id
        assert not accusations(twin) or twin.id == "self_signed", vector.id


def test_every_vector_tells_its_story() -> None:
    assert all(vector.story.endswith(".") for vector in ALL.values())


def test_every_reason_is_met_by_a_vector_and_has_a_sentence() -> None:
    met = {reason for vector in ALL.values() for _, _, reason in vector.expected}
    declared = {reason for check in CHECKS for reason in check.reasons}
    assert declared <= met
    for reason in declared:
        assert has_message(reason)
        assert all(catalogue()[reason][language].strip() for language in LANGUAGES)


def test_only_chip_checks_are_declared_and_none_is_stronger_than_its_basis() -> None:
    assert [check.id for check in CHECKS] == [
        "chip.dump",
        "chip.signature",
        "chip.certificate",
        "chip.validity",
        "chip.card_number",
    ]
    informative = {check.id for check in CHECKS if Result.FAIL not in check.reasons.values()}
    assert informative == {"chip.dump", "chip.validity"}
