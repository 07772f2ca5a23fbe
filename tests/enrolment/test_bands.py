"""Where the bands of the score begin for an operator's own cards."""

from __future__ import annotations

from scripts.enrolling.command import _bands
from service.scoring import LEAST


def test_cards_that_all_speak_for_themselves_move_no_band_below_its_least() -> None:
    found = _bands([-0.9 + n / 1000 for n in range(400)])
    assert found == LEAST


def test_cards_that_lie_higher_raise_the_bands() -> None:
    found = _bands([n / 100 for n in range(400)])
    assert found is not None
    assert found["middle"] is not None
    assert found["high"] is not None
    assert LEAST["high"] < found["middle"] < found["high"] < 4.0


def test_too_few_cards_have_no_bands() -> None:
    assert _bands([0.0, None, 1.0]) is None
