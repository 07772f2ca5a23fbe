"""Pictures: repeatable, marked, no finer than 300 dpi, chip pictures within their files."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scripts.specimens import fonts
from scripts.specimens.attacks import FAMILIES
from scripts.specimens.back import render_back
from scripts.specimens.capture import phone, scan
from scripts.specimens.chip_images import D0_MAX, D1_MAX, card_face, front_image_d0
from scripts.specimens.clutter import BACKDROPS
from scripts.specimens.front import photo_of, render_front
from scripts.specimens.people import CardData, card_data
from scripts.specimens.specimen import Bench
from scripts.specimens.stream import forge

MARK = (slice(495, 541), slice(721, 978))
BACK_MARK = (slice(578, 621), slice(709, 970))


def card(seed: int = 1) -> CardData:
    return card_data(np.random.default_rng(seed), child=False)


def red_share(part: NDArray[np.uint8]) -> float:
    blue, green, red = (part[..., i].astype(int) for i in range(3))
    return float(((red > 180) & (green < 90) & (blue < 90)).mean())


@pytest.mark.parametrize("style", ["a", "b"])
def test_front_repeats_and_is_at_most_300_dpi(style: str) -> None:
    first, second = render_front(card(), style), render_front(card(), style)
    assert np.array_equal(first, second)
    assert first.shape == (638, 1012, 3)
    assert first.shape[1] / (85.6 / 25.4) < 300.5


def test_styles_differ_truly() -> None:
    a, b = render_front(card(), "a"), render_front(card(), "b")
    assert float(np.abs(a.astype(int) - b.astype(int)).mean()) > 8


def test_two_people_differ_measurably() -> None:
    photos = [photo_of(card(seed)) for seed in range(8)]
    for i in range(8):
        for j in range(i):
            one, other = photos[i], photos[j]
            assert one is not None
            assert other is not None
            assert float(np.abs(one.astype(int) - other.astype(int)).mean()) > 6


def test_mark_is_on_every_side_and_alike_in_every_class() -> None:
    genuine = render_front(card(), "a")[MARK]
    assert red_share(genuine) > 0.6
    assert red_share(render_back(card(), "a")[BACK_MARK]) > 0.6
    child = card_data(np.random.default_rng(3), status="家族滞在", child=True)
    assert np.array_equal(render_front(child, "b")[MARK], genuine)
    for index, family in enumerate(FAMILIES):
        bench = Bench("ab"[index % 2])
        assert np.array_equal(forge(family, 1, 0, bench).front[MARK], genuine), family


@pytest.mark.parametrize("seed", range(6))
def test_chip_pictures_fit_and_decode(seed: int) -> None:
    one = card(seed)
    d0, d1 = front_image_d0(one, "ab"[seed % 2]), card_face(one)
    assert len(d0) <= D0_MAX
    assert len(d1) <= D1_MAX
    text = Image.open(io.BytesIO(d0.ljust(D0_MAX, b"\x00")))
    assert (text.size, text.mode, text.info["compression"]) == ((674, 425), "1", "group4")
    black = 1 - float(np.asarray(text.convert("L")).mean()) / 255
    assert 0.01 < black < 0.10
    face = Image.open(io.BytesIO(d1.ljust(D1_MAX, b"\x00")))
    photo = photo_of(one)
    assert photo is not None
    small = cv2.resize(photo, face.size, interpolation=cv2.INTER_AREA)
    again = np.asarray(face.convert("RGB"))[..., ::-1]
    assert float(np.abs(again.astype(int) - small.astype(int)).mean()) < 8


def test_child_has_no_face() -> None:
    assert card_face(card_data(np.random.default_rng(3), status="家族滞在", child=True)) == b""


@pytest.mark.parametrize("kind", ["scan", "phone"])
def test_capture_repeats_and_tells_where_the_card_is(kind: str) -> None:
    front = render_front(card(), "a")
    make = scan if kind == "scan" else phone
    first, second = make(front, np.random.default_rng(9)), make(front, np.random.default_rng(9))
    assert first.encode() == second.encode()
    square = np.array([[0, 0], [1012, 0], [1012, 638], [0, 638]], np.float32)
    matrix = cv2.getPerspectiveTransform(first.corners, square)
    seen = cv2.warpPerspective(first.pixels, matrix, (1012, 638))
    pair = [cv2.GaussianBlur(p, (0, 0), 3)[40:600, 40:970].astype(float).ravel() for p in (front, seen)]
    assert np.corrcoef(pair)[0, 1] > 0.8


def test_scan_states_its_resolution() -> None:
    shot = scan(render_front(card(), "a"), np.random.default_rng(1), 200)
    assert Image.open(io.BytesIO(shot.encode())).info["dpi"] == (200, 200)
    width = float(np.linalg.norm(shot.corners[1] - shot.corners[0]))
    assert width == pytest.approx(85.6 / 25.4 * 200, abs=0.5)


@pytest.mark.parametrize("name", sorted(BACKDROPS))
def test_backdrops_have_the_size_asked_for(name: str) -> None:
    shot = phone(render_front(card(), "a"), np.random.default_rng(2), background=name, size=(800, 600))
    assert shot.pixels.shape == (600, 800, 3)


def test_missing_font_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", dict)
    with pytest.raises(fonts.FontMissingError, match="fonts-urw-base35"):
        fonts.font.__wrapped__("century", 20)


def test_nothing_of_the_service_is_imported() -> None:
    folder = Path(__file__).resolve().parents[2] / "scripts"
    files = [*sorted((folder / "specimens").glob("*.py")), folder / "make_sample_cards"]
    assert len(files) > 20
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "service" for name in names), path.name
