"""The same genuine scans judged by the shipped limits and by limits that were estimated without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from scripts.enrolling.estimate import Limits, estimate
from scripts.enrolling.scans import Scan
from scripts.rates import interval
from service.cards.enrolled import FORMAT, Enrolled, enrolled
from service.checks.case import Case
from service.policies import policy
from service.stopwatch import Stopwatch
from service.verdict import Effect, Result, Supplied
from service.verify import judge

__all__ = ["Before", "Outcome", "body", "cross_fitted", "outcome", "table"]

FOLDS = 5
NOTES = (".unusual", ".smoother", ".strange", ".altered")
Before = tuple[Scan, "Outcome", "Outcome"]
"""A scan, what the shipped limits say of it, and what limits say that it had no part in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks come to on one card."""

    verdict: str
    against: frozenset[str]
    """Checks that speak against it and are weighed."""
    unusual: frozenset[str]
    """Checks whose measure lies beyond a limit that may not accuse, or that are on trial."""
    total: float | None
    """Bits of all evidence, None where no model could weigh it."""


def outcome(case: Case, limits: Enrolled | None) -> Outcome:
    """Judge a case by some limits, or by the shipped ones."""
    supplied = Supplied("front" in case.captures, "back" in case.captures, case.chip is not None)
    asked = replace(case, enrolled=limits)
    rules = policy("default")
    judged, results, decision = judge(asked, rules, supplied, Stopwatch())
    score = judged.weighed.score if judged.weighed else None
    doubts = (r for r in results if r.result in (Result.SUSPECT, Result.FAIL))
    return Outcome(
        verdict=decision.verdict.value,
        against=frozenset(
            r.id for r in doubts if r.effect is not Effect.INFORMATIVE and r.id not in rules.evaluatory
        ),
        unusual=frozenset(r.id for r in results if r.reason.endswith(NOTES)),
        total=None if score is None else score.total,
    )


def body(limits: Limits, scans: Sequence[Scan], layout: str, id: str, now: datetime) -> dict[str, Any]:
    """The document of an enrolment without its bands: statistics, and the captures they hold for."""
    views = [view for scan in scans if (view := scan.case.view("front")) is not None]
    fine = [view.quality.px_per_mm for view in views]
    return {
        "format": FORMAT,
        "id": id,
        "layout": layout,
        "created_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "cards": len(scans),
        "scope": {
            "kinds": sorted({view.kind.value for view in views}),
            "px_per_mm": [round(0.9 * min(fine), 2), round(1.1 * max(fine), 2)],
        },
        "features": limits.features,
        "traces": limits.traces,
        "labels": limits.labels,
        "bands": None,
    }


def cross_fitted(scans: Sequence[Scan], layout: str) -> list[Before]:
    """Every scan before, and after by limits of the other scans: each is held out once (five folds)."""
    found: list[Before] = []
    for fold in range(FOLDS):
        others = [scan for index, scan in enumerate(scans) if index % FOLDS != fold]
        limits = enrolled(body(estimate(others, layout), others, layout, "enr_fold", datetime.now(UTC)))
        for scan in scans[fold::FOLDS]:
            found.append((scan, outcome(scan.case, None), outcome(scan.case, limits)))
    return found


def _rate(hits: int, trials: int) -> str:
    low, high = interval(hits, trials)
    return f"{hits} of {trials} ({low * 100:.1f} to {high * 100:.1f} %)"


def _counts(outcomes: Sequence[Outcome]) -> Mapping[str, int]:
    """Row of the table -> cards."""
    rows = {f"verdict {v}": sum(o.verdict == v for o in outcomes) for v in ("suspect", "inconclusive")}
    rows["a check speaks against the card"] = sum(bool(o.against) for o in outcomes)
    for id in sorted({id for o in outcomes for id in o.against}):
        rows[f"{id} against"] = sum(id in o.against for o in outcomes)
    for id in sorted({id for o in outcomes for id in o.unusual}):
        rows[f"{id} unusual"] = sum(id in o.unusual for o in outcomes)
    return rows


def table(before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """Rates before and after as a Markdown table, with 95 % intervals."""
    old, new = _counts(before), _counts(after)
    names = list(dict.fromkeys((*old, *new)))
    lines = ["| of held-out scans | before | after |", "| --- | --- | --- |"]
    lines += [
        f"| {n} | {_rate(old.get(n, 0), len(before))} | {_rate(new.get(n, 0), len(after))} |" for n in names
    ]
    if bits := [
        (b.total, a.total) for b, a in zip(before, after, strict=True) if None not in (b.total, a.total)
    ]:
        means = [sum(pair[i] or 0.0 for pair in bits) / len(bits) for i in (0, 1)]
        lines.append(f"| evidence towards forged, mean bits | {means[0]:.2f} | {means[1]:.2f} |")
    return "\n".join(lines)
