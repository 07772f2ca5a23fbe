from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.web.browser import launched
from tests.web.cameras import with_camera
from tests.web.clips import FakeCamera, draw_clips


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


@pytest.fixture(scope="module")
def seeing(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browser, FakeCamera]]:
    """A Chromium whose camera shows what a test lays before it."""
    with with_camera(playwright, tmp_path_factory.mktemp("camera"), draw_clips()) as both:
        yield both
