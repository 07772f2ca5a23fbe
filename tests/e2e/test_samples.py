"""Every sample card through the real service, held against its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from math import log2
from typing import Any

import pytest

from tests.e2e.samples import Sample, sample, samples
from tests.e2e.service import Answer, Service

UNSEEN: Mapping[str, str] = {
    "half_width_digits-a-12": "one field alone: an underline makes a single line look as narrow",
}
"""Attacks that the service is known not to see, and why. A test fails as soon as one of them is seen."""

MISREAD: Mapping[tuple[str, str], str] = {
    ("genuine-a-2", "name_kanji"): "the gap in a name of two signs",
}
"""Fields of genuine cards that are known to be read otherwise. A test fails as soon as one is right."""

SIDES = {"front", "back"}
CASES = [pytest.param(case, id=case.id) for case in samples().values()]


class Reports:
    """Reports by sample: each is verified once, and the one that follows it at the same time."""

    def __init__(self, service: Service, pool: ThreadPoolExecutor) -> None:
        self._service = service
        self._pool = pool
        self._answers: dict[str, Future[Answer]] = {}
        self._ids = list(samples())

    def of(self, case: Sample) -> dict[str, Any]:
        after = self._ids[self._ids.index(case.id) :][:2]
        for id in after:
            if id not in self._answers:
                self._answers[id] = self._pool.submit(self._verify, samples()[id])
        answer = self._answers[case.id].result()
        assert answer.status == 200, answer.body[:500]
        report: dict[str, Any] = answer.json
        return report

    def _verify(self, case: Sample) -> Answer:
        return self._service.verify(case.parts, case.request | {"store": "none", "detail": "full"})


@pytest.fixture(scope="module")
def reports(service: Service) -> Iterator[Reports]:
    with ThreadPoolExecutor(2) as pool:
        yield Reports(service, pool)


@pytest.fixture
def report(case: Sample, reports: Reports) -> dict[str, Any]:
    return reports.of(case)


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_accepted(case: Sample, report: dict[str, Any]) -> None:
    accepted = case.verdicts("sample")
    if case.id in UNSEEN:
        assert report["verdict"] not in accepted, "it is seen now: take it off the list"
        assert report["verdict"] in ("no_sign_of_forgery", "inconclusive")
    else:
        assert report["verdict"] in accepted, report["verdict_reason"]
    assert report["trust_profile"] == "sample"
    assert "not_production_trust" in report["limits"]
    assert len(report["limits"]) == len(set(report["limits"]))


@pytest.mark.parametrize("case", [case for case in CASES if case.id not in UNSEEN])
def test_every_certain_check_says_so(case: Sample, report: dict[str, Any]) -> None:
    by_id = {check["id"]: check for check in report["checks"]}
    for id, expected in case.answer["checks"].items():
        assert by_id[id]["result"] in expected["results"], (id, by_id[id]["reason"])
        assert expected["reason"] in (None, by_id[id]["reason"])
    for name, state in case.answer["entitlement"].items():
        assert report["entitlement"][name]["state"] == state
    assert set(case.answer["limits"]) <= set(report["limits"])


@pytest.mark.parametrize("case", [case for case in CASES if str(case.id).startswith("genuine")])
def test_every_field_of_a_genuine_card_is_exact(case: Sample, report: dict[str, Any]) -> None:
    read = {field["name"]: field["value"] for field in report["fields"]}
    wrong = {name for name, value in case.answer["fields"].items() if read.get(name) != value}
    assert wrong == {name for id, name in MISREAD if id == case.id}


@pytest.mark.parametrize("case", CASES)
def test_nothing_failed_inside(case: Sample, report: dict[str, Any]) -> None:
    assert report["summary"]["error"] == 0
    assert sum(report["summary"].values()) == len(report["checks"])


@pytest.mark.parametrize("case", CASES)
def test_the_weights_add_up_to_the_score(case: Sample, report: dict[str, Any]) -> None:
    score = report["forgery_score"]
    bits = sum(check["weight_bits"] for check in report["checks"])
    odds = log2(score["value"] / (1 - score["value"]))
    assert odds == pytest.approx(bits + log2(score["prior"] / (1 - score["prior"])), abs=1e-6)
    assert report["engine"]["calibration"] == "synthetic"


@pytest.mark.parametrize("number", range(4))
def test_a_phone_photo_of_a_genuine_card_is_never_accused(number: int, service: Service) -> None:
    case = [case for case in samples().values() if "front_phone" in case.files][number]
    answer = service.verify({"front": case.read("front_phone"), "chip": case.read("chip")}, case.request)
    assert answer.json["verdict"] in ("authentic", "no_sign_of_forgery", "inconclusive")
    if answer.json["verdict"] == "inconclusive":
        assert answer.json["next_action"] != "none"


def test_lists_name_cases_that_exist() -> None:
    assert UNSEEN.keys() <= samples().keys()
    assert all(name in samples()[id].answer["fields"] for id, name in MISREAD)


def test_a_case_can_be_found_by_its_family() -> None:
    assert sample("half_width_digits").id in UNSEEN
