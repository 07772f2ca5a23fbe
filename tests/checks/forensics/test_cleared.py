"""A ground that stops about a text: what accuses, what is left open, and who hid something honestly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.imaging.forensics.cleared import Cleared
from service.verdict import Result
from tests.checks.forensics.test_forensic_checks import case_of, result
from tests.imaging.forensics.cards import LINES, traces
from tests.imaging.forensics.patched import guilloche, retyped


def test_a_text_on_a_patch_is_suspect_and_named() -> None:
    found = result("cleared_ground", case_of(traces(retyped(guilloche(), "c", "noisy"))))
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.cleared_ground.cleared")
    assert found.fields == frozenset({"c"})
    assert found.region is not None
    x, y, w, h = LINES["c"]
    assert found.region.box[0] < x + w / 2 < found.region.box[0] + found.region.box[2]
    assert found.region.box[1] < y + h / 2 < found.region.box[1] + found.region.box[3]
    assert found.margin is not None
    assert found.margin < 0


def test_a_card_whose_ground_runs_on_passes() -> None:
    found = result("cleared_ground", case_of(traces(guilloche())))
    assert (found.result, found.region, found.fields) == (Result.PASS, None, frozenset())


def test_what_its_holder_hid_accuses_nobody() -> None:
    """A text that cannot be read any more: covered, or blurred."""
    hidden = case_of(traces(retyped(guilloche(), "c", "flat")), confidence=0.3)
    assert result("cleared_ground", hidden).reason == "forensics.cleared_ground.not_assessable"


def test_a_text_of_which_a_part_is_left_accuses_nobody() -> None:
    """As where month and day of birth are covered: what is left has not the form of the field."""
    seen = case_of(traces(retyped(guilloche(), "c", "flat")))
    part = replace(seen, fields=tuple(replace(field, value=None) for field in seen.fields))
    assert result("cleared_ground", part).reason == "forensics.cleared_ground.not_assessable"


def test_a_place_of_which_nothing_was_read_accuses_nobody() -> None:
    seen = case_of(traces(retyped(guilloche(), "c", "flat")))
    unread = replace(seen, fields=tuple(field for field in seen.fields if field.name != "c"))
    assert result("cleared_ground", unread).reason == "forensics.cleared_ground.not_assessable"


@pytest.mark.parametrize(
    "values",
    [
        {"a": 2.0, "b": 0.0, "c": 0.0},
        {"a": 2.0, "b": 2.0, "c": 2.0, "d": 0.0, "e": 0.0, "f": 0.0, "g": 0.0},
        {"a": 2.0, "b": 0.6, "c": 0.6, "d": 0.6, "e": 0.0},
    ],
    ids=["few texts", "many texts", "all are in between"],
)
def test_a_picture_that_was_made_small_about_its_texts_accuses_nobody(values: dict[str, float]) -> None:
    """Programs that keep the texts of a scan sharp and the ground behind them coarse do so to all of them."""
    found = traces(guilloche())
    found.__dict__["cleared"] = {name: Cleared(value, LINES[name]) for name, value in values.items()}
    assert result("cleared_ground", case_of(found)).reason == "forensics.cleared_ground.not_assessable"
