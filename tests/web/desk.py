"""A desk with work on it: a server, cards that wait, and people who sign in."""

from __future__ import annotations

import base64
import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.samples import SAMPLE_CARDS, samples
from tests.web.browser import DESK, page_of, until
from tests.web.served import ADMIN, MARKUP

__all__ = ["FRAMES", "Desk", "Seat", "laid_desk"]

FRAMES = 8
"""Frames of the tilt that is kept."""
_STILL = "document.querySelector('[aria-busy=true]') === null"


@dataclass
class Desk:
    """Where the desk is, who may sit at it, and what lies on it."""

    address: str
    keys: dict[str, str]
    key_ids: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    batch: str = ""

    def ask(self, method: str, path: str, body: object = None, key: str = ADMIN) -> Any:
        """Ask the server directly, as ``key``."""
        kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
        request = urllib.request.Request(self.address + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")

    def sit(self, browser: Browser, who: str, language: str = "ja", **options: Any) -> Seat:
        """A browser of its own in which ``who`` has signed in."""
        context = browser.new_context(**{"viewport": DESK, "locale": "ja-JP", **options})
        chosen = f"localStorage['honmono.language'] ??= {language!r}"
        context.add_init_script(chosen)
        page, wrong = page_of(context)
        page.goto(f"{self.address}/console")
        page.fill("#key", self.keys[who])
        page.keyboard.press("Enter")
        page.wait_for_selector("#rooms:not([hidden])")
        return Seat(self, context, page, wrong)


@dataclass
class Seat:
    """Somebody at the desk."""

    desk: Desk
    context: BrowserContext
    page: Page
    wrong: list[str]

    def go(self, where: str) -> None:
        """Open a room or a case by its address, and wait until it stands still."""
        self.page.evaluate("where => { location.hash = where }", f"#/{where}")
        until(self.page, "where => location.hash === where", f"#/{where}")
        self.settle()

    def open(self, case: str) -> None:
        """Open a case by the name it has here."""
        self.go(f"queue/{self.desk.cases[case]}")
        self.page.wait_for_selector(".verdict")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being fetched any more."""
        until(self.page, _STILL)

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong in it."""
        self.context.close()
        assert self.wrong == []


def laid_desk(address: str) -> Desk:
    """Cards on the desk: with pictures of card, chip and tilt; without any; one that could not be decided."""
    desk = Desk(address, {})
    for who, role in (("sato", "inspector"), ("suzuki", "inspector"), ("client", "client")):
        made = desk.ask("POST", "/v1/keys", {"role": role, "name": f"{who} {MARKUP}"})
        desk.keys[who], desk.key_ids[who] = made["key"], made["id"]
    for case, reference, parts in (
        ("kept", f"suspect first {MARKUP}", _kept_parts()),
        ("bare", f"suspect second {MARKUP}", {"front": b"\x00\x01"}),
        ("third", f"suspect third {MARKUP}", {"front": b"\x00\x02"}),
        ("unclear", f"inconclusive {MARKUP}", {"front": b"\x00\x03"}),
    ):
        store = "evidence" if case == "kept" else "report"
        request = {"client_reference": reference, "store": store}
        body = {name: _text(value) for name, value in parts.items()} | {"request": request}
        desk.cases[case] = desk.ask("POST", "/v1/verify", body, desk.keys["client"])["id"]
    lines = [{"item_id": f"{n} {MARKUP}"[:60], "front": "AAEC"} for n in range(3)]
    manifest = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    desk.batch = desk.ask("POST", "/v1/batches", manifest, desk.keys["client"])["id"]
    return desk


def _kept_parts() -> dict[str, Any]:
    sample = next(s for s in samples().values() if {"chip", "tilt_vertical"} <= s.files.keys())
    frames = [(SAMPLE_CARDS / name).read_bytes() for name in sample.files["tilt_vertical"][:FRAMES]]
    return {"front": sample.read("front"), "chip": sample.read("chip"), "tilt_vertical": frames}


def _text(value: bytes | list[bytes]) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else [_text(v) for v in value]
