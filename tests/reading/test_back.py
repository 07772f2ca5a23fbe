from __future__ import annotations

import cv2
import numpy as np
import pytest

from scripts.specimens.back import render_back
from scripts.specimens.people import card_data
from service.evidence import Role, Side
from service.reading.back import read_back
from service.reading.crops import cut
from service.reading.ink import TextBox
from service.reading.labels import label_apart
from service.reading.recogniser import recogniser
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


def test_a_heading_that_reads_otherwise_is_weighed_by_its_picture() -> None:
    paper = np.full((120, 700, 3), 235, np.uint8)
    cv2.putText(
        paper, "PERIOD OF SPAY", (20, 75), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 3, cv2.LINE_AA
    )
    place = TextBox(14, 35, 480, 80)
    (line,) = recogniser().read([cut(paper, place)], [None])
    apart = label_apart(paper, place, "PERIOD OF STAY", line)
    assert apart is not None
    assert apart > 7
    assert label_apart(paper, place, line.text, line) is None
    assert label_apart(paper, place, "PERIOD OF STAY", line.at_most(0.5)) is None
