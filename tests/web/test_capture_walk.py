"""The whole walk with the real engine: camera, tilt, sending, result; and the same frames over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.e2e.service import Service, serving
from tests.web.browser import page_of, shot
from tests.web.cameras import DESK_SIZE, phone
from tests.web.clips import FakeCamera
from tests.web.flow import LONG_MS, Walk

TAKEN = """async () => {
  const told = {};
  for (const [name, { files }] of document.querySelector("card-capture").taken) {
    const texts = files.map(async (file) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    });
    told[name] = await Promise.all(texts);
  }
  return told;
}"""
OF_THIS_ANSWER = ("id", "created_at", "reference_time", "timing_ms")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("walk")
    with serving(folder, trust_profile="sample", trust_dir=SAMPLE_CARDS / "trust") as running:
        yield running


def _same(report: Any) -> Any:
    """What depends on the frames alone: the registry knows the card the second time."""
    same = {name: value for name, value in report.items() if name not in OF_THIS_ANSWER}
    return same | {"checks": [check for check in report["checks"] if check["group"] != "registry"]}


def _film(walk: Walk, name: str, clip: str | None = None) -> None:
    """A machine that is busy films too little: then what there is is used, as a person may."""
    walk.swap(clip or name)
    walk.await_step(name)
    walk.film()
    after = f"card-capture .finder:not([data-step={name}]), card-capture .shown, card-capture .pictures"
    walk.page.wait_for_selector(after, timeout=LONG_MS)
    if walk.page.locator("card-capture .shown").count():
        walk.part("use").click()


def test_the_whole_walk(service: Service, seeing: tuple[Browser, FakeCamera]) -> None:
    browser, camera = seeing
    context = phone(browser)
    page, wrong = page_of(context)
    walk = Walk(page, camera)
    walk.sign_in(service.address, service.key)
    shot(page, "inspect-1-intro-phone")
    walk.be_patient()
    page.fill("#reference", "street-7")
    walk.begin("front")
    walk.await_step("back")
    shot(page, "inspect-2-back-phone")
    walk.swap("back")
    page.wait_for_selector("card-capture .finder[data-step^=tilt]", timeout=LONG_MS)
    for _ in range(2):
        _film(walk, walk.step() or "")
    walk.await_summary()
    shot(page, "inspect-3-summary-phone")
    sent = {name: [base64.b64decode(one) for one in files] for name, files in page.evaluate(TAKEN).items()}
    walk.send()
    walk.await_result()
    shot(page, "inspect-4-result-phone")

    report = walk.report()
    assert report["verdict"] not in ("forged", "suspect", "invalid"), report["verdict_reason"]
    assert report["client_reference"] == "street-7"
    assert {"front", "back"} <= {part["role"] for part in report["inputs"]}

    assert set(sent) == {"front", "back", "tilt_vertical", "tilt_horizontal"}
    assert all(8 <= len(sent[axis]) <= 18 for axis in ("tilt_vertical", "tilt_horizontal"))
    digests = {part["sha256"] for part in report["inputs"]}
    assert {hashlib.sha256(sent[side][0]).hexdigest() for side in ("front", "back")} <= digests
    request = {"detail": "full", "client_reference": "street-7"}
    again = service.verify(sent, request, **{"Accept-Language": "ja"})
    assert again.status == 200, again.body
    assert _same(again.json) == _same(report), "the same frames over HTTP give the same answer"

    page.set_viewport_size(DESK_SIZE)
    shot(page, "inspect-5-result-desk")
    assert page.locator(".said").count() == 1
    stored = page.evaluate("async () => [(await caches.keys()).length, Object.keys(localStorage).join()]")
    assert "jpeg" not in json.dumps(stored)
    _no_picture_is_kept(page)
    page.reload()
    page.wait_for_selector(".verdict")
    assert page.locator("#verdict").inner_text(), "a kept record opens again by its number"
    assert wrong == []
    context.close()


def _no_picture_is_kept(page: Any) -> None:
    kept = page.evaluate(
        """async () => {
          const kinds = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              kinds.push((await cache.match(request)).headers.get("content-type"));
            }
          }
          return [...new Set(kinds)];
        }"""
    )
    assert not [
        kind
        for kind in kept
        if kind and kind.startswith("image/") and "svg" not in kind and "png" not in kind
    ]
    databases = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    assert databases == []


def test_a_printed_copy_shows_no_film_however_it_is_tilted(
    service: Service, seeing: tuple[Browser, FakeCamera]
) -> None:
    browser, camera = seeing
    context = phone(browser)
    page, wrong = page_of(context)
    walk = Walk(page, camera)
    walk.sign_in(service.address, service.key)
    walk.be_patient()
    walk.begin("front")
    walk.await_step("back")
    walk.swap("back")
    page.wait_for_selector("card-capture .finder[data-step^=tilt]", timeout=LONG_MS)
    for _ in range(2):
        name = walk.step() or ""
        _film(walk, name, f"print_{name}")
    walk.await_summary()
    walk.send()
    walk.await_result()
    reasons = {check["id"]: check["reason"] for check in walk.report()["checks"]}
    seen = {id: reason for id, reason in reasons.items() if id.startswith("tilt.")}
    assert seen["tilt.sequence"] in ("tilt.sequence.usable", "tilt.sequence.few_frames")
    assert not [reason for reason in seen.values() if reason.endswith((".changes", ".float"))], seen
    told = {id for id, reason in seen.items() if reason.endswith((".static", ".even_light"))}
    assert told or seen["tilt.sequence"] == "tilt.sequence.few_frames", (
        seen
    )  # a starved machine films too little
    assert wrong == []
    context.close()


def test_the_other_side_sent_as_the_front_is_named_and_accuses_nobody(
    service: Service, chromium: Browser, tmp_path: Path
) -> None:
    context = phone(chromium)
    page, wrong = page_of(context)
    walk = Walk(page)
    walk.sign_in(service.address, service.key)
    walk.part("file").click()
    walk.upload(str(SAMPLE_CARDS / sample("genuine").files["back"][0]))
    for _ in range(8):
        page.wait_for_timeout(200)
        if walk.part("send").count() and walk.part("send").is_visible():
            break
        if walk.part("skip").count() and walk.part("skip").is_visible():
            walk.part("skip").click()
    walk.await_summary()
    walk.send()
    tone = walk.await_result()
    report = walk.report()
    assert report["verdict"] == "inconclusive"
    reasons = {check["id"]: check["reason"] for check in report["checks"]}
    assert reasons["capture.front"] == "capture.front.wrong_side"
    assert not [check for check in report["checks"] if check["result"] in ("fail", "suspect")]
    assert tone == "idle"
    shot(page, "inspect-6-wrong-side-phone")
    assert wrong == []
    context.close()
