"""Signature algorithms of certificates and security objects: read from ASN.1, and held against a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

__all__ = ["HASHES", "PublicKey", "SignatureAlgorithm", "read_algorithm"]

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""Digests that count (ICAO Doc 9303-12 §4.4); weaker ones could be forged and count as no signature."""
_WITHOUT_HASH = frozenset({"rsassa_pkcs1v15", "ecdsa"})
"""Identifiers that name the kind of key alone."""


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One algorithm that is accepted."""

    kind: str
    """``rsassa_pkcs1v15``, ``rsassa_pss`` or ``ecdsa``."""
    hash_name: str
    """Key of ``HASHES``."""
    mask_hash: str = ""
    """PSS: digest of the mask generation."""

    def verifies(self, key: PublicKey, signature: bytes, message: bytes) -> bool:
        """Whether the signature over ``message`` holds; False for a key of another kind too."""
        digest = HASHES[self.hash_name]()
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                if self.kind != "ecdsa":
                    return False
                key.verify(signature, message, ec.ECDSA(digest))
            else:
                if self.kind == "ecdsa":
                    return False
                key.verify(signature, message, self._padding(), digest)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True

    def _padding(self) -> padding.PKCS1v15 | padding.PSS:
        if self.kind == "rsassa_pkcs1v15":
            return padding.PKCS1v15()
        # Signers are known to state another salt length than they use; any length proves the same.
        return padding.PSS(padding.MGF1(HASHES[self.mask_hash]()), padding.PSS.AUTO)


def read_algorithm(identifier: Any, default_hash: str | None = None) -> SignatureAlgorithm | None:
    """The algorithm of an asn1crypto ``SignedDigestAlgorithm``; None where it is not accepted.

    ``default_hash`` is the digest of a signer whose identifier names only the kind of key
    (``rsaEncryption``, RFC 5652 §5.3).
    """
    try:
        kind = str(identifier.signature_algo)
        bare = identifier["algorithm"].native in _WITHOUT_HASH
        hash_name = str(default_hash if bare else identifier.hash_algo)
    except ValueError:
        return None
    if hash_name not in HASHES or kind not in ("rsassa_pkcs1v15", "rsassa_pss", "ecdsa"):
        return None
    if kind != "rsassa_pss":
        return SignatureAlgorithm(kind, hash_name)
    mask = identifier["parameters"]["mask_gen_algorithm"]
    mask_hash = mask["parameters"]["algorithm"].native
    if mask["algorithm"].native != "mgf1" or mask_hash not in HASHES:
        return None
    return SignatureAlgorithm(kind, hash_name, mask_hash)
