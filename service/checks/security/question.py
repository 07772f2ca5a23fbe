"""How a question about a feature is put: is it measurable, does it lie in its range, may it accuse?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from service.cards.feature_limits import FeatureLimit, feature_limits
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.text.question import RESIDENCE_GEN1
from service.evidence import Box, CardView
from service.imaging.security import SecurityMeasures
from service.verdict import Basis, Effect, Refutes, Region, Result

__all__ = ["Feature", "Seen", "judged"]

FRONT = "front"


@dataclass(frozen=True, slots=True)
class Seen:
    """Measures of one feature."""

    values: dict[str, float]
    """By the names of the limit's ranges, the telling one first."""
    box: Box | None = None


Measure = Callable[[SecurityMeasures, CardView], Seen | None]


def judged(id: str, seen: Seen | None, limit: FeatureLimit | None) -> Finding:
    """The finding for one feature: ``as_expected``, ``unlike``, ``unusual`` or ``not_assessable``."""
    if seen is None:
        return Finding(f"{id}.not_assessable")
    if limit is None:
        return Finding(f"{id}.not_assessable", measured=round(next(iter(seen.values.values())), 4))
    beyond = [name for name in seen.values if not limit.holds(name, seen.values[name])]
    name = beyond[0] if beyond else next(iter(seen.values))
    least, greatest = limit.ranges[name]
    value = seen.values[name]
    reason = "as_expected" if not beyond else "unlike" if limit.accuses else "unusual"
    return Finding(
        f"{id}.{reason}",
        measured=round(value, 4),
        threshold=least if value < (least + greatest) / 2 else greatest,
        margin=_margin(seen, limit),
        region=Region(FRONT, seen.box) if seen.box else None,
    )


def _margin(seen: Seen, limit: FeatureLimit) -> float | None:
    """The least margin of the measures, None where none of them has an edge to come near to."""
    margins = [limit.margin(name, value) for name, value in seen.values.items()]
    return min((round(m, 4) for m in margins if m is not None), default=None)


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of the face, and the check that asks for it."""

    id: str
    title: str
    citation: str
    measure: Measure
    colour: bool = False
    """Whether it needs a picture with colour."""

    @property
    def name(self) -> str:
        """The feature's name in the limits."""
        return self.id.partition(".")[2]

    def seen(self, case: Case) -> Seen | None:
        """The measures on a card, None where they cannot be taken."""
        view, measures = case.view(FRONT), case.security
        if view is None or measures is None or not case.in_place:
            return None
        return None if self.colour and view.colour != "colour" else self.measure(measures, view)

    def limit(self, case: Case) -> FeatureLimit | None:
        """What holds for the card: the operator's limit, or the shipped one."""
        shipped = feature_limits(case.layout_id or "").get(self.name)
        own = case.enrolled.features.get(self.name) if case.enrolled else None
        if own is None or shipped is None:
            return own or shipped
        return replace(own, ranges={**shipped.ranges, **own.ranges})

    def check(self) -> Check:
        """The check of the feature."""
        return Check(
            id=self.id,
            title=self.title,
            citation=self.citation,
            basis=Basis.PHYSICAL,
            effect=Effect.SUPPORTING,
            needs=(FRONT,),
            reasons={
                f"{self.id}.as_expected": Result.PASS,
                f"{self.id}.unlike": Result.SUSPECT,
                f"{self.id}.unusual": Result.INCONCLUSIVE,
                f"{self.id}.not_assessable": Result.INCONCLUSIVE,
            },
            run=lambda case: judged(self.id, self.seen(case), self.limit(case)),
            layouts=RESIDENCE_GEN1,
            refutes=Refutes.GENUINENESS,
        )
