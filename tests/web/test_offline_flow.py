"""A capture in a place without a connection: it waits, it is sent once, and its result is told."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.web.browser import PHONE, page_of, shot
from tests.web.desk import Desk
from tests.web.served import ADMIN, told_server

TAKE = """() => { const capture = document.querySelector("card-capture");
capture.request = {client_reference: "suspect in the street"};
capture.taken.set("front", {files: [new Blob([new Uint8Array(9)], {type: "image/jpeg"})]});
capture.renew();
capture.submit(); }"""


def test_a_capture_without_a_connection_is_sent_once_when_it_is_back(
    tmp_path: Path, chromium: Browser
) -> None:
    with told_server(tmp_path, offline_queue_enabled=True) as address:
        desk = Desk(address, {})
        context = chromium.new_context(locale="en-GB", service_workers="block")
        page, wrong = page_of(context)
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        page.goto(f"{address}/")
        page.fill("input[type=password]", ADMIN)
        page.keyboard.press("Enter")
        page.locator("card-capture").wait_for()
        page.locator("#menu summary").click()
        page.locator("offline-panel input").check()
        shot(page, "offline-panel-phone")
        page.locator("#menu summary").click()
        context.set_offline(True)
        page.evaluate(TAKE)
        page.get_by_text("waits on this device").wait_for()
        shot(page, "offline-kept-phone")
        assert page.locator("#waiting p").count() == 1
        assert page.locator("card-capture").is_visible(), "the next card can be looked at"
        assert desk.ask("GET", "/v1/verifications")["data"] == []
        context.set_offline(False)
        page.get_by_text("A waiting capture was sent").wait_for()
        assert "Suspected forgery" in page.locator("#waiting").inner_text()
        (report,) = desk.ask("GET", "/v1/verifications")["data"]
        assert report["client_reference"] == "suspect in the street"
        page.get_by_role("link", name="Open the result").click()
        page.locator(f'[data-record="{report["id"]}"]').wait_for()
        shot(page, "offline-sent-phone")
        context.close()
        assert wrong == []
