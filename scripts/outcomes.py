"""What the service said of drawn cards, counted and printed by group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.rates import rate

__all__ = ["Outcome", "summarise"]

ACCUSED = ("suspect", "forged", "invalid")


@dataclass(frozen=True)
class Outcome:
    """What the service said about one specimen, without what it read."""

    group: str
    seed: int
    index: int
    style: str
    capture: str
    verdict: str
    reason: str
    expected: tuple[str, ...]
    wrong_fields: tuple[str, ...]
    confident_errors: tuple[str, ...]
    checks: Mapping[str, str]
    """Reason codes of checks that did not pass."""
    right_reason: bool
    ms: float
    face: float | None = None
    traces: Mapping[str, float] = field(default_factory=dict)
    """What the checks for traces of forging measured."""
    placed: bool | None = None
    """Whether a trace was found where the picture was altered; None where none was found, or no place is."""


def summarise(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Counts and rates by group, printed as they are worked out."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.group].append(outcome)
    summary: dict[str, Any] = {}
    for name in ("fields", "genuine"):
        if found := groups.pop(name, []):
            summary[name] = _genuine_summary(name, found)
    for name in sorted(groups):
        summary[name] = _family_summary(name, groups[name])
    return summary


def _genuine_summary(name: str, found: list[Outcome]) -> dict[str, Any]:
    exact = sum(not o.wrong_fields for o in found)
    accused = [o for o in found if o.verdict in ACCUSED and o.verdict not in o.expected]
    unclear = [o for o in found if o.verdict in ("inconclusive", "problem")]
    print(f"\n{name}: every field exact  {rate(exact, len(found))}")
    print(f"{name}: accused            {rate(len(accused), len(found))}")
    print(f"{name}: inconclusive       {rate(len(unclear), len(found))}")
    print("  verdicts", dict(Counter(o.verdict for o in found)))
    print("  fields read wrong", dict(Counter(f for o in found for f in o.wrong_fields).most_common()))
    print("  of these confident", dict(Counter(f for o in found for f in o.confident_errors).most_common()))
    for title, some in (("accused", accused), ("inconclusive", unclear)):
        print(f"  why {title}", dict(Counter(o.reason for o in some).most_common(12)))
    for check in sorted({id for o in found for id in o.traces}):
        values = sorted(o.traces[check] for o in found if check in o.traces)
        print(f"  {check}: {values[0]:.3f} to {values[-1]:.3f} on {len(values)}")
    for o in accused[:12]:
        print(f"    accused: seed {o.seed} index {o.index} style {o.style} {o.capture}: {o.reason}")
    for capture in ("scan", "phone"):
        part = [o for o in found if o.capture == capture]
        if part:
            bad = sum(o.verdict in ("inconclusive", "problem") for o in part)
            print(f"  {capture}: inconclusive {rate(bad, len(part))}")
    return {
        "trials": len(found), "exact": exact, "accused": len(accused), "inconclusive": len(unclear),
    }  # fmt: skip


def _family_summary(name: str, found: list[Outcome]) -> dict[str, Any]:
    caught = sum(o.verdict in o.expected for o in found)
    reasons = sum(o.verdict in o.expected and o.right_reason for o in found)
    print(f"\n{name}: as expected  {rate(caught, len(found))}, with the right reason {reasons}")
    print("  verdicts", dict(Counter(o.verdict for o in found)), "expected", found[0].expected)
    placed = [o.placed for o in found if o.placed is not None]
    if placed:
        print(f"  the right place  {rate(sum(placed), len(placed))}")
    missed = [o for o in found if o.verdict not in o.expected]
    print("  missed because", dict(Counter(o.reason for o in missed).most_common(5)))
    return {"trials": len(found), "caught": caught, "right_reason": reasons}
