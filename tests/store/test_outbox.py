"""Messages: told in the transaction of what they tell of, tried again with spread, replayed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.store import Store
from service.store.outbox import DueMessage
from service.store.webhooks import Webhook
from tests.store.conftest import NOW

HOLD = timedelta(seconds=40)
EVENTS = ("batch.done",)


def add(store: Store, owner: str, *, everyones: bool = False, events: tuple[str, ...] = EVENTS) -> Webhook:
    with store.database.write() as session:
        webhook, secret = store.webhooks.add(
            session,
            owner,
            "https://example.com/x",
            events,
            everyones=everyones,
            description=None,
            now=NOW,
        )
    assert secret.startswith("whsec_")
    return webhook


def tell(store: Store, owner: str, event: str = "batch.done") -> None:
    with store.database.write() as session:
        store.outbox.add(session, owner=owner, event=event, data={"id": "bat_1"}, now=NOW)


def claim(store: Store, now: datetime = NOW) -> DueMessage | None:
    return store.outbox.claim(now=now, hold=HOLD)


def test_who_is_told_of_what(store: Store, owner: str, other: str) -> None:
    mine, elsewhere = add(store, owner), add(store, other)
    admins = add(store, other, everyones=True)
    add(store, owner, events=("batch.cancelled",))
    tell(store, owner)
    told = {message.webhook_id for _ in range(9) if (message := claim(store)) is not None}
    assert told == {mine.id, admins.id}
    assert elsewhere.id not in told


def test_a_transaction_that_fails_tells_nothing(store: Store, owner: str) -> None:
    add(store, owner)

    def broken() -> None:
        with store.database.write() as session:
            store.outbox.add(session, owner=owner, event="batch.done", data={}, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert claim(store) is None


def test_eight_tries_with_growing_and_spread_waits_then_failed(store: Store, owner: str) -> None:
    webhook, now, waits = add(store, owner), NOW, []
    tell(store, owner)
    for attempt in range(1, 9):
        message = claim(store, now)
        assert message is not None
        assert message.attempt == attempt
        assert claim(store, now) is None, "nobody else gets it meanwhile"
        state = store.outbox.settle(message, now=now, status=500, fault="status")
        (delivery,), _ = store.outbox.page(webhook.id, limit=5)
        if attempt < 8:
            assert delivery.next_at is not None
            waits.append((delivery.next_at - now).total_seconds())
            now = delivery.next_at
    assert state == "failed"
    assert claim(store, now + timedelta(days=9)) is None
    expected = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
    assert all(0.8 * e <= wait <= 1.2 * e for wait, e in zip(waits, expected, strict=True))
    assert any(wait != e for wait, e in zip(waits, expected, strict=True))
    with store.database.write() as session:
        again = store.outbox.replay(session, webhook.id, delivery.id, now=now)
    assert again is not None
    replayed = claim(store, now)
    assert replayed is not None
    assert (replayed.id, replayed.attempt) == (delivery.id, 1)
    assert store.outbox.settle(replayed, now=now, status=204, fault=None) == "delivered"


def test_a_sender_that_dies_leaves_the_message_to_the_next(store: Store, owner: str) -> None:
    add(store, owner)
    tell(store, owner)
    first = claim(store)
    assert claim(store, NOW + HOLD - timedelta(seconds=1)) is None
    second = claim(store, NOW + HOLD)
    assert first is not None
    assert second is not None
    assert (second.id, second.body) == (first.id, first.body)


def test_gone_puts_an_address_out_of_use_until_a_test_is_asked_for(store: Store, owner: str) -> None:
    webhook = add(store, owner)
    tell(store, owner)
    message = claim(store)
    assert message is not None
    assert store.outbox.settle(message, now=NOW, status=410, fault="gone") == "failed"
    found = store.webhooks.get(webhook.id, owner=owner)
    assert found is not None
    assert found.disabled_at == NOW
    tell(store, owner)
    assert claim(store) is None
    with store.database.write() as session:
        store.webhooks.test(session, webhook.id, now=NOW)
    assert claim(store) is not None


def test_removal_and_retention_take_the_messages_along(store: Store, owner: str, other: str) -> None:
    kept, removed = add(store, owner), add(store, owner)
    tell(store, owner)
    assert not store.webhooks.remove(removed.id, owner=other, actor=other, now=NOW)
    assert store.webhooks.remove(removed.id, owner=owner, actor=owner, now=NOW)
    assert [webhook.id for webhook in store.webhooks.all(owner=owner)] == [kept.id]
    assert store.outbox.waiting() == 1
    store.purge(NOW + timedelta(days=31))
    assert store.outbox.waiting() == 0


def test_the_secret_is_sealed(store: Store, owner: str) -> None:
    add(store, owner)
    tell(store, owner)
    message = claim(store)
    assert message is not None
    assert len(message.secret) == 32
    assert "secret" not in repr(store.webhooks.all(owner=owner))
