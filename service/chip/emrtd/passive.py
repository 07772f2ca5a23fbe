"""Passive authentication (ICAO Doc 9303-11 §5.1): what the issuing state's signature proves of a dump.

1. The document signer's certificate is taken from the security object.
2. Its key must have signed the signed attributes, and those the content: checked as bytes, parsed later.
3. Each file must have the hash that the content states.
4. The certificate's issuer is looked for among the country signers, never among the CAs of residence cards.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum

from service.chip.certificate import Certificate, load_certificate
from service.chip.crypto.algorithms import HASHES
from service.chip.emrtd.document import TravelDocument, cut_off
from service.chip.emrtd.elements import read
from service.chip.emrtd.security_object import LDS_SECURITY_OBJECT, HashList, SecurityObject
from service.chip.errors import CertificateError, SecurityObjectError
from service.chip.outcome import CertificateStatus, ChipProof, SignatureStatus, issuer_of
from service.chip.trust_store import CountrySigner, ForeignCountrySigner, TrustStore

__all__ = ["GroupStatus", "group_statuses", "prove_document"]


class GroupStatus(StrEnum):
    """What the hash list says of one file in the dump."""

    FITS = "fits"
    DIFFERS = "differs"
    CUT_OFF = "cut_off"
    UNLISTED = "unlisted"
    """In the dump, but not in the list: nothing is signed of it."""


def prove_document(document: TravelDocument, store: TrustStore, at: datetime) -> ChipProof:
    """What the dump of a travel document proves at the reference time ``at``.

    Files that are missing take nothing from the others; a file that is not covered leaves the whole
    unverified, since a reader could not tell which is which.
    """
    signed = document.security_object
    if signed is None or not signed.certificates:
        return ChipProof(at, SignatureStatus.UNVERIFIABLE)
    # 1. certificate
    certificate = _signer_certificate(signed)
    if certificate is None:
        return ChipProof(at, SignatureStatus.UNVERIFIABLE, certificate=CertificateStatus.MALFORMED)
    # 2. and 3. signature and hashes
    signature = _signature_status(signed, certificate)
    if signature is SignatureStatus.VERIFIED:
        signature = _hashes_status(document, signed.hash_list)
    # 4. issuer
    status, anchor = _issuer_status(certificate, store)
    return ChipProof(
        at,
        signature=signature,
        certificate=status,
        certificate_form=certificate.form,
        issuer=issuer_of(certificate),
        anchor=anchor.file if anchor else None,
        card_validity=certificate.validity,
        anchor_validity=anchor.certificate.validity if anchor else None,
    )


def group_statuses(document: TravelDocument, listed: HashList) -> dict[int, GroupStatus]:
    """Each file of the dump against the list, by number."""
    return {number: _group_status(number, data, listed) for number, data in document.groups.items()}


def _group_status(number: int, data: bytes, listed: HashList) -> GroupStatus:
    expected = listed.values.get(number)
    if expected is None:
        return GroupStatus.UNLISTED
    fits = any(
        hmac.compare_digest(hashlib.new(listed.algorithm, form).digest(), expected) for form in _forms(data)
    )
    if fits:
        return GroupStatus.FITS
    return GroupStatus.CUT_OFF if cut_off(data, number) else GroupStatus.DIFFERS


def _forms(data: bytes) -> tuple[bytes, ...]:
    """The file as given, and without the NULs that a reader left behind its end."""
    try:
        element = read(data)
    except SecurityObjectError:
        return (data,)
    return (data, element.raw) if not any(data[len(element.raw) :]) else (data,)


def _signer_certificate(signed: SecurityObject) -> Certificate | None:
    """The certificate that the signer names; the only one where a single one came along."""
    loaded = []
    for der in signed.certificates:
        try:
            loaded.append(load_certificate(der))
        except CertificateError:
            continue
    named = [item for item in loaded if _is_named(signed, item)]
    if named:
        return named[0]
    return loaded[0] if len(loaded) == len(signed.certificates) == 1 else None


def _is_named(signed: SecurityObject, certificate: Certificate) -> bool:
    signer = signed.signer
    if signer.key_id is not None:
        return signer.key_id == certificate.subject_key_id
    return (signer.issuer_der, signer.serial_number) == (certificate.issuer_der, certificate.serial_number)


def _signature_status(signed: SecurityObject, certificate: Certificate) -> SignatureStatus:
    if signed.algorithm is None or signed.digest not in HASHES:
        return SignatureStatus.UNVERIFIABLE
    message = signed.content if signed.signed_attributes is None else signed.signed_attributes
    if not signed.algorithm.verifies(certificate.key, signed.signature, message):
        return SignatureStatus.MISMATCH
    if signed.signed_attributes is not None and not _attributes_fit(signed):
        return SignatureStatus.MISMATCH
    genuine = signed.content_type == LDS_SECURITY_OBJECT
    return SignatureStatus.VERIFIED if genuine else SignatureStatus.UNVERIFIABLE


def _attributes_fit(signed: SecurityObject) -> bool:
    """The content's digest and type as the signed attributes state them (RFC 5652 §5.4, §11)."""
    stated = signed.attribute("message_digest")
    digest = hashlib.new(signed.digest, signed.content).digest()
    if not isinstance(stated, bytes) or not hmac.compare_digest(stated, digest):
        return False
    return signed.attribute("content_type") == signed.content_type


def _hashes_status(document: TravelDocument, listed: HashList | None) -> SignatureStatus:
    if listed is None or listed.algorithm not in HASHES or not document.groups:
        return SignatureStatus.UNVERIFIABLE
    found = set(group_statuses(document, listed).values())
    if GroupStatus.DIFFERS in found:
        return SignatureStatus.MISMATCH
    return SignatureStatus.VERIFIED if found == {GroupStatus.FITS} else SignatureStatus.UNVERIFIABLE


def _issuer_status(
    certificate: Certificate, store: TrustStore
) -> tuple[CertificateStatus, CountrySigner | ForeignCountrySigner | None]:
    trusted = store.country_signer_of(certificate)
    if trusted:
        return CertificateStatus.TRUSTED, trusted
    foreign = store.recognise_country_signer(certificate)
    if foreign:
        production = foreign.profile == "production"
        return CertificateStatus.OTHER_PROFILE if production else CertificateStatus.TEST_ANCHOR, foreign
    if store.names_key_of_country_signer(certificate):
        return CertificateStatus.UNKNOWN_ISSUER, None
    if store.has_country_signer_for(certificate):
        return CertificateStatus.OTHER_KEY, None
    return CertificateStatus.NO_ANCHOR, None
