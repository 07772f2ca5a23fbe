"""Captures that wait in the browser: only where allowed and wanted, sealed, for a day at most, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser import page_of
from tests.web.served import told_server

DAY_MS = 24 * 3600 * 1000
SECRET = "山田 SECRET PERSON 山田"
MODULE = """async () => {
  globalThis.queue = await import("/static/offline-queue.js");
  globalThis.ApiError = (await import("/static/api.js")).ApiError;
  globalThis.form = (text, size = 1000) => {
    const made = new FormData();
    made.append("request", JSON.stringify({client_reference: text}));
    const bytes = new Uint8Array(size).map((_, at) => at * 7);
    made.append("front", new Blob([bytes], {type: "image/jpeg"}), "front.jpg");
    made.append("tilt_vertical", new Blob(["one"]), "1");
    made.append("tilt_vertical", new Blob(["two"]), "2");
    return made;
  };
  globalThis.rows = (name) => new Promise((done) => {
    indexedDB.open("honmono-offline").onsuccess = (opened) => {
      const base = opened.target.result;
      const asked = base.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => { base.close(); done(asked.result); };
    };
  });
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with told_server(tmp_path_factory.mktemp("waiting"), offline_queue_enabled=True) as address:
        yield address


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(service_workers="block")
    page, wrong = page_of(context)
    page.goto(f"{address}/console")
    page.evaluate(MODULE)
    yield page
    context.close()
    assert wrong == []


def switched_on(page: Page) -> None:
    page.evaluate("queue.setEnabled(true)")


def test_it_is_off_until_somebody_switches_it_on(page: Page) -> None:
    assert page.evaluate("[queue.allowed(), queue.enabled()]") == [True, False]
    assert "off" in page.evaluate("queue.enqueue(form('a')).then(() => '', (error) => error.message)")
    switched_on(page)
    assert page.evaluate("queue.enabled()") is True
    page.reload()
    page.evaluate(MODULE)
    assert page.evaluate("queue.enabled()") is True, "the choice is remembered on this device"


def test_a_server_that_does_not_allow_it_is_obeyed(page: Page) -> None:
    page.evaluate("document.querySelector('meta[name=honmono-offline-queue]').remove()")
    page.evaluate("localStorage.setItem('honmono.offline', 'on')")
    assert page.evaluate("[queue.allowed(), queue.enabled()]") == [False, False]
    assert page.evaluate("queue.setEnabled(true).then(() => '', (error) => error.message)") != ""


def test_what_waits_is_sealed_and_its_key_cannot_be_taken_out(page: Page) -> None:
    switched_on(page)
    page.evaluate("text => queue.enqueue(form(text))", SECRET)
    kept: list[dict[str, Any]] = page.evaluate(
        """async () => (await rows("items")).map((row) =>
        ({...row, iv: row.iv.length, sealed: new TextDecoder().decode(row.sealed)}))"""
    )
    assert len(kept) == 1
    assert kept[0].keys() == {"id", "at", "once", "iv", "sealed"}
    assert "SECRET" not in str(kept)
    assert "front.jpg" not in str(kept)
    key = page.evaluate("rows('keys').then(([key]) => ({free: key.extractable, ...key.algorithm}))")
    assert key == {"free": False, "name": "AES-GCM", "length": 256}
    taken = (
        "rows('keys').then(([key]) => crypto.subtle.exportKey('raw', key)).then(() => 'taken', () => 'kept')"
    )
    assert page.evaluate(taken) == "kept"


def test_it_comes_out_as_it_went_in_once_and_in_order(page: Page) -> None:
    switched_on(page)
    for text in ("first", "second"):
        page.evaluate("text => queue.enqueue(form(text))", text)
    page.reload()
    page.evaluate(MODULE)
    assert page.evaluate("queue.size()") == 2
    got = page.evaluate(
        """async () => {
        const got = [];
        const done = await queue.flush(async (form, once) => {
          const front = form.get("front");
          const bytes = new Uint8Array(await front.arrayBuffer());
          const tilt = await Promise.all(form.getAll("tilt_vertical").map((one) => one.text()));
          const whole = bytes.length === 1000 && bytes.every((byte, at) => byte === ((at * 7) & 255));
          const asked = JSON.parse(form.get("request"));
          got.push([asked.client_reference, front.name, front.type, whole, tilt, once]);
        });
        return {got, done, left: [await queue.size(), (await rows("keys")).length]};
        }"""
    )
    assert [one[:5] for one in got["got"]] == [
        [text, "front.jpg", "image/jpeg", True, ["one", "two"]] for text in ("first", "second")
    ]
    assert len({one[5] for one in got["got"]}) == 2, "each has an idempotency key of its own"
    assert got["done"] == {"sent": 2, "refused": 0, "waiting": 0}
    assert got["left"] == [0, 0], "the key goes with the last capture"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0, "waiting"),
        (503, "waiting"),
        (429, "waiting"),
        (401, "waiting"),
        (422, "refused"),
        (413, "refused"),
    ],
)
def test_what_the_service_answers_decides_what_stays(page: Page, status: int, outcome: str) -> None:
    switched_on(page)
    page.evaluate("queue.enqueue(form('a'))")
    keys = page.evaluate("rows('items').then(([row]) => row.once)")
    done = page.evaluate(
        """status => queue.flush(async () => {
          throw new ApiError(status, {type: "x", title: "x", status});
        })""",
        status,
    )
    assert done == {"sent": 0, "refused": int(outcome == "refused"), "waiting": int(outcome == "waiting")}
    if outcome == "waiting":
        assert page.evaluate("rows('items').then(([row]) => row.once)") == keys, (
            "sent again under the same key"
        )


def test_nothing_waits_longer_than_a_day(page: Page) -> None:
    switched_on(page)
    age = "by => { const now = Date.now(); Date.now = () => now + by; }"
    page.evaluate("queue.enqueue(form('a'))")
    page.evaluate(age, DAY_MS - 60_000)
    assert page.evaluate("queue.size()") == 1
    page.evaluate(age, 120_000)
    sent = page.evaluate("async () => { let n = 0; await queue.flush(async () => { n += 1; }); return n; }")
    assert sent == 0, "what is too old is not sent either"
    assert page.evaluate("queue.size()") == 0
    page.evaluate("queue.enqueue(form('b'))")
    page.evaluate(age, -2 * DAY_MS)
    assert page.evaluate("queue.size()") == 0, "a clock that was set back keeps nothing alive"


def test_what_was_changed_on_the_disk_is_not_sent(page: Page) -> None:
    switched_on(page)
    page.evaluate("queue.enqueue(form('a'))")
    page.evaluate(
        """() => new Promise((done) => { indexedDB.open("honmono-offline").onsuccess = (opened) => {
        const base = opened.target.result;
        const items = base.transaction("items", "readwrite").objectStore("items");
        items.getAll().onsuccess = ({target: {result: [row]}}) => {
          items.put({...row, at: row.at + 1}).onsuccess = () => { base.close(); done(); };
        }; }; })"""
    )
    assert page.evaluate("queue.flush(async () => null)") == {"sent": 0, "refused": 1, "waiting": 0}


def test_there_is_an_end_to_what_may_wait(page: Page) -> None:
    switched_on(page)
    page.evaluate("async () => { for (let n = 0; n < 20; n++) await queue.enqueue(form('a', 10)); }")
    refused = page.evaluate(
        "queue.enqueue(form('b')).then(() => '', (error) => error instanceof queue.QueueFull)"
    )
    assert refused is True
    assert page.evaluate("queue.size()") == 20


def test_it_is_sent_when_the_connection_is_back(page: Page) -> None:
    switched_on(page)
    page.evaluate("queue.enqueue(form('a'))")
    page.context.set_offline(True)
    page.evaluate(
        """() => { globalThis.tries = [];
        globalThis.end = queue.flushWhenOnline(async () => {
          tries.push(navigator.onLine);
          if (!navigator.onLine) throw new ApiError(0, {type: "x", title: "x", status: 0});
        }); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("queue.size()") == 1
    page.context.set_offline(False)
    for _ in range(200):
        if page.evaluate("queue.size()") == 0:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("[tries, end()][0]") == [False, True]


def test_one_button_erases_it_and_so_does_switching_off(page: Page) -> None:
    page.evaluate("import('/static/offline-panel.js')")
    page.evaluate("document.querySelector('main').append(document.createElement('offline-panel'))")
    panel = page.locator("offline-panel")
    panel.locator("input").check()
    for text in ("one", "two"):
        page.evaluate("text => queue.enqueue(form(text))", text)
    wipe = panel.locator("button")
    wipe.wait_for()
    assert "2" in panel.locator("[role=status]").inner_text()
    wipe.click()
    wipe.wait_for(state="hidden")
    assert page.evaluate("Promise.all([rows('items'), rows('keys')])") == [[], []]
    page.evaluate("queue.enqueue(form('three'))")
    panel.locator("input").uncheck()
    for _ in range(200):
        if page.evaluate("Promise.all([rows('items'), rows('keys')])") == [[], []]:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("[queue.enabled(), localStorage.getItem('honmono.offline')]") == [False, None]
    assert page.evaluate("Promise.all([rows('items'), rows('keys')])") == [[], []]
