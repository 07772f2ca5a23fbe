"""What every forensic check asks first: is there a card, in its place, good enough to look at?"""

from __future__ import annotations

from service.checks.case import Case
from service.evidence import QualityFault
from service.imaging.forensics import Traces

__all__ = ["enrolled_limit", "front_traces", "margin", "seen_traces"]

_BLIND = {QualityFault.RESOLUTION_LOW, QualityFault.CUT_OFF, QualityFault.TOO_DARK, QualityFault.TOO_BRIGHT}
"""Faults with which no trace can be told from the fault."""


def seen_traces(case: Case) -> Traces | None:
    """The traces of the front, None where it is not there or too poor; its texts may not have been found."""
    traces = case.traces.get("front")
    return None if traces is None or _BLIND & set(traces.view.quality.faults) else traces


def front_traces(case: Case) -> Traces | None:
    """The traces of the front, None where it is not there, not in place or too poor."""
    return seen_traces(case) if case.in_place else None


def enrolled_limit(case: Case, name: str, shipped: float) -> float:
    """The limit of a trace on the operator's own captures, where he has enrolled them."""
    return case.enrolled.trace(name, shipped) if case.enrolled else shipped


def margin(distance: float, scale: float) -> float:
    """-1 ... +1 from a distance to the limit, positive for genuine."""
    return round(max(-1.0, min(1.0, distance / scale)), 3)
