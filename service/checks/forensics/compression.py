"""Was one place of the picture saved less often than the rest, as what is put into a finished picture is?

A file that was saved once, or made smaller on the way, cannot be asked. Where much of a card differs, a mark
laid over the whole picture is at fault, and nobody is accused; nor for a place that somebody blurred or
covered, as people do with an address: what is put in to deceive can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import front_traces, margin
from service.imaging.forensics import Traces
from service.imaging.forensics.compression import Saved
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_ONCE = 0.50
"""Share of a place that looks saved once; genuine pictures: 0.29 at most (docs/measures/forensics.md)."""
_REST = 0.30
"""The middle of all places must lie below this: the card as a whole was saved twice."""
_FITS = -0.30
"""Below this a place looks saved more often than twice: the rhythm does not fit this picture."""
_NATS = 100.0
"""What a place must be able to say before it is asked."""
_PLACES = 5
"""Places that must be able to say something."""
_LEGIBLE = 0.5
"""Confidence of the least certain sign from which a text counts as read."""
_ALTERED = 1 / 3
"""Share of the places that an edited picture has altered at most."""


def _apart(places: Mapping[str, Saved]) -> dict[str, float]:
    """The places that can say something, by the share of each that was saved once."""
    return {name: place.once for name, place in places.items() if place.nats >= _NATS}


def _deceives(case: Case, traces: Traces, name: str) -> bool:
    """Whether something stands there that could pass for the card's: a portrait, or a text that was read."""
    if name == "photo":
        return traces.portrait
    reading = case.printed(name)
    return reading is not None and reading.confidence >= _LEGIBLE


def _compression(case: Case) -> Finding:
    traces = front_traces(case)
    found = traces.compression if traces else None
    once = _apart(found.places) if found else {}
    if traces is None or len(once) < _PLACES or median(once.values()) > _REST or min(once.values()) < _FITS:
        return Finding("forensics.compression.not_assessable")
    altered = {name for name, share in once.items() if share >= _ONCE}
    if len(altered) > _ALTERED * len(once):
        return Finding("forensics.compression.not_assessable")
    if not all(_deceives(case, traces, name) for name in altered):
        return Finding("forensics.compression.not_assessable")  # what covers one text may reach into the next
    name = max(once, key=lambda place: once[place])
    shown = round(once[name], 4)
    spare = margin(_ONCE - shown, _ONCE)
    if not altered:
        return Finding("forensics.compression.alike", measured=shown, threshold=_ONCE, margin=spare)
    return Finding(
        "forensics.compression.differ",
        fields=frozenset(altered),
        measured=shown,
        threshold=_ONCE,
        margin=spare,
        region=Region("front", traces.places[name]),
    )


LIMITS = {"forensics.compression": (_ONCE,)}
CHECKS = (
    Check(
        id="forensics.compression",
        title="Every place of the picture was saved equally often",
        citation="Card data sheet §2.4 T2 and T3: fields of a picture typed over, replaced photograph",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "forensics.compression.alike": Result.PASS,
            "forensics.compression.differ": Result.SUSPECT,
            "forensics.compression.not_assessable": Result.INCONCLUSIVE,
        },
        run=_compression,
    ),
)
