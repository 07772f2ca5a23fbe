"""The patch network's two numbers as margins: where each turns against a card, set on genuine specimens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import structlog

from service.cards.layout import Layout
from service.errors import ConfigurationError
from service.evidence import Box, CardView
from service.models import manifest
from service.scoring.fusion import Fusion, fusion_model
from service.scoring.patches import PATCH_MODEL, PatchScores, patch_scores

__all__ = ["PatchLimits", "Patched", "patched"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PatchLimits:
    """Where each number has its limit, and how far it is from there to a usual genuine card."""

    attack: float
    attack_scale: float
    genuine: float
    genuine_scale: float

    def attack_margin(self, value: float) -> float:
        """-1 ... +1 for the log-odds of an attack: 0 at the limit, 1 at a usual card."""
        return _bounded((self.attack - value) / self.attack_scale)

    def genuine_margin(self, value: float) -> float:
        """-1 ... +1 for the nearness to genuine: 0 at the limit, 1 at a usual card."""
        return _bounded((value - self.genuine) / self.genuine_scale)

    def to_json(self) -> dict[str, float]:
        """As kept in the metadata of the fusion model."""
        return {name: round(value, 5) for name, value in asdict(self).items()}


def _bounded(value: float) -> float:
    return round(max(-1.0, min(1.0, value)), 4)


@dataclass(frozen=True, slots=True)
class Patched:
    """What came of asking the network about one card."""

    scores: PatchScores | None = None
    """None where the picture cannot be assessed."""
    limits: PatchLimits | None = None
    """None where a model is missing or was fitted without the network."""


def _limits(model: Fusion) -> PatchLimits | None:
    """The limits, None where the pinned network is another one than they were set for."""
    pinned = manifest().get(PATCH_MODEL)
    if model.patches is None or pinned is None or pinned.sha256 != model.network:
        return None
    return PatchLimits(**model.patches)


def patched(view: CardView | None, layout: Layout | None, covered: Sequence[Box]) -> Patched:
    """Ask the network about a front. A model that does not load is logged and leaves no limits."""
    if view is None:
        return Patched()
    try:
        limits = _limits(fusion_model())
        return Patched(patch_scores(view, layout, covered) if limits else None, limits)
    except ConfigurationError as error:
        log.error("patches.unavailable", error=type(error).__name__)
        return Patched()
