from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from service.errors import IdempotencyKeyReused, NotFound, RequestInProgress
from service.settings import Settings
from service.store import Store
from service.store.idempotency import Claim
from tests.store.conftest import NOW

LEASE = timedelta(minutes=2)
KEEP = timedelta(hours=24)


def ask(store: Store, owner: str, request: bytes = b"r", key: str = "k", at: datetime = NOW) -> Claim | bytes:
    return store.idempotency.claim(owner, key, request, now=at, lease=LEASE, keep=KEEP)


def claimed(store: Store, owner: str, at: datetime = NOW) -> Claim:
    claim = ask(store, owner, at=at)
    assert isinstance(claim, Claim)
    return claim


def answer(store: Store, claim: Claim, body: bytes = b"answer") -> None:
    with store.database.write() as session:
        store.idempotency.answer(session, claim, "vrf_1", body)


def test_the_answer_is_given_again(store: Store, owner: str) -> None:
    answer(store, claimed(store, owner))
    assert ask(store, owner) == b"answer"


def test_the_answer_survives_a_restart(store: Store, settings: Settings, owner: str) -> None:
    answer(store, claimed(store, owner))
    again = Store.open(settings)
    assert ask(again, owner) == b"answer"
    again.close()


def test_a_second_request_waits(store: Store, owner: str) -> None:
    claimed(store, owner)
    with pytest.raises(RequestInProgress):
        ask(store, owner)


def test_another_body_is_refused_before_and_after_the_answer(store: Store, owner: str) -> None:
    claim = claimed(store, owner)
    with pytest.raises(IdempotencyKeyReused):
        ask(store, owner, b"other")
    answer(store, claim)
    with pytest.raises(IdempotencyKeyReused):
        ask(store, owner, b"other")


def test_clients_do_not_collide(store: Store, owner: str, other: str) -> None:
    answer(store, claimed(store, owner), b"mine")
    answer(store, claimed(store, other), b"theirs")
    assert ask(store, owner) == b"mine"
    assert ask(store, other) == b"theirs"


def test_a_released_key_is_free(store: Store, owner: str) -> None:
    store.idempotency.release(claimed(store, owner))
    assert isinstance(ask(store, owner, b"other"), Claim)


def test_an_answer_cannot_be_released(store: Store, owner: str) -> None:
    claim = claimed(store, owner)
    answer(store, claim)
    store.idempotency.release(claim)
    assert ask(store, owner) == b"answer"


def test_a_claim_of_a_dead_process_can_be_taken_over(store: Store, owner: str) -> None:
    dead = claimed(store, owner)
    heir = claimed(store, owner, at=NOW + LEASE)
    answer(store, dead, b"too late")
    store.idempotency.release(dead)
    with pytest.raises(RequestInProgress):
        ask(store, owner, at=NOW + LEASE)
    answer(store, heir, b"heir's")
    assert ask(store, owner, at=NOW + LEASE) == b"heir's"


def test_a_key_is_new_again_after_its_time(store: Store, owner: str) -> None:
    answer(store, claimed(store, owner))
    assert isinstance(ask(store, owner, b"other", at=NOW + KEEP), Claim)


def test_the_purge_removes_answers_after_their_time(store: Store, owner: str) -> None:
    answer(store, claimed(store, owner))
    assert store.purge(NOW + KEEP - timedelta(seconds=1)).answers == 0
    assert store.purge(NOW + KEEP).answers == 1


def test_erasing_the_verification_erases_the_answer(store: Store, owner: str, other: str) -> None:
    answer(store, claimed(store, owner))
    assert not store.records.erase("vrf_1", owner=other, actor=other, now=NOW)
    assert store.records.erase("vrf_1", owner=owner, actor=owner, now=NOW)
    with pytest.raises(NotFound):
        ask(store, owner)


def test_of_many_first_requests_one_wins(store: Store, owner: str) -> None:
    def one(_: int) -> str:
        try:
            return type(ask(store, owner)).__name__
        except RequestInProgress:
            return "RequestInProgress"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(one, range(8)))
    assert outcomes == ["Claim", *["RequestInProgress"] * 7]
