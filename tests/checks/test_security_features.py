"""From measures to findings: who may accuse, who may only remark, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from service.cards.feature_limits import FeatureLimit
from service.cards.layout import layout
from service.checks.base import Check, run_check
from service.checks.case import Capture, Case
from service.checks.security import CHECKS
from service.checks.security.question import Seen, judged
from service.evidence import (
    CaptureKind,
    CardView,
    ImageMetadata,
    LabelReading,
    Location,
    Picture,
    Quality,
    Role,
    Side,
)
from service.imaging.security import SecurityMeasures
from service.imaging.security.body import Body
from service.imaging.security.colour import Coloured, Contrast
from service.imaging.security.lines import Lines
from service.imaging.security.photo import PhotoPlace
from service.imaging.security.screen import Screen
from service.messages import has_message
from service.verdict import Policy, Refutes, Result

POLICY = Policy("test", "1")
BOX = (0.1, 0.1, 0.2, 0.1)
BLUE = Contrast(-0.3, 0.18, BOX)
GOOD = SecurityMeasures(
    bands={"header_band": BLUE, "work_box": BLUE, "validity_band": BLUE},
    middle=Contrast(0.02, 0.09, BOX),
    mark=Coloured(0.8, 345.0, 0.8, BOX),
    strip=Coloured(0.4, 150.0, 0.2, BOX),
    seal=Coloured(0.6, 8.0, 0.4, BOX),
    lines=Lines(3.0, 1.5, 2.0, 0.8, BOX),
    photo=PhotoPlace((0.1, 0.1, 0.1, 0.1), (22.1, 29.5), 0.1, BOX),
    screen=Screen(0.2, 3.0, 5.0, 10),
    body=Body(1.0, 4, ()),
)
SHARP = Quality(12.0, 0.9, 0.0, 0.0, 1.0, 200.0, 150.0)


def case(
    measures: SecurityMeasures | None = GOOD,
    *,
    quality: Quality = SHARP,
    kind: CaptureKind = CaptureKind.SCAN,
    colour: str = "colour",
    askew: bool = False,
) -> Case:
    picture = Picture(
        Role.FRONT, "0" * 64, "image/png", np.zeros((8, 8, 3), np.uint8), ImageMetadata("PNG", colour)
    )
    raster = np.zeros((638, 1012, 3), np.uint8)
    view = CardView(
        Side.FRONT, Role.FRONT, raster, np.eye(3), kind, quality, "jp.residence_card.gen1", 1.0, colour
    )
    return Case(
        reference_time=datetime(2026, 11, 22, tzinfo=UTC),
        trust_profile="sample",
        captures={"front": Capture(picture, Location((), 1, kind), view)},
        layout=layout("jp.residence_card.gen1"),
        layout_confidence=1.0,
        labels=(LabelReading("title_ja", Side.FRONT, "在留カード", 0.2 if askew else 1.0),),
        security=measures,
    )


def check(name: str) -> Check:
    return next(c for c in CHECKS if c.id == f"security.{name}")


def result(name: str, seen: Case) -> tuple[str, Result]:
    found = run_check(check(name), seen, POLICY)
    return found.reason.rpartition(".")[2], found.result


FEATURES = [c.id.partition(".")[2] for c in CHECKS if c.id not in ("security.specimen_mark",)]


@pytest.mark.parametrize("name", FEATURES)
def test_every_reason_has_its_sentence(name: str) -> None:
    assert all(has_message(reason) for reason in check(name).all_reasons)


@pytest.mark.parametrize("name", [f for f in FEATURES if f not in ("hologram", "punched_hole")])
def test_a_genuine_face_passes(name: str) -> None:
    assert result(name, case()) == ("as_expected", Result.PASS)


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("seen", [case(None), case(askew=True)], ids=["unmeasured", "askew"])
def test_without_measures_or_out_of_place_nothing_is_said(name: str, seen: Case) -> None:
    assert result(name, seen) == ("not_assessable", Result.INCONCLUSIVE)


UNLIKE: dict[str, dict[str, Any]] = {
    "band_colour": {"bands": dict.fromkeys(GOOD.bands, Contrast(-0.01, 0.0, BOX))},
    "print_structure": {"screen": Screen(0.8, 60.0, 3.0, 10)},
}
UNUSUAL: dict[str, dict[str, Any]] = {
    "background_colour": {"middle": Contrast(0.3, -0.3, BOX)},
    "ovi_mark": {"mark": Coloured(0.05, 345.0, 0.8, BOX)},
    "seal": {"seal": Coloured(0.6, 220.0, 0.4, BOX)},
    "fine_lines": {"lines": Lines(0.1, 1.5, 2.0, 0.8, BOX)},
    "line_continuity": {"lines": Lines(3.0, 1.5, 2.0, 0.05, BOX)},
    "photo_place": {"photo": PhotoPlace((0.1, 3.0, 0.1, 0.1), (22.1, 26.6), 0.1, BOX)},
    "shape": {"body": Body(1.0, 0, ())},
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_rests_on_the_issuers_specimens_may_accuse(name: str) -> None:
    assert result(name, case(replace(GOOD, **UNLIKE[name]))) == ("unlike", Result.SUSPECT)


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_rests_on_our_own_drawings_may_not(name: str) -> None:
    assert result(name, case(replace(GOOD, **UNUSUAL[name]))) == ("unusual", Result.INCONCLUSIVE)


def test_an_enrolled_limit_accuses() -> None:
    limit = FeatureLimit("seal", "enrolled", True, {"share": (0.3, 0.8)})
    found = judged("security.seal", Seen({"share": 0.1}, BOX), limit)
    assert (found.reason, found.measured, found.threshold) == ("security.seal.unlike", 0.1, 0.3)
    assert found.region is not None


def test_one_band_of_another_ink_is_unlike() -> None:
    bands = {**GOOD.bands, "work_box": Contrast(0.25, -0.1, BOX)}
    assert result("band_colour", case(replace(GOOD, bands=bands))) == ("unlike", Result.SUSPECT)


@pytest.mark.parametrize("name", ["band_colour", "background_colour", "ovi_mark", "strip", "seal"])
def test_a_grey_picture_says_nothing_of_colour(name: str) -> None:
    assert result(name, case(colour="grey"))[0] == "not_assessable"


@pytest.mark.parametrize("name", ["fine_lines", "line_continuity", "hologram", "print_structure"])
def test_a_coarse_or_blurred_picture_says_nothing_of_fine_print(name: str) -> None:
    assert result(name, case(quality=replace(SHARP, px_per_mm=6.3)))[0] == "not_assessable"
    assert result(name, case(quality=replace(SHARP, sharpness=0.2)))[0] == "not_assessable"


def test_diffuse_light_on_the_strip_is_not_assessable() -> None:
    dull = replace(GOOD, strip=Coloured(0.1, 0.0, 0.1, BOX))
    assert result("strip", case(dull)) == ("not_assessable", Result.INCONCLUSIVE)


def test_a_photo_from_the_hand_says_nothing_of_the_cards_shape() -> None:
    assert result("shape", case(kind=CaptureKind.PHOTO))[0] == "not_assessable"


def test_a_card_without_a_photo_is_not_asked_about_its_place() -> None:
    none = replace(GOOD, photo=PhotoPlace((None, None, None, None), None, 0.0, BOX))
    assert result("photo_place", case(none))[0] == "not_assessable"


def test_dots_cannot_be_told_from_a_squared_ground_where_no_portrait_ends_it() -> None:
    dotted = replace(GOOD, screen=Screen(0.8, 60.0, 3.0, 10), portrait=False)
    assert result("print_structure", case(dotted)) == ("not_assessable", Result.INCONCLUSIVE)


def test_the_film_over_the_photo_is_logged_and_not_judged() -> None:
    found = run_check(check("hologram"), case(), POLICY)
    assert (found.reason, found.measured) == ("security.hologram.not_assessable", 0.1)


@pytest.mark.parametrize(
    ("holes", "expected"),
    [(0, ("none", Result.PASS)), (1, ("single", Result.INCONCLUSIVE)), (2, ("several", Result.FAIL))],
)
def test_several_holes_take_the_card_out_of_force_and_one_asks_a_person(
    holes: int, expected: tuple[str, Result]
) -> None:
    punched = replace(GOOD, body=Body(1.0, 4, (BOX,) * holes))
    assert result("punched_hole", case(punched)) == expected
    assert check("punched_hole").refutes is Refutes.FORCE
