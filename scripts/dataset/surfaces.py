"""Patches of a card without the judgement of the service: many more cards in the same time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scripts.dataset.cards import MARGIN, Judged, sent, truth
from scripts.dataset.recipe import Recipe, seeded
from scripts.specimens.specimen import Bench
from service.evidence import Quad, Role
from service.imaging import decode_picture, measure_quality, rectify
from service.scoring.plan import cut, patch_plans
from service.settings import Settings

__all__ = ["make_surface"]

ASKEW = 0.7
"""Picture pixels by which a corner is found beside its true place, as the card finder has it."""
LAYOUT = "jp.residence_card.gen1"


@lru_cache(maxsize=1)
def _limits() -> Settings:
    return Settings(onnx_threads=1)


def make_surface(how: Recipe, forged: bool, bench: Bench) -> Judged:
    """Draw, capture and store one card of a pair; rectify it by its true corners."""
    made, data, shot = sent(how, forged, bench)
    picture = decode_picture(data, Role.FRONT, _limits())
    found = shot.corners + seeded(7, how.seed, how.pair).normal(0, ASKEW, (4, 2))
    raster, homography = rectify(picture, Quad(np.asarray(found, np.float32)))
    quality = measure_quality(picture, homography, raster)
    plan = patch_plans()[LAYOUT]
    row = {
        **truth(how, made, forged, shot), "layout": LAYOUT, "has_patches": not quality.faults,
        "px_per_mm": quality.px_per_mm, "sharpness": quality.sharpness, "checks": [],
    }  # fmt: skip
    if quality.faults:
        return Judged(row, None, None)
    return Judged(row, cut(raster, plan, MARGIN), np.ones(len(plan.places), np.bool_))
