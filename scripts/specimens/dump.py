"""Files of sample chips, written from the data sheet alone, and the shapes in which people hand them in.

Own TLV writing, so that a wrong rule of the service cannot hide. Sizes and tags: data sheet §1.3 and §2.2.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from scripts.specimens.pki import CardKey, SampleCA, indefinite

__all__ = [
    "AddressUpdate",
    "CertificateForm",
    "PaddingForm",
    "PrintedEntries",
    "UnderAgeForm",
    "dump_hex",
    "dump_json",
    "dump_zip",
    "gen1_files",
    "gen2_files",
    "tlv",
]

PaddingForm = Literal["digest_info", "bare"]
CertificateForm = Literal["der", "nul_padded", "indefinite"]
UnderAgeForm = Literal["da00db00", "da00"]

FRONT_LENGTH = 7000
FACE_LENGTH = 3000
NAME_LENGTH = 2500
ADDRESS_IMAGE_LENGTH = 2500


@dataclass(frozen=True, slots=True)
class AddressUpdate:
    """A new address noted on the back (DF2/EF01)."""

    date: str
    """YYYYMMDD."""
    municipality: str
    """Six digits."""
    address: str
    """At most 80 signs."""


@dataclass(frozen=True, slots=True)
class PrintedEntries:
    """The coded entries of a generation-2 card (DF1/EF02); 06 carries only the first six."""

    card_valid_until: str
    date_of_birth: str
    sex: str
    nationality: str
    status_code: str
    period: str
    permission_type: str = "01"
    permission_date: str = "20260701"
    work: str = "2"
    stay_until: str = "20290701"


def tlv(tag: str, value: bytes, *, length: bytes | None = None) -> bytes:
    """Tag (hex), length in its shortest form unless given, value."""
    if length is None:
        size = len(value)
        length = bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b""
        length = length or b"\x82" + size.to_bytes(2, "big")
    return bytes.fromhex(tag) + length + value


def _padded(value: bytes, size: int, what: str) -> bytes:
    if len(value) > size:
        raise ValueError(f"{what}: {len(value)} bytes, room for {size}")
    return value.ljust(size, b"\x00")


def _rsa_signature(key: rsa.RSAPrivateKey, message: bytes, form: PaddingForm) -> bytes:
    if form == "digest_info":
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    digest = hashlib.sha256(message).digest()
    block = b"\x00\x01" + b"\xff" * (size - 3 - len(digest)) + b"\x00" + digest
    return pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(size, "big")


def _certificate_object(tag: str, der: bytes, form: CertificateForm, size: int) -> bytes:
    if form == "der":
        return tlv(tag, der)
    encoded = indefinite(der) if form == "indefinite" else der
    return tlv(tag, _padded(encoded, size, "certificate"))


def _permission(tag: str, text: str | None) -> bytes:
    """Permission text, or the all-zero file that an issued card has when a permission ended."""
    return bytes(122) if text is None else tlv(tag, _padded(text.encode(), 120, "permission"))


def gen1_files(
    front_image_tiff: bytes,
    face_jp2: bytes,
    *,
    card_number: str,
    ca: SampleCA,
    card_key: CardKey | None = None,
    padding_form: PaddingForm = "digest_info",
    certificate_form: CertificateForm = "nul_padded",
    address_update: AddressUpdate | None = None,
    comprehensive: str | None = None,
    individual: str | None = None,
    pending: bool = False,
    under_16: UnderAgeForm | None = None,
    card_type: Literal["1", "2"] = "1",
) -> dict[str, bytes]:
    """Every elementary file of a generation-1 chip, by name, TLV and padding included.

    ``card_number`` stands in no file of this generation (only as pixels in the front image); it is taken
    so that both generations are called alike.
    """
    if len(card_number) != 12:
        raise ValueError("a card number has 12 signs")
    front = _padded(front_image_tiff, FRONT_LENGTH, "front image")
    face = _padded(b"" if under_16 else face_jp2, FACE_LENGTH, "face")
    files = {
        "MF/EF01": tlv("C0", b"0001"),
        "MF/EF02": tlv("C1", card_type.encode()),
        "DF1/EF01": tlv("D0", front),
        "DF1/EF02": tlv("D1", b"").ljust(3004, b"\x00") if under_16 else tlv("D1", face),
        "DF2/EF01": _address(address_update),
    }
    if card_type == "1":
        files["DF2/EF02"] = _permission("D5", comprehensive)
        files["DF2/EF03"] = _permission("D6", individual)
        files["DF2/EF04"] = tlv("D7", b"1" if pending else b"0")
    if under_16:
        return files | {"DF3/EF01": bytes.fromhex(under_16).ljust(1464, b"\x00")}
    signer = card_key or ca.issue()
    if not isinstance(signer.key, rsa.RSAPrivateKey):
        raise ValueError("generation 1 signs with RSA")
    signature = _rsa_signature(signer.key, front + face, padding_form)
    certificate = _certificate_object("DB", signer.certificate, certificate_form, 1200)
    files["DF3/EF01"] = (tlv("DA", signature) + certificate).ljust(1464, b"\x00")
    return files


def _address(update: AddressUpdate | None) -> bytes:
    if update is None:
        return tlv("D2", bytes(8)) + tlv("D3", bytes(6)) + tlv("D4", bytes(320))
    return (
        tlv("D2", update.date.encode())
        + tlv("D3", update.municipality.encode())
        + tlv("D4", _padded(update.address.encode(), 320, "address"))
    )


def _entry_values(entries: PrintedEntries, card_type: str) -> list[tuple[str, bytes]]:
    e = entries
    first = [
        ("C5", e.card_valid_until, 8),
        ("C6", e.date_of_birth, 8),
        ("C7", e.sex, 1),
        ("C8", e.nationality, 3),
        ("C9", e.status_code, 10),
        ("CE", e.period, 4),
    ]
    rest = [
        ("CA", e.permission_type, 2),
        ("CB", e.permission_date, 8),
        ("CC", e.work, 1),
        ("CD", e.stay_until, 8),
    ]
    chosen = first if card_type in ("06", "08") else first + rest
    return [(tag, _padded(text.encode(), size, tag)) for tag, text, size in chosen]


def gen2_files(
    name_image_tiff: bytes,
    face_jp2: bytes,
    address_image_tiff: bytes,
    *,
    card_number: str,
    entries: PrintedEntries,
    ca: SampleCA,
    card_key: CardKey | None = None,
    signature_form: Literal["raw", "der"] = "raw",
    card_type: Literal["05", "06", "07", "08"] = "05",
    comprehensive: Literal["0", "1", "2"] = "0",
    comprehensive_until: str = "",
    individual: bool = False,
    pending: bool = False,
    commissioner: bool = False,
    reserved: str = "",
) -> dict[str, bytes]:
    """Every elementary file of a generation-2 chip, by name, TLV and padding included."""
    name = _padded(name_image_tiff, NAME_LENGTH, "name image")
    face = _padded(face_jp2, FACE_LENGTH, "face")
    values = _entry_values(entries, card_type)
    signer = card_key or ca.issue()
    if not isinstance(signer.key, ec.EllipticCurvePrivateKey):
        raise ValueError("generation 2 signs with ECDSA")
    message = b"".join(value for _, value in values).ljust(53, b"\x00") + face + name
    digest = hashlib.sha256(message).digest()
    signature = signer.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    if signature_form == "raw":
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(48, "big") + s.to_bytes(48, "big")
    residence_card = card_type in ("05", "07")
    note = tlv("D9", b"1" if commissioner else b"0")
    note += tlv("DE", _padded(reserved.encode(), 200, "reserved"), length=bytes.fromhex("8200C8"))
    files = {
        "MF/EF01": tlv("C0", b"0002"),
        "MF/EF02": tlv("C1", card_type.encode()),
        "DF1/EF01": tlv("C2", card_number.encode()),
        "DF1/EF02": b"".join(tlv(tag, value) for tag, value in values),
        "DF1/EF03": tlv("D0", name) + tlv("D1", face),
        "DF1/EF04": tlv("DFD1", _padded(address_image_tiff, ADDRESS_IMAGE_LENGTH, "address image")),
        "DF3/EF01": (tlv("DC", signature) + tlv("DD", signer.certificate)).ljust(704, b"\x00"),
    }
    if not residence_card:
        return files | {"DF2/EF01": note}
    permission = tlv("D5", _padded(comprehensive.encode(), 7, "D5"))
    permission += tlv("D6", _padded(comprehensive_until.encode(), 8, "D6"))
    permission += tlv("D7", b"1" if individual else b"0")
    return files | {
        "DF2/EF01": permission,
        "DF2/EF02": tlv("D8", b"1" if pending else b"0"),
        "DF2/EF03": note,
    }


# Shapes in which dumps are handed in


def dump_json(
    files: Mapping[str, bytes], card_number: str | None = None, read_at: datetime | None = None
) -> bytes:
    """``residence-card-dump/1``."""
    body: dict[str, object] = {"format": "residence-card-dump/1"}
    if card_number is not None:
        body["card_number"] = card_number
    if read_at is not None:
        body["read_at"] = read_at.isoformat()
    body["files"] = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def dump_zip(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of ``MF/EF01.bin`` and so on; names are taken as they are, tricks included."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(f"{name}.bin", (2026, 11, 22, 0, 0, 0))
            archive.writestr(member, data, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def dump_hex(files: Mapping[str, bytes]) -> bytes:
    """Three hex strings of a generation-1 card: DF3/EF01 whole, the image values without tag and length."""
    body = {
        "signature": files["DF3/EF01"].hex(),
        "front_image": files["DF1/EF01"][4:].hex(),
        "face": files["DF1/EF02"][4:].hex(),
    }
    return json.dumps(body).encode()
