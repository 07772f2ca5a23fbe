"""A stored report in the light of a lapse inquiry that was recorded later.

Everything else stays as it was found: the card is not read again. A lapsed number makes the document
``invalid`` whatever its making, unless it is forged anyway; an answer that takes an earlier one back gives
the verdict of the other checks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.cards.layout import layouts
from service.checks.catalogue import CHECKS
from service.messages import message
from service.policies import policy
from service.report import CheckReport, LapseInquiryReport, Report, Summary
from service.verdict import CheckResult, Decision, NextAction, Result, Supplied, Verdict, decide

__all__ = ["with_inquiry"]

_CHECK = "registry.lapse_inquiry"
_RESULTS = {"not_lapsed": Result.PASS, "lapsed": Result.FAIL, "unknown": Result.INCONCLUSIVE}
_LIMIT = "lapse_not_inquired"


def with_inquiry(report: Report, inquiry: LapseInquiryReport, language: str = "en") -> Report:
    """The report with the answer in its check, its verdict worked out again."""
    checks = tuple(_answered(c, inquiry.result, language) if c.id == _CHECK else c for c in report.checks)
    decision = _decision(report, checks, inquiry.result)
    return report.model_copy(
        update={
            "checks": checks,
            "summary": _summary(checks),
            "limits": tuple(limit for limit in report.limits if limit != _LIMIT),
            "lapse_inquiry": inquiry,
            "verdict": decision.verdict,
            "verdict_reason": decision.reason,
            "next_action": decision.next_action,
        }
    )


def _answered(check: CheckReport, answer: str, language: str) -> CheckReport:
    reason = f"{_CHECK}.{answer}"
    return check.model_copy(
        update={
            "result": _RESULTS[answer],
            "reason": reason,
            "not_run_reason": None,
            "message": message(reason, language=language),
        }
    )


def _decision(report: Report, checks: Sequence[CheckReport], answer: str) -> Decision:
    lapsed = f"{_CHECK}.lapsed"
    if answer == "lapsed" and report.verdict is not Verdict.FORGED:
        return Decision(Verdict.INVALID, lapsed, NextAction.NONE, report.assurance)
    if answer != "lapsed" and report.verdict_reason == lapsed:
        return _decided_again(report, checks)
    return Decision(report.verdict, report.verdict_reason, report.next_action, report.assurance)


def _decided_again(report: Report, checks: Sequence[CheckReport]) -> Decision:
    roles = {part.role for part in report.inputs}
    supplied = Supplied("front" in roles, "back" in roles, "chip" in roles)
    known = layouts().get(report.document.layout or "")
    required = ("capture.front", "layout.document", *(known.required_checks if known else ()))
    rules = policy(report.engine.policy.id)
    return decide([_result(check) for check in checks], rules, supplied, required if supplied.front else ())


def _result(check: CheckReport) -> CheckResult:
    """A check of the report as the verdict weighs it; what it speaks against stands in the catalogue."""
    declared = next((c for c in CHECKS if c.id == check.id), None)
    found = CheckResult(
        id=check.id,
        group=check.group,
        result=check.result,
        reason=check.reason,
        basis=check.basis,
        effect=check.effect,
        citation=check.citation,
        input=check.input,
        not_run_reason=check.not_run_reason,
    )
    return replace(found, refutes=declared.refutes, fields=declared.fields) if declared else found


def _summary(checks: Sequence[CheckReport]) -> Summary:
    counts = {kind: sum(c.result is kind for c in checks) for kind in Result}
    return Summary(**{("passed" if kind is Result.PASS else kind.value): n for kind, n in counts.items()})
