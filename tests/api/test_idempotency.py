from __future__ import annotations

import threading
from typing import Any

from service.errors import ImageUndecodable
from service.submission import Submission
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine
from tests.api.test_problems import BOUNDARY, expect, multipart


def post(door: Door, key: str, who: str = "client", front: str = "AAEC", **asked: Any) -> Any:
    headers = {**door.headers(who), "Idempotency-Key": key}
    return door.http.post("/v1/verify", json={"front": front, "request": asked}, headers=headers)


def test_the_same_request_gets_the_same_answer(door: Door) -> None:
    first, second = post(door, "k"), post(door, "k")
    assert second.content == first.content
    assert len(door.engine.seen) == 1
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


def test_the_same_evidence_sent_as_multipart_is_the_same_request(door: Door) -> None:
    first = post(door, "k")
    headers = {
        **door.headers("client"),
        "Idempotency-Key": "k",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    body = multipart(("front", b"\x00\x01\x02"))
    assert door.http.post("/v1/verify", content=body, headers=headers).content == first.content


def test_another_request_is_refused(door: Door) -> None:
    post(door, "k")
    expect(post(door, "k", front="AAED"), 422, "idempotency-key-reused")
    expect(post(door, "k", client_reference="other"), 422, "idempotency-key-reused")


def test_clients_do_not_collide(door: Door) -> None:
    ids = {post(door, "k", who).json()["id"] for who in ("client", "other")}
    assert len(ids) == 2


def test_a_request_in_progress_is_a_conflict(make_door: MakeDoor) -> None:
    inside, leave = threading.Event(), threading.Event()

    def wait(_: Submission) -> None:
        inside.set()
        leave.wait(10)

    door = make_door(FakeEngine(wait))
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(post(door, "k")))
    first.start()
    assert inside.wait(10)
    expect(post(door, "k"), 409, "request-in-progress")
    leave.set()
    first.join()
    assert answers[0].status_code == 200
    assert post(door, "k").content == answers[0].content


def test_a_restart_keeps_the_answer(make_door: MakeDoor) -> None:
    first = make_door()
    answer = post(first, "k", store="none")
    second = make_door()
    second.keys["client"] = first.keys["client"]
    assert post(second, "k", store="none").content == answer.content
    assert second.engine.seen == []


def test_a_refused_request_may_be_mended_under_the_same_key(make_door: MakeDoor) -> None:
    def fail(_: Submission) -> None:
        raise ImageUndecodable("Broken.")

    door = make_door(FakeEngine(fail))
    expect(post(door, "k"), 422, "image-undecodable")
    door.engine.before = None
    assert post(door, "k", front="AAED").status_code == 200


def test_erasing_the_verification_erases_the_kept_answer(door: Door) -> None:
    for store in ("report", "none"):
        id = post(door, store, store=store).json()["id"]
        erased = door.http.delete(f"/v1/verifications/{id}", headers=door.headers("client"))
        assert erased.status_code == 204
        expect(post(door, store, store=store), 404, "not-found")


def test_a_useless_key_is_refused(door: Door) -> None:
    for key in ("", "x" * 256, "with space"):
        expect(post(door, key), 400, "request-invalid", "/Idempotency-Key")
