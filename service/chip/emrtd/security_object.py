"""EF.SOD: the signed list of hashes of a travel document (ICAO Doc 9303-10 §4.6.2, RFC 5652).

The parts that a signature covers are cut out as bytes and kept, whether or not they can be understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asn1crypto import algos, cms, core

from service.chip.certificate import PARSE_FAULTS
from service.chip.crypto.algorithms import SignatureAlgorithm, read_algorithm
from service.chip.emrtd.elements import Element, elements, only, read, with_definite_lengths
from service.chip.errors import SecurityObjectError

__all__ = ["HashList", "SecurityObject", "SignerId", "read_security_object"]

SOD_TAG = 0x77
SIGNED_DATA = "1.2.840.113549.1.7.2"
LDS_SECURITY_OBJECT = "2.23.136.1.1.1"

MAX_BYTES = 64 * 1024
"""Several times the largest security object in use; more is not parsed."""

_SEQUENCE, _SET, _OID, _OCTETS, _CONSTRUCTED_OCTETS = 0x30, 0x31, 0x06, 0x04, 0x24
_CONTEXT_0, _CONTEXT_0_PRIMITIVE = 0xA0, 0x80


class _DataGroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _DataGroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _DataGroupHashes),
        ("lds_version", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class SignerId:
    """How the signer names its certificate: by issuer and serial number, or by key identifier."""

    issuer_der: bytes | None = None
    serial_number: int | None = None
    key_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class HashList:
    """What the signed content says."""

    algorithm: str
    """``sha256`` ...; a name that is no key of ``HASHES`` is a digest that does not count."""
    values: Mapping[int, bytes]
    """Hash of each data group by its number."""


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """The parts of EF.SOD, not yet believed."""

    content_type: str
    """Dotted; ``2.23.136.1.1.1`` in a genuine one."""
    content: bytes
    """The encoded hash list, as it was hashed by the signer."""
    digest: str
    """Digest that the signer used over the content."""
    algorithm: SignatureAlgorithm | None
    """None where it is not one that is accepted."""
    signed_attributes: bytes | None
    """Encoded as the SET that was signed (RFC 5652 §5.4); None where the content was signed directly."""
    signature: bytes
    signer: SignerId
    certificates: tuple[bytes, ...]
    """DER, as they came."""
    hash_list: HashList | None
    """The content, understood; None where it is no hash list."""

    def attribute(self, name: str) -> object | None:
        """The single value of a signed attribute (asn1crypto's name), None where there is not just one."""
        try:
            parsed = cms.CMSAttributes.load(self.signed_attributes or b"\x31\x00", strict=True)
            values = [v.native for a in parsed if a["type"].native == name for v in a["values"]]
        except PARSE_FAULTS:
            return None
        return values[0] if len(values) == 1 else None


def read_security_object(data: bytes) -> SecurityObject:
    """EF.SOD with its tag, NULs behind it allowed.

    Raises:
        SecurityObjectError: cut off, or not signed data of one signer.
    """
    if len(data) > MAX_BYTES:
        raise SecurityObjectError("the security object is larger than any")
    outer = read(data)
    if outer.tag != SOD_TAG:
        raise SecurityObjectError("the file does not begin with the tag of a security object")
    if outer.cut_off:
        raise SecurityObjectError("the security object is cut off")
    if any(data[len(outer.raw) :]):
        raise SecurityObjectError("data that is not NUL follows the security object")
    content_info = elements(only(with_definite_lengths(outer.contents), _SEQUENCE).contents)
    if len(content_info) != 2 or _dotted(content_info[0]) != SIGNED_DATA:
        raise SecurityObjectError("the security object is not signed data")
    signed_data = elements(only(content_info[1].contents, _SEQUENCE).contents)
    if len(signed_data) < 4 or signed_data[2].tag != _SEQUENCE or signed_data[-1].tag != _SET:
        raise SecurityObjectError("the object does not have the structure of signed data")
    certificates = tuple(
        item.raw for part in signed_data[3:-1] if part.tag == _CONTEXT_0 for item in elements(part.contents)
    )
    try:
        return _signed(signed_data[2], only(signed_data[-1].contents, _SEQUENCE), certificates)
    except PARSE_FAULTS as fault:
        raise SecurityObjectError("the security object is not well-formed") from fault


def _signed(encapsulated: Element, signer_info: Element, certificates: tuple[bytes, ...]) -> SecurityObject:
    parts = elements(encapsulated.contents)
    if len(parts) != 2 or parts[1].tag != _CONTEXT_0:
        raise SecurityObjectError("the security object holds no content")
    signer = elements(signer_info.contents)
    attributes = next((part for part in signer[3:4] if part.tag == _CONTEXT_0), None)
    rest = signer[3 if attributes is None else 4 :]
    if len(rest) < 2 or rest[1].tag != _OCTETS:
        raise SecurityObjectError("the security object holds no signature")
    digest = algos.DigestAlgorithm.load(signer[2].raw)["algorithm"].native
    content = _octets(parts[1].contents)
    return SecurityObject(
        content_type=_dotted(parts[0]),
        content=content,
        digest=digest,
        algorithm=read_algorithm(algos.SignedDigestAlgorithm.load(rest[0].raw), digest),
        signed_attributes=None if attributes is None else bytes([_SET]) + attributes.raw[1:],
        signature=rest[1].contents,
        signer=_signer_id(signer[1]),
        certificates=certificates,
        hash_list=_hash_list(content),
    )


def _octets(data: bytes) -> bytes:
    """Contents of an OCTET STRING, joined where it came in pieces."""
    found = elements(data)
    if len(found) == 1 and found[0].tag == _CONSTRUCTED_OCTETS:
        found = elements(found[0].contents)
    if not found or any(part.tag != _OCTETS for part in found):
        raise SecurityObjectError("the content of the security object is no octet string")
    return b"".join(part.contents for part in found)


def _signer_id(part: Element) -> SignerId:
    if part.tag in (_CONTEXT_0, _CONTEXT_0_PRIMITIVE):
        return SignerId(key_id=_octets(part.contents) if part.tag == _CONTEXT_0 else part.contents)
    named = cms.IssuerAndSerialNumber.load(part.raw, strict=True)
    return SignerId(named["issuer"].dump(), named["serial_number"].native)


def _dotted(part: Element) -> str:
    if part.tag != _OID:
        raise SecurityObjectError("the object does not have the structure of signed data")
    return str(core.ObjectIdentifier.load(part.raw).dotted)


def _hash_list(content: bytes) -> HashList | None:
    try:
        parsed = _LdsSecurityObject.load(content, strict=True)
        rows = [(row["number"].native, row["value"].native) for row in parsed["hashes"]]
        algorithm = parsed["hash_algorithm"]["algorithm"].native
    except PARSE_FAULTS:
        return None
    values = dict(rows)
    sane = len(values) == len(rows) and all(1 <= number <= 16 for number in values)
    return HashList(algorithm, values) if sane else None
