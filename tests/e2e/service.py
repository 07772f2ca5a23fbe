"""The real thing: a ``honmono serve`` process on a free loopback port, and a client in plain HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ADMIN", "HONMONO", "ROOT", "Answer", "Parts", "Service", "environment", "serving"]

ROOT = Path(__file__).resolve().parents[2]
HONMONO = Path(sys.executable).with_name("honmono")
"""The command as the set-up installs it."""
ADMIN = "hk_end-to-end-admin-key-given-from-outside"
BOUNDARY = "end-to-end-boundary-9d1c"
PARTS_THAT_REPEAT = ("tilt", "tilt_vertical", "tilt_horizontal", "tilt_rotate")

Parts = Mapping[str, bytes | Sequence[bytes]]
"""Parts of a submission by name; a list stands for a part that is repeated."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """Name of the problem; an answer that is none fails here."""
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.body[:200])
        name: str = self.json["type"].removeprefix("urn:honmono:problem:")
        return name


@dataclass
class Service:
    """A running service and what it said when it started."""

    process: subprocess.Popen[str]
    greeting: str
    log: Path
    key: str

    @property
    def address(self) -> str:
        return str(re.findall(r"http://127\.0\.0\.1:\d+", self.greeting)[0])

    def peak_mib(self) -> float:
        """Highest resident memory of the process so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def log_with(self, text: str) -> str:
        """The log once it holds a text: a line is written after its answer has been sent."""
        deadline = time.monotonic() + 10
        while text not in (log := self.log.read_text(encoding="utf-8")):
            assert time.monotonic() < deadline, log
            time.sleep(0.05)
        return log

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=120)
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def verify(self, parts: Parts, request: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """Submit as ``multipart/form-data``."""
        given = dict(parts)
        if request is not None:
            given["request"] = json.dumps(request).encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.send("POST", "/v1/verify", multipart(given), **kind, **headers)

    def verify_json(self, parts: Parts, request: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """Submit as ``application/json`` with base64 values."""
        members: dict[str, Any] = {name: _as_text(value) for name, value in parts.items()}
        if request is not None:
            members["request"] = request
        kind = {"Content-Type": "application/json"}
        return self.send("POST", "/v1/verify", json.dumps(members).encode(), **kind, **headers)


def _as_text(value: bytes | Sequence[bytes]) -> str | list[str]:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return [base64.b64encode(item).decode() for item in value]


def multipart(parts: Parts) -> bytes:
    """A body of RFC 7578, each part as a client would send a file."""
    out = bytearray()
    for name, value in parts.items():
        for content in [value] if isinstance(value, bytes) else value:
            place = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
            head = f"--{BOUNDARY}\r\n{place}\r\nContent-Type: application/octet-stream\r\n\r\n"
            out += head.encode() + content + b"\r\n"
    return bytes(out) + f"--{BOUNDARY}--\r\n".encode()


def environment(**chosen: object) -> dict[str, str]:
    """The environment of a process of ours: nothing of the tester's settings, and what is ``chosen``.

    The rate of a key is not what is tested here. One thread per session, since two cards go side by side.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONMONO_")}
    settings = {"requests_per_minute": 6000, "time_limit_s": 60, "onnx_threads": 1, **chosen}
    return kept | {f"HONMONO_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def serving(folder: Path, *arguments: str, **settings: object) -> Iterator[Service]:
    """Run ``honmono serve`` until the block ends; it must then leave by itself, and cleanly."""
    log = folder / "log"
    chosen = {"data_dir": folder / "data", "bootstrap_key": ADMIN, **settings}
    with log.open("w") as stream:
        process = subprocess.Popen(
            [HONMONO, "serve", "--port", "0", *arguments],
            cwd=ROOT,
            env=environment(**chosen),
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
        )
    assert process.stdout is not None
    try:
        greeting = ""
        for line in process.stdout:
            greeting += line
            if line.startswith("Stop with"):
                break
        assert "answers on" in greeting, log.read_text(encoding="utf-8")
        printed = re.findall(r"Admin key, shown this once: (\S+)", greeting)
        yield Service(process, greeting, log, printed[0] if printed else ADMIN)
        assert process.poll() is None, log.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        code = process.wait(timeout=60)
    assert code == 0
