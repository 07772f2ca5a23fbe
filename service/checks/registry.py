"""What the issuer's public inquiry about lapsed card numbers said, as recorded by the user."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.verdict import Basis, Effect, NextAction, Refutes, Result

__all__ = ["CHECKS"]

_REASONS = {
    "registry.lapse_inquiry.not_lapsed": Result.PASS,
    "registry.lapse_inquiry.lapsed": Result.FAIL,
    "registry.lapse_inquiry.unknown": Result.INCONCLUSIVE,
}


def _lapse_inquiry(case: Case) -> Finding:
    answer = case.lapse_inquiry.result if case.lapse_inquiry else "unknown"
    reason = f"registry.lapse_inquiry.{answer}"
    if reason not in _REASONS:
        reason = "registry.lapse_inquiry.unknown"
    unknown = _REASONS[reason] is Result.INCONCLUSIVE
    return Finding(reason, next_action=NextAction.MANUAL_REVIEW if unknown else None)


CHECKS = (
    Check(
        id="registry.lapse_inquiry",
        title="The card number has not lapsed, by the issuer's public inquiry",
        citation="Immigration Control Act 19-14; lapse inquiry of the Immigration Services Agency",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.DECISIVE,
        needs=("lapse_inquiry",),
        reasons=_REASONS,
        run=_lapse_inquiry,
        refutes=Refutes.FORCE,
        fields=frozenset({"card_number"}),
    ),
)
