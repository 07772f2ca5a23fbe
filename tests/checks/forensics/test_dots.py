"""Scattered dots: what accuses, what the light may have done, and what coarse dots hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from service.evidence import CaptureKind, LabelReading, Side
from service.imaging.forensics.grain import Grain
from service.verdict import CheckResult, Result
from tests.checks.forensics.test_forensic_checks import GEN1, case_of, result
from tests.imaging.forensics.cards import Pixels, finished, ground, traces

PLAIN, DOTTED, COARSE = 2.0, 20.0, 60.0
"""Levels of noise in each channel: of any camera; that only dots or a very dark room give; of coarse dots."""
ASTRAY = (LabelReading("x", Side.FRONT, "在留カード", similarity=0.1),)


def said(
    noise: float, beside: float | None, *, astray: bool = False, kind: CaptureKind = CaptureKind.PHOTO
) -> CheckResult:
    """A card with grain everywhere, and what the picture shows beside it."""
    found = traces(finished(ground(noise=noise)))
    found = replace(found, view=replace(found.view, kind=kind))
    found.__dict__["grain"] = Grain(found.grain.cells, beside)
    case = case_of(found)
    return result("scattered_dots", replace(case, labels=ASTRAY) if astray else case)


def dotted_but(place: tuple[slice, slice]) -> Pixels:
    card = ground(noise=DOTTED)
    card[place] = ground(noise=PLAIN)[place]
    return finished(card)


def test_dots_on_the_card_and_not_beside_it_are_suspect() -> None:
    found = said(DOTTED, 0.2)
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.scattered_dots.dots")
    assert found.margin is not None
    assert found.margin < 0
    assert found.region is not None


def test_a_plain_card_has_none() -> None:
    assert said(PLAIN, None).reason == "forensics.scattered_dots.none"


@pytest.mark.parametrize("beside", [None, 1.6])
def test_a_sensor_in_too_little_light_accuses_nobody(beside: float | None) -> None:
    assert said(DOTTED, beside).reason == "forensics.scattered_dots.not_assessable"


def test_a_scanner_has_no_dark_room() -> None:
    assert said(DOTTED, None, kind=CaptureKind.SCAN).result is Result.SUSPECT
    assert said(DOTTED, 1.6, kind=CaptureKind.SCAN).result is Result.INCONCLUSIVE


def test_strong_dots_count_although_nothing_beside_the_card_is_seen() -> None:
    assert said(COARSE, None).result is Result.SUSPECT


def test_dots_that_hide_the_texts_must_be_stronger() -> None:
    assert said(DOTTED, 0.2, astray=True).reason == "forensics.scattered_dots.not_assessable"
    assert said(COARSE, 0.2, astray=True).result is Result.SUSPECT
    assert said(PLAIN, None, astray=True).reason == "forensics.scattered_dots.not_assessable"


@pytest.mark.parametrize(
    "place",
    [
        (slice(200, 540), slice(720, 980)),  # a rough ground round a smooth photograph
        (slice(20, 80), slice(0, 1012)),  # or round smooth bands
    ],
)
def test_grain_that_one_place_lacks_is_no_print(place: tuple[slice, slice]) -> None:
    found = traces(dotted_but(place))
    found.__dict__["grain"] = Grain(found.grain.cells, 0.2)
    assert result("scattered_dots", case_of(found)).reason == "forensics.scattered_dots.none"


def test_an_unknown_layout_is_not_judged() -> None:
    found = traces(finished(ground(noise=COARSE)))
    unknown = replace(case_of(found), layout=None)
    assert result("scattered_dots", unknown).reason == "forensics.scattered_dots.not_assessable"
    bare = replace(GEN1, sides={"front": replace(GEN1.front, areas=())})
    assert result("scattered_dots", replace(case_of(found), layout=bare)).result is Result.INCONCLUSIVE


def test_the_card_lies_within_its_cells() -> None:
    cells = traces(finished(ground())).grain.cells
    assert cells.shape == (53, 84)
    assert np.isfinite(cells).all()
