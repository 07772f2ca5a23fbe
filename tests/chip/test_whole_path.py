"""Dumps through the whole path: what a report says of a chip that came alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scripts.chip_corpus import Authorities, plain
from scripts.specimens.dump import dump_json
from scripts.specimens.emrtd import emrtd_dump
from service.checks import cross
from service.checks.case import Case
from service.chip import chip_fields, load_codes, read_dump
from service.evidence import FieldReading
from service.report import Report
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine
from tests.chip.world import AT, LIMITS

NOW = datetime(2026, 11, 22, tzinfo=UTC)
UNSIGNED = {"card_number"}


@pytest.fixture(scope="module")
def authorities() -> Authorities:
    return Authorities.make()


@pytest.fixture(scope="module")
def engine(authorities: Authorities, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine.load(Settings(trust_dir=authorities.write(tmp_path_factory.mktemp("trust"))))


def report(engine: Engine, dump: bytes) -> Report:
    submission = Submission(chip=dump, request=VerifyRequest())
    return engine.verify(submission, now=NOW, verification_id="vrf_" + "0" * 26)


def test_a_card_of_2026_is_shown_with_what_is_signed(authorities: Authorities, engine: Engine) -> None:
    answer = report(engine, dump_json(plain("gen2", authorities), "AB12345678CD"))
    assert (answer.verdict.value, answer.assurance.value) == ("no_sign_of_forgery", "cryptographic")
    assert answer.document.layout == "jp.residence_card.gen2"
    evidence = {f.name.value: {s.evidence for s in f.sources} for f in answer.fields}
    assert {name for name, found in evidence.items() if found != {"signed"}} == UNSIGNED
    (status,) = (f for f in answer.fields if f.name.value == "status_of_residence")
    assert (status.value, status.sources[0].raw) == (None, plain_status(authorities))


def plain_status(authorities: Authorities) -> str:
    reading = read_dump(dump_json(plain("gen2", authorities)), LIMITS)
    return reading.entries["C9"]


def test_a_foreign_permit_has_its_own_layout(authorities: Authorities, engine: Engine) -> None:
    answer = report(engine, emrtd_dump(plain("emrtd", authorities)))
    assert (answer.verdict.value, answer.document.layout) == (
        "no_sign_of_forgery",
        "icao.td1.residence_permit",
    )
    assert "replay_not_detectable" in answer.limits
    names = {f.name.value for f in answer.fields}
    assert "document_number" in names
    assert "card_number" not in names


def test_a_changed_permit_is_forged(authorities: Authorities, engine: Engine) -> None:
    files = plain("emrtd", authorities)
    changed = files["EF.DG1"].replace(b"VNM", b"CHN")
    answer = report(engine, emrtd_dump(files | {"EF.DG1": changed}))
    assert (answer.verdict.value, answer.verdict_reason) == ("forged", "chip.signature.mismatch")


def test_what_an_app_has_converted_never_makes_a_card_forged() -> None:
    chip = read_dump(json.dumps({"rc2-card-type": "05", "rc2-birth-date": "19900102"}).encode(), LIMITS)
    printed = FieldReading("date_of_birth", "front", "1991年01月02日", "1991-01-02", 0.99)
    fields = (*chip_fields(chip, load_codes(), trusted=False), printed)
    case = Case(AT, "production", chip=chip, fields=fields)
    found = cross._compare(case, "cross.fields", cross._pairs(case))
    (check,) = (check for check in cross.CHECKS if check.id == "cross.fields")
    assert check.result(found).result.value == "suspect"
