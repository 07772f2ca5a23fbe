"""Who is trusted: a signature that is right proves nothing where nobody known has given the key."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.e2e.service import Service, serving


@pytest.fixture(scope="module")
def without_anchors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sample profile with a list whose only file holds other bytes than it pins."""
    folder = tmp_path_factory.mktemp("refused")
    trust = shutil.copytree(SAMPLE_CARDS / "trust", folder / "trust")
    rows = json.loads((trust / "anchors.json").read_text(encoding="utf-8"))
    rows = [row | {"sha256": "00" * 32} for row in rows]
    (trust / "anchors.json").write_text(json.dumps(rows), encoding="utf-8")
    with serving(folder, trust_profile="sample", trust_dir=trust) as running:
        yield running


@pytest.fixture(scope="module")
def as_it_ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Without any setting, as a clone is on its first day."""
    with serving(tmp_path_factory.mktemp("shipped")) as running:
        yield running


def reason(report: dict[str, object], id: str) -> object:
    checks = report["checks"]
    assert isinstance(checks, list)
    return next(check["reason"] for check in checks if check["id"] == id)


@pytest.mark.parametrize("with_front", [True, False])
def test_a_self_signed_card_is_forged(service: Service, with_front: bool) -> None:
    case = sample("chip_self_signed")
    parts = {name: data for name, data in case.parts.items() if with_front or name == "chip"}
    report = service.verify(parts, case.request).json
    assert report["verdict"] == "forged"
    assert report["verdict_reason"] == "chip.certificate.untrusted_issuer"
    assert report["assurance"] == "cryptographic"
    assert reason(report, "chip.signature") == "chip.signature.verified"


def test_its_intact_twin_is_not(service: Service) -> None:
    case = sample("genuine-a-0")
    report = service.verify({"chip": case.read("chip")}, case.request).json
    assert report["verdict"] == "no_sign_of_forgery", "the chip alone: proof needs the printed face"
    assert reason(report, "chip.certificate") == "chip.certificate.trusted"


@pytest.mark.parametrize("start", ["chip_resigned", "genuine-a-0"])
def test_without_anchors_nobody_is_accused_and_nobody_is_cleared(
    without_anchors: Service, start: str
) -> None:
    case = sample(start)
    report = without_anchors.verify(case.parts, case.request).json
    assert report["verdict"] == "inconclusive"
    assert report["verdict_reason"] == "chip.certificate.no_anchor"
    assert report["next_action"] != "none"
    assert reason(report, "chip.certificate") == "chip.certificate.no_anchor"


def test_an_altered_chip_is_forged_even_without_anchors(without_anchors: Service) -> None:
    case = sample("chip_altered_text")
    report = without_anchors.verify({"chip": case.read("chip")}, case.request).json
    assert (report["verdict"], report["verdict_reason"]) == ("forged", "chip.signature.mismatch")


def test_a_refused_file_is_named_and_stops_nothing(without_anchors: Service) -> None:
    ready = without_anchors.send("GET", "/readyz")
    assert ready.status == 200
    assert ready.json["trust_store"] == "no_anchor"
    assert ready.json["refused_anchors"] == ["sample-ca-1.crt"]


def test_it_ships_without_the_issuers_files_and_says_so(as_it_ships: Service) -> None:
    ready = as_it_ships.send("GET", "/readyz")
    assert (ready.status, ready.json["ready"]) == (200, True)
    assert ready.json["trust_store"] == "no_anchor"
    listed = json.loads((Path("service/chip/trust/anchors.json")).read_text(encoding="utf-8"))
    assert set(ready.json["missing_anchors"]) == {
        row["file"]
        for row in listed
        if row["profile"] == "production" and row.get("purpose", "jp.residence_card") == "jp.residence_card"
    }


def test_a_first_start_prints_no_key_that_was_given(as_it_ships: Service) -> None:
    assert as_it_ships.key not in as_it_ships.greeting
    assert as_it_ships.key not in as_it_ships.log.read_text(encoding="utf-8")
