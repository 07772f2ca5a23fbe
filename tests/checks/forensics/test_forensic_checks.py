"""Traces of forging as results: what accuses, what only notes, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from service.cards.layout import layout
from service.checks.base import run_check
from service.checks.case import Capture, Case
from service.checks.forensics import CHECKS, LIMITS
from service.evidence import CaptureKind, FieldReading, LabelReading, Location, QualityFault, Side
from service.imaging.forensics import Traces
from service.imaging.forensics.compression import Compression, Saved
from service.policies import policy
from service.verdict import CheckResult, Effect, Result
from tests.imaging.forensics.cards import (
    LINES,
    Pixels,
    beside_photo,
    finished,
    ground,
    lettered,
    portrayed,
    traces,
    waves,
)
from tests.imaging.forensics.saved import FIRST, SECOND, card, edited, file, opened, seen, typed

GEN1 = layout("jp.residence_card.gen1")


def case_of(found: Traces, software: str | None = None, confidence: float = 0.9) -> Case:
    picture = replace(found.picture, metadata=replace(found.picture.metadata, software=software))
    capture = Capture(picture, Location((), 1, CaptureKind.SCAN), found.view)
    read = tuple(FieldReading(n, "front", "HEXAGON", "HEXAGON", confidence, side=Side.FRONT) for n in LINES)
    return Case(
        datetime(2026, 1, 1, tzinfo=UTC),
        "sample",
        {"front": capture},
        GEN1,
        traces={"front": found},
        fields=read,
    )


def result(id: str, case: Case) -> CheckResult:
    check = next(c for c in CHECKS if c.id == f"forensics.{id}")
    return run_check(check, case, policy("default"))


def said(id: str, raster: Pixels) -> CheckResult:
    return result(id, case_of(traces(raster)))


def test_no_trace_can_do_more_than_raise_suspicion() -> None:
    assert all(check.effect is not Effect.DECISIVE for check in CHECKS)
    assert all(Result.FAIL not in check.reasons.values() for check in CHECKS)
    assert LIMITS.keys() <= {check.id for check in CHECKS}


def test_a_pattern_over_everything_is_suspect_and_has_a_place() -> None:
    found = said("recapture", finished(portrayed(ground()) + waves(3.3, 40.0, 3.0)))
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.recapture.pattern")
    assert found.region is not None
    assert found.margin is not None
    assert found.margin < 0
    assert said("recapture", finished(ground())).reason == "forensics.recapture.none"


@pytest.mark.parametrize("degrees", [12.0, 40.0, 71.0])
def test_fine_lines_of_a_ground_that_end_at_the_photograph_accuse_nobody(degrees: float) -> None:
    lines = waves(3.3, degrees, 9.0) * beside_photo()
    assert said("recapture", finished(portrayed(ground()) + lines)).reason == "forensics.recapture.none"


def test_lines_of_a_ground_without_a_photograph_cannot_be_told_from_a_copy() -> None:
    """A card of a child has no photograph: its ground runs through everything."""
    found = said("recapture", finished(ground() + waves(3.3, 40.0, 9.0)))
    assert found.reason == "forensics.recapture.not_assessable"


def test_a_colourless_card_in_a_colour_picture_is_suspect() -> None:
    grey = ground().mean(axis=2, keepdims=True)
    noisy = finished(grey + np.random.default_rng(2).normal(0, 3, (638, 1012, 3)))
    assert said("grey_copy", noisy).result is Result.SUSPECT
    assert said("grey_copy", finished(ground())).result is Result.PASS


def test_a_monochrome_capture_accuses_nobody() -> None:
    grey = finished(ground().mean(axis=2, keepdims=True).repeat(3, axis=2))
    assert said("grey_copy", grey).reason == "forensics.grey_copy.not_assessable"


def test_coloured_light_accuses_nobody() -> None:
    red = ground().mean(axis=2, keepdims=True) * (0.2, 0.3, 1.0)
    noisy = finished(red + np.random.default_rng(2).normal(0, 3, (638, 1012, 3)))
    assert said("grey_copy", noisy).reason == "forensics.grey_copy.not_assessable"


def test_a_design_whose_colours_are_not_known_is_not_asked_for_them() -> None:
    grey = case_of(traces(finished(ground().mean(axis=2, keepdims=True).repeat(3, axis=2))))
    assert result("grey_copy", replace(grey, layout=None)).result is Result.INCONCLUSIVE


def test_one_text_sharper_than_the_others_is_named() -> None:
    found = said("field_edges", lettered({"d": 0.6}))
    assert found.result is Result.SUSPECT
    assert found.fields == frozenset({"d"})
    assert found.region is not None
    assert found.region.box == LINES["d"]
    alike = said("field_edges", lettered({}))
    assert (alike.result, alike.region) == (Result.PASS, None)


def test_texts_that_all_differ_are_a_matter_of_focus() -> None:
    blur = {name: 0.5 + 0.35 * i for i, name in enumerate(LINES)}
    assert said("field_edges", lettered(blur)).reason == "forensics.field_edges.not_assessable"


def test_few_texts_cannot_be_compared() -> None:
    assert said("field_edges", finished(ground())).reason == "forensics.field_edges.not_assessable"


def test_a_text_put_into_a_saved_picture_is_named_with_its_place() -> None:
    found = result("compression", case_of(seen(edited("c"))))
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.compression.differ")
    assert found.fields == frozenset({"c"})
    assert found.region is not None
    assert found.region.box == LINES["c"]


def test_a_place_that_was_blurred_or_covered_accuses_nobody() -> None:
    """As people do with an address before they send a copy on."""
    found = result("compression", case_of(seen(edited("c")), confidence=0.2))
    assert found.reason == "forensics.compression.not_assessable"


def test_a_covered_photograph_is_no_other_persons() -> None:
    traces = seen(edited("c"))
    places = {name: Saved(0.0, 500.0) for name in LINES} | {"photo": Saved(1.0, 500.0)}
    for portrait, reason in ((True, "differ"), (False, "not_assessable")):
        traces.__dict__.update(compression=Compression(Saved(0.1, 5000.0), places), portrait=portrait)
        assert result("compression", case_of(traces)).reason == f"forensics.compression.{reason}"


def test_a_picture_saved_twice_accuses_nobody() -> None:
    alike = result("compression", case_of(seen(file(opened(file(card(), FIRST)), SECOND))))
    assert (alike.result, alike.region) == (Result.PASS, None)
    once = result("compression", case_of(seen(file(card(), SECOND))))
    assert once.reason == "forensics.compression.not_assessable"


def test_a_mark_over_most_of_a_saved_picture_accuses_nobody() -> None:
    """As a service writes its name over every copy before it saves it again."""
    pixels = opened(file(card(), FIRST))
    for name in "abcd":
        pixels = typed(pixels, LINES[name])
    found = result("compression", case_of(seen(file(pixels, SECOND))))
    assert found.reason == "forensics.compression.not_assessable"


@pytest.mark.parametrize(
    "shares",
    [
        {"a": 0.7, "b": 0.0, "c": 0.0, "d": 0.0},
        {"a": 0.7, "b": -0.5, "c": 0.0, "d": 0.0, "e": 0.0},
        {"a": 0.7, "b": 0.4, "c": 0.4, "d": 0.4, "e": 0.0},
    ],
    ids=["few places", "the rhythm does not fit", "all are in between"],
)
def test_a_picture_whose_places_do_not_agree_accuses_nobody(shares: dict[str, float]) -> None:
    traces = seen(edited("c"))
    places = {name: Saved(share, 500.0) for name, share in shares.items()}
    traces.__dict__["compression"] = Compression(Saved(0.1, 5000.0), places)
    assert result("compression", case_of(traces)).reason == "forensics.compression.not_assessable"


def test_a_place_that_can_say_little_is_not_asked() -> None:
    traces = seen(edited("c"))
    places = {name: Saved(0.0, 500.0) for name in "bcdefg"} | {"a": Saved(1.0, 50.0)}
    traces.__dict__["compression"] = Compression(Saved(0.1, 5000.0), places)
    assert result("compression", case_of(traces)).result is Result.PASS


def test_a_smooth_photograph_is_only_noted() -> None:
    card = ground(noise=4.0)
    card[190:545, 715:985] = 150
    found = said("photo_noise", finished(card))
    assert (found.result, found.effect) == (Result.SUSPECT, Effect.INFORMATIVE)
    assert said("photo_noise", finished(ground(noise=4.0))).result is Result.PASS


@pytest.mark.parametrize(
    "id",
    [
        "recapture",
        "grey_copy",
        "scattered_dots",
        "field_edges",
        "date_print",
        "full_width_print",
        "number_print",
        "name_print",
        "cleared_ground",
        "compression",
        "photo_noise",
    ],
)
def test_nothing_is_said_of_a_poor_or_misplaced_or_missing_card(id: str) -> None:
    raster = finished(ground().mean(axis=2, keepdims=True) + waves(3.3, 40.0, 9.0) + (0, 6, 12))
    poor = case_of(traces(raster, faults=(QualityFault.RESOLUTION_LOW,)))
    astray = LabelReading("x", Side.FRONT, "在留カード", similarity=0.1)
    for case in (poor, replace(case_of(traces(raster)), labels=(astray,)), replace(poor, traces={})):
        assert result(id, case).reason == f"forensics.{id}.not_assessable"


def test_a_coarse_picture_shows_no_fine_pattern() -> None:
    seen = traces(finished(ground() + waves(3.3, 40.0, 9.0)), px_per_mm=6.0)
    assert result("recapture", case_of(seen)).reason == "forensics.recapture.not_assessable"


@pytest.mark.parametrize(
    ("software", "last"),
    [("Adobe Photoshop 25.1", "named"), ("GIMP 2.10", "named"), ("HDR+ 1.0.5", "none"), (None, "none")],
)
def test_an_editor_named_in_the_file_is_only_noted(software: str | None, last: str) -> None:
    found = result("software", case_of(traces(finished(ground())), software))
    assert found.reason == f"forensics.software.{last}"
    assert found.effect is Effect.INFORMATIVE
