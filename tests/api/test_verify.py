from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from service.evidence import Role
from service.submission import Submission
from tests.api.conftest import Door, MakeDoor

WITHHELD = ("measured", "threshold", "margin", "weight_bits", "region", "confidence")


def names(value: Any) -> set[str]:
    """Every member name of a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value) | {name for item in value.values() for name in names(item)}
    if isinstance(value, list):
        return {name for item in value for name in names(item)}
    return set()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_forged_card_is_a_successful_request(door: Door) -> None:
    answer = door.verify(client_reference="applicant-123")
    assert answer.status_code == 200
    report = answer.json()
    assert report["verdict"] == "forged"
    assert report["client_reference"] == "applicant-123"
    assert report["id"].startswith("vrf_")


def test_multipart_and_json_reach_the_engine_alike(door: Door) -> None:
    asked = {
        "client_reference": "r",
        "tilt_axis": "rotate",
        "reference_time": "2026-01-02T03:04:05+09:00",
        "expected": {"card_number": "AB12345678CD"},
        "lapse_inquiry": {"result": "not_lapsed", "at": "2026-01-01T00:00:00Z", "by": "desk 3"},
    }
    one = ("front", "back", "see_through", "companion", "chip")
    several = ("tilt_vertical", "tilt_horizontal", "tilt")
    files = [(name, (name, name.encode())) for name in one]
    files += [(name, (f"{name}{i}", f"{name}{i}".encode())) for name in several for i in range(3)]
    files += [("request", ("", json.dumps(asked).encode()))]
    first = door.http.post("/v1/verify", files=files, headers=door.headers("client"))
    body: dict[str, Any] = {name: b64(name.encode()) for name in one}
    body |= {name: [b64(f"{name}{i}".encode()) for i in range(3)] for name in several}
    second = door.http.post("/v1/verify", json={**body, "request": asked}, headers=door.headers("client"))
    assert first.status_code == second.status_code == 200, (first.text, second.text)
    assert door.engine.seen[0] == door.engine.seen[1]
    seen: Submission = door.engine.seen[0]
    assert dict(seen.pictures) == {Role(name): name.encode() for name in one if name != "chip"}
    assert seen.tilt["rotate"] == (b"tilt0", b"tilt1", b"tilt2")
    assert set(seen.tilt) == {"vertical", "horizontal", "rotate"}
    assert first.json()["inputs"] == second.json()["inputs"]


def test_a_dump_may_come_as_an_object(door: Door) -> None:
    dump = {"format": "residence-card-dump/1", "files": {"MF/EF01": "QUJD"}}
    answer = door.http.post("/v1/verify", json={"chip": dump}, headers=door.headers("client"))
    assert answer.status_code == 200
    assert door.engine.seen[0].chip is not None
    assert json.loads(door.engine.seen[0].chip) == dump


def test_standard_detail_leaves_out_what_would_teach_a_forger(door: Door) -> None:
    for report in (door.verify().json(), door.verify("admin").json(), door.verify(detail="standard").json()):
        assert names(report).isdisjoint(WITHHELD)
        assert report["timing_ms"] == {"total": 412.0}
        assert report["forgery_score"]["value"] == 1.0
        assert report["checks"][0]["reason"] == "chip.signature.mismatch"


@pytest.mark.parametrize("who", ["inspector", "admin"])
def test_full_detail_holds_everything(door: Door, who: str) -> None:
    report = door.verify(who, detail="full").json()
    assert names(report).issuperset(WITHHELD)
    assert report["forgery_score"]["value"] == 0.9731
    assert report["timing_ms"]["locate"] == 18.2
    assert report["checks"][0]["region"] == {"side": "front", "box": [0.1, 0.2, 0.3, 0.4]}


@pytest.mark.parametrize(("header", "language"), [("ja-JP,ja;q=0.9", "ja"), ("en", "en"), ("", "en")])
def test_messages_come_in_the_language_asked_for(door: Door, header: str, language: str) -> None:
    headers = {**door.headers("client"), "Accept-Language": header}
    assert door.http.post("/v1/verify", json={"front": "AAEC"}, headers=headers).status_code == 200
    assert door.engine.languages == [language]


def test_with_store_none_nothing_is_kept(door: Door) -> None:
    before = door.desk.store.audit.lines()
    id = door.verify(store="none").json()["id"]
    assert door.http.get(f"/v1/verifications/{id}", headers=door.headers("client")).status_code == 404
    assert door.desk.store.audit.lines() == before


def test_evidence_is_refused_unless_the_operator_enabled_it(door: Door) -> None:
    answer = door.verify(store="evidence")
    assert answer.status_code == 400
    fault = answer.json()["errors"][0]
    assert fault["pointer"] == "/request/store"
    assert "HONMONO_EVIDENCE_ENABLED" in fault["detail"]
    assert door.engine.seen == []


def test_evidence_is_kept_where_it_is_enabled(make_door: MakeDoor) -> None:
    door = make_door(evidence_enabled=True)
    body = {"front": b64(b"F"), "chip": b64(b"C"), "tilt": [b64(b"0"), b64(b"1")]}
    asked = {"store": "evidence", "tilt_axis": "vertical"}
    report = door.http.post(
        "/v1/verify", json={**body, "request": asked}, headers=door.headers("client")
    ).json()
    kept = door.desk.store.records.evidence(report["id"], now=datetime.now(UTC))
    assert kept == {"front": b"F", "chip": b"C", "tilt_vertical/0": b"0", "tilt_vertical/1": b"1"}
    assert door.verify(store="report").status_code == 200
