"""Sample cards where only the issuer counts: specimens are no documents, and a sample CA is no issuer."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.specimens.pki import make_ca
from tests.e2e.samples import SAMPLE_CARDS, Sample, sample
from tests.e2e.service import Service, serving

CHOSEN = [
    "genuine-a-0",
    "genuine-b-11",
    "printed_two_rules",
    "field_replaced",
    "impostor",
    "expired",
    "lapsed",
    "chip_altered_text",
    "chip_unsigned",
]


def write_trust_with_issuer(folder: Path) -> Path:
    """A folder that knows the sample CA for what it is, beside a CA of this test in the issuer's place."""
    shutil.copytree(SAMPLE_CARDS / "trust", folder)
    issuer = make_ca(1)
    rows = json.loads((folder / "anchors.json").read_text(encoding="utf-8"))
    (folder / "issuer.crt").write_bytes(issuer.certificate)
    digest = hashlib.sha256(issuer.certificate).hexdigest()
    rows.append({"file": "issuer.crt", "sha256": digest, "profile": "production", "generation": 1})
    (folder / "anchors.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("production")
    with serving(folder, trust_dir=write_trust_with_issuer(folder / "trust")) as running:
        yield running


@pytest.fixture(scope="module", params=CHOSEN)
def case(request: pytest.FixtureRequest) -> Sample:
    return sample(request.param)


@pytest.fixture(scope="module")
def report(case: Sample, production: Service) -> dict[str, Any]:
    answer = production.verify(case.parts, case.request)
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


def test_it_is_a_production_service_by_default(production: Service) -> None:
    ready = production.send("GET", "/readyz")
    assert (ready.status, ready.json["trust_store"]) == (200, "ready")
    assert "trust profile: production" in production.greeting
    assert "DEMONSTRATION" not in production.greeting


def test_a_specimen_is_no_document(case: Sample, report: dict[str, Any]) -> None:
    assert report["verdict"] in case.verdicts("production"), report["verdict_reason"]
    assert report["trust_profile"] == "production"
    assert "not_production_trust" not in report["limits"]
    if report["verdict"] == "invalid" and not case.id.startswith("lapsed"):
        assert report["verdict_reason"].startswith("security.specimen_mark.")


def test_a_sample_chip_is_known_for_what_it_is(case: Sample, report: dict[str, Any]) -> None:
    if "chip" not in case.files or case.id.startswith("chip_unsigned"):
        return
    by_id = {check["id"]: check for check in report["checks"]}
    assert by_id["chip.certificate"]["reason"] == "chip.certificate.test_anchor"
    assert by_id["chip.certificate"]["result"] == "inconclusive"
    assert report["assurance"] != "cryptographic" or report["verdict"] == "forged"


def test_a_chip_alone_under_a_sample_anchor_proves_nothing(production: Service) -> None:
    case = sample("genuine-a-0")
    report = production.verify({"chip": case.read("chip")}, case.request).json
    assert report["verdict"] == "inconclusive"
    assert report["next_action"] != "none"
