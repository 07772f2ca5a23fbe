from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from service.api.examples import JSON_BODY, REPORT, VERIFY_REQUEST
from service.api.problems import ProblemModel
from service.report import Report, standard_detail
from service.submission import DOCUMENT_LAYOUTS, VerifyRequest
from tests.api.conftest import Door
from tests.api.fakes import a_report

OPEN = {"/healthz", "/readyz"}
KEY_IN_BODY = {("post", "/v1/browser-session")}


@pytest.fixture
def document(door: Door) -> dict[str, Any]:
    described: dict[str, Any] = door.http.get("/openapi.json").json()
    return described


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert "#/components/schemas/VerifyRequest" in found
    for reference in found:
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path in OPEN:
                assert "security" not in operation
                continue
            assert operation.get("security") or (method, path) in KEY_IN_BODY, path
            assert {"401", "403", "429", "500", "503"} <= set(operation["responses"]), path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    example = answer["content"]["application/problem+json"]["example"]
                    assert ProblemModel.model_validate(example).status == int(status)


def test_the_verify_operation_takes_both_bodies(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/verify"]["post"]["requestBody"]["content"]
    assert set(content) == {"multipart/form-data", "application/json"}
    members = [set(body["schema"]["properties"]) for body in content.values()]
    assert members[0] == members[1]
    assert {"front", "back", "chip", "request", "tilt", "tilt_vertical", "see_through"} <= members[0]


def test_the_examples_are_valid(door: Door) -> None:
    VerifyRequest.model_validate(VERIFY_REQUEST)
    assert standard_detail(Report.model_validate(REPORT))["verdict"] == REPORT["verdict"]
    answer = door.http.post("/v1/verify", json=JSON_BODY, headers=door.headers("client"))
    assert answer.status_code == 200
    Report.model_validate(answer.json())


def test_the_example_report_is_of_standard_detail() -> None:
    shown = standard_detail(Report.model_validate(REPORT))
    for name, value in REPORT.items():
        if name not in ("inputs", "fields"):
            assert shown[name] == value, name


def test_a_report_survives_its_json_whole() -> None:
    report = Report.model_validate(REPORT)
    full = a_report(report.id, report.created_at)
    assert Report.model_validate_json(full.model_dump_json(by_alias=True)) == full
    assert Report.model_validate(full.full_detail()) == full


@pytest.mark.parametrize("layout", ["auto", *DOCUMENT_LAYOUTS])
def test_every_layout_of_the_contract_may_be_asked_for(layout: str) -> None:
    assert VerifyRequest(layout=layout).layout == layout
