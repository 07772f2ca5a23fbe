"""What signature and certificate of a chip prove. Facts are worked out once, judgements are properties.

1. Nothing is tried for a dump whose signed bytes are gone (re-encoded) or whose kind is not judged.
2. The certificate that came with the card is parsed.
3. The check code is tried over the signed data, short values filled up with NUL, in every known form.
4. The certificate's issuer is looked for among the anchors in force, then among those of other profiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from service.chip.certificate import (
    Certificate,
    CertificateForm,
    Validity,
    ValidityState,
    load_certificate,
)
from service.chip.crypto.signature import SignatureForm, verify_gen1, verify_gen2
from service.chip.errors import CertificateError
from service.chip.model import ChipReading
from service.chip.trust_store import ForeignAnchor, TrustAnchor, TrustStore

__all__ = ["CertificateStatus", "ChipProof", "Issuer", "SignatureStatus", "prove"]

P384 = "secp384r1"
P384_RAW_BYTES = 96
RSA_SIGNATURE_BYTES = 256
"""Fixed length of DA, whatever key the certificate holds (data sheet §1.3)."""


class SignatureStatus(StrEnum):
    """What came of the check code."""

    NOT_JUDGED = "not_judged"
    """The signed bytes are gone, or the kind of dump is not judged."""
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    """Everything is at full length and the check code does not fit."""
    ABSENT = "absent"
    """The card holds no check code."""
    UNVERIFIABLE = "unverifiable"
    """A part is missing, short or damaged, so that nothing can be said."""


class CertificateStatus(StrEnum):
    """What came of the card's certificate."""

    NOT_JUDGED = "not_judged"
    """As for the signature, or the dump or the card holds no certificate."""
    MALFORMED = "malformed"
    """Not a certificate, or not one with a key of this generation."""
    TRUSTED = "trusted"
    """Signed by an anchor of the profile in force."""
    TEST_ANCHOR = "test_anchor"
    """Signed by a known sample or test anchor that is not in force."""
    OTHER_PROFILE = "other_profile"
    """Signed by a production anchor while another profile is in force."""
    NO_ANCHOR = "no_anchor"
    """Signed by none that is loaded, and one that is listed is missing."""
    UNKNOWN_ISSUER = "unknown_issuer"
    """Signed by none, and every listed anchor is loaded."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who the certificate says signed it; nothing of the holder."""

    name: str
    key_id: str | None
    """Authority key identifier, hex."""
    serial_number: str
    """Serial number of the card's certificate, hex."""


@dataclass(frozen=True, slots=True)
class ChipProof:
    """Outcome of verifying one chip reading against a trust store."""

    at: datetime
    """Reference time of the dates."""
    signature: SignatureStatus = SignatureStatus.NOT_JUDGED
    signature_form: SignatureForm | None = None
    """The form in which the check code held."""
    certificate: CertificateStatus = CertificateStatus.NOT_JUDGED
    certificate_form: CertificateForm | None = None
    issuer: Issuer | None = None
    anchor: str | None = None
    """File of the anchor that signed the certificate."""
    card_validity: Validity | None = None
    """Dates of the card's certificate."""
    anchor_validity: Validity | None = None
    """Dates of the CA's certificate."""

    @property
    def card_state(self) -> ValidityState | None:
        """Where the reference time lies against the dates of the card's certificate."""
        return self.card_validity.state(self.at) if self.card_validity else None

    @property
    def anchor_state(self) -> ValidityState | None:
        """Where the reference time lies against the dates of the CA's certificate."""
        return self.anchor_validity.state(self.at) if self.anchor_validity else None

    @property
    def trusted(self) -> bool:
        """Whether the signed data is what the issuer in force signed."""
        return self.signature is SignatureStatus.VERIFIED and self.certificate is CertificateStatus.TRUSTED

    @property
    def self_made(self) -> bool:
        """Whether the signature holds under a certificate that no listed anchor issued."""
        return (
            self.signature is SignatureStatus.VERIFIED
            and self.certificate is CertificateStatus.UNKNOWN_ISSUER
        )


def prove(reading: ChipReading, store: TrustStore, at: datetime) -> ChipProof:
    """What the chip proves at the reference time ``at`` (with offset).

    Dates are reported and never undo a proof: a certificate out of its dates still says who made the card
    (data sheet §4.1).

    Raises:
        ValueError: ``at`` has no offset.
    """
    if at.tzinfo is None:
        raise ValueError("the reference time needs an offset")
    # 1. judged at all?
    if reading.reencoded or not reading.supported or reading.generation is None:
        return ChipProof(at)
    if reading.signature_absent:
        return ChipProof(at, SignatureStatus.ABSENT)
    if not any(reading.certificate or b""):
        return ChipProof(at, SignatureStatus.UNVERIFIABLE)
    # 2. certificate
    try:
        certificate = load_certificate(reading.certificate or b"")
    except CertificateError:
        return ChipProof(at, SignatureStatus.UNVERIFIABLE, certificate=CertificateStatus.MALFORMED)
    if not _fits_generation(certificate, reading.generation):
        return ChipProof(at, SignatureStatus.UNVERIFIABLE, certificate=CertificateStatus.MALFORMED)
    # 3. signature
    signature, form = _check_code(reading, certificate)
    # 4. issuer
    status, anchor = _issuer_status(certificate, reading.generation, store)
    return ChipProof(
        at,
        signature=signature,
        signature_form=form,
        certificate=status,
        certificate_form=certificate.form,
        issuer=_issuer(certificate),
        anchor=anchor.file if anchor else None,
        card_validity=certificate.validity,
        anchor_validity=anchor.certificate.validity if anchor else None,
    )


def _fits_generation(certificate: Certificate, generation: int) -> bool:
    key = certificate.key
    if generation == 1:
        return isinstance(key, rsa.RSAPublicKey)
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == P384


def _check_code(
    reading: ChipReading, certificate: Certificate
) -> tuple[SignatureStatus, SignatureForm | None]:
    signature, message = reading.signature or b"", reading.signed_message
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        form = verify_gen1(key, signature, message)
        full_signature = len(signature) == RSA_SIGNATURE_BYTES
    else:
        form = verify_gen2(key, signature, message)
        full_signature = len(signature) == P384_RAW_BYTES or _is_whole_sequence(signature)
    if form is not None:
        return SignatureStatus.VERIFIED, form
    full = full_signature and reading.signed_parts_full
    return (SignatureStatus.MISMATCH if full else SignatureStatus.UNVERIFIABLE), None


def _is_whole_sequence(signature: bytes) -> bool:
    """Whether the bytes are one short-form ASN.1 sequence, as a P-384 signature in DER is."""
    return signature[:1] == b"\x30" and len(signature) >= 2 and signature[1] == len(signature) - 2


def _issuer_status(
    certificate: Certificate, generation: int, store: TrustStore
) -> tuple[CertificateStatus, TrustAnchor | ForeignAnchor | None]:
    trusted = store.issuer_of(certificate, generation)
    if trusted:
        return CertificateStatus.TRUSTED, trusted
    foreign = store.recognise(certificate, generation)
    if foreign:
        production = foreign.profile == "production"
        return CertificateStatus.OTHER_PROFILE if production else CertificateStatus.TEST_ANCHOR, foreign
    if store.complete_for(generation):
        return CertificateStatus.UNKNOWN_ISSUER, None
    return CertificateStatus.NO_ANCHOR, None


def _issuer(certificate: Certificate) -> Issuer:
    key_id = certificate.authority_key_id
    return Issuer(
        name=certificate.issuer_name,
        key_id=key_id.hex() if key_id else None,
        serial_number=f"{certificate.serial_number:x}",
    )
