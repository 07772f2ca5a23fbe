"""What a reviewer lays side by side: made of kept files alone, for inspectors alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from tests.api.conftest import Door, MakeDoor
from tests.api.test_problems import expect
from tests.e2e.samples import SAMPLE_CARDS, Sample, samples

CHIP = json.dumps({"format": "residence-card-dump/1", "files": {"MF/EF01": ""}}).encode()


def picture(door: Door, id: str, kind: str, who: str = "inspector") -> Any:
    return door.http.get(f"/v1/verifications/{id}/pictures/{kind}", headers=door.headers(who))


def drawn(answer: Any) -> NDArray[np.uint8]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    decoded = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def send(door: Door, parts: dict[str, Any], store: str = "evidence") -> str:
    body = {name: _text(value) for name, value in parts.items()} | {"request": {"store": store}}
    answer = door.http.post("/v1/verify", json=body, headers=door.headers("client"))
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


def _text(value: bytes | list[bytes]) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else [_text(v) for v in value]


@pytest.fixture
def keeping(make_door: MakeDoor) -> Door:
    return make_door(evidence_enabled=True)


def with_tilt() -> Sample:
    return next(s for s in samples().values() if {"chip", "tilt_vertical"} <= s.files.keys())


def test_card_and_chip_lie_on_each_other(keeping: Door) -> None:
    id = send(keeping, with_tilt().parts)
    front, text = (drawn(picture(keeping, id, kind)) for kind in ("front", "chip_text"))
    assert front.shape == text.shape == (RASTER_HEIGHT, RASTER_WIDTH, 3)
    ink = cv2.GaussianBlur(255 - text[:, :, 0], (0, 0), 3)[40:600, 20:700].ravel()
    dark = cv2.GaussianBlur(255 - front[:, :, 1], (0, 0), 3)[40:600, 20:700].ravel()
    assert np.corrcoef(ink, dark)[0, 1] > 0.25, "the printed text stands where the chip has it"
    printed, chip = (drawn(picture(keeping, id, kind)) for kind in ("photo", "chip_photo"))
    assert printed.shape == chip.shape
    grey = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).ravel() for p in (printed, chip)]
    assert np.corrcoef(*grey)[0, 1] > 0.8
    assert "evidence.read" in [line.action for line in keeping.desk.store.audit.lines(id)]


def test_frames_of_a_tilt_hold_the_card_in_one_place(keeping: Door) -> None:
    sample = with_tilt()
    frames = [(SAMPLE_CARDS / name).read_bytes() for name in sample.files["tilt_vertical"]]
    id = send(keeping, {"front": sample.read("front"), "tilt_vertical": frames})
    sheet = drawn(picture(keeping, id, "tilt_vertical"))
    assert sheet.shape[1:] == (506, 3)
    count, rest = divmod(sheet.shape[0], 319)
    assert rest == 0
    assert len(frames) - 2 <= count <= len(frames)
    first, last = (
        cv2.cvtColor(sheet[a : a + 319], cv2.COLOR_BGR2GRAY).ravel() for a in (0, (count - 1) * 319)
    )
    assert np.corrcoef(first, last)[0, 1] > 0.8
    expect(picture(keeping, id, "tilt_horizontal"), 404, "not-found")


def test_what_was_not_kept_is_not_found(keeping: Door) -> None:
    bare = send(keeping, {"front": with_tilt().read("front")}, store="report")
    for kind in ("front", "chip_text", "tilt_vertical"):
        answer = picture(keeping, bare, kind)
        expect(answer, 404, "not-found")
        assert "not kept" in answer.json()["detail"]
    expect(picture(keeping, "vrf_" + "0" * 26, "front"), 404, "not-found")
    expect(picture(keeping, bare, "passport"), 400, "request-invalid", "/kind")


def test_a_dump_without_pictures_is_not_found(keeping: Door) -> None:
    id = send(keeping, {"front": b"\x00\x01\x02", "chip": CHIP})
    for kind in ("chip_text", "chip_photo"):
        expect(picture(keeping, id, kind), 404, "not-found")


def test_a_picture_that_cannot_be_read_is_a_problem(keeping: Door) -> None:
    assert 400 <= picture(keeping, send(keeping, {"front": b"\x00\x01\x02"}), "front").status_code < 500


def test_a_client_may_not_see_them(keeping: Door) -> None:
    expect(picture(keeping, "vrf_" + "0" * 26, "front", "client"), 403, "forbidden")
