from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.specimens.dump import dump_json
from service.chip import ChipProof, TrustStore, prove, read_dump
from service.chip.certificate import CertificateForm, ValidityState
from service.chip.crypto.signature import SignatureForm
from service.chip.model import ChipReading
from service.chip.proof import CertificateStatus, SignatureStatus
from tests.chip.world import (
    AT,
    LIMITS,
    Listed,
    ca,
    card_key,
    changed,
    face,
    first,
    forger,
    second,
    text_image,
    trust_folder,
)

PICTURES = {"DF1/EF01": (text_image(), 7000), "DF1/EF02": (face(), 3000)}


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    folder = trust_folder(tmp_path, Listed("ca.crt", ca().certificate), Listed("ca2.crt", ca(2).certificate))
    return TrustStore.load(folder, "production")


def reading(files: dict[str, bytes]) -> ChipReading:
    return read_dump(dump_json(files), LIMITS)


@pytest.mark.parametrize(
    ("options", "form", "certificate_form"),
    [
        ({"padding_form": "digest_info"}, SignatureForm.DIGEST_INFO, CertificateForm.NUL_PADDED),
        ({"padding_form": "bare"}, SignatureForm.BARE_HASH, CertificateForm.NUL_PADDED),
        ({"certificate_form": "der"}, SignatureForm.DIGEST_INFO, CertificateForm.DER),
        ({"certificate_form": "indefinite"}, SignatureForm.DIGEST_INFO, CertificateForm.INDEFINITE),
    ],
)
def test_the_forms_that_were_met_are_told(
    store: TrustStore, options: dict[str, str], form: SignatureForm, certificate_form: CertificateForm
) -> None:
    proof = prove(reading(first(**options)), store, AT)
    assert (proof.signature_form, proof.certificate_form) == (form, certificate_form)
    assert proof.trusted


def test_facts_of_a_trusted_card(store: TrustStore) -> None:
    proof = prove(reading(first()), store, AT)
    assert proof.anchor == "ca.crt"
    assert proof.issuer is not None
    assert "SAMPLE ZairyuCard CA" in proof.issuer.name
    assert proof.issuer.key_id is not None
    assert (proof.card_state, proof.anchor_state) == (ValidityState.IN_FORCE, ValidityState.IN_FORCE)
    later = prove(reading(first()), store, datetime(2050, 1, 1, tzinfo=UTC))
    assert later.trusted
    assert (later.card_state, later.anchor_state) == (ValidityState.EXPIRED, ValidityState.EXPIRED)


def test_facts_of_a_self_made_card(store: TrustStore) -> None:
    proof = prove(reading(first(ca=forger(), card_key=forger().issue())), store, AT)
    assert proof.self_made
    assert not proof.trusted
    assert (proof.anchor, proof.anchor_state) == (None, None)


@pytest.mark.parametrize("padding_form", ["digest_info", "bare"])
@pytest.mark.parametrize("name", ["DF1/EF01", "DF1/EF02"])
def test_any_changed_byte_of_the_signed_pictures_is_a_mismatch(
    store: TrustStore, name: str, padding_form: str
) -> None:
    """Every 97th byte; the intact twin verifies, so that nothing but the change makes the difference."""
    files = first(padding_form=padding_form)
    assert prove(reading(files), store, AT).signature is SignatureStatus.VERIFIED
    for at in range(4, len(files[name]), 97):
        proof = prove(reading(changed(files, name, at)), store, AT)
        assert proof.signature is SignatureStatus.MISMATCH, at
        assert proof.certificate is CertificateStatus.TRUSTED


@pytest.mark.parametrize("name", ["MF/EF01", "MF/EF02", "DF2/EF01", "DF2/EF04"])
def test_what_is_not_signed_does_not_matter_to_the_signature(store: TrustStore, name: str) -> None:
    files = first()
    altered = files | {"MF/EF02": b"\xc1\x012"} if name == "MF/EF02" else changed(files, name, -1)
    assert prove(reading(altered), store, AT).trusted


def test_signed_parts_of_generation_2(store: TrustStore) -> None:
    files = second()
    assert prove(reading(files), store, AT).trusted
    for name, at in (("DF1/EF02", 5), ("DF1/EF03", 100), ("DF1/EF03", 3000)):
        assert prove(reading(changed(files, name, at)), store, AT).signature is SignatureStatus.MISMATCH
    for name, at in (("DF1/EF01", 5), ("DF1/EF04", 100), ("DF2/EF01", 2)):
        assert prove(reading(changed(files, name, at)), store, AT).trusted


def test_a_wrong_key_type_or_curve_is_no_certificate_of_the_card(store: TrustStore) -> None:
    files = second()
    wrong = files["DF3/EF01"][:98] + b"\xdd\x82" + len(card_key().certificate).to_bytes(2, "big")
    proof = prove(reading(files | {"DF3/EF01": wrong + card_key().certificate}), store, AT)
    assert (proof.signature, proof.certificate) == (
        SignatureStatus.UNVERIFIABLE,
        CertificateStatus.MALFORMED,
    )


def test_the_reference_time_needs_an_offset(store: TrustStore) -> None:
    with pytest.raises(ValueError, match="offset"):
        prove(reading(first()), store, datetime(2026, 11, 22))


def test_readings_and_proofs_cross_process_boundaries(store: TrustStore) -> None:
    seen = reading(first())
    proof = prove(seen, store, AT)
    assert pickle.loads(pickle.dumps(seen)) == seen
    assert pickle.loads(pickle.dumps(proof)) == proof
    assert ChipProof(AT).trusted is False
