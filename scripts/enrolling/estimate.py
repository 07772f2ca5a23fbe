"""From genuine scans to the limits of an enrolment."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from scripts.enrolling.intervals import Interval, Wanted, tolerance, turned, unturned
from scripts.enrolling.rules import ACCUSING, RULES, Rule
from scripts.enrolling.scans import Scan
from service.cards.feature_limits import FeatureLimit, feature_limits
from service.checks.forensics import CHECKS as FORENSIC
from service.checks.layout import offsets
from service.checks.security import FEATURES

__all__ = ["BONA_FIDE_ERROR", "FEWEST", "Limits", "estimate"]

BONA_FIDE_ERROR = 0.005
"""Share of genuine cards that all enrolled limits together may accuse, shared out among the measures."""
FEWEST = 20
"""Cards that an enrolment needs."""
_SEEN_ON = 0.8
"""Share of the cards on which a measure must have been taken before its limit is estimated."""
_LABEL_LIKE, _LABEL_LIKE_LEAST = 0.60, 0.42
_LABEL_MM_LEAST = 0.9
"""The shipped similarity, how far own cards may lower it, and the least distance that counts as displaced."""
_TRACE_WIDTH = {
    "recapture": 0.3,
    "display_cells": 0.3,
    "scattered_dots": 0.1,
    "field_edges": 0.03,
    "date_print": 0.01,
    "full_width_print": 0.01,
    "number_print": 0.01,
    "name_print": 0.01,
    "cleared_ground": 0.1,
    "photo_noise": 0.05,
}
_NETWORK_WIDTH = 0.02
_SHARE = 1 - BONA_FIDE_ERROR / len(RULES)


@dataclass(frozen=True)
class Limits:
    """What was estimated, in the form of an enrolment file."""

    features: dict[str, dict[str, Any]] = field(default_factory=dict)
    traces: dict[str, float] = field(default_factory=dict)
    labels: dict[str, Any] | None = None
    doubtful: tuple[str, ...] = ()
    """Features that own cards spread too oddly to accuse by."""

    def without(self, features: frozenset[str]) -> Limits:
        """The same with some features that may not accuse."""
        kept = {
            id: {**row, "accuses": row["accuses"] and id not in features} for id, row in self.features.items()
        }
        return Limits(kept, self.traces, self.labels, tuple(sorted({*self.doubtful, *features})))


def feature_values(scans: Sequence[Scan]) -> dict[str, dict[str, list[float]]]:
    """Feature -> measure -> values on the cards."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for scan in scans:
        for feature in FEATURES:
            seen = feature.seen(scan.case)
            for name, value in (seen.values if seen else {}).items():
                found[feature.name][name].append(float(value))
    return found


def _interval(values: Sequence[float], rule: Rule) -> Interval | None:
    wanted = Wanted(_SHARE, rule.width, rule.below, rule.above)
    if rule.turn is None:
        return tolerance(values, wanted)
    low, high = rule.turn
    laid, middle = turned(values, high - low)
    return unturned(tolerance(laid, wanted), middle, low, high)


def _range(found: Interval, rule: Rule, shipped: tuple[float, float]) -> tuple[float, float]:
    """The estimated edges, the shipped ones where none is estimated, within what the measure can be."""
    least = max(found.least, rule.bounds[0]) if rule.below else shipped[0]
    greatest = min(found.greatest, rule.bounds[1]) if rule.above else shipped[1]
    if rule.loosen_only:
        least, greatest = min(least, shipped[0]), max(greatest, shipped[1])
    return round(least, 4), round(greatest, 4)


def _feature(
    shipped: FeatureLimit, values: Mapping[str, Sequence[float]], cards: int
) -> tuple[dict[str, Any], bool] | None:
    """Ranges of one feature, and whether the cards look like a bell; None where too few showed it."""
    ranges, sound, own = {}, True, False
    for name, limits in shipped.ranges.items():
        rule, seen = RULES.get(f"{shipped.id}.{name}"), values.get(name, [])
        ranges[name] = list(limits)
        if rule is None or len(seen) < max(3, _SEEN_ON * cards):
            continue
        found = _interval(seen, rule)
        if found is None:
            sound = False
            continue
        own, sound = True, sound and found.sound
        ranges[name] = list(_range(found, rule, limits))
    may = shipped.id in ACCUSING and sound
    return ({"accuses": may, "ranges": ranges}, sound) if own else None


def _features(scans: Sequence[Scan], layout: str) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    values, rows, doubtful = feature_values(scans), {}, []
    for id, shipped in feature_limits(layout).items():
        found = _feature(shipped, values[id], len(scans))
        if found is None:
            continue
        rows[id] = found[0]
        if not found[1]:
            doubtful.append(id)
    return rows, tuple(doubtful)


def trace_values(scans: Sequence[Scan]) -> dict[str, list[tuple[float, float]]]:
    """Trace -> measure and shipped limit on each card."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for check in FORENSIC:
        for scan in scans:
            finding = check.run(scan.case)
            if finding.measured is not None and finding.threshold is not None:
                found[check.id.partition(".")[2]].append((finding.measured, finding.threshold))
    return found


def _traces(scans: Sequence[Scan]) -> dict[str, float]:
    """Limits of traces. Genuine cards show that a shipped one is too narrow, never that it is too wide."""
    limits = {}
    for name, width in _TRACE_WIDTH.items():
        rows = trace_values(scans).get(name, [])
        if len(rows) < max(3, _SEEN_ON * len(scans)):
            continue
        shipped, downwards = rows[0][1], name == "photo_noise"
        found = tolerance([v for v, _ in rows], Wanted(_SHARE, width, below=downwards, above=not downwards))
        if all((v >= shipped) if downwards else (v <= shipped) for v, _ in rows):
            continue
        limits[name] = round(found.least if downwards else found.greatest, 4)
    return limits


def _network(scans: Sequence[Scan]) -> dict[str, float]:
    """Where the patch network's two numbers turn on own cards, and what they are on a usual one."""
    scores = [s for scan in scans if (s := scan.case.patched.scores) is not None]
    if len(scores) < max(3, _SEEN_ON * len(scans)):
        return {}
    attack, genuine = [float(s.attack) for s in scores], [float(s.genuine) for s in scores]
    upper = tolerance(attack, Wanted(_SHARE, _NETWORK_WIDTH, below=False)).greatest
    lower = tolerance(genuine, Wanted(_SHARE, _NETWORK_WIDTH, above=False)).least
    found = {
        "patches": upper,
        "patches_usual": median(attack),
        "conformity": lower,
        "conformity_usual": median(genuine),
    }
    return {name: round(value, 4) for name, value in found.items()}


def _labels(scans: Sequence[Scan]) -> dict[str, Any] | None:
    """Where the labels stand, how far one strays, and how unlike itself one may look."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    cards = []
    for scan in scans:
        front = [x for x in scan.case.labels if x.side.value == "front" and x.similarity >= _LABEL_LIKE_LEAST]
        moved = offsets(front)
        if moved is None:
            continue
        cards.append((moved, min(x.similarity for x in front)))
        for id, place in moved.items():
            found[id].append(place)
    if len(cards) < max(3, _SEEN_ON * len(scans)):
        return None
    places = {id: (median(x for x, _ in at), median(y for _, y in at)) for id, at in found.items()}
    worst = [max(math.dist(place, places[id]) for id, place in moved.items()) for moved, _ in cards]
    like = tolerance([least for _, least in cards], Wanted(_SHARE, 0.05, above=False)).least
    strays = tolerance(worst, Wanted(_SHARE, 0.3, below=False)).greatest
    return {
        "like": round(min(_LABEL_LIKE, max(_LABEL_LIKE_LEAST, like)), 4),
        "displaced_mm": round(max(_LABEL_MM_LEAST, strays), 3),
        "places_mm": {id: [round(x, 3), round(y, 3)] for id, (x, y) in sorted(places.items())},
    }


def estimate(scans: Sequence[Scan], layout: str) -> Limits:
    """Every limit that the scans support."""
    features, doubtful = _features(scans, layout)
    return Limits(features, {**_traces(scans), **_network(scans)}, _labels(scans), doubtful)
