"""The plan of patches: where on a rectified card the patch network looks, read from ``patch_plan.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Box

__all__ = ["GREY", "PatchPlace", "PatchPlan", "cut", "patch_plans", "showing"]

PLAN = Path(__file__).parent / "patch_plan.toml"
GREY = 128
"""What is painted over what must not be seen."""


@dataclass(frozen=True, slots=True)
class PatchPlace:
    """One place at which the network looks."""

    id: str
    kind: str
    """``ground``, ``label``, ``band``, ``text``, ``photo`` (its rim) or ``device``."""
    at: tuple[int, int]
    """Centre x, y in raster pixels."""

    def square(self, size: int) -> tuple[int, int, int, int]:
        """left, top, right, bottom of a square of ``size`` raster pixels around it."""
        left, top = self.at[0] - size // 2, self.at[1] - size // 2
        return left, top, left + size, top + size


@dataclass(frozen=True)
class PatchPlan:
    """The places of one layout and what must not be seen in them."""

    size: int
    """Side of a patch in raster pixels."""
    rim: int
    """How deep a patch may look into an ``inside`` box, raster pixels."""
    places: tuple[PatchPlace, ...]
    inside: tuple[Box, ...]
    """Boxes of which no more than the rim may show, fractions of the card."""
    never: tuple[Box, ...]
    """Boxes of which nothing may show."""

    @cached_property
    def hidden(self) -> NDArray[np.bool_]:
        """(638, 1012): what is painted grey before a patch is cut."""
        mask = np.zeros((RASTER_HEIGHT, RASTER_WIDTH), np.bool_)
        for box in self.inside:
            left, top, right, bottom = _pixels(box)
            mask[top + self.rim : bottom - self.rim, left + self.rim : right - self.rim] = True
        return _painted(mask, self.never)


def _pixels(box: Box) -> tuple[int, int, int, int]:
    x, y, width, height = box
    left, top = round(x * RASTER_WIDTH), round(y * RASTER_HEIGHT)
    return left, top, round((x + width) * RASTER_WIDTH), round((y + height) * RASTER_HEIGHT)


def _painted(mask: NDArray[np.bool_], boxes: Sequence[Box]) -> NDArray[np.bool_]:
    for box in boxes:
        left, top, right, bottom = _pixels(box)
        mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    return mask


def showing(plan: PatchPlan, covered: Sequence[Box] = ()) -> NDArray[np.bool_]:
    """(n,): places of the plan whose patch shows nothing of the boxes ``covered`` (a 見本 mark elsewhere)."""
    mask = _painted(np.zeros((RASTER_HEIGHT, RASTER_WIDTH), np.bool_), covered)
    squares = (place.square(plan.size) for place in plan.places)
    return np.array([not mask[top:bottom, left:right].any() for left, top, right, bottom in squares])


def cut(raster: NDArray[np.uint8], plan: PatchPlan, margin: int = 0) -> NDArray[np.uint8]:
    """YCrCb patches of a (638, 1012, 3) BGR raster in the plan's order: (n, side, side, 3).

    ``side`` is the plan's size and a ``margin`` of raster pixels on each side of it.
    """
    shown = np.asarray(cv2.cvtColor(raster, cv2.COLOR_BGR2YCrCb), np.uint8)
    shown[plan.hidden] = GREY
    side = plan.size + 2 * margin
    squares = (place.square(side) for place in plan.places)
    return np.stack([shown[top:bottom, left:right] for left, top, right, bottom in squares])


@lru_cache(maxsize=1)
def patch_plans() -> Mapping[str, PatchPlan]:
    """The plans by layout id."""
    data = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    return {id: _plan(rows, data["size"], data["rim"]) for id, rows in data["layouts"].items()}


def _plan(rows: Mapping[str, Any], size: int, rim: int) -> PatchPlan:
    def boxes(key: str) -> tuple[Box, ...]:
        return tuple((float(x), float(y), float(width), float(height)) for x, y, width, height in rows[key])

    places = tuple(PatchPlace(row["id"], row["kind"], (row["at"][0], row["at"][1])) for row in rows["places"])
    return PatchPlan(size, rim, places, boxes("inside"), boxes("never"))
