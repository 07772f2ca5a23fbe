"""Processes killed with signal 9 while a batch runs: nothing is lost, nothing is done twice."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.service import ADMIN, HONMONO, ROOT, environment
from tests.store import postgres

ENGINE = "tests.worker.engines:slow"
ITEMS = 30
CHOSEN: dict[str, object] = {
    "bootstrap_key": ADMIN,
    "engine_loader": ENGINE,
    "batch_lease_s": 2,
    "concurrency": 1,
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """``honmono serve`` on one port and one data folder, as often as it is started."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.port = free_port()
        self.folder = folder
        self._environment = environment(**{**CHOSEN, "data_dir": folder / "data", **settings})
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [HONMONO, *arguments], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def start(self) -> subprocess.Popen[bytes]:
        process = self.run("serve", "--port", str(self.port))
        deadline = time.monotonic() + 150
        while True:
            with suppress(OSError):
                assert self.ask("GET", "/healthz")[0] == 200
                return process
            assert time.monotonic() < deadline, (self.folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {ADMIN}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def batch(self) -> str:
        lines = [json.dumps({"item_id": f"i{n}", "front": "AAEC"}) for n in range(ITEMS)]
        kind = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "the-batch"}
        status, body = self.ask("POST", "/v1/batches", "\n".join(lines).encode(), **kind)
        assert status == 202, body
        return f"/v1/batches/{json.loads(body)['id']}"

    def state(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("GET", path)[1])
        return found

    def finished(self, path: str, at_least: int) -> dict[str, Any]:
        deadline = time.monotonic() + 300
        while (state := self.state(path))["counts"]["done"] < at_least:
            assert time.monotonic() < deadline, state
            time.sleep(0.1)
        return state

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(60)


@contextmanager
def server(folder: Path, **settings: object) -> Iterator[Server]:
    made = Server(folder, **settings)
    try:
        yield made
    finally:
        made.end()


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    threads = Path(f"/proc/{pid}/task").iterdir()
    found = {int(word) for thread in threads for word in (thread / "children").read_text("ascii").split()}
    return sorted(found | {int(word) for word in text.split()})


def hold_to_account(running: Server, path: str) -> None:
    """Every item once in the results, every report once in the records, one message at most."""
    state = running.finished(path, ITEMS)
    assert state["state"] == "done"
    rows = [json.loads(row) for row in running.ask("GET", f"{path}/results")[1].splitlines()]
    assert sorted(row["item_id"] for row in rows) == sorted(f"i{n}" for n in range(ITEMS))
    ids = {row["verification_id"] for row in rows}
    assert len(ids) == ITEMS
    stored = json.loads(running.ask("GET", "/v1/verifications?limit=100")[1])["data"]
    assert {report["id"] for report in stored} == ids
    assert running.batch() == path, "sent again with its key it is the same batch"


@pytest.mark.slow
def test_server_and_engines_killed_while_a_batch_runs(tmp_path: Path) -> None:
    with server(tmp_path, batch_workers=2) as running:
        process = running.start()
        path = running.batch()
        running.finished(path, 3)
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        running.finished(path, 8)
        process.kill()
        process.wait(10)
        process = running.start()
        running.finished(path, 14)
        orphans = children(process.pid)
        process.kill()
        process.wait(10)
        running.start()
        hold_to_account(running, path)
        for orphan in orphans:
            with pytest.raises(ProcessLookupError):
                os.kill(orphan, 0)


@pytest.mark.slow
@pytest.mark.skipif(not postgres.AVAILABLE, reason=postgres.MISSING)
def test_workers_killed_on_postgresql(tmp_path: Path) -> None:
    with (
        postgres.running_server() as database,
        server(tmp_path, batch_workers=0, database_url=database.url) as running,
    ):
        running.start()
        path = running.batch()
        first, second = running.run("worker"), running.run("worker")
        running.finished(path, 4)
        first.kill()
        running.finished(path, 12)
        second.kill()
        running.run("worker", "--processes", "2")
        hold_to_account(running, path)


def test_a_stop_drains_what_is_in_work(tmp_path: Path) -> None:
    with server(tmp_path, engine_loader="tests.worker.engines:obedient") as running:
        process = running.start()
        body = json.dumps({"front": "AAEC", "request": {"client_reference": "sleep 1.5"}}).encode()
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
        assert running.ask("POST", "/v1/verify", b'{"front": "AAEC"}', **headers)[0] == 200, "warm"
        connection.request("POST", "/v1/verify", body, headers)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["client_reference"]) == (200, "sleep 1.5")
        connection.close()
        assert process.wait(30) == 0


def test_a_killed_engine_is_a_clear_answer_and_the_next_request_works(tmp_path: Path) -> None:
    with server(tmp_path, engine_loader="tests.worker.engines:obedient", time_limit_s=15) as running:
        running.start()
        kind = {"Content-Type": "application/json"}
        for word, type in (("die", "overloaded"), ("sleep 60", "overloaded"), ("fail", "internal")):
            body = json.dumps({"front": "AAEC", "request": {"client_reference": word}}).encode()
            status, answer = running.ask("POST", "/v1/verify", body, **kind)
            assert json.loads(answer)["type"] == f"urn:honmono:problem:{type}"
            assert status == (500 if word == "fail" else 503)
            assert running.ask("POST", "/v1/verify", b'{"front": "AAEC"}', **kind)[0] == 200
        assert "KEINE PERSON" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_client_that_goes_while_it_sends_a_batch_leaves_nothing(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        running.start()
        head = f"POST /v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADMIN}\r\n"
        head += "Content-Type: application/x-ndjson\r\nContent-Length: 4000000\r\n\r\n"
        for _ in range(6):  # more than may come in at once
            with socket.create_connection(("127.0.0.1", running.port), timeout=10) as link:
                link.sendall(head.encode() + b'{"item_id": "a", "front": "AAEC"}\n' * 100)
        deadline = time.monotonic() + 20
        while True:
            status, _ = running.ask(
                "POST",
                "/v1/batches",
                b'{"item_id": "a", "front": "AAEC"}',
                **{"Content-Type": "application/x-ndjson"},
            )
            if status == 202:
                break
            assert status == 503
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert len(json.loads(running.ask("GET", "/v1/batches")[1])["data"]) == 1
        assert not list((tmp_path / "data" / "spool").iterdir())
