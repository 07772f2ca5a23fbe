"""The issuer's drawn specimen and what is done to it: turned, compressed, photographed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.evidence import CaptureKind, ImageMetadata, Location, Picture, Quad, Role

Pixels = NDArray[np.uint8]

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"
SPECIMEN = REFERENCE / "jp" / "residence-card-gen1-specimen-drawn.jpg"
needs_specimen = pytest.mark.skipif(not SPECIMEN.is_file(), reason="reference specimen is absent")

TRUTH = {
    "card_number": "AB12345678CD",
    "name_latin": "TURNER ELIZABETH",
    "date_of_birth": "1985-12-31",
    "sex": "F",
    "nationality": "米国",
    "address": "東京都千代田区霞が関1丁目1番1号霞が関ハイツ202号",
    "status_of_residence": "留学",
    "work_restriction": "就労不可",
    "period_of_stay": "4年3月",
    "stay_until": "2018-10-20",
    "permission_type": "在留期間更新許可",
    "permission_date": "2014-06-10",
    "issue_date": "2014-06-10",
    "card_valid_until": "2018-10-20",
    "issuer": "法務大臣",
}


def load(path: Path) -> Pixels:
    pixels = cv2.imread(str(path))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def picture(pixels: Pixels) -> Picture:
    return Picture(Role.FRONT, "0" * 64, "image/jpeg", pixels, ImageMetadata("JPEG"))


def whole(pixels: Pixels) -> Location:
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return Location((Quad(corners),), 1, CaptureKind.SCAN)


def _same(pixels: Pixels) -> tuple[Pixels, Location]:
    return pixels, whole(pixels)


def _turned(code: int) -> Callable[[Pixels], tuple[Pixels, Location]]:
    def turn(pixels: Pixels) -> tuple[Pixels, Location]:
        return _same(np.asarray(cv2.rotate(pixels, code), np.uint8))

    return turn


def _compressed(pixels: Pixels) -> tuple[Pixels, Location]:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return _same(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


def photographed(pixels: Pixels, slack: float = 4.0) -> tuple[Pixels, Location]:
    """On a wooden table, in perspective, larger than it is; the corners are found ``slack`` pixels off."""
    rng = np.random.default_rng(7)
    height, width = pixels.shape[:2]
    rows = cv2.GaussianBlur(rng.normal(0, 40, (1200, 1)).astype(np.float32), (0, 0), 3)
    table = np.clip(np.array([60, 95, 140]) + rows[:, :, None] * np.ones((1, 1600, 1)), 0, 255)
    corners = np.array([[260, 190], [1310, 250], [1265, 940], [215, 850]], np.float32)
    edge = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(edge, corners)
    card = cv2.warpPerspective(pixels, matrix, (1600, 1200), flags=cv2.INTER_CUBIC)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (1600, 1200))
    shot = np.where(mask[..., None] > 0, card, table.astype(np.uint8)).astype(np.uint8)
    found = corners + rng.uniform(-slack, slack, (4, 2)).astype(np.float32)
    return shot, Location((Quad(found.astype(np.float32)),), 1, CaptureKind.PHOTO)


VARIANTS: Mapping[str, Callable[[Pixels], tuple[Pixels, Location]]] = {
    "as_published": _same,
    "turned_90": _turned(cv2.ROTATE_90_CLOCKWISE),
    "turned_180": _turned(cv2.ROTATE_180),
    "quality_60": _compressed,
    "photographed": photographed,
}
