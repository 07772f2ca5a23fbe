from __future__ import annotations

from itertools import accumulate

import pytest

from service.cards.layout import FieldPlace
from service.reading.ink import TextBox
from service.reading.interpret import Printed, interpret
from service.reading.recogniser import TextLine

ROW = TextBox(100, 50, 500, 90)


def _printed(text: str, places: list[float] | None = None) -> Printed:
    at = places or [(i + 0.5) / len(text) for i in range(len(text))]
    line = TextLine(text, 0.9, tuple(0.9 for _ in text), tuple(at))
    return Printed.join([line], [ROW])


def _place(name: str, kind: str = "text") -> FieldPlace:
    return FieldPlace(name, (0.1, 0.1, 0.5, 0.1), kind)


def _divided(text: str) -> dict[str, str]:
    places = [_place("period_of_stay", "period_with_date"), _place("stay_until", "period_with_date")]
    return {place.name: part.text for place, part in interpret(places, _printed(text))}


def test_period_and_its_last_day_are_divided_with_or_without_brackets() -> None:
    expected = {"period_of_stay": "4年3月", "stay_until": "2018年10月20日"}
    assert _divided("4年3月（2018年10月20日）") == expected
    assert _divided("4年3月2018年10月20日") == expected
    assert _divided("無期限") == {"period_of_stay": "無期限", "stay_until": ""}


def test_latin_and_kanji_names_are_divided() -> None:
    places = [_place("name_latin"), _place("name_kanji")]
    parts = {place.name: part for place, part in interpret(places, _printed("CHEN MEILING陳美玲"))}
    assert parts["name_latin"].text == "CHEN MEILING"
    assert parts["name_kanji"].text == "陳美玲"


@pytest.mark.parametrize(
    ("text", "claim", "sure"),
    [("OB12345678CD", 0.95, 0.89), ("OB12345678CD", 0.98, 0.98), ("QB12345678CD", 0.95, 0.95),
     ("OB12345678CD", 0.7, 0.7), ("AB12345O78CD", 0.95, 0.95)],
)  # fmt: skip
def test_an_o_in_a_card_number_may_be_a_q(text: str, claim: float, sure: float) -> None:
    at = tuple((i + 0.5) / len(text) for i in range(len(text)))
    claims = tuple(claim if sign in "OQ" else 0.99 for sign in text)
    line = TextLine(text, min(claims), claims, at)
    ((_, part),) = interpret([_place("card_number", "card_number")], Printed.join([line], [ROW]))
    assert part.confidence == sure


def test_a_gap_in_a_kanji_name_is_a_space() -> None:
    places = [_place("name_latin"), _place("name_kanji")]
    parts = {place.name: part for place, part in interpret(places, _printed("陳美玲", [0.1, 0.3, 0.4]))}
    assert parts["name_kanji"].text == "陳 美玲"
    assert len(parts["name_kanji"].confidences) == 4


def test_latin_lines_are_joined_by_a_space_and_japanese_ones_are_not() -> None:
    def joined(*texts: str) -> str:
        lines = [TextLine(t, 0.9, (0.9,) * len(t), tuple(0.5 for _ in t)) for t in texts]
        return Printed.join(lines, [ROW] * len(texts)).text

    assert joined("TURNER", "ELIZABETH") == "TURNER ELIZABETH"
    assert joined("在留資格に基づく", "就労活動のみ可") == "在留資格に基づく就労活動のみ可"


@pytest.mark.parametrize(
    ("digit", "height", "width"),
    [
        (1.0, 1.0, "full"),
        (0.5, 1.0, "half"),
        (1.0, 1.5, None),  # blur and an underline make the line look tall, and its digits narrow
        (0.5, 0.6, None),
    ],
)
def test_digits_are_full_or_half_by_two_measures_or_not_at_all(
    digit: float, height: float, width: str | None
) -> None:
    text = "2026年04月11日"
    widths = [40 * digit if sign.isdigit() else 40.0 for sign in text]
    ends = list(accumulate(widths))
    at = tuple((end - own / 2) / ends[-1] for end, own in zip(ends, widths, strict=True))
    line = TextLine(text, 0.99, (0.99,) * len(text), at)
    printed = Printed.join([line], [TextBox(100, 50, 100 + round(ends[-1]), 50 + round(40 * height))])
    assert printed.extra("date").get("digit_width") == width
