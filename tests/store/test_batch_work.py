"""Items under leases, on SQLite and on a real PostgreSQL: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from service.errors import RequestInvalid
from service.evidence import Role
from service.store import Store
from service.store.batch_tables import BatchPayloadRow, BatchRow
from service.store.batch_work import ClaimedItem
from service.store.batches import Batch, BatchItem
from service.store.packing import pack, unpack
from service.submission import Submission, VerifyRequest
from tests.store.conftest import NOW

LEASE = timedelta(seconds=20)
SUBMISSION = Submission(
    pictures={Role.FRONT: b"front", Role.COMPANION: b""},
    tilt={"vertical": (b"1", b"", b"3"), "rotate": (b"4",)},
    chip=b"chip",
    request=VerifyRequest(client_reference="参照", reference_time=NOW),
)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def a_batch(store: Store, owner: str, items: int = 3, broken: Sequence[int] = ()) -> str:
    id = store.batches.begin(owner, language="en", now=NOW, days=30)
    made = [
        BatchItem(f"i{n}", "standard", RequestInvalid("No.") if n in broken else SUBMISSION)
        for n in range(items)
    ]
    store.batches.add(id, 0, made[:2])
    store.batches.add(id, 2, made[2:])
    with store.database.write() as session:
        store.batches.open(session, id, now=NOW)
    return id


def claim(store: Store, now: datetime = NOW) -> ClaimedItem | None:
    return store.batch_work.claim(now=now, lease=LEASE)


def finish(store: Store, item: ClaimedItem, now: datetime = NOW, **result: Any) -> bool:
    with store.database.write() as session:
        return store.batch_work.finish(session, item, now=now, **(result or {"outcome": {"report": {}}}))


def shown(store: Store, id: str) -> Batch:
    batch = store.batches.get(id, owner=None, now=NOW)
    assert batch is not None
    return batch


def payloads(store: Store) -> int:
    with store.database.read() as session:
        return session.scalar(select(func.count()).select_from(BatchPayloadRow)) or 0


def test_a_submission_survives_its_packing() -> None:
    assert unpack(pack(SUBMISSION)) == SUBMISSION
    assert unpack(pack(Submission(chip=b""))) == Submission(chip=b"")


def test_items_are_worked_off_in_order_and_the_batch_is_settled(store: Store, owner: str) -> None:
    id = a_batch(store, owner, 3, broken=[1])
    assert (shown(store, id).state, shown(store, id).failed) == ("queued", 1)
    first, second = claim(store), claim(store)
    assert first is not None
    assert second is not None
    assert (first.seq, second.seq, claim(store)) == (0, 2, None)
    assert first.submission == SUBMISSION
    assert (shown(store, id).state, shown(store, id).running) == ("running", 2)
    assert finish(store, second, verification_id="vrf_x")
    assert finish(store, first, outcome={"problem": {"type": "x"}})
    batch = shown(store, id)
    assert (batch.state, batch.done, batch.failed, batch.finished_at) == ("done", 1, 2, NOW)
    results = store.batches.results(id, after=0, limit=10)
    assert [(r.place, r.item_id, r.state) for r in results] == [
        (1, "i1", "failed"),
        (2, "i2", "done"),
        (3, "i0", "failed"),
    ]
    assert [r.item_id for r in store.batches.results(id, after=1, limit=1)] == ["i2"]
    assert payloads(store) == 0


def test_a_small_batch_does_not_wait_for_a_large_one(store: Store, owner: str) -> None:
    large, small = a_batch(store, owner, 6), a_batch(store, owner, 3)
    order = [item.batch_id for _ in range(5) if (item := claim(store)) is not None]
    assert order.count(small) >= 2
    assert order[0] == large


def test_a_dead_workers_item_is_taken_up_when_its_lease_has_run_out(store: Store, owner: str) -> None:
    a_batch(store, owner, 2)
    dead = claim(store)
    claim(store)
    assert claim(store, at(19)) is None
    again = claim(store, at(21))
    assert dead is not None
    assert again is not None
    assert (again.seq, again.attempt) == (dead.seq, 2)
    assert not finish(store, dead, at(22)), "who lost his lease keeps nothing"
    assert finish(store, again, at(22))
    assert not finish(store, again, at(23)), "once"


def test_a_renewed_lease_holds(store: Store, owner: str) -> None:
    a_batch(store, owner, 2)
    held = [item for _ in range(2) if (item := claim(store)) is not None]
    store.batch_work.renew(held, now=at(15), lease=LEASE)
    assert claim(store, at(30)) is None
    assert claim(store, at(36)) is not None


def test_a_clock_set_back_strands_nothing(store: Store, owner: str) -> None:
    a_batch(store, owner, 2)
    claim(store, at(86_400))
    claim(store, at(86_400))
    assert claim(store, NOW) is not None, "that lease would run for a day"


@pytest.mark.parametrize(("counted", "attempt"), [(True, 2), (False, 1)])
def test_an_item_given_back_is_free_at_once(store: Store, owner: str, counted: bool, attempt: int) -> None:
    a_batch(store, owner, 1)
    item = claim(store)
    assert item is not None
    store.batch_work.give_back(item, now=NOW, counted=counted)
    again = claim(store)
    assert again is not None
    assert (again.seq, again.attempt) == (item.seq, attempt)
    assert not finish(store, item)


def test_many_workers_at_once_take_each_item_once(store: Store, owner: str) -> None:
    id = a_batch(store, owner, 24)

    def work(_: int) -> list[int]:
        mine = []
        while (item := claim(store)) is not None:
            mine.append(item.seq)
            assert finish(store, item)
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [seq for mine in pool.map(work, range(6)) for seq in mine]
    assert sorted(taken) == list(range(24))
    assert shown(store, id).state == "done"
    assert [r.place for r in store.batches.results(id, after=0, limit=99)] == list(range(1, 25))


def test_cancelling_while_workers_run_accounts_for_every_item(store: Store, owner: str) -> None:
    id = a_batch(store, owner, 30)

    def work(_: int) -> None:
        while (item := claim(store)) is not None:
            assert finish(store, item)

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(work, n) for n in range(3)]
        with store.database.write() as session:
            store.batches.cancel(session, id, owner=owner, actor=owner, now=NOW)
        for future in working:
            future.result()
    batch = shown(store, id)
    assert batch.state in ("cancelled", "done")
    assert batch.done + batch.cancelled == 30
    assert [r.place for r in store.batches.results(id, after=0, limit=99)] == list(range(1, 31))
    assert payloads(store) == 0


def test_what_was_erased_under_a_worker_keeps_nothing(store: Store, owner: str, other: str) -> None:
    id = a_batch(store, owner, 2)
    item = claim(store)
    assert item is not None
    assert not store.batches.erase(id, owner=other, actor=other, now=NOW)
    assert store.batches.erase(id, owner=owner, actor=owner, now=NOW)
    assert not finish(store, item)
    assert payloads(store) == 0
    assert [line.action for line in store.audit.lines(id)] == ["batch.created", "batch.erased"]


def test_a_batch_that_never_became_whole_is_not_seen_not_worked_and_swept(store: Store, owner: str) -> None:
    id = store.batches.begin(owner, language="en", now=NOW, days=30)
    store.batches.add(id, 0, [BatchItem("a", "standard", SUBMISSION)])
    assert claim(store) is None
    assert store.batches.get(id, owner=owner, now=NOW) is None
    assert store.batches.page(owner=None, now=NOW, limit=5)[0] == ()
    store.purge(at(1800))
    assert payloads(store) == 1
    store.purge(at(3700))
    assert payloads(store) == 0


def test_retention_ends_a_batch_and_results_that_were_not_to_be_stored(store: Store, owner: str) -> None:
    id = a_batch(store, owner, 1)
    item = claim(store)
    assert item is not None
    finish(store, item, outcome={"report": {"verdict": "x"}}, outcome_until=at(3600))
    store.purge(at(3599))
    assert store.batches.results(id, after=0, limit=1)[0].outcome is not None
    store.purge(at(3601))
    assert store.batches.results(id, after=0, limit=1)[0].outcome is None
    store.purge(NOW + timedelta(days=31))
    with store.database.read() as session:
        assert session.scalar(select(func.count()).select_from(BatchRow)) == 0


def test_what_can_no_longer_be_opened_is_said(store: Store, owner: str) -> None:
    a_batch(store, owner, 1)
    with store.database.write() as session:
        session.scalars(select(BatchPayloadRow)).one().content = b"of another storage key"
    item = claim(store)
    assert item is not None
    assert item.submission is None


def test_a_batch_of_problems_alone_is_done_at_once(store: Store, owner: str) -> None:
    id = a_batch(store, owner, 2, broken=[0, 1])
    assert (shown(store, id).state, shown(store, id).finished_at) == ("done", NOW)
    with store.database.write() as session:
        session.execute(delete(BatchRow))
