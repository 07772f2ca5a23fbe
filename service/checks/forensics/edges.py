"""Is one text sharper than the card's other texts?

One that is softer is not judged: wear, a finger's grease or a spot of light soften an honest card's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from statistics import median

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_APART = 0.20
"""Logarithm of the ratio to the middle of the others. Genuine specimens: at most 0.12, but one of 750 photos
in light as hard as it is drawn had 0.21; at 0.22 a third of the typed fields caught would be missed."""
_OTHERS_WITHIN = 0.12
"""The others must agree among themselves, or the light or the focus is at fault."""
_MIN_TEXTS = 6
_LEFT_OUT = {"issuer", "name_kanji"}
"""Written in another hand, or on one line with another text."""


def _apart(edges: Mapping[str, float]) -> tuple[str, float, float]:
    """The text that differs most, by how much, and by how much the next one does."""
    logs = {name: log(value) for name, value in edges.items() if value > 0}
    away = {
        name: value - median(v for other, v in logs.items() if other != name) for name, value in logs.items()
    }
    ranked = sorted(away, key=lambda name: -abs(away[name]))
    return ranked[0], away[ranked[0]], abs(away[ranked[1]])


def _field_edges(case: Case) -> Finding:
    traces = front_traces(case)
    if traces is None:
        return Finding("forensics.field_edges.not_assessable")
    edges = {name: value for name, value in traces.edges.items() if name not in _LEFT_OUT}
    if len(edges) < _MIN_TEXTS:
        return Finding("forensics.field_edges.not_assessable")
    limit = enrolled_limit(case, "field_edges", _APART)
    name, away, next_away = _apart(edges)
    if away <= -limit or (next_away > _OTHERS_WITHIN and away >= limit):
        return Finding("forensics.field_edges.not_assessable")
    reason = "differ" if away >= limit else "alike"
    return Finding(
        f"forensics.field_edges.{reason}",
        fields=frozenset({name}) if reason == "differ" else frozenset(),
        measured=round(away, 4),
        threshold=limit,
        margin=margin(limit - away, limit),
        region=Region("front", traces.lines[name]) if reason == "differ" else None,
    )


LIMITS = {"forensics.field_edges": (_APART,)}
CHECKS = (
    Check(
        id="forensics.field_edges",
        title="No variable text is sharper than the others",
        citation="Card data sheet §2.4 T2: fields of a picture typed over; one lens, one sharpness",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.field_edges.alike": Result.PASS,
            "forensics.field_edges.differ": Result.SUSPECT,
            "forensics.field_edges.not_assessable": Result.INCONCLUSIVE,
        },
        run=_field_edges,
    ),
)
