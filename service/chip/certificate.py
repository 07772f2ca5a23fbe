"""One X.509 certificate from a chip or a trust folder, in every encoding that cards may use.

Card certificates come NUL padded and may use indefinite lengths (data sheet §1.5) or NULL parameters in
their ECDSA identifiers (§2.4). Parsing is therefore done on a DER copy, while an issuer's signature is
checked over the bytes that the issuer signed.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import x509 as asn1
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from service.chip.ber import Element, read_element
from service.chip.crypto.algorithms import PublicKey, SignatureAlgorithm, read_algorithm
from service.chip.crypto.curves import named_key
from service.chip.errors import CertificateError

__all__ = ["Certificate", "CertificateForm", "PublicKey", "Validity", "ValidityState", "load_certificate"]

PARSE_FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""What asn1crypto raises on hostile input."""

MAX_CERTIFICATE_BYTES = 8192
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


class CertificateForm(StrEnum):
    """How the certificate was written."""

    DER = "der"
    NUL_PADDED = "nul_padded"
    INDEFINITE = "indefinite"


class ValidityState(StrEnum):
    """Where a moment lies against the dates of a certificate."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Validity:
    """The dates of one certificate."""

    not_before: datetime
    not_after: datetime

    def state(self, at: datetime) -> ValidityState:
        """Where ``at`` lies, both ends included (RFC 5280 §4.1.2.5)."""
        if at < self.not_before:
            return ValidityState.NOT_YET
        return ValidityState.EXPIRED if at > self.not_after else ValidityState.IN_FORCE


@dataclass(frozen=True, slots=True)
class Certificate:
    """The parts of a certificate that this service uses."""

    der: bytes
    """The certificate with definite lengths and without padding."""
    form: CertificateForm
    signed_bytes: tuple[bytes, ...]
    """What the issuer may have signed: the TBS part as it stood, and as DER where that differs."""
    signature: bytes
    algorithm: SignatureAlgorithm | None
    """How the issuer signed; None where the algorithm is not one that is accepted."""
    serial_number: int
    issuer_name: str
    """Readable distinguished name, at most 200 printable signs."""
    issuer_der: bytes
    """The issuer's distinguished name, encoded."""
    subject_der: bytes
    """The own distinguished name, encoded."""
    authority_key_id: bytes | None
    subject_key_id: bytes | None
    validity: Validity
    key: PublicKey

    @property
    def issuer_country(self) -> str:
        """Two letters in capitals, empty where the issuer's name has no country."""
        return _country(self.issuer_der)

    @property
    def subject_country(self) -> str:
        """The same of the own name."""
        return _country(self.subject_der)

    def issued_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key signed this certificate."""
        algorithm = self.algorithm
        return algorithm is not None and any(
            algorithm.verifies(issuer.key, self.signature, message) for message in self.signed_bytes
        )


def load_certificate(data: bytes) -> Certificate:
    """A certificate from DER, BER, either with NUL padding, or PEM.

    Raises:
        CertificateError: not one certificate, data behind it, or a key of another kind than RSA and EC.
    """
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise CertificateError("the certificate is larger than any card holds")
    data = _without_pem(data)
    element = read_element(data)
    rest = data[len(element.raw) :]
    if any(rest):
        raise CertificateError("data that is not NUL follows the certificate")
    form = CertificateForm.NUL_PADDED if rest else CertificateForm.DER
    if element.der != element.raw:
        form = CertificateForm.INDEFINITE
    try:
        return _build(element, form)
    except PARSE_FAULTS as fault:
        raise CertificateError("the certificate does not follow X.509") from fault


def _without_pem(data: bytes) -> bytes:
    found = PEM.search(data)
    if found is None:
        return data
    try:
        return base64.b64decode(b"".join(found[1].split()), validate=True)
    except binascii.Error as fault:
        raise CertificateError("the PEM text is not base64") from fault


def _build(element: Element, form: CertificateForm) -> Certificate:
    if len(element.children) != 3:
        raise CertificateError("the certificate does not have three parts")
    parsed = asn1.Certificate.load(element.der, strict=True)
    tbs = parsed["tbs_certificate"]
    original = element.children[0]
    return Certificate(
        der=element.der,
        form=form,
        signed_bytes=tuple(dict.fromkeys((original.raw, original.der))),
        signature=parsed["signature_value"].native,
        algorithm=_signature_algorithm(parsed),
        serial_number=parsed.serial_number,
        issuer_name=_readable(parsed.issuer.human_friendly),
        issuer_der=tbs["issuer"].dump(),
        subject_der=tbs["subject"].dump(),
        authority_key_id=parsed.authority_key_identifier,
        subject_key_id=parsed.key_identifier,
        validity=Validity(parsed.not_valid_before, parsed.not_valid_after),
        key=_public_key(tbs["subject_public_key_info"].dump()),
    )


def _signature_algorithm(parsed: asn1.Certificate) -> SignatureAlgorithm | None:
    algorithm = parsed["signature_algorithm"]
    if algorithm["algorithm"].native != parsed["tbs_certificate"]["signature"]["algorithm"].native:
        raise CertificateError("the two signature algorithms of the certificate differ")
    return read_algorithm(algorithm)


def _public_key(spki: bytes) -> PublicKey:
    try:
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm:
        return named_key(spki)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise CertificateError("the key of the certificate is neither RSA nor EC")
    return key


def _country(name: bytes) -> str:
    try:
        country = asn1.Name.load(name).native.get("country_name", "")
    except PARSE_FAULTS:
        return ""
    return country.upper() if isinstance(country, str) else ""


def _readable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:200]
