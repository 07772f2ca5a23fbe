"""The issuer's check code over the signed data, generation 1 (data sheet §1.5) and 2 (§2.4)."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

__all__ = ["SignatureForm", "verify_gen1", "verify_gen2", "without_padding"]

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""ASN.1 DigestInfo for SHA-256 (RFC 8017 §9.2, note 1)."""

P384_BYTES = 48


class SignatureForm(StrEnum):
    """How a check code that verified was written."""

    DIGEST_INFO = "digest_info"
    """PKCS #1 v1.5 with DigestInfo."""
    BARE_HASH = "bare_hash"
    """PKCS #1 v1.5 padding directly before the hash, as figure 3-4 of the specification draws it."""
    RAW = "raw"
    """ECDSA as r and s, 48 bytes each."""
    DER = "der"
    """ECDSA as an ASN.1 sequence."""


def verify_gen1(key: rsa.RSAPublicKey, signature: bytes, message: bytes) -> SignatureForm | None:
    """The form in which an RSA check code over ``message`` holds, None where it does not."""
    try:
        recovered = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return None
    digest = hashlib.sha256(message).digest()
    if hmac.compare_digest(recovered, DIGEST_INFO + digest):
        return SignatureForm.DIGEST_INFO
    return SignatureForm.BARE_HASH if hmac.compare_digest(recovered, digest) else None


def verify_gen2(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> SignatureForm | None:
    """The form in which an ECDSA check code over ``message`` holds, None where it does not."""
    digest = hashlib.sha256(message).digest()
    if _ecdsa_holds(key, without_padding(signature), digest):
        return SignatureForm.DER
    if len(signature) != 2 * P384_BYTES:
        return None
    r, s = (int.from_bytes(part, "big") for part in (signature[:P384_BYTES], signature[P384_BYTES:]))
    return SignatureForm.RAW if _ecdsa_holds(key, encode_dss_signature(r, s), digest) else None


def without_padding(signature: bytes) -> bytes:
    """An ASN.1 signature without the NULs that fill up its object; anything else as it is."""
    if signature[:1] != b"\x30" or len(signature) < 2:
        return signature
    end = 2 + signature[1]
    return signature if any(signature[end:]) else signature[:end]


def _ecdsa_holds(key: ec.EllipticCurvePublicKey, signature: bytes, digest: bytes) -> bool:
    try:
        key.verify(signature, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature:
        return False
    return True
