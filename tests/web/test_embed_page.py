"""A page of another origin embeds the capture: as an element and in a frame, with a token and never a key."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from service.api.examples import REPORT
from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.web.browser import page_of, shot
from tests.web.cameras import phone
from tests.web.served import ADMIN, told_server

FRONT = SAMPLE_CARDS / sample("genuine").files["front"][0]
ELEMENT = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>HR</title>
<script type="module" src="{service}/static/capture/card-capture.js"></script></head>
<body><h1>HR</h1><card-capture token="{token}" lang="en"></card-capture><script>
globalThis.told = [];
for (const name of ["capture-progress", "capture-done", "capture-error"])
  addEventListener(name, ({{ detail }}) => told.push([name, detail]));
</script></body></html>"""
FRAME = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>HR</title></head>
<body><h1>HR</h1><iframe src="{service}/embed#token={token}&lang=en&parent={parent}" allow="camera"
width="380" height="800" title="capture"></iframe><script>
globalThis.told = [];
addEventListener("message", (event) => told.push([event.data.type, event.data.detail, event.origin]));
</script></body></html>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def hr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The web server of an HR system: its origin and its folder."""
    folder = tmp_path_factory.mktemp("hr")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, hr: tuple[str, Path]) -> Iterator[str]:
    with told_server(tmp_path_factory.mktemp("embed"), embed_origins=hr[0], demo=True) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = phone(chromium)
    page, wrong = page_of(context)
    yield page
    assert wrong == []
    context.close()


def _minted(address: str, **asked: Any) -> str:
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    body = json.dumps({"steps": ["front"], **asked}).encode()
    request = urllib.request.Request(f"{address}/v1/capture-tokens", body, headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        token: str = json.load(answer)["token"]
    return token


def _captured(page: Page, where: Any) -> None:
    where.locator("card-capture [part~=file]").click()
    where.locator("card-capture h2", has_text="Front of the card").wait_for()
    where.locator("card-capture input[type=file]").set_input_files(str(FRONT))
    where.locator("card-capture [part~=send]").click()
    page.wait_for_function("() => told.some(([name]) => name === 'capture-done')")


def test_an_element_of_another_origin(page: Page, hr: tuple[str, Path], address: str) -> None:
    token = _minted(address, client_reference="suspect applicant-1")
    (hr[1] / "element.html").write_text(ELEMENT.format(service=address, token=token), encoding="utf-8")
    page.goto(f"{hr[0]}/element.html")
    _captured(page, page)
    shot(page, "embed-element-phone")
    told = page.evaluate("() => told")
    assert told[0][0] == "capture-progress"
    assert told[0][1]["step"] == "front"
    answer = told[-1][1]["answer"]
    assert set(answer) == {"id", "object", "client_reference", "created_at"}, "no verdict reaches the page"
    page.reload()
    _again(page)


def _again(page: Page) -> None:
    """The token has sent its card."""
    page.locator("card-capture [part~=file]").click()
    page.locator("card-capture h2", has_text="Front of the card").wait_for()
    page.locator("card-capture input[type=file]").set_input_files(
        {"name": "other.jpg", "mimeType": "image/jpeg", "buffer": FRONT.read_bytes() + b"\0"}
    )
    page.locator("card-capture [part~=send]").click()
    page.wait_for_function("() => told.some(([name]) => name === 'capture-error')")
    assert page.evaluate("() => told.at(-1)[1]") == {
        "reason": "unauthenticated",
        "status": 401,
        "fatal": False,
    }


def test_a_frame_tells_its_parent_and_nobody_else(page: Page, hr: tuple[str, Path], address: str) -> None:
    token = _minted(address, **{"return": "report"})
    text = FRAME.format(service=address, token=token, parent=quote(hr[0], safe=""))
    (hr[1] / "frame.html").write_text(text, encoding="utf-8")
    page.goto(f"{hr[0]}/frame.html")
    _captured(page, page.frame_locator("iframe"))
    name, detail, origin = page.evaluate("() => told.at(-1)")
    assert (name, origin) == ("capture-done", address)
    assert set(detail["answer"]) == set(REPORT) | {"lapse_inquiry"}
    assert token not in page.frames[1].url, "the token does not stay in the address"


def test_the_example_page_works(page: Page, address: str) -> None:
    page.goto(f"{address}/static/examples/embed.html")
    page.fill("#token", _minted(address))
    page.click("#start button")
    page.locator("card-capture [part~=file]").click()
    page.locator("card-capture input[type=file]").set_input_files(str(FRONT))
    page.locator("card-capture [part~=send]").click()
    page.locator("#events li", has_text="capture-done").wait_for()
    shot(page, "embed-example-phone")
