"""What the operator's registry says, and whom it may not accuse."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from service.checks.base import Check
from service.checks.identity import identity
from service.checks.registry import CHECKS
from service.chip.proof import ChipProof
from service.registry import Encounter, LinkedLike, RegistryFacts
from service.verdict import Effect, NotRunReason, Result
from tests.checks.text_support import ask, card

BY_ID: dict[str, Check] = {check.id.removeprefix("registry."): check for check in CHECKS}
SAME = Encounter(own=True, proven=True, same_number=True, name=1.0, birth=1.0, photo=0.99)
ANOTHER = replace(SAME, name=0.2, birth=0.5, photo=0.0)
STRANGER = Encounter(own=True, proven=True, same_number=False, name=0.2, birth=0.5, photo=0.97)


def asked(
    name: str, *encounters: Encounter, proof: ChipProof | None = None, **facts: Any
) -> tuple[str, Result]:
    known = RegistryFacts(**{"number_read": True, "photo_read": True, "encounters": encounters, **facts})
    found = ask(BY_ID[name], replace(card(), registry=known, chip_proof=proof))
    return found.reason.rpartition(".")[2], found.result


@pytest.mark.parametrize(
    ("encounter", "reason", "result"),
    [
        (SAME, "consistent", Result.PASS),
        (ANOTHER, "another_name", Result.SUSPECT),
        (replace(SAME, birth=0.5), "another_birth_date", Result.SUSPECT),
        (replace(SAME, photo=0.1), "another_photo", Result.INCONCLUSIVE),
        (replace(ANOTHER, own=False), "on_record", Result.SUSPECT),
        (replace(ANOTHER, proven=False), "unclear", Result.INCONCLUSIVE),
        (replace(SAME, name=0.75), "unclear", Result.INCONCLUSIVE),
        (replace(SAME, birth=0.875), "unclear", Result.INCONCLUSIVE),
        (replace(SAME, name=None, birth=None, photo=None), "consistent", Result.PASS),
        (replace(ANOTHER, same_number=False), "consistent", Result.PASS),
    ],
)
def test_one_number_stands_for_one_person(encounter: Encounter, reason: str, result: Result) -> None:
    assert asked("card_number", encounter) == (reason, result)


def test_a_chip_that_proves_the_card_vouches_for_it() -> None:
    proof = cast(ChipProof, SimpleNamespace(trusted=True))
    assert asked("card_number", ANOTHER, proof=proof) == ("vouched", Result.PASS)
    assert asked("photo", STRANGER, proof=proof) == ("vouched", Result.PASS)


@pytest.mark.parametrize(
    ("encounter", "reason", "result"),
    [
        (STRANGER, "reused", Result.SUSPECT),
        (replace(STRANGER, own=False), "on_record", Result.SUSPECT),
        (replace(STRANGER, photo=0.8), "unclear", Result.INCONCLUSIVE),
        (replace(STRANGER, proven=False), "unclear", Result.INCONCLUSIVE),
        (replace(STRANGER, name=0.9), "not_reused", Result.PASS),
        (replace(STRANGER, birth=1.0), "not_reused", Result.PASS),
        (replace(STRANGER, birth=None), "not_reused", Result.PASS),
        (replace(STRANGER, photo=0.5), "not_reused", Result.PASS),
    ],
)
def test_one_photo_stands_for_one_person(encounter: Encounter, reason: str, result: Result) -> None:
    assert asked("photo", encounter) == (reason, result)


def test_list_and_recorded_lapse() -> None:
    assert asked("deny_list", denied=True) == ("listed", Result.SUSPECT)
    assert asked("deny_list") == ("not_listed", Result.PASS)
    assert asked("lapse_record", lapsed=True) == ("lapsed", Result.SUSPECT)
    assert asked("lapse_record") == ("nothing_recorded", Result.PASS)


def test_being_seen_often_accuses_nobody() -> None:
    assert asked("seen") == ("first", Result.PASS)
    assert asked("seen", SAME) == ("again", Result.PASS)
    assert asked("seen", SAME, looks_today=5) == ("often", Result.INCONCLUSIVE)
    assert BY_ID["seen"].effect is Effect.INFORMATIVE
    assert asked("seen", replace(SAME, own=False)) == ("first", Result.PASS), "others' looks are not told"


@pytest.mark.parametrize("name", ["card_number", "photo", "deny_list", "lapse_record", "seen"])
def test_an_unread_number_and_no_registry_say_nothing(name: str) -> None:
    assert asked(name, ANOTHER, STRANGER, number_read=False, denied=True, lapsed=True) == (
        "unreadable",
        Result.INCONCLUSIVE,
    )
    found = ask(BY_ID[name], card())
    assert (found.result, found.not_run_reason) == (Result.NOT_RUN, NotRunReason.INPUT_MISSING)


def test_what_was_not_read_beyond_doubt_names_nobody() -> None:
    whole = identity(card())
    assert (whole.card_number, whole.name, whole.date_of_birth) == (
        "AB12345678CD",
        "TURNER ELIZABETH",
        "1985-12-31",
    )
    unsure = identity(card(sure={"card_number": 0.94, "name_latin": 0.94, "date_of_birth": 0.94}))
    assert (unsure.card_number, unsure.name, unsure.date_of_birth) == (None, None, None)
    settled = identity(card(extra={"card_number": {"folded": "look_alike"}}))
    assert settled.card_number is None
    assert identity(card({"card_number": "AB1234567"})).card_number is None
    assert whole.photo is None, "a black raster shows no photo"


def test_a_photo_keeps_its_features_through_light_and_size() -> None:
    from service.imaging.photo_features import photo_features

    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (20, 16, 3)).astype(np.uint8)
    photo = np.kron(small, np.ones((20, 20, 1))).astype(np.uint8)
    bright = np.clip(photo * 0.7 + 40, 0, 255).astype(np.uint8)
    one, other = photo_features(photo), photo_features(bright[::2, ::2])
    assert one is not None
    assert other is not None
    assert float(one @ other) > 0.95
    assert photo_features(np.full((400, 320, 3), 128, np.uint8)) is None


LIKE = LinkedLike(same_number=False, name=0.2, birth=0.5, photo_bits=0.0, ground_bits=0.0)


@pytest.mark.parametrize(
    ("linked", "reason", "result"),
    [
        (None, "no_index", Result.NOT_APPLICABLE),
        ((), "not_linked", Result.PASS),
        ((replace(LIKE, same_number=True),), "number_linked", Result.INCONCLUSIVE),
        ((replace(LIKE, photo_bits=45.0),), "photo_linked", Result.INCONCLUSIVE),
        ((replace(LIKE, photo_bits=45.0, name=1.0),), "not_linked", Result.PASS),
        ((replace(LIKE, photo_bits=45.0, birth=None),), "not_linked", Result.PASS),
        ((replace(LIKE, photo_bits=25.0),), "not_linked", Result.PASS),
        ((replace(LIKE, name=None, birth=None, ground_bits=40.0),), "ground_linked", Result.INCONCLUSIVE),
    ],
)
def test_a_link_asks_a_person_to_look_and_no_more(
    linked: tuple[LinkedLike, ...] | None, reason: str, result: Result
) -> None:
    assert asked("workshop", linked=linked) == (reason, result)
    assert BY_ID["workshop"].effect is Effect.INFORMATIVE


def test_a_proven_card_is_vouched_for_against_links_too() -> None:
    proof = cast(ChipProof, SimpleNamespace(trusted=True))
    linked = (replace(LIKE, same_number=True),)
    assert asked("workshop", linked=linked, proof=proof) == ("vouched", Result.PASS)
