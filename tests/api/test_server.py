"""A real uvicorn process on loopback: the main path, and bodies that want too much."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.settings import ROOT
from tests.api.conftest import ADMIN
from tests.api.served import SECRET
from tests.api.test_problems import BOUNDARY, multipart

MIB = 1024 * 1024
TIME_LIMIT_S = 0.8


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def send(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            chunked = headers.get("Transfer-Encoding") == "chunked"
            connection.request(
                method,
                path,
                body=body,  # type: ignore[arg-type]
                headers={"Authorization": f"Bearer {ADMIN}", **headers},
                encode_chunked=chunked,
            )
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def verify(self, reference: str = "r") -> tuple[int, dict[str, str], bytes]:
        asked = json.dumps({"client_reference": reference}).encode()
        body = multipart(("front", b"picture"), ("request", asked))
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.send("POST", "/v1/verify", body, **kind)

    def peak_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])

    def raw(self, head: str, seconds: float = 10) -> tuple[socket.socket, bytes]:
        """Send raw bytes; what comes back first."""
        link = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        link.sendall(head.format(key=ADMIN).replace("\n", "\r\n").encode())
        return link, link.recv(4096)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("HONMONO_")},
        "HONMONO_DATA_DIR": str(folder / "data"),
        "HONMONO_BOOTSTRAP_KEY": ADMIN,
        "HONMONO_TIME_LIMIT_S": str(TIME_LIMIT_S),
    }
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.served", str(port)], env=environment, stderr=stream, cwd=ROOT
        )
    try:
        running = Server(process, port, log)
        deadline = time.monotonic() + 30
        while True:
            try:
                assert running.send("GET", "/healthz")[0] == 200
                break
            except ConnectionError:
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(0.05)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_main_path(server: Server) -> None:
    status, headers, body = server.verify("applicant-123")
    assert status == 200
    assert headers["content-type"] == "application/json"
    id = json.loads(body)["id"]
    assert json.loads(server.send("GET", f"/v1/verifications/{id}")[2]) == json.loads(body)
    assert server.send("DELETE", f"/v1/verifications/{id}")[0] == 204
    assert server.send("GET", f"/v1/verifications/{id}")[0] == 404
    assert json.loads(server.send("GET", "/readyz")[2])["trust_store"] == "no_anchor"


def problem(answer: tuple[int, dict[str, str], bytes]) -> str:
    assert answer[1]["content-type"] == "application/problem+json"
    name: str = json.loads(answer[2])["type"].rpartition(":")[2]
    return name


@pytest.mark.parametrize("kind", ["application/json", f"multipart/form-data; boundary={BOUNDARY}"])
def test_sixty_megabytes_are_refused_without_being_kept(server: Server, kind: str) -> None:
    server.verify()
    before = server.peak_kib()
    claimed = server.send("POST", "/v1/verify", bytes(60 * MIB), **{"Content-Type": kind})
    assert (claimed[0], problem(claimed)) == (413, "payload-too-large")
    assert server.peak_kib() - before < 24 * 1024
    assert server.verify()[0] == 200


def test_sixty_megabytes_in_chunks_are_refused(server: Server) -> None:
    head = multipart(("front", b""), end=False).removesuffix(b"\r\n")

    def pieces() -> Iterator[bytes]:
        yield head
        yield from (bytes(MIB) for _ in range(60))

    before = server.peak_kib()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Transfer-Encoding": "chunked"}
    answer = server.send("POST", "/v1/verify", pieces(), **headers)
    assert (answer[0], problem(answer)) == (413, "payload-too-large")
    assert server.peak_kib() - before < 96 * 1024, "a part is kept up to its limit of 24 MiB, not more"
    assert server.verify()[0] == 200


def test_a_client_that_asks_first_is_refused_at_once(server: Server) -> None:
    link, answer = server.raw(
        "POST /v1/verify HTTP/1.1\nHost: x\nAuthorization: Bearer {key}\nContent-Type: application/json\n"
        "Content-Length: 62914560\nExpect: 100-continue\n\n"
    )
    link.close()
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_come_is_given_up(server: Server) -> None:
    started = time.monotonic()
    link, answer = server.raw(
        "POST /v1/verify HTTP/1.1\nHost: x\nAuthorization: Bearer {key}\nContent-Type: application/json\n"
        "Content-Length: 100\n\n{{",
        seconds=20,
    )
    link.close()
    assert answer.startswith(b"HTTP/1.1 400")
    assert time.monotonic() - started < 2 * TIME_LIMIT_S + 8


def test_a_client_that_goes_leaves_nothing_behind(server: Server) -> None:
    for _ in range(12):  # more than there are places
        link = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        head = f"POST /v1/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADMIN}\r\n"
        link.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{".encode())
        link.close()
    assert server.verify()[0] == 200
    time.sleep(0.1)
    assert b'honmono_verifications_inside{lane="chip"} 0.0' in server.send("GET", "/metrics")[2]


def test_the_log_is_json_without_personal_data(server: Server) -> None:
    assert server.verify("fail")[0] == 500
    server.send("GET", "/v1/verifications?client_reference=query-of-a-person")
    text = server.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert any(line.get("route") == "/v1/verify" and line["status"] == 200 for line in lines)
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["exception"].startswith("RuntimeError at ")
    for secret in (SECRET, ADMIN, "query-of-a-person", "applicant-123"):
        assert secret not in text
