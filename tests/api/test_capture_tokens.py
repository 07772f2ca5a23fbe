"""Tokens of embedded captures: minted by a key, good for one card, worth nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from service.store.capture_tables import CaptureTokenRow
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine
from tests.api.test_problems import expect

STEPS = ["front", "back", "tilt_vertical", "tilt_horizontal"]


def minted(door: Door, who: str = "client", **asked: Any) -> Any:
    return door.http.post("/v1/capture-tokens", json=asked, headers=door.headers(who))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def sent(door: Door, token: str, request: dict[str, Any] | None = None, **parts: Any) -> Any:
    body = {"front": "AAEC", **parts, **({"request": request} if request is not None else {})}
    return door.http.post("/v1/verify", json=body, headers=bearer(token))


def test_one_card_and_its_reference_alone(door: Door) -> None:
    made = minted(door, client_reference="applicant-1").json()
    assert made["token"].startswith("ct_")
    assert sorted(made["steps"]) == sorted(STEPS)
    receipt = sent(door, made["token"])
    assert receipt.status_code == 200
    assert set(receipt.json()) == {"id", "object", "client_reference", "created_at"}
    assert receipt.json()["client_reference"] == "applicant-1"
    report = door.http.get(f"/v1/verifications/{receipt.json()['id']}", headers=door.headers("client"))
    assert report.json()["client_reference"] == "applicant-1"
    assert report.json()["verdict"] == "forged"
    other = door.http.get(f"/v1/verifications/{receipt.json()['id']}", headers=door.headers("other"))
    assert other.status_code == 404


def test_the_report_where_the_key_says_so(door: Door) -> None:
    made = minted(door, **{"return": "report"}).json()
    report = sent(door, made["token"]).json()
    assert report["object"] == "verification"
    assert "region" not in report["checks"][0], "never more than standard detail"


def test_a_lost_answer_is_given_again_and_another_card_is_refused(door: Door) -> None:
    token = minted(door).json()["token"]
    first = sent(door, token)
    again = sent(door, token)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    expect(sent(door, token, back="AAED"), 401, "unauthenticated")
    assert len(door.engine.seen) == 1


def test_a_refused_request_does_not_use_the_token(door: Door) -> None:
    token = minted(door).json()["token"]
    expect(sent(door, token, front=None), 400, "no-evidence")
    assert sent(door, token).status_code == 200


def test_a_fault_of_ours_does_not_use_the_token(make_door: MakeDoor) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a fault of ours")

    door = make_door(FakeEngine(fail))
    token = minted(door).json()["token"]
    assert sent(door, token).status_code == 500
    door.engine.before = None
    assert sent(door, token).status_code == 200


FIXED: tuple[dict[str, Any], ...] = (
    {"client_reference": "another"},
    {"policy": "strict"},
    {"store": "none"},
    {"detail": "full"},
    {"reference_time": "2020-01-01T00:00:00Z"},
    {"lapse_inquiry": {"result": "not_lapsed"}},
    {"expected": {"card_number": "AB12345678CD"}},
    {"chip_session": "ses_" + "0" * 26},
)


def test_a_page_changes_nothing_that_its_key_has_fixed(door: Door) -> None:
    token = minted(door, client_reference="applicant-1").json()["token"]
    for member in FIXED:
        pointers = () if "detail" in member else (f"/request/{next(iter(member))}",)
        expect(sent(door, token, member), 403, "forbidden", *pointers)
    assert sent(door, token, {"layout": "auto", "detail": "standard"}).status_code == 200


def test_only_the_steps_of_the_token(door: Door) -> None:
    token = minted(door, steps=["front"]).json()["token"]
    expect(sent(door, token, back="AAED"), 400, "request-invalid", "/back")
    expect(sent(door, token, chip="e30="), 400, "request-invalid", "/chip")
    expect(sent(door, token, tilt_vertical=["AAED"]), 400, "request-invalid", "/tilt_vertical")
    assert sent(door, token).status_code == 200


def test_a_token_opens_nothing_else(door: Door) -> None:
    headers = bearer(minted(door).json()["token"])
    for method, path in (
        ("GET", "/v1/verifications"),
        ("POST", "/v1/sessions"),
        ("POST", "/v1/capture-tokens"),
        ("GET", "/v1/checks"),
        ("GET", "/v1/browser-session"),
    ):
        expect(door.http.request(method, path, headers=headers, json={}), 401, "unauthenticated")


def test_the_order_is_the_services_and_stays(door: Door) -> None:
    orders = set()
    for _ in range(24):
        made = minted(door).json()
        plan = door.http.get("/v1/capture-plan", headers=bearer(made["token"])).json()
        assert plan["steps"] == made["steps"]
        assert plan["steps"][:2] == ["front", "back"]
        orders.add(tuple(plan["steps"]))
    assert len(orders) == 2, "both orders come up"
    fresh = door.http.get("/v1/capture-plan", headers=door.headers("client")).json()
    assert set(fresh["steps"]) >= set(STEPS)
    assert fresh["tilt_frames"] <= 32


def test_a_token_ends(door: Door) -> None:
    token = minted(door).json()["token"]
    with door.desk.store.database.write() as session:
        session.execute(update(CaptureTokenRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    expect(sent(door, token), 401, "unauthenticated")
    door.desk.store.purge(datetime.now(UTC))
    with door.desk.store.database.read() as session:
        assert list(session.scalars(select(CaptureTokenRow))) == []


def test_a_revoked_key_takes_its_tokens_along(door: Door) -> None:
    key = next(key for key in door.desk.store.keys.all() if key.name == "client")
    token = minted(door).json()["token"]
    door.desk.store.keys.revoke(key.id)
    expect(sent(door, token), 401, "unauthenticated")


def test_neither_the_text_nor_the_reference_is_kept_in_clear(door: Door) -> None:
    token = minted(door, client_reference="HANAKO").json()["token"]
    with door.desk.store.database.read() as session:
        (row,) = session.scalars(select(CaptureTokenRow))
    assert token not in repr(vars(row))
    assert b"HANAKO" not in row.asked


UNFIT: tuple[dict[str, Any], ...] = (
    {"steps": []},
    {"steps": ["tilt_vertical"]},
    {"steps": ["front", "front"]},
    {"steps": ["chip", "front"]},
    {"minutes": 0},
    {"minutes": 61},
    {"return": "everything"},
    {"store": "none"},
    {"store": "evidence"},
    {"client_reference": "two\nlines"},
    {"unknown": 1},
)


def test_what_cannot_be_minted(door: Door) -> None:
    for asked in UNFIT:
        refused = minted(door, **asked)
        assert refused.status_code == 400, asked
        assert refused.json()["type"] == "urn:honmono:problem:request-invalid"


def test_a_key_has_only_so_many_open(make_door: MakeDoor) -> None:
    door = make_door(max_open_capture_tokens=2)
    tokens = [minted(door).json()["token"] for _ in range(2)]
    expect(minted(door), 429, "rate-limited")
    assert minted(door, "other").status_code == 201
    assert sent(door, tokens[0]).status_code == 200
    assert minted(door).status_code == 201, "a used one makes room"


def test_guessing_is_braked(make_door: MakeDoor) -> None:
    door = make_door(wrong_keys_per_minute=3)
    for _ in range(3):
        expect(sent(door, "ct_wrong"), 401, "unauthenticated")
    expect(sent(door, "ct_wrong"), 429, "rate-limited")


def test_minting_is_repeatable(door: Door) -> None:
    headers = {**door.headers("client"), "Idempotency-Key": "k"}
    answers = [door.http.post("/v1/capture-tokens", json={}, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content


def test_messages_in_easy_japanese(door: Door) -> None:
    for asked, understood in (("ja-easy", "ja-easy"), ("ja-JP,ja;q=0.9", "ja"), ("en", "en"), ("fr", "en")):
        headers = {**door.headers("client"), "Accept-Language": asked}
        assert door.http.post("/v1/verify", json={"front": "AAEC"}, headers=headers).status_code == 200
        assert door.engine.languages[-1] == understood
