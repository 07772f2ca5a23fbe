"""What people do over HTTP: keys, signing in, reviews, inquiries, notices, exports."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from service.api import desk_schemas, record_schemas, review_schemas
from service.api.access import PLAIN_COOKIE
from service.registry import Identity
from service.report import Report
from service.submission import Submission
from service.tr03135 import NAMESPACE
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine, a_report

NUMBER = "AB12345678CD"


class Judging(FakeEngine):
    """Answers with a chosen verdict and an end of the stay."""

    def __init__(self, verdict: str, days: int = 30) -> None:
        super().__init__()
        self.verdict = verdict
        self.days = days

    def verify(self, submission: Submission, **more: Any) -> Report:
        super().verify(submission, **more)
        end = (more["now"] + timedelta(days=self.days)).date().isoformat()
        entitlement = {
            "card": {"state": "valid", "valid_until": end, "evidence": "printed"},
            "stay": {"state": "valid", "until": end, "evidence": "printed"},
            "work": {"state": "permission_limited", "hours_per_week": 28, "basis": "資格外活動許可"},
        }
        waiting = {
            "id": "registry.lapse_inquiry",
            "group": "registry",
            "result": "not_run",
            "reason": "registry.lapse_inquiry.not_run",
            "not_run_reason": "input_missing",
            "basis": "cross_source",
            "effect": "decisive",
            "message": "",
            "citation": "",
            "input": "lapse_inquiry",
        }
        source = {"source": "front", "value": NUMBER, "raw": NUMBER, "confidence": 0.99}
        number = {"name": "card_number", "value": NUMBER, "agreement": "single", "sources": [source]}
        inputs = [{"role": "front", "sha256": "0" * 64, "media_type": "image/png"}]
        return a_report(
            more["verification_id"],
            more["now"],
            verdict=self.verdict,
            verdict_reason=f"verdict.{self.verdict}",
            entitlement=entitlement,
            fields=[number],
            checks=[waiting],
            inputs=inputs,
            limits=["lapse_not_inquired"],
        )


def call(door: Door, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return door.http.request(method, path, json=body, headers={**door.headers(who), **headers})


def test_every_example_is_of_its_model() -> None:
    for module in (desk_schemas, record_schemas, review_schemas):
        for name in module.__all__:
            model = getattr(module, name)
            if hasattr(model, "example"):
                model.model_validate(model.example)


def test_a_key_is_made_once_rotated_and_revoked(door: Door) -> None:
    asked = {**desk_schemas.KeyRequest.example, "scopes": ["read"]}
    made = [call(door, "admin", "POST", "/v1/keys", asked, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert made[0].status_code == made[1].status_code == 201
    assert made[0].json() == made[1].json()
    key = made[0].json()
    bearer = {"Authorization": f"Bearer {key['key']}"}
    assert door.http.get("/v1/verifications", headers=bearer).status_code == 200
    refused = door.http.post("/v1/verify", json={"front": "AAEC"}, headers=bearer)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:honmono:problem:forbidden")
    rotated = call(door, "admin", "POST", f"/v1/keys/{key['id']}/rotate").json()
    assert rotated["id"] == key["id"]
    for secret in (key["key"], rotated["key"]):
        answer = door.http.get("/v1/verifications", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 200
    assert call(door, "admin", "DELETE", f"/v1/keys/{key['id']}").json()["revoked_at"]
    assert door.http.get("/v1/verifications", headers=bearer).status_code == 401
    assert all("key" not in line for line in call(door, "admin", "GET", "/v1/keys").json()["data"])


def test_a_key_has_its_own_rate(door: Door) -> None:
    asked = {"role": "client", "name": "slow", "requests_per_minute": 2}
    secret = call(door, "admin", "POST", "/v1/keys", asked).json()["key"]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert [door.http.get("/v1/layouts", headers=bearer).status_code for _ in range(3)] == [200, 200, 429]


def test_wrong_keys_are_braked_and_right_ones_are_not(make_door: MakeDoor) -> None:
    door = make_door(wrong_keys_per_minute=3)
    wrong = {"Authorization": "Bearer hk_wrong"}
    assert [door.http.get("/v1/layouts", headers=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert call(door, "client", "GET", "/v1/layouts").status_code == 200


def signed_in(door: Door, who: str) -> tuple[TestClient, str]:
    browser = TestClient(door.http.app)
    answer = browser.post("/v1/browser-session", json={"key": door.keys[who]})
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    return browser, answer.json()["csrf_token"]


def test_a_browser_signs_in_and_changes_nothing_without_its_word(door: Door) -> None:
    browser, word = signed_in(door, "inspector")
    assert browser.get("/v1/browser-session").json()["csrf_token"] == word
    assert browser.get("/v1/reviews").status_code == 200
    body = {"front": "AAEC"}
    assert browser.post("/v1/verify", json=body).status_code == 403
    assert browser.post("/v1/verify", json=body, headers={"X-CSRF-Token": "x"}).status_code == 403
    assert browser.post("/v1/verify", json=body, headers={"X-CSRF-Token": word}).status_code == 200
    assert browser.get("/v1/keys").status_code == 403, "no more than the key's role"
    token = browser.cookies[PLAIN_COOKIE]
    assert browser.delete("/v1/browser-session", headers={"X-CSRF-Token": word}).status_code == 204
    stolen = TestClient(door.http.app, cookies={PLAIN_COOKIE: token})
    assert stolen.get("/v1/reviews").status_code == 401, "the token is worth nothing after signing out"


def test_a_session_ends_with_its_key(door: Door) -> None:
    browser, _ = signed_in(door, "inspector")
    key = next(k for k in door.desk.store.keys.all() if k.name == "inspector")
    door.desk.store.keys.revoke(key.id)
    assert browser.get("/v1/reviews").status_code == 401
    wrong = door.http.post("/v1/browser-session", json={"key": door.keys["inspector"]})
    assert wrong.status_code == 401
    assert door.keys["inspector"] not in wrong.text


def test_two_persons_report_a_forgery(make_door: MakeDoor) -> None:
    door = make_door(Judging("suspect"))
    id = door.verify("client").json()["id"]
    path = f"/v1/reviews/{id}"
    assert call(door, "inspector", "GET", "/v1/reviews?state=open").json()["data"][0]["id"] == id
    decision = {"decision": "report_as_forged", "reason": "The photo is glued."}
    assert call(door, "inspector", "POST", f"{path}/decision", decision).status_code == 409
    assert call(door, "inspector", "POST", f"{path}/claim").json()["state"] == "claimed"
    assert call(door, "inspector", "POST", f"{path}/decision", decision).json()["state"] == "awaiting_second"
    agree = review_schemas.SecondRequest.example
    assert call(door, "inspector", "POST", f"{path}/second", agree).status_code == 403
    assert call(door, "admin", "POST", f"{path}/second", agree).json()["state"] == "decided"
    history = call(door, "inspector", "GET", path).json()["history"]
    assert [step["action"] for step in history] == ["claimed", "proposed", "seconded"]
    counted = call(door, "inspector", "GET", "/v1/reviews/statistics").json()
    assert counted["suspect_confirmed"] == 1.0
    (case,) = call(door, "admin", "GET", "/v1/reviews/labelled-cases").text.splitlines()
    assert (json.loads(case)["label"], NUMBER in case) == ("forged", False)


def test_the_queue_says_what_each_review_is_about_and_who_has_it(make_door: MakeDoor) -> None:
    door = make_door(Judging("suspect"))
    first, later = (door.verify("client").json()["id"] for _ in range(2))
    call(door, "inspector", "POST", f"/v1/reviews/{later}/claim")
    rows = call(door, "inspector", "GET", "/v1/reviews").json()["data"]
    assert [row["id"] for row in rows] == [first, later]
    assert rows[0]["about"]["client_reference"] == "applicant-123"
    assert list(rows[1]["people"].values()) == ["inspector"]
    assert rows[1]["people"].keys() == {rows[1]["claimed_by"]}
    for query, ids in {"mine=true": [later], "verdict=inconclusive": [], "state=open": [first]}.items():
        page = call(door, "inspector", "GET", f"/v1/reviews?{query}").json()["data"]
        assert [row["id"] for row in page] == ids, query
    assert call(door, "admin", "GET", "/v1/reviews?mine=true").json()["data"] == []
    assert call(door, "inspector", "GET", "/v1/reviews?verdict=none").status_code == 400
    one = call(door, "inspector", "GET", f"/v1/reviews/{later}").json()
    assert one["people"] == rows[1]["people"]


def test_a_lapsed_number_makes_the_card_invalid_until_it_is_taken_back(make_door: MakeDoor) -> None:
    door = make_door(Judging("no_sign_of_forgery"))
    id = door.verify("client").json()["id"]
    path = f"/v1/verifications/{id}/lapse-inquiry"
    guide = call(door, "client", "GET", path).json()
    assert guide["type_in"]["card_number"] == NUMBER
    assert guide["recorded"] == []
    when = datetime.now(UTC).replace(microsecond=0)
    asked = {"result": "lapsed", "at": when.isoformat(), "by": "Suzuki"}
    report = call(door, "client", "POST", path, asked).json()
    assert (report["verdict"], report["verdict_reason"]) == ("invalid", "registry.lapse_inquiry.lapsed")
    assert report["lapse_inquiry"]["by"] == "Suzuki"
    assert "lapse_not_inquired" not in report["limits"]
    assert report["summary"]["fail"] == 1
    assert call(door, "client", "GET", f"/v1/verifications/{id}").json()["verdict"] == "invalid"
    back = call(door, "client", "POST", path, {**asked, "result": "not_lapsed"}).json()
    assert back["verdict"] != "invalid"
    assert [i["result"] for i in call(door, "client", "GET", path).json()["recorded"]] == [
        "lapsed",
        "not_lapsed",
    ]
    future = {**asked, "at": (when + timedelta(days=1)).isoformat()}
    assert call(door, "client", "POST", path, future).status_code == 400


def test_the_operators_list_is_asked(door: Door) -> None:
    door.engine.identity = Identity(card_number=NUMBER)
    door.verify("client")
    line = call(door, "admin", "POST", "/v1/deny-list", {"card_number": "ab 12345678 cd"}).json()
    again = call(door, "admin", "POST", "/v1/deny-list", {"card_number": NUMBER})
    assert (again.status_code, again.json()["type"]) == (409, "urn:honmono:problem:conflict")
    wrong = call(door, "admin", "POST", "/v1/deny-list", {"card_number": "12"})
    assert wrong.json()["errors"][0]["pointer"] == "/card_number"
    door.verify("other")
    assert NUMBER not in call(door, "inspector", "GET", "/v1/deny-list").text
    assert call(door, "admin", "DELETE", f"/v1/deny-list/{line['id']}").status_code == 204
    door.verify("client")
    assert [facts.denied for facts in door.engine.facts] == [False, True, False]


def test_people_who_hire(make_door: MakeDoor) -> None:
    door = make_door(Judging("no_sign_of_forgery"))
    id = door.verify("client", client_reference="applicant-9").json()["id"]
    path = f"/v1/verifications/{id}"
    told = call(door, "client", "GET", f"{path}/entitlement").json()
    assert "28 hours" in told["work"]
    assert told["ask_for"]
    japanese = call(door, "client", "GET", f"{path}/entitlement", None, **{"Accept-Language": "ja"}).json()
    assert "28 時間" in japanese["work"]
    notice = call(door, "client", "GET", f"{path}/employment-notice").json()
    values = {field["name"]: field["value"] for field in notice["fields"]}
    assert (values["card_number"], values["other_activity_permission"]) == (NUMBER, "有")
    assert "status_of_residence" in notice["missing"]
    table = call(door, "client", "GET", f"{path}/employment-notice?format=csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert NUMBER in table.text
    door.verify("client")
    (line,) = call(door, "client", "GET", "/v1/expiring?within=31d").json()["data"]
    assert (line["card_number"], line["days_left"] in (29, 30, 31)) == (NUMBER, True)
    assert call(door, "client", "GET", "/v1/expiring?within=5d").json()["data"] == []
    assert call(door, "client", "GET", "/v1/expiring?within=soon").status_code == 400


def test_no_notice_from_a_card_that_cannot_be_relied_on(make_door: MakeDoor) -> None:
    door = make_door(Judging("suspect"))
    id = door.verify("client").json()["id"]
    assert call(door, "client", "GET", f"/v1/verifications/{id}/employment-notice").status_code == 409


def test_a_report_as_xml(door: Door) -> None:
    id = door.verify("client").json()["id"]
    path = f"/v1/verifications/{id}"
    for answer in (
        call(door, "client", "GET", f"{path}?format=tr03135"),
        call(door, "client", "GET", path, None, Accept="application/xml"),
    ):
        assert answer.headers["content-type"].startswith("application/xml")
        root = ElementTree.fromstring(answer.content)
        check = root.find(f".//{{{NAMESPACE}}}check")
        assert check is not None
        assert (check.get("result"), check.find(f"{{{NAMESPACE}}}margin")) == ("failed", None)
    full = call(door, "inspector", "GET", f"{path}?format=tr03135&detail=full").text
    assert "<margin>-0.2500</margin>" in full
    assert "<rectangle" in full
    assert call(door, "client", "GET", path, None, Accept="*/*").json()["id"] == id


@pytest.mark.parametrize("profile", ["basic", "standard", "full"])
def test_exports_hold_what_their_profile_says(door: Door, profile: str) -> None:
    door.verify("client", client_reference="applicant-7")
    (line,) = call(door, "admin", "GET", f"/v1/exports?profile={profile}").text.splitlines()
    shown = json.loads(line)
    assert (NUMBER in line, "applicant-7" in line) == (profile == "full", profile == "full")
    assert ("margin" in shown["checks"][0]) == (profile != "basic")
    assert ("inputs" in shown) == (profile != "basic")
    actions = [json.loads(x)["action"] for x in call(door, "admin", "GET", "/v1/audit").text.splitlines()]
    assert actions[-1] == "reports.exported"


def test_kept_files_are_shown_to_reviewers_and_the_look_is_written_down(make_door: MakeDoor) -> None:
    door = make_door(evidence_enabled=True)
    id = door.verify("client", store="evidence").json()["id"]
    assert call(door, "inspector", "GET", f"/v1/verifications/{id}/evidence").json()["data"] == ["front"]
    picture = call(door, "inspector", "GET", f"/v1/verifications/{id}/evidence/front")
    assert picture.content == b"\x00\x01\x02"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert call(door, "inspector", "GET", f"/v1/verifications/{id}/evidence/back").status_code == 404
    assert "evidence.read" in [line.action for line in door.desk.store.audit.lines(id)]
