"""The picture of the findings: for those who review, of what was kept, and of nothing else."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.imaging.annotate import Frame, annotated
from tests.api.conftest import Door, MakeDoor
from tests.api.test_problems import expect

FRONT = Path(__file__).resolve().parents[2] / "sample_cards/people/03-TH96664831XN/front.jpg"


def kept(door: Door, picture: bytes, store: str = "evidence") -> str:
    body = {"front": base64.b64encode(picture).decode(), "request": {"store": store}}
    answer = door.http.post("/v1/verify", json=body, headers=door.headers("client"))
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


def overlay(door: Door, id: str, who: str = "inspector", **query: Any) -> Any:
    path = f"/v1/verifications/{id}/overlay.png"
    return door.http.get(path, params=query, headers=door.headers(who))


@pytest.fixture
def keeping(make_door: MakeDoor) -> Door:
    return make_door(evidence_enabled=True)


def test_the_place_of_a_finding_is_framed_on_the_rectified_card(keeping: Door) -> None:
    id = kept(keeping, FRONT.read_bytes())
    answer = overlay(keeping, id)
    assert answer.status_code == 200, answer.text
    assert "evidence.read" in [line.action for line in keeping.desk.store.audit.lines(id)]
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    drawn = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert drawn.shape == (RASTER_HEIGHT, RASTER_WIDTH, 3)
    # The frame of a failed check with the region 0.1, 0.2, 0.3, 0.4 (tests.api.fakes).
    left, middle = round(0.1 * RASTER_WIDTH) - 3, round(0.4 * RASTER_HEIGHT)
    assert drawn[middle, left].tolist() == [30, 30, 200]


def test_a_client_may_not_see_it(keeping: Door) -> None:
    expect(overlay(keeping, "vrf_" + "0" * 26, "client"), 403, "forbidden")


def test_an_unknown_report_is_not_found(keeping: Door) -> None:
    expect(overlay(keeping, "vrf_" + "0" * 26), 404, "not-found")


def test_a_report_without_kept_pictures_says_so(keeping: Door) -> None:
    answer = overlay(keeping, kept(keeping, FRONT.read_bytes(), store="report"))
    expect(answer, 404, "not-found")
    assert "not kept" in answer.json()["detail"]


def test_a_side_that_is_not_in_the_pictures_is_not_found(keeping: Door) -> None:
    id = kept(keeping, FRONT.read_bytes())
    answer = overlay(keeping, id, side="back")
    expect(answer, 404, "not-found")
    assert "side" in answer.json()["detail"]
    expect(overlay(keeping, id, side="top"), 400, "request-invalid", "/side")


def test_names_of_frames_in_one_place_do_not_cover_each_other() -> None:
    blank = np.full((RASTER_HEIGHT, RASTER_WIDTH, 3), 255, np.uint8)
    one = Frame((0.2, 0.5, 0.3, 0.1), "a.b fail", (0, 0, 255))
    alone = cv2.imdecode(np.frombuffer(annotated(blank, [one]), np.uint8), cv2.IMREAD_COLOR)
    both = cv2.imdecode(np.frombuffer(annotated(blank, [one, one]), np.uint8), cv2.IMREAD_COLOR)
    assert alone is not None
    assert both is not None
    assert np.count_nonzero(both != 255) > 1.1 * np.count_nonzero(alone != 255)
