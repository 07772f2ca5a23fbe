from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.evidence import CaptureKind, Location, Role, Side
from service.reading.side import SideReading, read_front_image, read_side
from tests.reading.samples import REFERENCE, SPECIMEN, TRUTH, VARIANTS, load, needs_specimen, picture, whole


def _read(variant: str) -> SideReading:
    pixels, location = VARIANTS[variant](load(SPECIMEN))
    return read_side(picture(pixels), location, Role.FRONT)


@needs_specimen
@pytest.mark.reference
@pytest.mark.parametrize("variant", VARIANTS)
def test_issuers_specimen_reads_exactly(variant: str) -> None:
    reading = _read(variant)
    assert reading.view is not None
    assert reading.view.layout == "jp.residence_card.gen1"
    assert reading.view.side is Side.FRONT
    assert {field.name: field.value for field in reading.fields} == TRUTH
    by_name = {field.name: field for field in reading.fields}
    assert by_name["permission_type"].extra["authority"] == "東京入国管理局長"
    assert by_name["stay_until"].extra["digit_width"] == "full"
    assert by_name["issue_date"].extra["digit_width"] == "half"
    assert any(mark.text in ("見本", "SAMPLE") for mark in reading.specimen_marks)
    wrong = [label for label in reading.labels if label.text != label.expected and label.confidence > 0.9]
    assert not wrong


@needs_specimen
@pytest.mark.reference
def test_boxes_lie_where_the_text_stands() -> None:
    number = next(field for field in _read("turned_180").fields if field.name == "card_number")
    assert number.box is not None
    assert number.box == pytest.approx((0.763, 0.064, 0.216, 0.031), abs=0.012)


@needs_specimen
@pytest.mark.reference
def test_a_wrong_letter_in_a_label_shows() -> None:
    pixels = load(SPECIMEN)
    paper = pixels[103, 48].tolist()
    cv2.rectangle(pixels, (14, 98), (90, 111), paper, -1)
    cv2.putText(
        pixels, "DATE OF BURTH", (15, 109), cv2.FONT_HERSHEY_PLAIN, 0.72, (40, 40, 40), 1, cv2.LINE_AA
    )
    reading = read_side(picture(pixels), whole(pixels), Role.FRONT)
    label = next(label for label in reading.labels if label.id == "birth_en")
    assert label.text != label.expected
    assert label.similarity < 1.0


@pytest.mark.reference
@pytest.mark.parametrize(
    "name",
    [
        "td1/docxpand-rp_card_td1-front.png",
        "td1/docxpand-rp_card_td1-back.png",
        "td1/docxpand-id_card_td1_a-front.png",
        "td3/docxpand-pp_td3_a-front.png",
        "td3/uto-passport-1.jpg",
    ],
)
def test_another_document_is_not_this_layout(name: str) -> None:
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"reference {name} is absent")
    pixels = load(path)
    reading = read_side(picture(pixels), whole(pixels), Role.FRONT)
    assert reading.view is not None
    assert reading.view.layout is None
    assert reading.fields == ()


def test_nothing_located_gives_no_view() -> None:
    pixels = np.full((60, 90, 3), 200, np.uint8)
    reading = read_side(picture(pixels), Location((), 0, CaptureKind.PHOTO), Role.FRONT)
    assert reading.view is None


def test_an_empty_chip_picture_gives_empty_readings() -> None:
    fields = read_front_image(np.full((425, 674), 255, np.uint8))
    assert {field.source for field in fields} == {"chip"}
    assert all(field.value is None and field.confidence == 0.0 for field in fields)


def test_a_chip_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        read_front_image(np.zeros((10, 10), np.uint8))
