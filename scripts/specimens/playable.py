"""Which dumps may be played by the software card: those that a sample CA has signed, and no other.

A dump of a real card, signed by the issuer, is refused, and so is one that somebody signed for himself.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

__all__ = ["NotPlayable", "Playable", "open_dump", "sample_anchors"]

SPECIMENS = "Honmono specimens"


class NotPlayable(Exception):
    """A dump, or an anchor, that is no specimen."""


@dataclass(frozen=True)
class Playable:
    """A dump that a sample CA has signed."""

    card_number: str
    files: dict[str, bytes]


def _is_sample(certificate: x509.Certificate) -> bool:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return [name.value for name in names] == [SPECIMENS] and certificate.subject == certificate.issuer


def sample_anchors(folder: Path) -> list[x509.Certificate]:
    """The sample CAs of a trust folder; NotPlayable where it lists another, or bytes of another digest."""
    rows = json.loads((folder / "anchors.json").read_text(encoding="utf-8"))
    found = []
    for row in rows:
        der = (folder / row["file"]).read_bytes()
        if hashlib.sha256(der).hexdigest() != row["sha256"]:
            raise NotPlayable(f"{row['file']} is not the file that anchors.json lists")
        certificate = x509.load_der_x509_certificate(der)
        if row["profile"] != "sample" or not _is_sample(certificate):
            raise NotPlayable(f"{row['file']} is no sample CA")
        found.append(certificate)
    return found


def open_dump(data: bytes, anchors: Sequence[x509.Certificate]) -> Playable:
    """The card of a ``residence-card-dump/1``; NotPlayable unless one of the sample CAs has signed it."""
    body = json.loads(data)
    files = {name: base64.b64decode(text) for name, text in body["files"].items()}
    try:
        signed = _signed_by(files, [anchor for anchor in anchors if _is_sample(anchor)])
    except (KeyError, ValueError, IndexError) as error:
        raise NotPlayable("the dump is not whole") from error
    if not signed:
        raise NotPlayable("no sample CA has signed this dump: only specimens are played")
    return Playable(body["card_number"], files)


def _objects(file: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(file) and file[at]:
        tag, at = file[at], at + 1
        if tag & 0x1F == 0x1F:
            tag, at = tag << 8 | file[at], at + 1
        size, at = file[at], at + 1
        if size > 0x80:
            width = size & 0x7F
            size, at = int.from_bytes(file[at : at + width], "big"), at + width
        yield tag, file[at : at + size]
        at += size


def _signed_by(files: dict[str, bytes], anchors: Sequence[x509.Certificate]) -> bool:
    card = {name: dict(_objects(file)) for name, file in files.items()}
    first = len(card["MF/EF02"][0xC1]) == 1
    proof = card["DF3/EF01"]
    if first:
        message = card["DF1/EF01"][0xD0] + card["DF1/EF02"][0xD1]
        signature, certificate = proof[0xDA], proof[0xDB]
    else:
        images = card["DF1/EF03"]
        entries = b"".join(value for _, value in _objects(files["DF1/EF02"]))
        message = entries.ljust(53, b"\0") + images[0xD1] + images[0xD0]
        signature, certificate = proof[0xDC], proof[0xDD]
    own = x509.load_der_x509_certificate(_der(certificate))
    try:
        _check(own, signature, message)
    except InvalidSignature:
        return False
    return any(_issued(own, anchor) for anchor in anchors)


def _der(value: bytes) -> bytes:
    """The certificate without the NULs behind it."""
    return value[: 4 + int.from_bytes(value[2:4], "big")]


def _check(own: x509.Certificate, signature: bytes, message: bytes) -> None:
    key = own.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        r, s = (int.from_bytes(part, "big") for part in (signature[:48], signature[48:]))
        der = encode_dss_signature(r, s) if len(signature) == 96 else signature
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
    else:
        raise NotPlayable("the certificate has a key that no card has")


def _issued(own: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        own.verify_directly_issued_by(anchor)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
