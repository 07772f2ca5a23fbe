from __future__ import annotations

from dataclasses import replace

import pytest

from service.checks.case import LapseInquiry
from service.checks.registry import CHECKS
from service.verdict import NotRunReason, Refutes, Result
from tests.checks.text_support import ask, card


@pytest.mark.parametrize(
    ("answer", "reason", "result"),
    [
        ("not_lapsed", "not_lapsed", Result.PASS),
        ("lapsed", "lapsed", Result.FAIL),
        ("unknown", "unknown", Result.INCONCLUSIVE),
        ("something else", "unknown", Result.INCONCLUSIVE),
    ],
)
def test_recorded_inquiry(answer: str, reason: str, result: Result) -> None:
    found = ask(CHECKS[0], replace(card(), lapse_inquiry=LapseInquiry(answer)))
    assert found.reason == f"registry.lapse_inquiry.{reason}"
    assert found.result is result
    assert found.refutes is Refutes.FORCE


def test_without_an_inquiry_it_is_not_run() -> None:
    found = ask(CHECKS[0], card())
    assert found.result is Result.NOT_RUN
    assert found.not_run_reason is NotRunReason.INPUT_MISSING
