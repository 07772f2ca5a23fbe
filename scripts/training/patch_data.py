"""What the patch network learns from: patches with places, labels and roles.

Split by pair and by renderer. Two thirds of the pairs of the training renderers teach; the last third is kept
for choosing when to stop and for the fusion model, whose evidence must not be learned by heart. Renderers and
families that are left out are only reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.dataset.own import OWN
from scripts.dataset.shards import load_patches, load_rows
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.scoring.plan import PatchPlan, patch_plans

__all__ = [
    "LAYOUT",
    "LEFT_OUT",
    "TRAIN_RENDERERS",
    "Cards",
    "Role",
    "joined",
    "load_cards",
    "middle",
    "role_of",
]

LAYOUT = "jp.residence_card.gen1"
TRAIN_RENDERERS = frozenset({"a", OWN})
"""The first way of drawing, and an operator's own cards where he adds some."""
LEFT_OUT = frozenset(
    {"recapture_screen", "recapture_paper", "printed_card", "printed_two_rules", "real_number_own_data",
     "field_typed"}
)  # fmt: skip
"""Families that the network never sees: every drawn halftone, the drawn display, a way of typing over."""
COLUMNS = ("id", "pair", "forged", "family", "group", "renderer", "altered", "sharpness", "px_per_mm")
HIT = 0.06
"""Share of a patch that must lie in an altered box for the patch to count as altered."""


class Role:
    """What a card is used for."""

    TEACH = "teach"
    KEPT = "kept"
    REPORT = "report"


def role_of(row: dict[str, Any], renderers: frozenset[str] = TRAIN_RENDERERS,
            left_out: frozenset[str] = LEFT_OUT) -> str:  # fmt: skip
    """The role of a card: both cards of a pair have the same, unless its family is left out."""
    if row["renderer"] not in renderers or row["family"] in left_out:
        return Role.REPORT
    return Role.KEPT if row["pair"] % 3 == 0 else Role.TEACH


@dataclass(frozen=True)
class Cards:
    """Cards with their patches, in one order."""

    rows: list[dict[str, Any]]
    patches: NDArray[np.uint8]
    """(cards, places, 80, 80, 3)."""
    shown: NDArray[np.bool_]
    """(cards, places)."""
    altered: NDArray[np.bool_]
    """(cards, places): the patch shows a surface that was altered."""

    def where(self, keep: Sequence[bool]) -> Cards:
        """The cards for which ``keep`` is true."""
        mask = np.asarray(keep, np.bool_)
        rows = [row for row, kept in zip(self.rows, mask, strict=True) if kept]
        return Cards(rows, self.patches[mask], self.shown[mask], self.altered[mask])


def _altered(row: dict[str, Any], plan: PatchPlan) -> NDArray[np.bool_]:
    """Which patches an altered box reaches into, covering a part of each and not just touching it."""
    found = np.zeros(len(plan.places), np.bool_)
    for x0, y0, x1, y1 in row["altered"]:
        left, right = x0 * RASTER_WIDTH, x1 * RASTER_WIDTH
        top, bottom = y0 * RASTER_HEIGHT, y1 * RASTER_HEIGHT
        for at, place in enumerate(plan.places):
            a, b, c, d = place.square(plan.size)
            width, height = min(c, right) - max(a, left), min(d, bottom) - max(b, top)
            if width > 0 and height > 0 and width * height >= HIT * plan.size**2:
                found[at] = True
    return found


def load_cards(folders: Sequence[Path]) -> Cards:
    """All cards of some data sets that have patches."""
    plan = patch_plans()[LAYOUT]
    rows: list[dict[str, Any]] = []
    patches, shown = [], []
    for folder in folders:
        known = {row["id"]: row for row in load_rows(folder, COLUMNS).to_pylist()}
        ids, pixels, seen = load_patches(folder)
        rows += [known[id] for id in ids]
        patches.append(pixels)
        shown.append(seen)
    altered = np.stack([_altered(row, plan) for row in rows])
    return Cards(rows, np.concatenate(patches), np.concatenate(shown), altered)


def joined(parts: Sequence[Cards]) -> Cards:
    """The cards of several sets as one."""
    return Cards(
        [row for part in parts for row in part.rows],
        np.concatenate([part.patches for part in parts]),
        np.concatenate([part.shown for part in parts]),
        np.concatenate([part.altered for part in parts]),
    )


def middle(patches: NDArray[np.uint8], size: int = 64) -> NDArray[np.uint8]:
    """The patches without the room to shift: (..., 80, 80, 3) -> (..., 64, 64, 3)."""
    margin = (patches.shape[-2] - size) // 2
    return patches[..., margin : margin + size, margin : margin + size, :]
