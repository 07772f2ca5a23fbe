"""What signature and certificate of a chip prove. Facts are worked out once, judgements are properties.

1. Nothing is tried for a dump whose signed bytes are gone (re-encoded) or whose kind is not judged.
2. The certificate that came with the card is parsed.
3. The check code is tried over the signed data, short values filled up with NUL, in every known form.
4. The certificate's issuer is looked for among the anchors in force, then among those of other profiles.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from service.chip.certificate import Certificate, load_certificate
from service.chip.crypto.signature import SignatureForm, verify_gen1, verify_gen2, without_padding
from service.chip.emrtd import prove_document
from service.chip.errors import CertificateError
from service.chip.model import ChipReading
from service.chip.outcome import CertificateStatus, ChipProof, Issuer, SignatureStatus, issuer_of
from service.chip.trust_store import ForeignAnchor, TrustAnchor, TrustStore

__all__ = ["CertificateStatus", "ChipProof", "Issuer", "SignatureStatus", "prove"]

P384 = "secp384r1"
P384_RAW_BYTES = 96
LONGEST_CARD_YEARS = 7
RSA_SIGNATURE_BYTES = 256
"""Fixed length of DA, whatever key the certificate holds (data sheet §1.3)."""


def prove(reading: ChipReading, store: TrustStore, at: datetime) -> ChipProof:
    """What the chip proves at the reference time ``at`` (with offset).

    Dates are reported and never undo a proof: a certificate out of its dates still says who made the card
    (data sheet §4.1).

    Raises:
        ValueError: ``at`` has no offset.
    """
    if at.tzinfo is None:
        raise ValueError("the reference time needs an offset")
    if reading.travel_document is not None:
        return prove_document(reading.travel_document, store, at)
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
    if signature is SignatureStatus.MISMATCH and _may_be_infant(reading, at):
        signature = SignatureStatus.UNVERIFIABLE
    # 4. issuer
    status, anchor = _issuer_status(certificate, reading.generation, store)
    return ChipProof(
        at,
        signature=signature,
        signature_form=form,
        certificate=status,
        certificate_form=certificate.form,
        issuer=issuer_of(certificate),
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


def _may_be_infant(reading: ChipReading, at: datetime) -> bool:
    """Whether a card of 2026 has no face because its holder was under one year old when it was issued.

    What the check code covers then is not known (data sheet §7), so that a mismatch says nothing.
    """
    if reading.generation != 2 or reading.face is not None:
        return False
    born = reading.entries.get("C6", "")[:4]
    return not born.isdigit() or at.year - int(born) <= LONGEST_CARD_YEARS + 1


def _is_whole_sequence(signature: bytes) -> bool:
    """Whether the bytes are one short-form ASN.1 sequence, as a P-384 signature in DER is."""
    signature = without_padding(signature)
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
