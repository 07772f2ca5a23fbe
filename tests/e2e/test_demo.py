"""A first look: what a newcomer does after ``./scripts/serve --demo``, step by step."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.service import ROOT, Service, serving


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("demo"), "--demo") as running:
        yield running


def line_to_try(demo: Service) -> list[str]:
    line = demo.greeting.split("Try: ")[1].splitlines()[0]
    return shlex.split(line.replace("$HONMONO_KEY", demo.key))


def test_the_line_that_it_prints_verifies_a_card(demo: Service) -> None:
    line = line_to_try(demo)
    done = subprocess.run(line, cwd=ROOT, capture_output=True, check=True, timeout=120)
    report = json.loads(done.stdout)
    assert report["verdict"] == "authentic"
    assert report["assurance"] == "cryptographic"
    assert report["trust_profile"] == "sample"
    assert {"not_production_trust", "holder_not_compared"} <= set(report["limits"])
    front = next(word for word in line if word.startswith("front=@")).removeprefix("front=@")
    truth = json.loads((ROOT / front).with_name("answer.json").read_text(encoding="utf-8"))["fields"]
    assert {field["name"]: field["value"] for field in report["fields"]} | truth == {
        field["name"]: field["value"] for field in report["fields"]
    }


def test_a_key_given_from_outside_opens_it_and_is_shown_nowhere(demo: Service) -> None:
    assert demo.send("GET", "/v1/verifications").status == 200
    assert demo.key not in demo.greeting
    assert demo.key not in demo.log.read_text(encoding="utf-8")


def test_it_says_everywhere_that_it_is_a_demonstration(demo: Service) -> None:
    assert "DEMONSTRATION" in demo.greeting
    for path in ("/", "/docs", "/readyz"):
        assert demo.send("GET", path).headers["honmono-demo"] == "true"


def test_it_is_ready_with_the_sample_anchors(demo: Service) -> None:
    ready = demo.send("GET", "/readyz")
    assert (ready.status, ready.json["trust_store"]) == (200, "ready")


def test_what_it_did_is_logged_without_what_it_saw(demo: Service) -> None:
    demo.send("GET", "/v1/verifications?client_reference=somebody-by-name")
    log = demo.log_with('"/v1/verifications"')
    assert all(json.loads(line)["event"] for line in log.splitlines())
    line = line_to_try(demo)
    front = next(word for word in line if word.startswith("front=@")).removeprefix("front=@")
    truth = json.loads((ROOT / front).with_name("answer.json").read_text(encoding="utf-8"))["fields"]
    for text in ("somebody-by-name", truth["card_number"], truth["name_latin"], truth["address"]):
        assert text not in log
