"""What goes wrong in the street: blur, glare, the wrong side, no camera, no lamp, no network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright, Route

from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.web.browser import launched, page_of, shot
from tests.web.cameras import phone
from tests.web.clips import FakeCamera
from tests.web.flow import LONG_MS, Walk, parts_of
from tests.web.served import ADMIN, told_server

FRONT = SAMPLE_CARDS / sample("genuine").files["front"][0]
DIGEST = """async () => {
  const [file] = document.querySelector("card-capture").taken.get("front").files;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
PLAN = {"object": "capture_plan", "steps": ["front", "back"], "tilt_frames": 18, "max_file_bytes": 10**7}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with told_server(tmp_path_factory.mktemp("cases")) as running:
        yield running


@pytest.fixture
def walk(address: str, seeing: tuple[Browser, FakeCamera]) -> Iterator[Walk]:
    """A phone that has signed in, with a camera."""
    yield from _walk(seeing[0], seeing[1], address)


@pytest.fixture
def blind(address: str, chromium: Browser) -> Iterator[Walk]:
    """A phone that has signed in, whose camera nobody allows."""
    yield from _walk(chromium, None, address)


def _walk(browser: Browser, camera: FakeCamera | None, address: str) -> Iterator[Walk]:
    context = phone(browser)
    page, wrong = page_of(context)
    walk = Walk(page, camera)
    walk.sign_in(address, ADMIN)
    yield walk
    assert wrong == []
    context.close()


def _planned(walk: Walk, *steps: str) -> None:
    """The next capture has these steps."""
    page = walk.page
    body = json.dumps({**PLAN, "steps": steps})
    page.route("**/v1/capture-plan", lambda route: route.fulfill(body=body, content_type="application/json"))
    page.reload()
    page.wait_for_selector("card-capture [part~=file]")


def _sharpness(file: bytes) -> float:
    grey = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def test_a_blurred_start_waits_for_a_sharp_frame(walk: Walk) -> None:
    _planned(walk, "front")
    walk.be_patient()
    walk.begin("blurred")
    walk.await_hint("hold_still")
    walk.await_summary()
    walk.send()
    walk.await_result()
    assert _sharpness(parts_of(walk.sent[-1])["front"][0]) > 200


@pytest.mark.parametrize(("clip", "hint"), [("glare", "glare"), ("empty", "whole_card")])
def test_a_bad_frame_is_named_and_blocks_nobody(walk: Walk, clip: str, hint: str) -> None:
    _planned(walk, "front")
    walk.begin(clip)
    walk.await_hint(hint)
    shot(walk.page, f"capture-{clip}-phone")
    walk.page.locator("card-capture .shown").wait_for(timeout=LONG_MS)
    assert walk.page.locator("card-capture [part~=hint]").get_attribute("data-t") == f"capture.doubt.{hint}"
    shot(walk.page, f"capture-{clip}-review-phone")
    walk.part("use").click()
    walk.await_summary()


def test_the_same_side_twice_is_noticed(walk: Walk) -> None:
    _planned(walk, "front", "back")
    walk.be_patient()
    walk.begin("front")
    walk.await_step("back")
    walk.await_hint("turn_over")
    walk.part("shutter").click()
    walk.page.locator("card-capture .shown").wait_for()
    assert walk.page.locator("card-capture [part~=hint]").get_attribute("data-t") == "capture.doubt.turn_over"
    walk.part("retake").click()
    walk.await_step("back")


def test_a_still_print_does_not_fill_the_ring(walk: Walk) -> None:
    """Time alone is no tilt: after some seconds what was filmed is shown with a doubt, and may be used."""
    _planned(walk, "front", "tilt_vertical")
    walk.begin("front")
    walk.await_step("tilt_vertical")
    walk.film()
    walk.await_hint("tilt_vertical_away")
    walk.page.locator("card-capture .shown").wait_for(timeout=LONG_MS)
    told = walk.page.locator("card-capture [part~=hint]").get_attribute("data-t")
    assert told == "capture.doubt.little_tilt"
    walk.part("use").click()
    walk.await_summary()


def test_the_phones_own_sensor_helps_where_it_may(walk: Walk) -> None:
    _planned(walk, "front", "tilt_vertical")
    walk.be_patient()
    walk.page.evaluate("() => { DeviceOrientationEvent.requestPermission = async () => 'granted'; }")
    walk.begin("front")
    walk.await_step("tilt_vertical")
    walk.film()
    walk.await_hint("tilt_vertical_away")
    turn = "(beta) => dispatchEvent(new DeviceOrientationEvent('deviceorientation', { beta, gamma: 0 }))"
    for beta in (0, 12, 26):
        walk.page.evaluate(turn, beta)
    walk.await_hint("tilt_back")
    shot(walk.page, "capture-tilt-phone")
    for beta in (14, 2):
        walk.page.evaluate(turn, beta)
    walk.await_summary()


STUBS = """() => {
  const torch = { asked: [] };
  globalThis.torch = torch;
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  MediaStreamTrack.prototype.applyConstraints = async (constraints) => {
    torch.asked.push(constraints.advanced[0].torch);
    if (torch.broken) throw new OverconstrainedError("torch");
  };
  globalThis.ImageCapture = class {
    async getPhotoCapabilities() { return { imageWidth: { max: 2560 } }; }
    async takePhoto() {
      if (torch.noPhoto) throw new DOMException("no", "UnknownError");
      const canvas = new OffscreenCanvas(2560, 1440);
      canvas.getContext("2d").fillRect(0, 0, 2560, 1440);
      return canvas.convertToBlob({ type: "image/png" });
    }
  };
}"""


def test_a_lamp_and_a_better_photo_are_used_where_there_are_any(walk: Walk) -> None:
    page = walk.page
    _planned(walk, "front", "back")
    walk.be_patient()
    walk.begin("empty")
    walk.await_step("front")
    assert not walk.part("torch").is_visible(), "no lamp, no button"
    page.evaluate(STUBS)
    walk.swap("empty")
    walk.part("torch").click()
    assert walk.part("torch").get_attribute("aria-pressed") == "true"
    page.evaluate("() => { torch.broken = true; }")
    walk.part("torch").click()
    assert walk.part("torch").get_attribute("aria-pressed") == "false"
    assert page.evaluate("() => torch.asked") == [True, False]
    walk.swap("front")
    walk.await_step("back")
    page.evaluate("() => { torch.noPhoto = true; }")
    walk.swap("back")
    walk.await_summary()
    sizes = page.evaluate(
        "() => [...document.querySelector('card-capture').taken.values()].map(({ picture }) => picture.width)"
    )
    assert sizes[0] == 2 * sizes[1], (
        "the better photo; the frame where a phone promises photos and gives none"
    )


def test_without_leave_for_the_camera_files_do(blind: Walk) -> None:
    _planned(blind, "front", "back")
    blind.part("start").click()
    blind.page.locator("card-capture [part~=fault]").wait_for()
    shot(blind.page, "capture-denied-phone")
    blind.upload(str(FRONT))
    blind.page.locator("card-capture h2", has_text="裏面").wait_for()
    blind.part("skip").click()
    blind.await_summary()
    assert blind.page.evaluate(DIGEST) == hashlib.sha256(FRONT.read_bytes()).hexdigest(), "sent as it is"
    blind.send()
    blind.await_result()


def test_a_browser_without_any_camera_interface(chromium: Browser, address: str) -> None:
    context = phone(chromium, "en-US")
    context.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
    page, wrong = page_of(context)
    walk = Walk(page)
    walk.sign_in(address, ADMIN)
    assert walk.part("start").count() == 0
    _planned(walk, "front")
    walk.part("file").click()
    walk.page.locator("card-capture h2", has_text="Front of the card").wait_for()
    walk.upload(str(FRONT))
    walk.await_summary()
    assert wrong == []
    context.close()


def test_a_file_over_the_limit_is_refused_before_it_is_sent(blind: Walk, tmp_path: Path) -> None:
    _planned(blind, "front")
    blind.part("file").click()
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(10**7 + 1))
    blind.upload(str(large))
    told = blind.page.locator("card-capture [part~=fault]")
    told.wait_for()
    assert told.get_attribute("data-t") == "capture.fault.large"


def _ready_to_send(walk: Walk) -> None:
    _planned(walk, "front")
    walk.part("file").click()
    walk.page.locator("card-capture h2", has_text="表面").wait_for()
    walk.upload(str(FRONT))
    walk.await_summary()


def test_the_server_gone_and_back(blind: Walk) -> None:
    """Tries by itself, says so, keeps the pictures, and sends the same request when the line is back."""
    _ready_to_send(blind)
    page, context = blind.page, blind.page.context
    context.set_offline(True)
    blind.send()
    failed = page.locator("card-capture [part~=fault]")
    failed.wait_for(timeout=LONG_MS)
    shot(page, "capture-offline-phone")
    context.set_offline(False)
    blind.await_result()
    keys = {request.headers["idempotency-key"] for request in blind.sent}
    assert len(keys) == 1
    assert len(blind.sent) >= 4


def test_an_answer_that_was_lost_is_not_a_second_verification(blind: Walk) -> None:
    _ready_to_send(blind)
    ids: list[Any] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        ids.append(answer.json()["id"])
        if len(ids) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    blind.page.route("**/v1/verify", lose_the_first)
    blind.send()
    blind.await_result()
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_slow_line_shows_how_far_it_is(blind: Walk) -> None:
    _ready_to_send(blind)
    session = blind.page.context.new_cdp_session(blind.page)
    slow = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 60_000}
    session.send("Network.emulateNetworkConditions", slow)
    blind.page.evaluate(
        """() => {
          globalThis.seen = [];
          const root = document.querySelector("card-capture").shadowRoot;
          setInterval(() => seen.push(root.querySelector("progress")?.value ?? -1), 20);
        }"""
    )
    blind.send()
    blind.await_result()
    shares = [share for share in blind.page.evaluate("() => seen") if share >= 0]
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)


def test_a_refusal_is_told_in_the_services_own_words(blind: Walk) -> None:
    _ready_to_send(blind)
    problem = {
        "type": "urn:honmono:problem:image-undecodable",
        "title": "The picture cannot be decoded",
        "status": 422,
        "detail": "<b>front</b> is broken.",
        "errors": [{"pointer": "/front", "detail": "Not a picture."}],
    }
    blind.page.route(
        "**/v1/verify",
        lambda route: route.fulfill(
            status=422, body=json.dumps(problem), content_type="application/problem+json"
        ),
    )
    blind.send()
    told = blind.page.locator("card-capture .detail")
    told.wait_for()
    assert told.inner_text() == "<b>front</b> is broken. Not a picture."
    blind.page.locator("card-capture .actions .quiet").click()
    blind.await_summary()


def test_a_denied_prompt(playwright: Playwright, address: str) -> None:
    """A person who presses "block", as the browser itself answers it."""
    with launched(
        playwright, "--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream"
    ) as browser:
        context = phone(browser)
        page, wrong = page_of(context)
        walk = Walk(page)
        walk.sign_in(address, ADMIN)
        walk.part("start").click()
        fault = page.locator("card-capture [part~=fault]")
        fault.wait_for()
        assert fault.get_attribute("data-t") == "capture.fault.denied"
        assert walk.part("file").is_visible()
        assert wrong == []
        context.close()
