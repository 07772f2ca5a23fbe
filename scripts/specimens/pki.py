"""Sample certificate authorities and card certificates, clearly named SAMPLE, for specimens and tests.

Structure after the data sheet of the chip (§1.5, §2.4): a self-signed CA with path length 0 and one
certificate per card directly below it. Generation 1 is RSA-2048, generation 2 is P-384. Nothing here is
trusted by the production profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from scripts.specimens.der import children, indefinite, sequence, wrap

__all__ = ["CardKey", "PrivateKey", "SampleCA", "indefinite", "load_ca", "make_ca", "null_ecdsa_parameters"]

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

CA_FROM = datetime(2024, 5, 8, tzinfo=UTC)
CA_UNTIL = datetime(2039, 7, 20, tzinfo=UTC)
CARD_FROM = datetime(2024, 6, 1, tzinfo=UTC)
CARD_UNTIL = datetime(2034, 6, 1, tzinfo=UTC)

ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")


@dataclass(frozen=True, slots=True)
class CardKey:
    """The signing key of one card with the certificate that its CA gave it."""

    key: PrivateKey
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class SampleCA:
    """A self-signed sample CA."""

    key: PrivateKey
    certificate: bytes
    """DER."""

    @property
    def generation(self) -> int:
        """Generation of the cards that it signs for: RSA is 1, EC is 2."""
        return 1 if isinstance(self.key, rsa.RSAPrivateKey) else 2

    @property
    def key_pem(self) -> bytes:
        """The private key, unencrypted: it protects nothing but specimens."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def issue(
        self,
        *,
        valid_from: datetime = CARD_FROM,
        valid_until: datetime = CARD_UNTIL,
        key: PrivateKey | None = None,
        null_parameters: bool = False,
    ) -> CardKey:
        """A card key under this CA; ``null_parameters`` writes NULL after the ECDSA identifiers."""
        card_key = key or _new_key(self.generation)
        issuer = x509.load_der_x509_certificate(self.certificate)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name("SAMPLE card"))
            .issuer_name(issuer.subject)
            .public_key(card_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid_from)
            .not_valid_after(valid_until)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(_usage(sign=True), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        der = certificate.public_bytes(Encoding.DER)
        return CardKey(card_key, null_ecdsa_parameters(der, self.key) if null_parameters else der)


def _name(common_name: str) -> x509.Name:
    parts = (
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "Honmono specimens"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "SAMPLE, no issuer"),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(*, sign: bool = False, ca: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _new_key(generation: int) -> PrivateKey:
    if generation == 1:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP384R1())


def make_ca(
    generation: int,
    *,
    valid_from: datetime = CA_FROM,
    valid_until: datetime = CA_UNTIL,
    key: PrivateKey | None = None,
    serial: int = 0x53,
) -> SampleCA:
    """A new self-signed sample CA; all of one generation share their name, as the issuer's own do."""
    ca_key = key or _new_key(generation)
    name = _name("SAMPLE ZairyuCard CA" if generation == 1 else "SAMPLE ZairyuCard CA2")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ca_key.public_key())
        .serial_number(serial)
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return SampleCA(ca_key, certificate.public_bytes(Encoding.DER))


def load_ca(key_pem: bytes, certificate_der: bytes) -> SampleCA:
    """A sample CA kept as files."""
    key = load_pem_private_key(key_pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("a sample CA has an RSA or an EC key")
    return SampleCA(key, certificate_der)


# Encoding forms that cards may use


def null_ecdsa_parameters(certificate: bytes, issuer: PrivateKey) -> bytes:
    """The certificate with NULL parameters in both ecdsa-with-SHA256 identifiers, signed anew."""
    if not isinstance(issuer, ec.EllipticCurvePrivateKey):
        raise ValueError("only ECDSA certificates have this form")
    tbs, *_ = children(certificate)
    algorithm = sequence(ECDSA_SHA256, b"\x05\x00")
    plain = sequence(ECDSA_SHA256)
    new_tbs = sequence(*(algorithm if part == plain else part for part in children(tbs)))
    signature = b"\x00" + issuer.sign(new_tbs, ec.ECDSA(hashes.SHA256()))
    return sequence(new_tbs, algorithm, wrap(0x03, signature))
