"""A made-up report, and an engine that gives it, for tests of what stands around the engine."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import pytest

from service.report import (
    Agreement,
    CardEntitlement,
    CheckReport,
    DocumentReport,
    Engine,
    Entitlement,
    FieldName,
    FieldReport,
    InputReport,
    PolicyReport,
    Report,
    Source,
    SourceReport,
    StayEntitlement,
    Summary,
    TermState,
    TrustStoreReport,
    WorkEntitlement,
    WorkState,
)
from service.submission import Submission
from service.verdict import Assurance, Basis, Effect, Group, NextAction, Result, Verdict

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DIGEST = "0" * 64


def check(result: Result = Result.FAIL, reason: str = "chip.signature.mismatch") -> CheckReport:
    """One check, with the measures that only a full report shows."""
    return CheckReport(
        id="chip.signature",
        group=Group.CHIP,
        result=result,
        reason=reason,
        basis=Basis.CRYPTOGRAPHIC,
        effect=Effect.DECISIVE,
        message="The signature does not fit.",
        citation="data sheet [1.5]",
        input="chip",
        measured=0.25,
    )


def report(verdict: Verdict = Verdict.FORGED, **changes: Any) -> Report:
    """A report with one of everything."""
    field = FieldReport(
        name=FieldName.CARD_NUMBER,
        value="AB12345678CD",
        agreement=Agreement.DISAGREE,
        sources=(
            SourceReport(source=Source.FRONT, value="AB12345678CD", confidence=0.9),
            SourceReport(source=Source.CHIP, value="AB12345678CE", confidence=1.0),
        ),
    )
    given: dict[str, Any] = {
        "id": "vrf_01K00000000000000000000000",
        "created_at": NOON,
        "reference_time": NOON,
        "verdict": verdict,
        "verdict_reason": "chip.signature.mismatch",
        "next_action": NextAction.MANUAL_REVIEW,
        "assurance": Assurance.CRYPTOGRAPHIC,
        "trust_profile": "sample",
        "document": DocumentReport(layout="jp.residence_card.gen1", confidence=0.99),
        "fields": (field,),
        "entitlement": Entitlement(
            card=CardEntitlement(state=TermState.VALID, valid_until=date(2027, 10, 20)),
            stay=StayEntitlement(state=TermState.VALID, until=date(2027, 10, 20)),
            work=WorkEntitlement(
                state=WorkState.PERMISSION_LIMITED, hours_per_week=28, basis="資格外活動許可 [1]"
            ),
        ),
        "checks": (check(),),
        "summary": Summary(fail=1),
        "limits": ("replay_not_detectable",),
        "inputs": (InputReport(role="front", sha256=DIGEST, media_type="image/jpeg"),),
        "engine": Engine(
            version="0",
            policy=PolicyReport(id="default", version="1"),
            trust_store=TrustStoreReport(profile="sample", digest=DIGEST),
        ),
        "timing_ms": {"total": 1.0, "locate": 0.5},
    }
    return Report(**(given | changes))


class FakeEngine:
    """Gives one answer, or raises one error, and keeps what it was asked."""

    def __init__(self, answer: Report | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[Submission, dict[str, Any]]] = []

    def load(self, _settings: object) -> FakeEngine:
        """As ``Engine.load``."""
        return self

    def verify(self, submission: Submission, **more: Any) -> Report:
        """As ``Engine.verify``."""
        self.asked.append((submission, more))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def install(monkeypatch: pytest.MonkeyPatch, answer: Report | Exception) -> FakeEngine:
    """Let the command line find a fake engine."""
    engine = FakeEngine(answer)
    module = ModuleType("service.verify")
    module.Engine = engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "service.verify", module)
    return engine
