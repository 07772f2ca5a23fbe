"""Walking through the inspector's page as a person does: what is tapped, what is waited for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from playwright.sync_api import Locator, Page, Request

from tests.web.clips import FakeCamera

__all__ = ["LONG_MS", "Walk", "parts_of"]

LONG_MS = 240_000
_PATIENT = """() => {
  const real = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...more) => real(work, ms === 8000 ? 180000 : ms, ...more);
}"""


def parts_of(request: Request) -> dict[str, list[bytes]]:
    """The parts of a multipart request as they left the browser."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + (request.post_data_buffer or b""), policy=HTTP)
    parts: dict[str, list[bytes]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts.setdefault(str(name), []).append(content)
    return parts


@dataclass
class Walk:
    """One page of the inspector with a camera in the test's hands."""

    page: Page
    camera: FakeCamera | None = None
    sent: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.endswith("/v1/verify") and request.method == "POST":
            self.sent.append(request)

    def be_patient(self) -> None:
        """Eight seconds of a person are many more on a machine that is busy with other things."""
        self.page.evaluate(_PATIENT)

    def part(self, name: str) -> Locator:
        """A part of ``<card-capture>``; playwright looks into open shadow roots."""
        return self.page.locator(f"card-capture [part~={name}]").first

    def sign_in(self, address: str, key: str) -> None:
        self.page.goto(address)
        self.page.fill("#key", key)
        self.page.click("form button[type=submit]")
        self.part("file").wait_for()

    def look_at(self, clip: str) -> None:
        """Hold something else before the camera, which is off between the two."""
        assert self.camera is not None
        self.camera.show(clip)

    def begin(self, clip: str = "front") -> None:
        self.look_at(clip)
        self.part("start").click()

    def step(self) -> str | None:
        """Name of the step whose viewfinder is shown."""
        return self.part("viewfinder").get_attribute("data-step")

    def await_step(self, name: str) -> None:
        self.page.wait_for_selector(f"card-capture .finder[data-step={name}]", timeout=LONG_MS)

    def swap(self, clip: str) -> None:
        """Camera off, another thing before it, camera on again."""
        self.part("pause").click()
        self.look_at(clip)
        self.part("start").click()

    def film(self) -> None:
        """Film the tilt that is shown; a doubt of too little movement is accepted on a slow machine."""
        self.part("shutter").click()

    def await_summary(self) -> None:
        self.part("send").wait_for(timeout=LONG_MS)

    def send(self) -> None:
        self.part("send").click()

    def await_result(self) -> str:
        """The verdict's tone once the result is there."""
        section = self.page.locator(".verdict")
        section.wait_for(timeout=LONG_MS)
        return section.get_attribute("data-tone") or ""

    def hint(self) -> str:
        return self.page.locator("card-capture .finder").get_attribute("data-hint") or ""

    def await_hint(self, pattern: str) -> str:
        """The first hint that fits."""
        expected = re.compile(pattern)
        finder = self.page.locator("card-capture .finder")
        for _ in range(4800):
            said = finder.get_attribute("data-hint") or ""
            if expected.fullmatch(said):
                return said
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no hint {pattern}; the last one was {said}")

    def upload(self, path: str | list[str]) -> None:
        """Choose files for the step that is shown."""
        self.page.set_input_files("card-capture input[type=file]", path)

    def report(self) -> Any:
        """The answer to the last request."""
        response = self.sent[-1].response()
        assert response is not None
        return response.json()
