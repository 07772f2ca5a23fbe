"""The third way of drawing: marked alike, its own in everything, and drawn for nobody who does not ask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.dataset.recipe import RENDERERS, recipe
from scripts.specimens.back import render_back
from scripts.specimens.front import photo_of, render_front
from scripts.specimens.people import CardData, card_data
from scripts.specimens.specimen import Bench
from scripts.specimens.stream import _style, forge, genuine
from scripts.specimens.style import HELD_OUT, STYLES, style_named

MARK = (slice(495, 541), slice(721, 978))
BACK_MARK = (slice(578, 621), slice(709, 970))
SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"
TEACHING = (
    "training/*.py",
    "dataset/*.py",
    "train*.py",
    "make_dataset.py",
    "measure_limits.py",
    "measure_security.py",
    "specimens/designs.py",
    "specimens/composites.py",
    "specimens/collection.py",
)
"""Where models are taught, limits are set and samples are drawn."""


def card(seed: int = 1) -> CardData:
    return card_data(np.random.default_rng(seed), child=False)


def test_it_repeats_is_marked_alike_and_is_no_finer_than_300_dpi() -> None:
    first = render_front(card(), "c")
    assert np.array_equal(first, render_front(card(), "c"))
    assert first.shape == (638, 1012, 3)
    assert np.array_equal(first[MARK], render_front(card(), "a")[MARK])
    assert np.array_equal(render_back(card(), "c")[BACK_MARK], render_back(card(), "a")[BACK_MARK])


@pytest.mark.parametrize("family", ["printed_card", "misspelled_label", "photo_replaced", "recapture_paper"])
def test_forgeries_of_it_are_marked_too(family: str) -> None:
    genuine_mark = render_front(card(), "a")[MARK]
    assert np.array_equal(forge(family, 1, 0, Bench("c")).front[MARK], genuine_mark)


def test_it_differs_from_the_others_in_print_and_portrait() -> None:
    for other in "ab":
        faces = [render_front(card(), style).astype(int) for style in ("c", other)]
        assert float(np.abs(faces[0] - faces[1]).mean()) > 8
        photos = [photo_of(card(), style) for style in ("c", other)]
        assert float(np.abs(np.subtract(*(np.asarray(p, int) for p in photos))).mean()) > 15


def test_a_scan_and_a_photo_of_it_tell_where_the_card_is() -> None:
    for capture in ("scan", "phone"):
        _, _, _, answer = next(genuine(5, 1, capture, "c"))
        assert (answer.style, answer.capture) == ("c", capture)
        assert len(answer.corners["front"]) == 4


def test_nobody_draws_it_who_does_not_ask_for_it() -> None:
    rng = np.random.default_rng(1)
    assert {_style(rng, "mixed") for _ in range(200)} == {"a", "b"}
    assert not set(HELD_OUT) & (set(STYLES) | set(RENDERERS))
    assert all(recipe(3, pair).style[0] in "ab" for pair in range(300))
    assert style_named("c") is HELD_OUT["c"]


@pytest.mark.parametrize("pattern", TEACHING)
def test_nothing_that_teaches_or_sets_a_limit_names_it(pattern: str) -> None:
    paths = sorted(SCRIPTS.glob(pattern))
    assert paths
    for path in paths:
        text = path.read_text("utf-8")
        assert '"c"' not in text, path
        assert "HELD_OUT" not in text, path
