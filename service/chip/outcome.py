"""What came of verifying a chip: statuses of signature and certificate, and the facts behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.chip.certificate import Certificate, CertificateForm, Validity, ValidityState
from service.chip.crypto.signature import SignatureForm

__all__ = ["CertificateStatus", "ChipProof", "Issuer", "SignatureStatus", "issuer_of"]


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
    """Signed by none, and every listed anchor is loaded. For a travel document: it names the key of a country
    signer that is loaded and did not sign it."""
    OTHER_KEY = "other_key"
    """Travel documents: it names a state whose country signers are loaded, and none of them signed it. States
    change these keys every few years: the right one may not be listed yet."""


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


def issuer_of(certificate: Certificate) -> Issuer:
    """The issuer as the certificate names it."""
    key_id = certificate.authority_key_id
    return Issuer(
        name=certificate.issuer_name,
        key_id=key_id.hex() if key_id else None,
        serial_number=f"{certificate.serial_number:x}",
    )
