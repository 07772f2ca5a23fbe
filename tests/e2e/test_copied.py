"""Copies on paper and texts in another typeface, at the real service; a dark room accuses nobody."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from scripts.specimens.copier import inkjet_print
from scripts.specimens.stream import forgeries
from scripts.specimens.values import FIELD_BOXES
from tests.e2e.samples import Sample, samples
from tests.e2e.service import Service
from tests.e2e.test_edited import Pixels, corners, opened, saved

CARD = (2024, 1276)
TABLE = 160


def case(letter: str) -> Sample:
    """The first genuine sample card of a renderer."""
    return next(found for name, found in samples().items() if name.startswith(f"genuine-{letter}"))


def said(service: Service, sample: Sample, front: bytes, check: str) -> tuple[dict[str, Any], str]:
    request = {**sample.request, "store": "none", "detail": "full"}
    answer = service.verify({"front": front}, request)
    assert answer.status == 200
    return next(c for c in answer.json["checks"] if c["id"] == check), answer.json["verdict"]


def flat(sample: Sample) -> Pixels:
    """The card alone, from straight above, at 600 dpi."""
    onto = np.array([[0, 0], [CARD[0], 0], [CARD[0], CARD[1]], [0, CARD[1]]], np.float32)
    place = cv2.getPerspectiveTransform(corners(sample), onto)
    return np.asarray(cv2.warpPerspective(opened(sample), place, CARD, flags=cv2.INTER_CUBIC), np.uint8)


def on_table(card: Pixels, noise: float, seed: int = 5) -> bytes:
    """A card on a grey table, photographed with a sensor's noise."""
    width, height = CARD[0] + 2 * TABLE, CARD[1] + 2 * TABLE
    scene = np.full((height, width, 3), 120, np.float32)
    scene[TABLE:-TABLE, TABLE:-TABLE] = card
    small = cv2.resize(scene, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(seed).normal(0, noise, (*small.shape[:2], 1))
    return saved(np.asarray(np.clip(small + grain, 0, 255), np.uint8))


def test_an_inkjet_copy_is_told_by_its_dots(service: Service) -> None:
    card = flat(case("a"))
    copy = inkjet_print(np.ascontiguousarray(card[..., ::-1]), np.random.default_rng(3))[..., ::-1]
    found, verdict = said(service, case("a"), on_table(copy, 1.0), "forensics.scattered_dots")
    assert (found["result"], found["reason"]) == ("suspect", "forensics.scattered_dots.dots")
    assert verdict == "suspect"


def test_a_card_in_too_little_light_is_no_copy(service: Service) -> None:
    for noise in (1.0, 10.0, 20.0):
        found, verdict = said(
            service, case("a"), on_table(flat(case("a")), noise), "forensics.scattered_dots"
        )
        assert found["result"] != "suspect"
        assert verdict in ("no_sign_of_forgery", "inconclusive")


def test_a_scan_kept_in_few_colours_is_no_copy(service: Service) -> None:
    """What a program that knows 216 colours makes of an honest scan: dots of its own."""
    few = Image.fromarray(opened(case("a"))).convert("P", palette=Image.Palette.WEB)
    found, verdict = said(
        service, case("a"), saved(np.asarray(few.convert("RGB"))), "forensics.scattered_dots"
    )
    assert found["reason"] == "forensics.scattered_dots.none"
    assert verdict == "no_sign_of_forgery"


@pytest.mark.parametrize(
    ("check", "family", "seed", "capture", "field"),
    [
        ("date_print", "edit_birth", 78, "scan", "date_of_birth"),
        ("full_width_print", "field_typed", 133, "scan", "card_valid_until"),
        ("number_print", "field_typed", 79, "scan", "card_number"),
    ],
)
def test_a_text_in_another_typeface_is_told(
    service: Service, check: str, family: str, seed: int, capture: str, field: str
) -> None:
    """Card 0 of each seed has one text typed over in letters of another face."""
    pictures, _, request, answer = next(forgeries(family, seed, 1, capture, "b"))
    assert answer.broken_rule in (field, None)
    said = service.verify({"front": pictures["front"]}, {**request, "store": "none", "detail": "full"})
    found = next(c for c in said.json["checks"] if c["id"] == f"forensics.{check}")
    assert (found["result"], found["reason"]) == ("suspect", f"forensics.{check}.differ")
    x, y, w, h = found["region"]["box"]
    left, top, right, bottom = FIELD_BOXES[field]
    assert left < x + w / 2 < right
    assert top < y + h / 2 < bottom
    assert said.json["verdict"] == "suspect"


@pytest.mark.parametrize("letter", ["a", "b"])
def test_the_cards_own_texts_are_of_their_faces(service: Service, letter: str) -> None:
    own = case(letter)
    request = {**own.request, "store": "none", "detail": "full"}
    answer = service.verify({"front": own.read("front")}, request)
    reasons = {c["id"]: c["reason"] for c in answer.json["checks"]}
    for check in ("date_print", "full_width_print", "number_print"):
        assert reasons[f"forensics.{check}"] == f"forensics.{check}.alike"
    assert reasons["forensics.name_print"] != "forensics.name_print.differ"
    assert answer.json["verdict"] == "no_sign_of_forgery"
