"""Patches of a rectified front through the patch network: how genuine the card looks, and how altered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.cards.layout import Layout
from service.evidence import Box, CardView, Side
from service.models import session
from service.scoring.plan import PatchPlace, cut, patch_plans, showing

__all__ = ["PATCH_MODEL", "PatchScores", "obstacle", "patch_scores"]

PATCH_MODEL = "patch-net"
LEAST_SHOWN = 24
"""Places that must be seen before a score is given; the plan has 32."""
LEAST_SHARPNESS = 0.35
LEAST_PX_PER_MM = 7.0
"""Below these the traces that the network looks for cannot be seen (its training data hardly goes lower)."""


@dataclass(frozen=True, slots=True)
class PatchScores:
    """What the network says of one card. Neither number is a probability; calibration is another step."""

    genuine: float
    """-1 ... 1: nearness of the least genuine quarter of the places to what genuine cards show there."""
    attack: float
    """Log-odds of traces of an attack: the mean of all places' average and of the three highest."""
    places: tuple[tuple[PatchPlace, float, float], ...]
    """Each place that was seen with its own nearness and log-odds."""
    size: int
    """Side of a patch, raster pixels."""

    @property
    def most_suspicious(self) -> PatchPlace:
        """The place with the highest log-odds."""
        return max(self.places, key=lambda row: row[2])[0]


def obstacle(view: CardView, layout: Layout | None, covered: Sequence[Box] = ()) -> str | None:
    """Why a front cannot be assessed, None where it can: ``layout``, ``colour``, ``quality`` or ``covered``.

    ``layout``: a document without a plan, or its back; ``colour``: a grey capture; ``quality``: the picture
    is too soft or too small for such fine traces; ``covered``: too few places are left.
    """
    plan = patch_plans().get(layout.id) if layout else None
    if plan is None or view.side is not Side.FRONT:
        return "layout"
    if view.colour != "colour":
        return "colour"
    quality = view.quality
    if quality.faults or quality.sharpness < LEAST_SHARPNESS or quality.px_per_mm < LEAST_PX_PER_MM:
        return "quality"
    return "covered" if showing(plan, covered).sum() < LEAST_SHOWN else None


def patch_scores(view: CardView, layout: Layout | None, covered: Sequence[Box] = ()) -> PatchScores | None:
    """Scores of a front, None where it cannot be assessed (``obstacle`` says why).

    ``covered`` are boxes of which nothing may be seen, such as a 見本 mark in a place of its own. Raises
    ConfigurationError where the model is absent, DigestMismatch where it is not the file of the manifest.
    """
    if layout is None or obstacle(view, layout, covered) is not None:
        return None
    plan = patch_plans()[layout.id]
    shown = showing(plan, covered)
    patches = cut(view.raster, plan).transpose(0, 3, 1, 2).astype(np.float32)
    places, card = session(PATCH_MODEL).run(
        ["places", "card"], {"patches": patches, "shown": shown.astype(np.float32)}
    )
    rows = zip(plan.places, places, shown, strict=True)
    seen = tuple((place, float(own), float(attack)) for place, (own, attack), is_shown in rows if is_shown)
    return PatchScores(float(card[0]), float(card[1]), seen, plan.size)
