"""Does the ground stop above and below one text, as where an old text was taken off and another one typed?

A text that cannot be read, or of which a part is left, accuses nobody: people cover what they do not want to
show. Nor is anybody accused where the ground stops about many texts: programs that make scans small do that.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.imaging.forensics.cleared import Cleared
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_EVENER = 1.0
"""Logarithm of how much evener the ground may be about a text (docs/measures/forensics.md)."""
_REST = 0.4
"""The middle of all texts must lie below this share of the limit."""
_TEXTS = 4
"""Texts about which there must be ground enough."""
_ALTERED = 1 / 3
"""Share of the texts that an edited picture has altered at most."""
_LEGIBLE = 0.5
"""Confidence of the least certain sign from which a text counts as read."""


def _legible(case: Case, name: str) -> bool:
    """Whether a whole text of the field's form stands there, which could pass for the card's."""
    reading = case.printed(name)
    return reading is not None and reading.value is not None and reading.confidence >= _LEGIBLE


def _speaks(found: Mapping[str, Cleared], limit: float) -> bool:
    return len(found) >= _TEXTS and median(one.evener for one in found.values()) < _REST * limit


def _cleared_ground(case: Case) -> Finding:
    traces = front_traces(case)
    limit = enrolled_limit(case, "cleared_ground", _EVENER)
    if traces is None or not _speaks(traces.cleared, limit):
        return Finding("forensics.cleared_ground.not_assessable")
    found = traces.cleared
    altered = {name for name, one in found.items() if one.evener >= limit}
    if len(altered) > _ALTERED * len(found) or not all(_legible(case, name) for name in altered):
        return Finding("forensics.cleared_ground.not_assessable")
    name = max(found, key=lambda text: found[text].evener)
    shown = round(found[name].evener, 4)
    return Finding(
        f"forensics.cleared_ground.{'cleared' if altered else 'runs_on'}",
        fields=frozenset(altered),
        measured=shown,
        threshold=limit,
        margin=margin(limit - shown, limit),
        region=Region("front", found[name].box) if altered else None,
    )


LIMITS = {"forensics.cleared_ground": (_EVENER,)}
CHECKS = (
    Check(
        id="forensics.cleared_ground",
        title="The ground runs on under every text",
        citation="Card data sheet §2.1 F7 (continuous lines), §2.4 T2: fields of a picture typed over",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.cleared_ground.runs_on": Result.PASS,
            "forensics.cleared_ground.cleared": Result.SUSPECT,
            "forensics.cleared_ground.not_assessable": Result.INCONCLUSIVE,
        },
        run=_cleared_ground,
    ),
)
