"""A card whose edge was taken elsewhere is put in place by its labels before anything is read."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.specimens.front import render_front
from scripts.specimens.paint import HEIGHT, WIDTH
from scripts.specimens.people import card_data
from service.evidence import CaptureKind, ImageMetadata, Location, Picture, Quad, Role
from service.reading.side import read_side


@pytest.mark.parametrize("wrong", [(110, 0), (90, 90), (140, 60)])
def test_an_edge_found_far_outside_is_mended(wrong: tuple[int, int]) -> None:
    """The right edge lies ``wrong`` pixels (at 300 dpi) outside at its top and bottom."""
    card = card_data(np.random.default_rng(10), child=False)
    paper = np.full((HEIGHT + 200, WIDTH + 400, 3), 90, np.uint8)
    paper[100 : 100 + HEIGHT, 100 : 100 + WIDTH] = render_front(card, "a")
    corners = np.array([[0, 0], [WIDTH + wrong[0], 0], [WIDTH + wrong[1], HEIGHT], [0, HEIGHT]], np.float32)
    location = Location((Quad(corners + 100),), 1, CaptureKind.PHOTO)
    picture = Picture(Role.FRONT, "0" * 64, "image/png", paper, ImageMetadata("PNG"))
    read = {field.name: field.value for field in read_side(picture, location, Role.FRONT).fields}
    assert read["card_number"] == card.card_number
    assert read["date_of_birth"] == card.date_of_birth.isoformat()
    assert read["nationality"] == card.person.nationality
