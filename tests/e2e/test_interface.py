"""The HTTP interface around one real verification: both shapes, both details, records, repetitions, roles."""

from __future__ import annotations

import hashlib
import json
import subprocess
import uuid
from typing import Any

import pytest

from tests.e2e.samples import Sample, sample
from tests.e2e.service import HONMONO, ROOT, Service, environment

OF_THE_MOMENT = ("id", "created_at", "timing_ms")
FULL_ONLY = {"measured", "threshold", "margin", "weight_bits", "region"}


@pytest.fixture(scope="module")
def case() -> Sample:
    return sample("field_replaced")


@pytest.fixture(scope="module")
def standard(case: Sample, service: Service) -> dict[str, Any]:
    report: dict[str, Any] = service.verify(case.parts, case.request).json
    return report


@pytest.fixture(scope="module")
def full(case: Sample, service: Service) -> dict[str, Any]:
    report: dict[str, Any] = service.verify(case.parts, case.request | {"detail": "full"}).json
    return report


@pytest.fixture(scope="module")
def client(service: Service) -> Service:
    """The same service, seen with a client's key that the command line made."""
    data = service.log.with_name("data")
    made = subprocess.run(
        [HONMONO, "keys", "create", "--role", "client", "--name", "payroll"],
        cwd=ROOT,
        env=environment(data_dir=data),
        capture_output=True,
        text=True,
        check=True,
    )
    return Service(service.process, service.greeting, service.log, made.stdout.strip())


def of_the_card(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks without what the registry remembers, which grows with every look."""
    return [check for check in report["checks"] if check["group"] != "registry"]


def lasting(report: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in report.items() if name not in (*OF_THE_MOMENT, "summary")}
    return kept | {"checks": of_the_card(report)}


def test_json_and_multipart_give_the_same_report(
    case: Sample, service: Service, standard: dict[str, Any]
) -> None:
    assert lasting(service.verify_json(case.parts, case.request).json) == lasting(standard)


def test_the_dump_may_be_an_object_of_the_body(case: Sample, service: Service) -> None:
    body = {"chip": json.loads(case.read("chip")), "request": case.request}
    kind = {"Content-Type": "application/json"}
    as_object = service.send("POST", "/v1/verify", json.dumps(body).encode(), **kind).json
    as_bytes = service.verify({"chip": case.read("chip")}, case.request).json
    assert of_the_card(as_object) == of_the_card(as_bytes)


def test_the_standard_detail_teaches_no_forger(standard: dict[str, Any], full: dict[str, Any]) -> None:
    for check in standard["checks"]:
        assert not FULL_ONLY & {name for name, value in check.items() if value is not None}
    assert all({"region", "confidence"}.isdisjoint(s) for f in standard["fields"] for s in f["sources"])
    assert set(standard["timing_ms"]) == {"total"}
    assert {"total", "decode", "locate", "read", "checks"} <= set(full["timing_ms"])
    assert any(check["region"] for check in full["checks"])
    assert all("confidence" in source for field in full["fields"] for source in field["sources"])


def test_both_details_say_the_same(standard: dict[str, Any], full: dict[str, Any]) -> None:
    def said(report: dict[str, Any]) -> list[tuple[str, str, str]]:
        return [(check["id"], check["result"], check["reason"]) for check in of_the_card(report)]

    assert said(standard) == said(full)
    for name in ("verdict", "verdict_reason", "next_action", "assurance", "entitlement", "limits", "inputs"):
        assert standard[name] == full[name], name


def test_every_report_names_what_was_judged_and_by_what(full: dict[str, Any], case: Sample) -> None:
    digests = {row["role"]: row["sha256"] for row in full["inputs"]}
    assert digests == {name: hashlib.sha256(data).hexdigest() for name, data in case.parts.items()}
    assert full["engine"]["models"]
    assert full["engine"]["trust_store"]["profile"] == "sample"
    assert full["reference_time"] == case.request["reference_time"]


def test_a_stored_report_can_be_read_until_it_is_erased(service: Service, standard: dict[str, Any]) -> None:
    case = sample("genuine-a-0")
    made = service.verify({"chip": case.read("chip")}, {"client_reference": "to-be-erased"}).json
    path = f"/v1/verifications/{made['id']}"
    assert service.send("GET", path).json == made
    listed = service.send("GET", "/v1/verifications?client_reference=to-be-erased").body
    assert made["id"].encode() in listed
    assert standard["id"].encode() not in listed
    assert service.send("DELETE", path).status == 204
    assert service.send("GET", path).problem == "not-found"


def test_nothing_is_kept_where_nothing_was_to_be_kept(case: Sample, service: Service) -> None:
    made = service.verify({"chip": case.read("chip")}, {"store": "none"}).json
    assert service.send("GET", f"/v1/verifications/{made['id']}").problem == "not-found"


def test_a_request_that_is_repeated_gets_its_first_answer(case: Sample, service: Service) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    parts = {"chip": case.read("chip")}
    first = service.verify(parts, {"store": "none"}, **key)
    again = service.verify_json(parts, {"store": "none"}, **key)
    assert again.body == first.body
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (
        None,
        "true",
    )
    assert service.verify(parts, {"store": "report"}, **key).problem == "idempotency-key-reused"


def test_a_client_sees_its_own_and_no_detail(client: Service, case: Sample, standard: dict[str, Any]) -> None:
    parts = {"chip": case.read("chip")}
    own = client.verify(parts, case.request).json
    assert client.send("GET", f"/v1/verifications/{own['id']}").status == 200
    assert client.send("GET", f"/v1/verifications/{standard['id']}").problem == "not-found"
    assert client.verify(parts, {"detail": "full"}).problem == "forbidden"
    assert client.send("GET", "/metrics").problem == "forbidden"


def test_the_sentences_come_in_japanese(case: Sample, service: Service) -> None:
    report = service.verify({"chip": case.read("chip")}, case.request, **{"Accept-Language": "ja"}).json
    assert all(any(ord(sign) > 0x3000 for sign in check["message"]) for check in report["checks"])


def test_the_figures_count_what_was_answered(service: Service, standard: dict[str, Any]) -> None:
    figures = service.send("GET", "/metrics").body.decode()
    assert f'verdict="{standard["verdict"]}"' in figures
    assert 'route="/v1/verify"' in figures
