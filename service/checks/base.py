"""The framework of checks: one question each, declared as data, answered by one function.

The framework, not the check, answers "not supplied", "not this document" and "switched off", bounds the
result by the class of the check, and turns a crash into that check's ``error``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from service.checks.case import Case
from service.verdict import (
    Basis,
    CheckResult,
    Effect,
    Group,
    NextAction,
    NotRunReason,
    Policy,
    Refutes,
    Region,
    Result,
)

__all__ = ["Check", "Finding", "run_check", "run_checks"]

GROUPS: Mapping[str, Group] = {"tilt": Group.SECURITY}
"""Families of ids that the contract counts to another group: tilting shows the security features."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a reason code declared by the check, and the facts behind it."""

    reason: str
    fields: frozenset[str] = frozenset()
    measured: float | None = None
    threshold: float | None = None
    margin: float | None = None
    region: Region | None = None
    next_action: NextAction | None = None
    not_run_reason: NotRunReason | None = None
    params: tuple[tuple[str, str], ...] = ()
    softened: bool = False
    """Says ``suspect`` where the reason means ``fail``: the same fact on weaker evidence."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the card, as data."""

    id: str
    """``group.name``; the group is its first part, or what ``GROUPS`` says of it."""
    title: str
    citation: str
    """Where the rule or fact stands: clause, section, measure."""
    basis: Basis
    effect: Effect
    needs: tuple[str, ...]
    """Inputs without which it is not run: ``front``, ``back``, ``chip``, ``companion``, ``tilt``, ...; an
    alternative is written ``front|back``."""
    reasons: Mapping[str, Result]
    """Every dotted code that it can give, with the result that the code means."""
    run: Callable[[Case], Finding]
    layouts: frozenset[str] | None = None
    """Layouts it applies to; None for every document."""
    refutes: Refutes = Refutes.GENUINENESS
    fields: frozenset[str] = field(default=frozenset())
    """Fields of the card it reads."""

    @property
    def group(self) -> Group:
        """Family of the check."""
        family = self.id.split(".", 1)[0]
        return GROUPS.get(family) or Group(family)

    @property
    def all_reasons(self) -> Mapping[str, Result]:
        """The check's own codes and those the framework gives for it."""
        return {
            **self.reasons,
            f"{self.id}.not_run": Result.NOT_RUN,
            f"{self.id}.not_applicable": Result.NOT_APPLICABLE,
            f"{self.id}.error": Result.ERROR,
        }

    def result(self, finding: Finding) -> CheckResult:
        """The finding as a result; KeyError for a code that the check has not declared."""
        declared = self.all_reasons[finding.reason]
        softened = finding.softened and declared is Result.FAIL
        return CheckResult(
            id=self.id,
            group=self.group,
            result=Result.SUSPECT if softened else declared,
            reason=finding.reason,
            basis=self.basis,
            effect=self.effect,
            citation=self.citation,
            input="+".join(self.needs),
            refutes=self.refutes,
            not_run_reason=finding.not_run_reason,
            fields=finding.fields or self.fields,
            measured=finding.measured,
            threshold=finding.threshold,
            margin=finding.margin,
            region=finding.region,
            next_action=finding.next_action,
            params=finding.params,
        )


def _gate(check: Check, case: Case, policy: Policy) -> Finding | None:
    if check.id in policy.disabled:
        return Finding(f"{check.id}.not_run", not_run_reason=NotRunReason.DISABLED_BY_POLICY)
    for need in check.needs:
        if not any(case.has(part) for part in need.split("|")):
            return Finding(f"{check.id}.not_run", not_run_reason=NotRunReason.INPUT_MISSING)
    if check.layouts is not None and case.layout_id not in check.layouts:
        if case.layout_id is None:
            return Finding(f"{check.id}.not_run", not_run_reason=NotRunReason.UNSUPPORTED_DOCUMENT)
        return Finding(f"{check.id}.not_applicable")
    return None


def run_check(check: Check, case: Case, policy: Policy) -> CheckResult:
    """Answer one check; never raises for a fault inside the check."""
    gated = _gate(check, case, policy)
    if gated is not None:
        return check.result(gated)
    try:
        return check.result(check.run(case))
    except Exception:  # a crash in one check must not take the others down, nor read as a pass
        log.exception("check.error", check=check.id)
        return check.result(Finding(f"{check.id}.error"))


def run_checks(checks: Sequence[Check], case: Case, policy: Policy) -> tuple[CheckResult, ...]:
    """Answer every check in order."""
    return tuple(run_check(check, case, policy) for check in checks)
