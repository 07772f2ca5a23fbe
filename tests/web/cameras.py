"""Browsers with a camera in the test's hands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize

from tests.web.browser import DESK, PHONE, launched
from tests.web.clips import FakeCamera

__all__ = ["DESK_SIZE", "PHONE_SIZE", "phone", "with_camera"]

PHONE_SIZE = ViewportSize(width=PHONE["width"], height=PHONE["height"])
DESK_SIZE = ViewportSize(width=DESK["width"], height=DESK["height"])


@contextmanager
def with_camera(
    playwright: Playwright, folder: Path, clips: Mapping[str, bytes]
) -> Iterator[tuple[Browser, FakeCamera]]:
    """A Chromium whose camera shows a file, and the camera."""
    camera = FakeCamera(folder / "camera.mjpeg", clips)
    camera.show("front")
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera.path}",
    )
    with launched(playwright, *flags) as browser:
        yield browser, camera


def phone(browser: Browser, locale: str = "ja-JP") -> BrowserContext:
    """A phone held upright."""
    return browser.new_context(
        viewport=PHONE_SIZE, is_mobile=True, has_touch=True, device_scale_factor=2, locale=locale
    )
