"""Webhooks over HTTP: registered, told of a batch, tested, replayed, removed."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from service.worker.signature import sign
from tests.api.conftest import Door, MakeDoor
from tests.api.test_batches import done, line, send
from tests.api.test_problems import expect
from tests.worker.test_delivery import receiver, status


@pytest.fixture
def door(make_door: MakeDoor) -> Door:
    return make_door(webhook_allowed_hosts="127.0.0.1", webhook_timeout_s=2.0)


def post(door: Door, path: str, body: Any = None, who: str = "client", **headers: str) -> Any:
    sent = {**door.headers(who), **headers}
    return door.http.post(f"/v1/webhooks{path}", json=body, headers=sent)


def get(door: Door, path: str, who: str = "client") -> Any:
    return door.http.get(f"/v1/webhooks{path}", headers=door.headers(who))


def until(door: Door, id: str, state: str) -> dict[str, Any]:
    end = time.monotonic() + 20
    while True:
        rows: list[dict[str, Any]] = get(door, f"/{id}/deliveries").json()["data"]
        if rows and rows[0]["state"] == state:
            return rows[0]
        assert time.monotonic() < end, rows
        time.sleep(0.05)


def test_a_batch_that_is_done_is_told_thinly_and_signed(door: Door) -> None:
    with receiver(status(204)) as (port, seen):
        made = post(door, "", {"url": f"http://127.0.0.1:{port}/"})
        assert made.status_code == 201
        answer = send(door, line("KEINE PERSON", request={"client_reference": "KEINE PERSON"}))
        batch = done(door, answer)
        delivery = until(door, made.json()["id"], "delivered")
    (_, headers, body), *rest = seen
    assert not rest
    told = json.loads(body)
    assert told["type"] == "batch.done"
    assert told["data"] == {"id": batch["id"], "state": "done", "counts": batch["counts"]}
    assert b"PERSON" not in body
    assert headers["webhook-id"] == delivery["id"]
    secret = base64.b64decode(made.json()["secret"].removeprefix("whsec_"))
    expected = sign(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == expected


def test_a_test_and_a_replay_are_sent_under_ids_that_show_them(door: Door) -> None:
    with receiver(status(200)) as (port, seen):
        id = post(door, "", {"url": f"http://127.0.0.1:{port}/"}).json()["id"]
        assert post(door, f"/{id}/test").status_code == 202
        first = until(door, id, "delivered")
        again = post(door, f"/{id}/deliveries/{first['id']}/replay")
        assert again.status_code == 202
        end = time.monotonic() + 10
        while len(seen) < 2 and time.monotonic() < end:
            time.sleep(0.05)
    assert [headers["webhook-id"] for _, headers, _ in seen] == [first["id"]] * 2
    expect(post(door, f"/{id}/deliveries/msg_none/replay"), 404, "not-found")


def test_a_receiver_that_fails_is_shown_with_its_status_and_tried_later(door: Door) -> None:
    with receiver(status(500)) as (port, _):
        id = post(door, "", {"url": f"http://127.0.0.1:{port}/"}).json()["id"]
        post(door, f"/{id}/test")
        end = time.monotonic() + 10
        while not (row := get(door, f"/{id}/deliveries").json()["data"][0])["last_status"]:
            assert time.monotonic() < end
            time.sleep(0.05)
    assert (row["state"], row["last_status"], row["last_fault"]) == ("waiting", 500, "status")
    assert row["next_at"] is not None


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "http://example.com/", "nonsense", "https://localhost/"]
)
def test_an_address_inwards_is_refused_when_it_is_registered(door: Door, url: str) -> None:
    expect(post(door, "", {"url": url}), 400, "request-invalid", "/url")


def test_unknown_events_and_members_are_refused(door: Door) -> None:
    for body in ({"url": "https://a.example/", "events": ["x"]}, {"url": "https://a.example/", "a": 1}, {}):
        assert post(door, "", body).status_code == 400


def test_each_key_has_its_own_and_the_secret_is_shown_once(door: Door) -> None:
    body = {"url": "https://a.example/", "description": "HR"}
    made = post(door, "", body, **{"Idempotency-Key": "k"})
    again = post(door, "", body, **{"Idempotency-Key": "k"})
    assert again.content == made.content
    assert again.headers["idempotency-replayed"] == "true"
    id = made.json()["id"]
    assert "secret" not in get(door, f"/{id}").json()
    assert (made.json()["everyones"], post(door, "", body, "admin").json()["everyones"]) == (False, True)
    for who, listed in (("client", 1), ("other", 0), ("inspector", 0), ("admin", 2)):
        assert len(get(door, "", who).json()["data"]) == listed
    for path in (f"/{id}", f"/{id}/deliveries"):
        expect(get(door, path, "other"), 404, "not-found")
    for path in (f"/{id}/test", f"/{id}/deliveries/msg_x/replay"):
        expect(post(door, path, who="other"), 404, "not-found")
    assert door.http.delete(f"/v1/webhooks/{id}", headers=door.headers("other")).status_code == 404
    assert door.http.delete(f"/v1/webhooks/{id}", headers=door.headers("client")).status_code == 204
    expect(get(door, f"/{id}"), 404, "not-found")
    assert door.http.post("/v1/webhooks", json=body).status_code == 401


def test_the_operator_may_switch_them_off(make_door: MakeDoor) -> None:
    door = make_door(webhooks_enabled=False)
    expect(post(door, "", {"url": "https://a.example/"}), 400, "request-invalid")
