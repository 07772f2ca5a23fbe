from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens.pki import indefinite
from service.chip.certificate import CertificateForm, load_certificate
from service.chip.errors import CertificateError
from tests.chip.world import ca, card_key, forger


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize(
    ("depth", "padding", "form"),
    [
        (0, 0, CertificateForm.DER),
        (0, 200, CertificateForm.NUL_PADDED),
        (1, 0, CertificateForm.INDEFINITE),
        (1, 77, CertificateForm.INDEFINITE),
        (9, 77, CertificateForm.INDEFINITE),
    ],
)
def test_every_form_loads_and_its_issuer_is_found(
    generation: int, depth: int, padding: int, form: CertificateForm
) -> None:
    der = card_key(generation).certificate
    loaded = load_certificate(indefinite(der, depth=depth) + bytes(padding))
    assert loaded.form is form
    assert loaded.der == der
    assert loaded.issued_by(load_certificate(ca(generation).certificate))
    assert not loaded.issued_by(load_certificate(forger(generation).certificate))


def test_null_parameters_of_ecdsa_are_read_and_verified_over_the_original_bytes() -> None:
    der = ca(2).issue(null_parameters=True).certificate
    assert load_certificate(der).issued_by(load_certificate(ca(2).certificate))


def test_an_rsa_anchor_does_not_vouch_for_an_ec_certificate() -> None:
    assert not load_certificate(card_key(2).certificate).issued_by(load_certificate(ca(1).certificate))


def test_pem_is_read() -> None:
    der = ca().certificate
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    assert load_certificate(pem).der == der


def test_data_behind_the_certificate_is_refused() -> None:
    with pytest.raises(CertificateError, match="NUL"):
        load_certificate(card_key().certificate + b"\x00\x01")


def test_an_oversized_certificate_is_refused_unread() -> None:
    with pytest.raises(CertificateError, match="larger"):
        load_certificate(bytes(9000))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(CertificateError, match="deep"):
        load_certificate(b"\x30\x80" * 200)


def test_a_changed_byte_of_the_signed_part_breaks_the_chain() -> None:
    der = bytearray(card_key().certificate)
    der[der.index(b"SAMPLE card")] ^= 1
    assert not load_certificate(bytes(der)).issued_by(load_certificate(ca().certificate))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_raise_the_typed_error_alone(data: bytes) -> None:
    with pytest.raises(CertificateError):
        load_certificate(b"\x30" + data)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_mutated_certificates_raise_nothing_but_the_typed_error(data: st.DataObject) -> None:
    der = bytearray(card_key(data.draw(st.sampled_from([1, 2]))).certificate)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    mutated = bytes(der)[: data.draw(st.integers(len(der) // 2, len(der)))]
    try:
        loaded = load_certificate(mutated)
    except CertificateError:
        return
    loaded.issued_by(load_certificate(ca(1).certificate))
    loaded.issued_by(load_certificate(ca(2).certificate))
