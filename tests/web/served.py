"""A real server whose engine says what a test wants to see: ``python -m tests.web.served PORT``.

The verdict is the first word of the client reference. Every text that may come from a card, a client or a
colleague is markup here: a page that takes one of them for markup sets ``globalThis.hurt``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from service.api.app import create_app
from service.registry import Identity, Registry
from service.report import Report
from service.settings import ROOT, Settings
from service.submission import Submission
from tests.api.conftest import ADMIN
from tests.api.fakes import FakeEngine, a_report

__all__ = ["ADMIN", "MARKUP", "running", "told_server"]

MARKUP = '<img src=x onerror="globalThis.hurt=1"><script>globalThis.hurt=1</script>'
NUMBER = "AB12345678CD"
_STRIP = {"side": "front", "box": [0.01, 0.2, 0.05, 0.5]}
_PHOTO = {"side": "front", "box": [0.72, 0.3, 0.25, 0.5]}
_MEASURED = (
    ("security.strip", "suspect", "unlike", -0.42, _STRIP),
    ("security.photo_place", "fail", "unlike", -0.9, _PHOTO),
    ("security.band_colour", "pass", "as_expected", 0.61, None),
    ("forensics.recapture", "inconclusive", "not_assessable", None, None),
)


def _checks() -> list[dict[str, Any]]:
    return [
        {
            "id": id,
            "group": id.split(".")[0],
            "result": result,
            "reason": f"{id}.{reason}",
            "basis": "physical",
            "effect": "supporting",
            "message": f"{reason} {MARKUP}",
            "citation": MARKUP,
            "input": "front",
            "measured": None if margin is None else 3.25,
            "threshold": None if margin is None else 2.0,
            "margin": margin,
            "region": region,
        }
        for id, result, reason, margin, region in _MEASURED
    ]


def _fields() -> list[dict[str, Any]]:
    sides = ("front", "chip")
    return [
        {
            "name": name,
            "value": MARKUP,
            "agreement": "disagree",
            "sources": [{"source": side, "value": f"{MARKUP} {side}", "raw": MARKUP} for side in sides],
        }
        for name in ("card_number", "name_latin", "address")
    ]


class TellingEngine(FakeEngine):
    """Says the verdict that the client reference begins with."""

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        reference = submission.request.client_reference or "authentic"
        if registry is not None:
            name = "FIRST PERSON" if "first" in reference else "ANOTHER SOMEBODY"
            registry.look_up(Identity(card_number=NUMBER, name=name))
        parts = [("front", "image/jpeg"), *([("chip", "application/json")] if submission.chip else [])]
        inputs = [{"role": role, "sha256": "0" * 64, "media_type": kind} for role, kind in parts]
        return a_report(
            verification_id,
            now,
            client_reference=submission.request.client_reference,
            verdict=reference.split()[0],
            verdict_reason="security.strip.unlike",
            next_action="manual_review",
            assurance="visual_only",
            checks=_checks(),
            fields=_fields(),
            inputs=inputs,
        )


@contextmanager
def told_server(folder: Path, **settings: object) -> Iterator[str]:
    """The address of such a server, in a process of its own, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.served", str(port)]
    with running(command, folder, port, **settings) as address:
        yield address


@contextmanager
def running(command: Sequence[str], folder: Path, port: int, **settings: object) -> Iterator[str]:
    """The address of a server that a command starts, with its data in ``folder``."""
    chosen = {"data_dir": folder, "bootstrap_key": ADMIN, "requests_per_minute": 100_000, **settings}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONMONO_")}
    environment = kept | {f"HONMONO_{name.upper()}": str(value) for name, value in chosen.items()}
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stderr=stream, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=120):
                return
        except OSError:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)


if __name__ == "__main__":
    uvicorn.run(
        create_app(Settings(), TellingEngine()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_config=None,
    )
