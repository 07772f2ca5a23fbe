"""Debian's Chromium under PyPI's playwright: one driver for all tests of the web client."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

__all__ = ["DESK", "PHONE", "SHOTS", "launched", "page_of", "shot", "until"]

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
"""Where tests leave what a person should look at; not in git."""
WAIT_MS = 180_000
"""A machine that is busy with other things is slow, not broken."""


@contextmanager
def launched(playwright: Playwright, *more: str) -> Iterator[Browser]:
    """A headless Chromium with further flags, for as long as the block lasts."""
    path = shutil.which("chromium")
    assert path, "scripts/setup test installs Debian's chromium"
    browser = playwright.chromium.launch(executable_path=path, args=[*ARGS, *more])
    try:
        yield browser
    finally:
        browser.close()


def page_of(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what went wrong in it: errors of scripts and refusals of the content security policy."""
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    wrong: list[str] = []

    def noted(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    page.on("console", noted)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def until(page: Page, expression: str, given: Any = None) -> None:
    """Wait until an expression holds. Playwright's own way needs ``eval``, which our pages forbid."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while not page.evaluate(expression, given):
        assert time.monotonic() < deadline, f"not within {WAIT_MS / 1000:.0f} s: {expression}"
        page.wait_for_timeout(40)


def shot(page: Page, name: str) -> None:
    """Leave a picture of the whole page in ``SHOTS``."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
