"""The whole described interface, asked with generated requests: no fault, nothing that is not described.

A real server with the engine that judges nothing. Every operation gets valid and invalid requests, with the
key of an administrator and with none, on things that are there and on things that are not.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.settings import ROOT
from tests.api.conftest import ADMIN

EXAMPLES = 4
"""Requests of each kind for each operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("described")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = {
        "HONMONO_DATA_DIR": str(folder),
        "HONMONO_BOOTSTRAP_KEY": ADMIN,
        "HONMONO_REQUESTS_PER_MINUTE": "100000",
        "HONMONO_WRONG_KEYS_PER_MINUTE": "100000",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONMONO_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.served", str(port)], env=kept | chosen, stderr=log, cwd=ROOT
        )
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                ask(f"http://127.0.0.1:{port}/healthz")
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def ask(url: str, body: object = None, kind: str = "application/json") -> Any:
    content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": kind}
    with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=120) as answer:
        return json.load(answer)


@schemathesis.serializer("application/x-ndjson", "application/zip")
def as_bytes(context: Any, value: Any) -> bytes:
    """A generated body of a batch as it goes over the line."""
    return value if isinstance(value, bytes) else json.dumps(value, default=str).encode()


def there(address: str) -> dict[str, str]:
    """Ids of one thing of each kind, by the beginning of its path."""
    line = b'{"item_id": "a", "front": "AAEC"}'
    return {
        "/v1/verifications/": ask(f"{address}/v1/verify", {"front": "AAEC"})["id"],
        "/v1/batches/": ask(f"{address}/v1/batches", line, "application/x-ndjson")["id"],
        "/v1/webhooks/": ask(f"{address}/v1/webhooks", {"url": "https://a.example/"})["id"],
    }


def asked_of(
    address: str, operation: Any, mode: GenerationMode, key: str | None, known: dict[str, str]
) -> None:
    """Send generated requests to one operation and hold the answers to its description."""

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode), exists=st.booleans())
    def run(case: Any, exists: bool) -> None:
        for start, id in known.items():
            if exists and operation.path.startswith(start) and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = id
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {"Authorization": ""}
        response = case.call(base_url=address, headers=headers, timeout=120)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400 and operation.path not in ("/readyz",):
            assert response.headers["content-type"] == ["application/problem+json"], response.headers

    run()


def test_nothing_fails_and_nothing_is_answered_that_is_not_described(address: str) -> None:
    schema = schemathesis.openapi.from_dict(ask(f"{address}/openapi.json"))
    wrong: dict[str, str] = {}
    found: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in found]
    assert len(operations) > 15
    for operation in operations:
        known = there(address)
        for mode, key in (
            (GenerationMode.POSITIVE, ADMIN),
            (GenerationMode.NEGATIVE, ADMIN),
            (GenerationMode.POSITIVE, None),
        ):
            try:
                asked_of(address, operation, mode, key, known)
            except Unsatisfiable:
                continue  # an operation that takes nothing can be asked nothing wrong
            except (
                Exception,
                BaseExceptionGroup,
            ) as error:  # every operation is asked, and all that is wrong is shown
                wrong[f"{operation.label} {mode.value} {'with' if key else 'without'} key"] = str(error)[:900]
    assert wrong == {}, json.dumps(wrong, indent=1)
