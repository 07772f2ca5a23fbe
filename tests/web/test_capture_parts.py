"""The parts of a capture by themselves, in the browser: measures, hints, tilt, QR; and what they cost."""

from __future__ import annotations

import base64
import gzip
import io
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from service.web import STATIC
from tests.web.browser import page_of
from tests.web.clips import draw_stills, draw_tilt
from tests.web.served import told_server

MEASURED = """async ([files, step]) => {
  const { Meter, guideBox, corners } = await import("/static/capture/measure.js");
  const { hintOf, worth } = await import("/static/capture/hints.js");
  const guide = guideBox(4 / 3);
  const meter = new Meter(320, 240, guide);
  const canvas = new OffscreenCanvas(320, 240);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const told = [];
  for (const file of files) {
    const bitmap = await createImageBitmap(await (await fetch(file)).blob());
    context.drawImage(bitmap, 160, 0, 960, 720, 0, 0, 320, 240);
    const { data } = context.getImageData(0, 0, 320, 240);
    const m = [meter.measure(data), meter.measure(data)][1];
    const hint = hintOf(m, guide, step);
    told.push({ hint, worth: worth(m, hint), quad: corners(m.edges, guide, 4 / 3), m });
  }
  return told;
}"""
TILTED = """async ([quads, axis]) => {
  const { TiltMeter } = await import("/static/capture/tilt.js");
  const meter = new TiltMeter(axis);
  return quads.map((quad) => { meter.see(quad, 4 / 3); return [meter.progress, meter.done]; });
}"""
COST = """async ([file, count]) => {
  const { Meter, guideBox } = await import("/static/capture/measure.js");
  const { hintOf, signature, worth } = await import("/static/capture/hints.js");
  const bitmap = await createImageBitmap(await (await fetch(file)).blob());
  const canvas = new OffscreenCanvas(320, 240);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const guide = guideBox(4 / 3);
  const meter = new Meter(320, 240, guide);
  for (let i = 0; i < count; i += 1) {
    context.drawImage(bitmap, 160, 0, 960, 720, 0, 0, 320, 240);
    const m = meter.measure(context.getImageData(0, 0, 320, 240).data);
    worth(m, hintOf(m, guide));
    signature(meter.grey, 320);
  }
}"""
STILLS = ("front", "back", "blurred", "glare", "empty", "dark", "small", "cut_off")


@pytest.fixture(scope="module")
def stills() -> dict[str, bytes]:
    return draw_stills()


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with told_server(tmp_path_factory.mktemp("parts")) as address:
        context = chromium.new_context(bypass_csp=True)  # data: URLs carry the pictures in
        page, wrong = page_of(context)
        page.goto(address)
        yield page
        context.close()
    assert wrong == []


def _url(file: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(file).decode()}"


def _measured(page: Page, files: list[bytes], **step: bool) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = page.evaluate(MEASURED, [[_url(file) for file in files], step])
    return told


def test_each_still_gets_its_hint(page: Page, stills: dict[str, bytes]) -> None:
    told = dict(zip(STILLS, _measured(page, [stills[name] for name in STILLS]), strict=True))
    hints = {name: one["hint"] for name, one in told.items()}
    assert hints == {
        "front": "good",
        "back": "good",
        "blurred": "hold_still",
        "glare": "glare",
        "empty": "whole_card",
        "dark": "too_dark",
        "small": "closer",
        "cut_off": "cut_off",
    }
    worst = max(told[name]["worth"] for name in STILLS if hints[name] != "good")
    assert min(told["front"]["worth"], told["back"]["worth"]) > worst, "the best of a window is a good one"


def test_the_corners_are_where_the_card_is(page: Page, stills: dict[str, bytes]) -> None:
    (front,) = _measured(page, [stills["front"]])
    expected = [(x, y) for y in (0.153, 0.847) for x in (0.089, 0.911)]
    found = sorted((tuple(point) for point in front["quad"]), key=lambda p: (p[1] > 0.5, p[0]))
    assert np.abs(np.array(found) - np.array(expected)).max() < 0.02


def test_a_passport_needs_no_outline_and_a_dark_room_may_be_dark(
    page: Page, stills: dict[str, bytes]
) -> None:
    assert _measured(page, [stills["cut_off"]], card=False)[0]["hint"] == "good"
    assert _measured(page, [stills["dark"]], dark=True)[0]["hint"] != "too_dark"


@pytest.mark.parametrize("axis", ["tilt_vertical", "tilt_horizontal"])
def test_the_ring_fills_by_what_is_seen_of_a_tilt(page: Page, axis: str) -> None:
    quads = [one["quad"] for one in _measured(page, draw_tilt(axis))]
    assert sum(quad is not None for quad in quads) >= len(quads) - 3
    progress: list[list[Any]] = page.evaluate(TILTED, [quads, axis])
    shares = [share for share, _ in progress]
    assert shares == sorted(shares), "it never goes back"
    assert 0.45 < max(shares[: len(shares) // 2 + 1]) < 0.75, "half of it for the way out"
    assert progress[-1] == [1, True]
    other = "tilt_horizontal" if axis == "tilt_vertical" else "tilt_vertical"
    still: list[list[Any]] = page.evaluate(TILTED, [[quads[0]] * 20, axis])
    assert still[-1] == [0, False], "time alone never counts"
    wrong: list[list[Any]] = page.evaluate(TILTED, [quads, other])
    assert wrong[-1][0] < 0.75, "the other axis does not fill it"


def test_the_hint_loop_is_quick(page: Page, stills: dict[str, bytes]) -> None:
    """Processor time of the page's own thread, since this machine is shared: the median of some runs."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def thread_ms() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in metrics if m["name"] == "ThreadTime"))

    costs = []
    for _ in range(8):
        before = thread_ms()
        page.evaluate(COST, [_url(stills["front"]), 10])
        costs.append((thread_ms() - before) / 10)
    cost = float(np.median(costs[1:]))
    print(f"hint loop: {cost:.1f} ms of processor time a frame")
    assert cost <= 10


@pytest.mark.parametrize("length", [1, 14, 15, 52, 84, 106, 107, 150, 213])
def test_qr_codes_are_read_by_others(page: Page, length: int) -> None:
    text = ("https://cards.example.jp/v1/sessions/7K3M-Q9XD/chip?" * 5)[:length]
    rows = page.evaluate(
        'async (text) => (await import("/static/chip/qr.js")).qrModules(text).map((r) => r.map(Number))', text
    )
    grid = np.pad(255 * (1 - np.array(rows, np.uint8)), 4, constant_values=255)
    picture = cv2.resize(grid, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == text
    assert found.ec_level == "M"


def test_the_qr_encoder_is_small() -> None:
    assert len(gzip.compress((STATIC / "chip" / "qr.js").read_bytes(), 9)) <= 6 * 1024


def test_a_card_is_straightened(page: Page, stills: dict[str, bytes]) -> None:
    """What lies at the photo's place of the card lies there afterwards."""
    drawn = page.evaluate(
        """async ([file, quad]) => {
          const { straighten } = await import("/static/result/card-map.js");
          const bitmap = await createImageBitmap(await (await fetch(file)).blob());
          const picture = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
          picture.getContext("2d").drawImage(bitmap, 160, 0, 960, 720, 0, 0, 960, 720);
          const into = Object.assign(document.createElement("canvas"), { width: 856, height: 540 });
          straighten(picture, quad, into);
          return into.toDataURL();
        }""",
        [_url(stills["front"]), [[0.089, 0.153], [0.911, 0.153], [0.911, 0.847], [0.089, 0.847]]],
    )
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn.split(",")[1]))).convert("RGB"))
    band = picture[30:55, 120:330].reshape(-1, 3).mean(axis=0)
    assert band[2] > band[0] + 30, "the blue band is at the top"
