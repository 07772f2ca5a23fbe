"""A learned score may make somebody look. It never refutes a card, and it never clears one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from service.api.metrics import Metrics
from service.checks.catalogue import CHECKS, SCORE_CHECKS
from service.checks.model import PATCH_CHECKS
from service.evidence import Role
from service.policies import load_policies, policy
from service.report import Report
from service.scoring import SCORE_CHECK
from service.scoring.fusion import margin_references
from service.settings import ROOT, Settings
from service.submission import Submission, VerifyRequest
from service.verdict import (
    Basis,
    CheckResult,
    Effect,
    Group,
    Policy,
    Result,
    Supplied,
    Verdict,
    decide,
)
from service.verify import Engine

LEARNED = [check.id for check in (*PATCH_CHECKS, *SCORE_CHECKS)]
PRINTED = ROOT / "sample_cards" / "forgeries" / "T1-printed_card"
"""Seen by its dots of a printer alone: by nothing that reads it."""


def _said(id: str, result: Result) -> CheckResult:
    check = next(c for c in CHECKS if c.id == id)
    return CheckResult(id, check.group, result, f"{id}.x", check.basis, check.effect, "", "front")


@pytest.mark.parametrize("id", LEARNED)
def test_every_learned_check_is_statistical_and_on_trial_as_shipped(id: str) -> None:
    check = next(c for c in CHECKS if c.id == id)
    assert (check.group, check.basis, check.effect) == (Group.MODEL, Basis.STATISTICAL, Effect.SUPPORTING)
    assert id in policy("default").evaluatory


def test_all_learned_checks_together_make_a_card_suspect_at_most() -> None:
    against = [_said(id, Result.SUSPECT) for id in LEARNED]
    counting = Policy("counting", "1")
    assert decide(against, counting, Supplied(front=True)).verdict is Verdict.SUSPECT
    assert decide(against, policy("default"), Supplied(front=True)).verdict is Verdict.NO_SIGN_OF_FORGERY


@pytest.mark.parametrize("names", [("default",), ()])
def test_a_low_score_clears_nothing(names: tuple[str, ...]) -> None:
    rules = policy(names[0]) if names else Policy("counting", "1")
    clear = [_said(id, Result.PASS) for id in LEARNED]
    suspicious = [*clear, _said("forensics.recapture", Result.SUSPECT)]
    assert decide(suspicious, rules, Supplied(front=True)).verdict is Verdict.SUSPECT
    assert decide(clear, rules, Supplied(front=True)).verdict is Verdict.NO_SIGN_OF_FORGERY
    unread = [*clear, _said("capture.front", Result.INCONCLUSIVE)]
    assert decide(unread, rules, Supplied(front=True), ("capture.front",)).verdict is Verdict.INCONCLUSIVE


def _judged(rules: str) -> Report:
    engine = Engine.load(
        Settings(trust_dir=ROOT / "sample_cards" / "trust", trust_profile="sample", onnx_threads=1)
    )
    request = json.loads((PRINTED / "request.json").read_text(encoding="utf-8"))
    submission = Submission(
        pictures={Role.FRONT: (PRINTED / "front.jpg").read_bytes()},
        request=VerifyRequest.model_validate({**request, "policy": rules}),
    )
    return engine.verify(
        submission, now=datetime(2026, 11, 22, tzinfo=UTC), verification_id="vrf_" + "0" * 26
    )


def test_a_check_on_trial_runs_is_counted_and_touches_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the picture to the verdict and the figures: the same card with its accusers on trial."""
    plain = _judged("default")
    assert plain.verdict is Verdict.SUSPECT
    accusers = {c.id for c in plain.checks if c.result in (Result.FAIL, Result.SUSPECT)}
    assert SCORE_CHECK in {c.id for c in plain.checks}
    trial = Policy("trial", "1", evaluatory=frozenset(accusers))
    known = {**load_policies(), "trial": trial}
    monkeypatch.setattr("service.policies.load_policies", lambda: known)

    tried = _judged("trial")
    assert tried.verdict is Verdict.NO_SIGN_OF_FORGERY
    assert {c.id for c in tried.checks if c.result in (Result.FAIL, Result.SUSPECT)} == accusers

    figures = Metrics()
    figures.count(tried)
    figures.compare(margin_references())
    text = figures.text().decode()
    measured = {c.id for c in tried.checks if c.id in accusers and c.margin is not None}
    assert measured
    for id in measured:
        assert f'honmono_check_margin_count{{check="{id}"}} 1.0' in text
    assert 'honmono_check_margin_alarm{check="forensics.recapture"} 0.0' in text
