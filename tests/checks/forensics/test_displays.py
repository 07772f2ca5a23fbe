"""Cells of a display as a result: what accuses, and what is left open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scripts.forensics_report import measured
from service.evidence import LabelReading, QualityFault, Side
from service.imaging.forensics import Traces
from service.imaging.forensics.cells import Cells
from service.verdict import CheckResult, Result
from tests.checks.forensics.test_forensic_checks import case_of, result
from tests.imaging.forensics.displayed import HEIGHT, WIDTH, cells, laid

DISPLAY = cells((0.31, 0.04), (0.10, -0.05))


def said(found: Traces) -> CheckResult:
    return result("display_cells", case_of(found))


def test_cells_over_card_and_table_are_suspect() -> None:
    found = said(laid(DISPLAY))
    assert (found.result, found.reason) == (Result.SUSPECT, "forensics.display_cells.cells")
    assert found.region is not None
    assert found.margin is not None
    assert found.margin < 0


def test_a_plain_photo_passes() -> None:
    found = said(laid(np.zeros((HEIGHT, WIDTH, 1), np.float32)))
    assert (found.result, found.region) == (Result.PASS, None)
    assert found.margin is not None
    assert found.margin > 0


@pytest.mark.parametrize("name", ["on_card", "beside", "in_photo"])
def test_a_pattern_that_is_weak_in_one_of_three_accuses_nobody(name: str) -> None:
    seen = laid(np.zeros((HEIGHT, WIDTH, 1), np.float32))
    seen.__dict__["cells"] = replace(Cells(5.0, 5.0, 5.0), **{name: 3.2})
    assert said(seen).result is Result.PASS


def test_a_childs_card_is_not_accused_by_its_ground() -> None:
    assert said(laid(DISPLAY, portrait=False)).reason == "forensics.display_cells.not_assessable"


@pytest.mark.parametrize("table", [8.0, 250.0])
def test_a_scanners_lid_shows_nothing(table: float) -> None:
    assert said(laid(DISPLAY, table)).reason == "forensics.display_cells.not_assessable"


def test_nothing_is_said_of_a_poor_or_misplaced_or_coarse_card() -> None:
    seen = laid(DISPLAY)
    quality = seen.view.quality
    faint = replace(quality, faults=(QualityFault.TOO_DARK,))
    dark, coarse = (
        replace(seen, view=replace(seen.view, quality=other))
        for other in (faint, replace(quality, px_per_mm=6.0))
    )
    astray = LabelReading("x", Side.FRONT, "在留カード", similarity=0.1)
    for case in (case_of(dark), case_of(coarse), replace(case_of(seen), labels=(astray,))):
        assert result("display_cells", case).reason == "forensics.display_cells.not_assessable"


def test_a_drawn_display_held_at_an_angle_is_told_by_its_cells_alone() -> None:
    assert measured("display_photo", "a", 501, 1).against == ("forensics.display_cells.cells",)
