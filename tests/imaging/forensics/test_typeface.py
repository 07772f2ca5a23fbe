"""Dates of one typeface: one sign has one shape, and a date whose signs look otherwise is named."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.imaging.forensics.typefaces.date_line import cut_date, cut_dates
from service.imaging.forensics.typefaces.dates import Typeface, compare_dates
from tests.imaging.forensics.cards import Pixels, finished, ground
from tests.imaging.forensics.dated import BOXES, DATES, dated

SANS = cv2.FONT_HERSHEY_SIMPLEX


def grey(card: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), np.uint8)


def measured(card: Pixels, texts: dict[str, str] = DATES) -> Typeface | None:
    return compare_dates(cut_dates(grey(card), BOXES, texts))


def test_a_date_is_cut_into_its_signs() -> None:
    line = cut_date(grey(dated()), DATES["birth"], BOXES["birth"])
    assert line is not None
    widths = np.diff(line.bounds, axis=1)[:, 0]
    kanji = np.array([sign in "年月日" for sign in DATES["birth"]])
    assert np.ptp(widths[kanji]) == pytest.approx(0, abs=1e-6)
    assert widths[kanji].mean() / widths[~kanji].mean() == pytest.approx(31 / 20, abs=0.25)
    between = [line.ink[line.rows, round(float(edge))].mean() for edge in line.bounds[1:, 0]]
    assert np.mean(between) < 0.1


def test_dates_of_one_typeface_are_alike() -> None:
    found = measured(dated())
    assert found is not None
    assert found.apart < 0.03
    assert found.others > 0.97


@pytest.mark.parametrize("odd", list(DATES))
def test_the_date_in_another_typeface_is_named(odd: str) -> None:
    found = measured(dated(odd=odd, face=SANS, thick=1))
    assert found is not None
    assert found.odd == odd
    assert found.apart > 0.05


def test_blur_that_all_dates_have_makes_none_of_them_odd() -> None:
    found = measured(dated(blur=2.2))
    assert found is not None
    assert found.apart < 0.04


def test_one_misread_sign_makes_no_date_odd() -> None:
    found = measured(dated(), {**DATES, "birth": "1932年03月21日"})
    assert found is not None
    assert found.apart < 0.03


def test_size_does_not_count() -> None:
    large = cv2.resize(dated(), None, fx=1.1, fy=1.1, interpolation=cv2.INTER_CUBIC)[:638, :1012]
    mixed = dated()
    x, y, w, h = (round(v * side) for v, side in zip(BOXES["birth"], (1012, 638, 1012, 638), strict=True))
    from_x, from_y = round(x * 1.1), round(y * 1.1)
    mixed[y - 6 : y + 44, x - 6 : x + 300] = large[from_y - 6 : from_y + 44, from_x - 6 : from_x + 300]
    boxes = {**BOXES, "birth": (BOXES["birth"][0], BOXES["birth"][1], w / 920, h / 580)}
    found = compare_dates(cut_dates(grey(mixed), boxes, DATES))
    assert found is not None
    assert found.apart < 0.04


@pytest.mark.parametrize(
    "texts",
    [
        {"birth": DATES["birth"], "granted": DATES["granted"]},
        {**DATES, "issued": "2021年9月13日"},
        {"birth": "4444年44月44日", "granted": "5555年55月55日", "issued": "6666年66月66日"},
    ],
)
def test_too_few_dates_or_shared_signs_are_not_compared(texts: dict[str, str]) -> None:
    assert measured(dated(), texts) is None


def test_a_date_that_is_too_faint_or_at_the_rim_is_not_cut() -> None:
    assert cut_date(grey(finished(ground())), DATES["birth"], BOXES["birth"]) is None
    assert cut_date(grey(dated()), DATES["birth"], (0.0, 0.0, 0.26, 0.05)) is None
