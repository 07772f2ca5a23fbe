"""Where the print of a front stands: the card put in place by its labels, and what is read where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout
from service.evidence import Box, Picture
from service.imaging.rectify import compose
from service.reading.crops import fraction_of
from service.reading.fields import FieldRequest, plan_fields
from service.reading.ink import TextBox, ink_map
from service.reading.labels import LabelRequest, plan_labels
from service.reading.recognise_layout import LayoutMatch
from service.reading.registration import find_labels, fit_correction
from service.reading.reposition import reposition

__all__ = ["Place", "Plan", "placed", "plan_of"]

SETTLED_PX = 4.0
"""A correction that moves no corner farther is left alone: 0.3 mm; specimens in place have 0.2 to 2.6 px."""
SETTLED_SHARE = 0.6
"""Share of the labels' ends that must agree; specimens in place have 0.85 and more."""
PLACINGS = 4
"""Most corrections after the first."""
Raster = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the print of each field and label stands."""

    fields: tuple[FieldRequest, ...]
    labels: tuple[LabelRequest, ...]

    @property
    def found(self) -> dict[str, tuple[TextBox, TextBox]]:
        """Place by layout and place of the print of each label that was found."""
        return {
            request.label.id: (request.nominal, request.found)
            for request in self.labels
            if request.nominal is not None and request.found is not None
        }

    def taken(self, shape: tuple[int, ...]) -> list[Box]:
        """The places of all that print, as fractions."""
        lines = [line for request in self.fields for line in request.lines]
        found = [request.found for request in self.labels if request.found is not None]
        return [fraction_of(line, shape) for line in (*lines, *found)]


def plan_of(raster: Raster, known: SideLayout) -> Plan:
    """Where the print of a side stands on its raster, (638, 1012, 3) BGR."""
    ink = ink_map(raster)
    return Plan(plan_fields(ink, known), plan_labels(ink, known.labels))


@dataclass(frozen=True, slots=True)
class Place:
    """A card resampled where it was taken to lie."""

    raster: Raster
    homography: NDArray[np.float64]
    plan: Plan

    @property
    def agreeing(self) -> int:
        """Ends of labels that stand where they belong, give or take one small correction."""
        correction = fit_correction(self.plan.found)
        return correction.labels if correction else 0


def placed(picture: Picture, match: LayoutMatch, known: SideLayout) -> Place:
    """The card put in place by its labels, and by the pattern of all its print where these are not enough."""
    place = _corrected(picture, match.homography, known)
    if place.agreeing and _lies_right(place.plan):
        return place
    begin = reposition(picture, (match.homography, match.located, place.homography), known)
    return max(place, _corrected(picture, begin, known), key=lambda one: one.agreeing)


def _corrected(picture: Picture, homography: NDArray[np.float64], known: SideLayout) -> Place:
    """The card put in place again by its labels until they show no shift that matters.

    The first correction is worked out on a raster in which labels far from their places may not be found at
    all, as where an edge was taken for the card's. A correction with which fewer labels agree is not taken.
    """
    raster = compose(picture, homography)
    plan = plan_of(raster, known)
    if _lies_right(plan):
        return Place(raster, homography, plan)
    agreeing = 0
    for _ in range(PLACINGS):
        correction = fit_correction(find_labels(ink_map(raster), known.labels))
        if correction is None or correction.labels < agreeing or correction.reach_px < 1.0:
            break
        agreeing, homography = correction.labels, homography @ correction.homography
        raster = compose(picture, homography)
    return Place(raster, homography, plan_of(raster, known))


def _lies_right(plan: Plan) -> bool:
    """Whether the labels are where they belong, or too few were found to tell."""
    correction = fit_correction(plan.found)
    return correction is None or (
        correction.reach_px < SETTLED_PX and correction.labels >= SETTLED_SHARE * 2 * len(plan.labels)
    )
