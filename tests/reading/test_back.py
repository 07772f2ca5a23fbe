from __future__ import annotations

import numpy as np
import pytest

from scripts.specimens.back import render_back
from scripts.specimens.people import card_data
from service.evidence import Role, Side
from service.reading.back import read_back
from service.reading.side import read_side
from tests.reading.samples import VARIANTS, picture

PERMISSION = "許可（原則週28時間以内・風俗営業等の従事を除く）"


@pytest.mark.parametrize("variant", ["as_published", "turned_180"])
def test_a_back_is_recognised_and_its_permission_read(variant: str) -> None:
    back = render_back(card_data(np.random.default_rng(3), status="留学"), permission=PERMISSION)
    pixels, location = VARIANTS[variant](back)
    reading = read_side(picture(pixels), location, Role.BACK)
    assert reading.view is not None
    assert reading.view.side is Side.BACK
    assert reading.view.layout == "jp.residence_card.gen1"
    permission = next(field for field in reading.fields if field.name == "other_activity_permission")
    assert permission.value == "許可(原則週28時間以内・風俗営業等の従事を除く)"
    assert reading.specimen_marks


def test_paper_without_words_is_no_back() -> None:
    back = read_back(np.full((638, 1012, 3), 220, np.uint8))
    assert back.recognised == 0
    assert back.fields == ()
