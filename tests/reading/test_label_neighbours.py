"""Print of a neighbouring label, or a piece of it, says nothing about the label that stands beside it."""

from __future__ import annotations

import pytest

from service.cards.layout import Label
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Side
from service.reading.ink import TextBox
from service.reading.labels import LabelRequest, label_readings
from service.reading.recogniser import TextLine

PLACES = {"number": ("番号", 600), "no": ("No.", 680), "name": ("氏名 NAME", 100)}
REQUESTS = [
    LabelRequest(
        Label(id, text, (x / RASTER_WIDTH, 0.05, 0.06, 0.04)),
        TextBox(x, 32, x + 60, 57),
        TextBox(x, 32, x + 60, 57),
    )
    for id, (text, x) in PLACES.items()
]


@pytest.mark.parametrize(
    ("seen", "found"),
    [("号", False), ("番号", False), ("NA", False), ("Xq", True), ("Mo.", True), ("No.", True)],
)
def test_a_neighbours_print_is_no_reading(seen: str, found: bool) -> None:
    texts = {"no": TextLine(seen, 0.95)}
    readings = label_readings(REQUESTS, texts, (RASTER_HEIGHT, RASTER_WIDTH), Side.FRONT)
    no = {reading.id: reading for reading in readings}["no"]
    assert (no.text is not None) is found
    assert (no.box is not None) is found
