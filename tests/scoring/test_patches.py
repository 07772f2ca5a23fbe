"""The patch network in the service: what it may be asked about, what it tells, its size and its time."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.copier import inkjet_print
from scripts.specimens.front import render_front
from scripts.specimens.paint import HEIGHT, WIDTH
from scripts.specimens.people import card_data
from service.cards.layout import layout
from service.evidence import CaptureKind, CardView, Quality, QualityFault, Role, Side
from service.models import manifest, session
from service.scoring.patches import PATCH_MODEL, PatchScores, obstacle, patch_scores
from service.settings import ROOT

GEN1 = layout("jp.residence_card.gen1")
GOOD = Quality(11.8, 0.9, 0.0, 0.0, 1.0, 200.0, 150.0)


def _view(raster: NDArray[np.uint8], quality: Quality = GOOD, side: Side = Side.FRONT) -> CardView:
    return CardView(side, Role.FRONT, raster, np.eye(3), CaptureKind.SCAN, quality, GEN1.id, 1.0)


@cache
def _genuine(seed: int) -> NDArray[np.uint8]:
    drawn = render_front(card_data(np.random.default_rng(seed), child=False), "ab"[seed % 2])
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.7)
    grain = np.random.default_rng(seed).normal(0, 1.5, soft.shape)
    return np.asarray(np.clip(soft + grain, 0, 255), np.uint8)


def _copy(seed: int) -> NDArray[np.uint8]:
    fine = cv2.resize(_genuine(seed), (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_CUBIC)
    printed = inkjet_print(np.asarray(fine, np.uint8), np.random.default_rng(seed))
    return np.asarray(cv2.resize(printed, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _scores(raster: NDArray[np.uint8]) -> PatchScores:
    found = patch_scores(_view(raster), GEN1)
    assert found is not None
    return found


def test_inkjet_copies_stand_apart_from_genuine_cards_in_both_numbers() -> None:
    genuine = [_scores(_genuine(seed)) for seed in range(6)]
    copies = [_scores(_copy(seed)) for seed in range(6)]
    assert np.median([s.attack for s in copies]) > max(s.attack for s in genuine)
    assert np.median([s.genuine for s in copies]) < np.median([s.genuine for s in genuine])


def test_every_place_is_given_and_the_most_suspicious_is_one_of_them() -> None:
    scores = _scores(_genuine(1))
    assert len(scores.places) == 32
    assert scores.most_suspicious in [place for place, _, _ in scores.places]
    assert all(-1.001 <= near <= 1.001 for _, near, _ in scores.places)


def test_the_face_and_the_name_change_nothing() -> None:
    """Another photograph and another name give the same scores, to the last bit."""
    card = _genuine(1)
    other = card.copy()
    other[210:480, 740:960] = 30
    other[87:156, 90:1012] = 90
    assert _scores(other) == _scores(card)


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (replace(_view(_genuine(0)), colour="grey"), "colour"),
        (_view(_genuine(0), replace(GOOD, sharpness=0.2)), "quality"),
        (_view(_genuine(0), replace(GOOD, px_per_mm=5.5)), "quality"),
        (_view(_genuine(0), replace(GOOD, faults=(QualityFault.GLARE,))), "quality"),
        (_view(_genuine(0), side=Side.BACK), "layout"),
    ],
)
def test_what_cannot_show_such_traces_is_not_assessed(view: CardView, why: str) -> None:
    assert obstacle(view, GEN1) == why
    assert patch_scores(view, GEN1) is None


def test_a_layout_without_a_plan_and_an_unknown_document_are_not_assessed() -> None:
    assert patch_scores(_view(_genuine(0)), layout("jp.residence_card.gen2")) is None
    assert obstacle(_view(_genuine(0)), None) == "layout"


def test_a_card_that_is_covered_by_marks_is_not_assessed() -> None:
    assert obstacle(_view(_genuine(0)), GEN1, [(0.0, 0.3, 0.7, 0.7)]) == "covered"


def test_the_model_is_small_and_quick() -> None:
    path = manifest(ROOT / "models")[PATCH_MODEL].path(ROOT / "models")
    assert path.stat().st_size <= 4 * 1024 * 1024
    session(PATCH_MODEL)
    view = _view(_genuine(0))
    patch_scores(view, GEN1)
    start = time.process_time()
    for _ in range(5):
        patch_scores(view, GEN1)
    spent = (time.process_time() - start) / 5
    assert spent < 0.4, "40 ms on an idle machine; ten times that is another model"


def test_the_manifest_and_the_card_name_the_same_digest() -> None:
    model = manifest(ROOT / "models")[PATCH_MODEL]
    assert model.card is not None
    assert model.sha256 in (ROOT / "models" / model.card).read_text(encoding="utf-8")
