from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.web.browser import launched


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of this process: a thread can have no second one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium without a camera, for every test that needs nothing else."""
    with launched(playwright) as browser:
        yield browser
