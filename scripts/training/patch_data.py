"""What the patch network learns from: patches with places, labels and roles, and the ways a capture may vary.

Split by pair and by renderer. Two thirds of the pairs of the training renderers teach; the last third is kept
for choosing when to stop and for the fusion model, whose evidence must not be learned by heart. Renderers and
families that are left out are only reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.dataset.shards import load_patches, load_rows
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.scoring.plan import PatchPlan, patch_plans

__all__ = ["LAYOUT", "LEFT_OUT", "Cards", "Role", "augment", "load_cards", "middle", "role_of"]

Rng = np.random.Generator
LAYOUT = "jp.residence_card.gen1"
TRAIN_RENDERERS = frozenset({"a"})
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


def middle(patches: NDArray[np.uint8], size: int = 64) -> NDArray[np.uint8]:
    """The patches without the room to shift: (..., 80, 80, 3) -> (..., 64, 64, 3)."""
    margin = (patches.shape[-2] - size) // 2
    return patches[..., margin : margin + size, margin : margin + size, :]


def _shifted(patch: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """Another cut: up to 5 pixels aside, up to 8 % larger or smaller, as a card found a little askew."""
    scale, angle = float(rng.uniform(0.92, 1.08)), float(rng.normal(0, 0.6))
    centre = np.array([39.5, 39.5]) + rng.uniform(-5, 5, 2)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += np.array([31.5, 31.5]) - centre
    flags = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    return np.asarray(
        cv2.warpAffine(patch, turn, (64, 64), flags=flags, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def _cut(patch: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """Half of the time pixels stay as they are: resampling takes away what a printer left."""
    if rng.random() < 0.5:
        return _shifted(patch, rng)
    x, y = (int(v) for v in rng.integers(3, 14, 2))
    return patch[y : y + 64, x : x + 64]


def _file(patch: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 97))]
    data = cv2.imencode(".jpg", cv2.cvtColor(patch, cv2.COLOR_YCrCb2BGR), quality)[1]
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2YCrCb), np.uint8)


def _tone(patch: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """Light, contrast and colour of another camera."""
    gain = np.array([rng.uniform(0.75, 1.2), *([rng.uniform(0.6, 1.35)] * 2)])
    level = np.array([rng.uniform(-20, 20), *rng.uniform(-8, 8, 2)])
    moved = (patch.astype(np.float32) - 128) * gain + 128 + level
    return np.clip(moved, 0, 255).astype(np.uint8)


def augment(patch: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """A patch (80, 80, 3) as another camera, another file and another finder of cards might give it."""
    out = _cut(patch, rng)
    if rng.random() < 0.35:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.3, 1.1))), np.uint8)
    if rng.random() < 0.2:
        small = int(rng.integers(34, 60))
        reduced = cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA)
        out = np.asarray(cv2.resize(reduced, (64, 64), interpolation=cv2.INTER_CUBIC), np.uint8)
    if rng.random() < 0.7:
        out = _tone(out, rng)
    if rng.random() < 0.35:
        noise = rng.standard_normal(out.shape, np.float32) * float(rng.uniform(0.5, 4.0))
        out = np.clip(out + noise * np.array([1.0, 0.6, 0.6], np.float32), 0, 255).astype(np.uint8)
    return _file(out, rng) if rng.random() < 0.4 else np.ascontiguousarray(out)
