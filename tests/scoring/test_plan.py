"""The plan of patches: what the network may see of a card and what it may not."""

from __future__ import annotations

import numpy as np
import pytest

from service.cards.layout import layout
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.scoring.plan import GREY, PatchPlan, cut, patch_plans, showing

GEN1 = "jp.residence_card.gen1"
PRIVATE = ("name_latin", "name_kanji", "nationality", "sex")


@pytest.fixture
def plan() -> PatchPlan:
    return patch_plans()[GEN1]


def _filled(box: tuple[float, ...], inset: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A grey raster with noise in one box."""
    raster = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), 180, np.uint8)
    x, y, width, height = box
    left, top = round(x * RASTER_WIDTH) + inset, round(y * RASTER_HEIGHT) + inset
    right, bottom = round((x + width) * RASTER_WIDTH) - inset, round((y + height) * RASTER_HEIGHT) - inset
    raster[top:bottom, left:right] = np.random.default_rng(seed).integers(
        0, 256, (bottom - top, right - left, 3)
    )
    return raster


def test_the_inside_of_the_photograph_is_never_seen(plan: PatchPlan) -> None:
    photo = layout(GEN1).front.area("photo")
    assert photo is not None
    one, two = (cut(_filled(photo.box, plan.rim, seed), plan, margin=8) for seed in (1, 2))
    assert (one == two).all()
    assert (one == GREY).all(axis=-1).any()


def test_nothing_of_the_specimen_mark_is_seen(plan: PatchPlan) -> None:
    mark = (0.711, 0.776, 0.257, 0.074)
    assert (cut(_filled(mark, 0, 1), plan, margin=8) == cut(_filled(mark, 0, 2), plan, margin=8)).all()


@pytest.mark.parametrize("name", PRIVATE)
def test_name_nationality_and_sex_stand_in_no_patch(plan: PatchPlan, name: str) -> None:
    field = layout(GEN1).front.field(name)
    assert field is not None
    one, two = (cut(_filled(field.box, 0, seed), plan, margin=8) for seed in (1, 2))
    assert (one == two).all()


def test_every_patch_lies_on_the_card_with_room_to_shift(plan: PatchPlan) -> None:
    for place in plan.places:
        left, top, right, bottom = place.square(plan.size + 16)
        assert 0 <= left < right <= RASTER_WIDTH, place.id
        assert 0 <= top < bottom <= RASTER_HEIGHT, place.id
    assert len({place.id for place in plan.places}) == len(plan.places)


def test_a_mark_in_another_place_takes_the_patches_that_it_covers(plan: PatchPlan) -> None:
    assert showing(plan).all()
    shown = showing(plan, [(0.1, 0.5, 0.5, 0.35)])
    lost = {place.id for place, seen in zip(plan.places, shown, strict=True) if not seen}
    assert {"work_top", "period_start", "mark"} <= lost
    assert "header_left" not in lost
    assert not showing(plan, [(0.0, 0.0, 1.0, 1.0)]).any()
