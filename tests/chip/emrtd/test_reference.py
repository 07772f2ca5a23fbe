"""A test passport of 2006 made by others, without its face: it verifies as far as it goes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scripts.specimens.emrtd import emrtd_dump
from service.checks.base import run_checks
from service.checks.case import Case
from service.checks.chip import CHECKS
from service.chip import TrustStore, prove, read_dump
from service.chip.issues import IssueKind
from service.chip.outcome import CertificateStatus, SignatureStatus
from service.verdict import Policy
from tests.chip.world import AT, LIMITS

SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "emrtd-nl-2006"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not SAMPLE.is_dir(), reason="reference emrtd-nl-2006 is not here"),
]

STORE = TrustStore("production")


def files() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(SAMPLE.glob("EF.*.bin"))}


def status(changed: dict[str, bytes]) -> tuple[SignatureStatus, CertificateStatus]:
    found = prove(read_dump(emrtd_dump(changed), LIMITS), STORE, AT)
    return found.signature, found.certificate


def test_it_verifies_as_far_as_it_goes() -> None:
    reading = read_dump(emrtd_dump(files()), LIMITS)
    assert [(i.kind, i.file) for i in reading.issues] == [(IssueKind.PARTIAL, "EF.DG2")]
    assert reading.travel_document is not None
    assert reading.travel_document.mrz is not None
    assert reading.travel_document.mrz.faults == ()
    case = Case(AT, "production", chip=reading, chip_proof=prove(reading, STORE, AT))
    answers = {r.id: (r.result.value, r.reason) for r in run_checks(CHECKS, case, Policy("test", "1"))}
    assert answers["chip.dump"] == ("inconclusive", "chip.dump.partial")
    assert answers["chip.signature"] == ("pass", "chip.signature.verified")
    assert answers["chip.certificate"] == ("inconclusive", "chip.certificate.no_anchor")


@pytest.mark.parametrize("name", ["EF.DG1", "EF.DG15"])
def test_every_changed_byte_of_a_group_is_caught(name: str) -> None:
    whole = files()
    for at in range(len(whole[name])):
        data = bytearray(whole[name])
        data[at] ^= 0x10
        assert status(whole | {name: bytes(data)})[0] is SignatureStatus.MISMATCH, at


def test_every_changed_byte_of_content_attributes_and_signature_is_caught() -> None:
    whole = files()
    reading = read_dump(emrtd_dump(whole), LIMITS).travel_document
    assert reading is not None
    signed = reading.security_object
    assert signed is not None
    parts = (signed.content, (signed.signed_attributes or b"")[2:], signed.signature)
    sod, found = whole["EF.SOD"], Counter[SignatureStatus]()
    for part in parts:
        start = sod.index(part)
        for at in range(start, start + len(part)):
            data = bytearray(sod)
            data[at] ^= 0x10
            found[status(whole | {"EF.SOD": bytes(data)})[0]] += 1
    assert found == {SignatureStatus.MISMATCH: sum(map(len, parts))}
