"""Edges round a card as a result: a note, and never more than a note."""

from __future__ import annotations

import pytest

from service.imaging.forensics.borders import Borders
from service.verdict import Effect, Result
from tests.checks.forensics.test_forensic_checks import case_of, result
from tests.imaging.forensics.cards import finished, ground, traces


@pytest.mark.parametrize(
    ("lengths", "reason", "expected"),
    [
        ((1.0, 0.9, 0.0, None), "framed", Result.SUSPECT),
        ((1.0, 0.7, 0.0, 0.2), "none", Result.PASS),
        ((1.0, None, None, None), "not_assessable", Result.INCONCLUSIVE),
    ],
)
def test_two_straight_edges_are_only_noted(
    lengths: tuple[float | None, ...], reason: str, expected: Result
) -> None:
    seen = traces(finished(ground()))
    seen.__dict__["borders"] = Borders(lengths)
    found = result("borders", case_of(seen))
    assert (found.reason, found.result) == (f"forensics.borders.{reason}", expected)
    assert found.effect is Effect.INFORMATIVE
