"""Pages without a network, and a new release: whole or not at all, and nothing but static files is kept."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from service.api.app import create_app
from service.settings import Settings
from service.web import STATIC
from service.web.release import Release, worker_script
from tests.api.fakes import FakeEngine
from tests.web.browser import page_of, until
from tests.web.served import ADMIN, running

RUN = (
    "import pathlib, runpy, sys, service.web;"
    "service.web.STATIC = pathlib.Path(sys.argv.pop(2));"
    "runpy.run_module('tests.web.served', run_name='__main__')"
)
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    kept[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  }
  return kept;
}"""
STATE = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  return found === undefined ? "none" : found.waiting ? "waiting" : found.active ? "active" : "coming";
}"""


@contextmanager
def serving(static: Path, folder: Path, port: int) -> Iterator[str]:
    """A server whose static files lie in ``static``."""
    command = [sys.executable, "-c", RUN, str(port), str(static)]
    with running(command, folder, port) as address:
        yield address


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def static(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATIC, tmp_path / "static"))


def taken_over(page: Page, address: str) -> None:
    """The page under the worker: installed at the first visit, in force at the next."""
    page.goto(f"{address}/console")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    until(page, "navigator.serviceWorker.controller !== null")


def test_a_release_is_known_by_every_sign_of_it(static: Path) -> None:
    pages = {"/": "<p>one</p>"}
    first = Release.of(pages, static)
    assert first == Release.of(pages, static)
    assert "/static/service-worker.js" not in first.files
    assert {"/", "/static/base.css", "/static/locales/ja/common.json"} <= first.files.keys()
    assert Release.of({"/": "<p>two</p>"}, static).version != first.version
    (static / "base.css").write_text((static / "base.css").read_text() + ".more { margin: 0 }")
    assert Release.of(pages, static).version != first.version
    named = re.match(r"const RELEASE = (\{.*?\n\});\n", worker_script(first, static), re.DOTALL)
    assert named
    assert json.loads(named[1]) == {"version": first.version, "files": dict(first.files)}


def test_the_server_gives_its_release_and_says_what_may_wait(tmp_path: Path) -> None:
    for allowed in (False, True):
        chosen = Settings(data_dir=tmp_path, bootstrap_key=ADMIN, offline_queue_enabled=allowed)
        http = TestClient(create_app(chosen, FakeEngine()))
        pages = {path: http.get(path).text for path in ("/", "/console")}
        script = http.get("/service-worker.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["cache-control"] == "no-cache"
        assert "connect-src 'self'" in script.headers["content-security-policy"]
        assert Release.of(pages).version in script.text, "of the pages as they are sent"
        assert all(('content="allowed"' in html) is allowed for html in pages.values())
        manifest = http.get("/static/manifest.webmanifest")
        assert manifest.headers["content-type"].startswith("application/manifest+json")
        for icon in manifest.json()["icons"]:
            assert http.get(icon["src"]).headers["content-type"] == icon["type"]


def test_pages_open_without_a_network_and_nothing_else_is_kept(
    static: Path, tmp_path: Path, chromium: Browser
) -> None:
    context = chromium.new_context(locale="en-GB")
    page, wrong = page_of(context)
    with serving(static, tmp_path, a_port()) as address:
        taken_over(page, address)
        page.fill("#key", ADMIN)
        page.keyboard.press("Enter")
        page.wait_for_selector(".queue")
        page.goto(f"{address}/console#/statistics")
        kept: dict[str, list[str]] = page.evaluate(KEPT)
        (paths,) = kept.values()
        expected = Release.of({}, static).files.keys() | {"/", "/console"}
        assert set(paths) == expected
        assert not [path for path in paths if path.startswith(("/v1", "/docs", "/openapi"))]
        context.set_offline(True)
        page.goto(f"{address}/console")
        page.get_by_text("The service cannot be reached").wait_for()
        page.goto(f"{address}/")
        assert page.title()
        context.set_offline(False)
    context.close()
    assert wrong == []


def test_a_new_release_is_taken_whole_when_the_person_says_so(
    static: Path, tmp_path: Path, chromium: Browser
) -> None:
    port = a_port()
    context = chromium.new_context(locale="en-GB")
    page, _ = page_of(context)
    css, module = static / "console/console.css", static / "console/format.js"
    with serving(static, tmp_path, port) as address:
        taken_over(page, address)
        css.write_text(css.read_text() + "\n.half { margin: 0 }")
    module.write_text(module.read_text() + "\nexport const half = 1;\n")
    with serving(static, tmp_path, port) as address:
        texts = "Promise.all(['css', 'js'].map(async (kind) => (await (await fetch('/static/console/' + "
        texts += "{css: 'console.css', js: 'format.js'}[kind])).text()).includes('half')))"
        assert page.evaluate(texts) == [False, False], "the old release, whole"
        page.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => null)"
        )
        take = page.get_by_role("button", name="Switch now")
        take.wait_for()
        assert page.evaluate(STATE) == "waiting"
        other = context.new_page()
        other.goto(f"{address}/console")
        assert other.evaluate(texts) == [False, False], "a page that opens beside it gets the same"
        take.click()
        page.get_by_text("Close the other pages first").wait_for()
        other.close()
        with page.expect_navigation():
            take.click()
        until(page, "navigator.serviceWorker.controller !== null")
        assert page.evaluate(texts) == [True, True], "the new release, whole"
        assert len(page.evaluate(KEPT)) == 1, "nothing is left of the old one"
    context.close()


def test_a_release_that_does_not_fit_together_is_not_kept(
    static: Path, tmp_path: Path, chromium: Browser
) -> None:
    """Half of the servers behind an address are new: the worker must not keep what they give together."""
    context = chromium.new_context(locale="en-GB")
    page, _ = page_of(context)
    with serving(static, tmp_path, a_port()) as address:
        (static / "base.css").write_text("body { margin: 1px }")
        page.goto(f"{address}/console")
        page.wait_for_selector("#key")
        until(page, f"({STATE})().then((state) => state === 'none')")
        assert page.evaluate(KEPT) == {}
        page.fill("#key", ADMIN)
        page.keyboard.press("Enter")
        page.wait_for_selector(".queue")
    context.close()
