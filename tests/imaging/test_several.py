"""Cards on one page of a flat-bed scanner, each found once."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from service.evidence import ImageMetadata, Picture, Role
from service.imaging.pyramid import halved
from service.imaging.several import find_cards, pieces
from tests.archive.cards import CARD, page, person

PLACES = {
    "one below the other": [(300, 300), (300, 1200)],
    "a grid": [(80, 200), (1300, 200), (80, 1200), (1300, 1200)],
    "corners of the page": [(60, 60), (1400, 2800)],
}


def picture(image: Image.Image) -> Picture:
    pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[..., ::-1])
    return Picture(Role.FRONT, "0" * 64, "image/png", pixels, ImageMetadata("PNG"), halved(pixels))


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_every_card_of_a_page_is_found_in_reading_order(places: list[tuple[int, int]]) -> None:
    one = person(2)
    sides = [one.front, one.back] * 2
    found = find_cards(
        picture(page(*[(x, y, side) for (x, y), side in zip(places, sides, strict=False)])), 24
    )
    middles = [corners.mean(axis=0) for corners in found]
    wanted = [(x + CARD[0] / 2, y + CARD[1] / 2) for x, y in places]
    assert np.allclose(middles, wanted, atol=15)


def test_one_card_alone_is_no_reason_to_cut() -> None:
    alone = picture(page((700, 900, person(2).front)))
    assert len(find_cards(alone, 24)) == 1
    assert pieces(alone, 24) == ()


def test_a_piece_holds_its_card_and_begins_on_a_block() -> None:
    one = person(2)
    both = picture(page((300, 300, one.front), (300, 1200, one.back)))
    for (left, top, right, bottom), y in zip(pieces(both, 24), (300, 1200), strict=True):
        assert left <= 300
        assert right >= 300 + CARD[0]
        assert top <= y
        assert bottom >= y + CARD[1]
        assert (left % 16, top % 16) == (0, 0)
        assert right - left < 1.2 * CARD[0]


def test_blank_paper_holds_nothing() -> None:
    assert find_cards(picture(page()), 24) == ()
