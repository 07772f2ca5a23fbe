"""Sample chips of travel documents: country signer, document signer, data groups, security object.

Written from ICAO Doc 9303-10 and -12 with own DER writing, so that a wrong rule of the service cannot hide.
The state is XXS, "SAMPLE STATE", which does not exist; every holder is called SPECIMEN.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from scripts.specimens.der import children, integer, sequence, span, wrap

__all__ = [
    "GROUP_TAGS",
    "CountrySigner",
    "DocumentSigner",
    "emrtd_dump",
    "emrtd_files",
    "explicit_brainpool",
    "make_country_signer",
    "security_object",
    "signed_spans",
    "td1",
    "td3",
]

Kind = Literal["rsa", "pss", "p256", "brainpool", "brainpool_explicit"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

GROUP_TAGS = {1: 0x61, 2: 0x75, 3: 0x63, 11: 0x6B, 14: 0x6E, 15: 0x6F}
FROM, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = b""
    for arc in (first * 40 + second, *rest):
        part = [arc & 0x7F]
        while arc := arc >> 7:
            part.append(0x80 | arc & 0x7F)
        body += bytes(reversed(part))
    return wrap(0x06, body)


SHA256 = sequence(_oid("2.16.840.1.101.3.4.2.1"))
SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
SECURITY_OBJECT = _oid("2.23.136.1.1.1")
CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
ECDSA_SHA256 = sequence(_oid("1.2.840.10045.4.3.2"))
RSA_SHA256 = sequence(_oid("1.2.840.113549.1.1.11"), b"\x05\x00")
MGF1_SHA256 = sequence(_oid("1.2.840.113549.1.1.8"), SHA256)
PSS_SHA256 = sequence(
    _oid("1.2.840.113549.1.1.10"),
    sequence(wrap(0xA0, SHA256), wrap(0xA1, MGF1_SHA256), wrap(0xA2, integer(32))),
)
EC_PUBLIC_KEY = _oid("1.2.840.10045.2.1")
PRIME_FIELD = _oid("1.2.840.10045.1.1")

# brainpoolP256r1, RFC 5639 §3.4
P = 0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377
A = 0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9
B = 0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6
X = 0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262
Y = 0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997
N = 0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7


def explicit_brainpool(*, base: tuple[int, int] = (X, Y)) -> bytes:
    """ECParameters that spell brainpoolP256r1 out; ``base`` another base point than the curve's own."""
    x, y = (part.to_bytes(32, "big") for part in base)
    return sequence(
        integer(1),
        sequence(PRIME_FIELD, integer(P)),
        sequence(wrap(0x04, A.to_bytes(32, "big")), wrap(0x04, B.to_bytes(32, "big"))),
        wrap(0x04, b"\x04" + x + y),
        integer(N),
        integer(1),
    )


@dataclass(frozen=True, slots=True)
class DocumentSigner:
    """The key that signs documents, with its certificate."""

    kind: Kind
    key: PrivateKey
    certificate: bytes


@dataclass(frozen=True, slots=True)
class CountrySigner:
    """A self-signed sample CSCA."""

    key: PrivateKey
    certificate: bytes
    country: str

    def issue(self, kind: Kind = "p256", parameters: bytes | None = None) -> DocumentSigner:
        """A document signer; ``parameters`` stands in the certificate of an explicit one."""
        key = _new_key(kind)
        issuer = x509.load_der_x509_certificate(self.certificate)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(self.country, "SAMPLE document signer"))
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        der = certificate.public_bytes(Encoding.DER)
        if kind == "brainpool_explicit":
            der = self._spelled_out(der, key, parameters or explicit_brainpool())
        return DocumentSigner(kind, key, der)

    def _spelled_out(self, der: bytes, key: PrivateKey, parameters: bytes) -> bytes:
        """The certificate with explicit EC parameters in its key, signed anew."""
        tbs, algorithm, _ = children(der)
        named = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        point = list(children(named))[1]
        spelled = sequence(sequence(EC_PUBLIC_KEY, parameters), point)
        new = sequence(*(spelled if part == named else part for part in children(tbs)))
        return sequence(new, algorithm, wrap(0x03, b"\x00" + _sign_certificate(self.key, new)))


def _sign_certificate(key: PrivateKey, tbs: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(tbs, ec.ECDSA(hashes.SHA256()))


def _new_key(kind: Kind) -> PrivateKey:
    if kind in ("rsa", "pss"):
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1() if kind == "p256" else ec.BrainpoolP256R1())


def _name(country: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Honmono specimens"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def make_country_signer(kind: Kind = "p256", *, country: str = "XX", serial: int = 1) -> CountrySigner:
    """A new sample CSCA; all of one country share their name."""
    key, name = _new_key(kind), _name(country, "SAMPLE CSCA")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return CountrySigner(key, certificate.public_bytes(Encoding.DER), country)


# Machine-readable zones


def _check(text: str) -> str:
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * (7, 3, 1)[index % 3] for index, value in enumerate(values)) % 10)


def td1(number: str = "SPEC00001", birth: str = "900102", expiry: str = "310703") -> str:
    """A TD1 zone of three lines without breaks; a number of more than nine signs runs on."""
    if len(number) > 9:
        tail = number[9:] + _check(number)
        first = f"IRXXS{number[:9]}<{tail:<15}".replace(" ", "<")
    else:
        padded = number.ljust(9, "<")
        first = f"IRXXS{padded}{_check(padded)}".ljust(30, "<")
    second = f"{birth}{_check(birth)}F{expiry}{_check(expiry)}VNM".ljust(29, "<")
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return first + second + _check(composite) + "SPECIMEN<<AN<MAU".ljust(30, "<")


def td3(number: str = "SP0000001", birth: str = "900102", expiry: str = "310703") -> str:
    """A TD3 zone of two lines without breaks."""
    padded = number.ljust(9, "<")
    second = f"{padded}{_check(padded)}XXS{birth}{_check(birth)}F{expiry}{_check(expiry)}".ljust(43, "<")
    composite = second[0:10] + second[13:20] + second[21:43]
    return "P<XXSSPECIMEN<<AN<MAU".ljust(44, "<") + second + _check(composite)


# Files


def _groups(mrz: str, extra: Mapping[int, bytes]) -> dict[int, bytes]:
    contents = {1: wrap(0x5F1F, mrz.encode()), 2: wrap(0x7F61, b"SAMPLE, no picture" * 12), **extra}
    return {number: wrap(GROUP_TAGS[number], body) for number, body in contents.items()}


def security_object(
    signer: DocumentSigner,
    groups: Mapping[int, bytes],
    *,
    attributes: bool = True,
    certificate: bool = True,
) -> bytes:
    """EF.SOD over whole files of data groups; without ``attributes`` the content is signed directly."""
    hashed = (
        sequence(integer(number), wrap(0x04, hashlib.sha256(data).digest()))
        for number, data in groups.items()
    )
    content = sequence(integer(0), SHA256, sequence(*hashed))
    signed = wrap(
        0x31,
        sequence(CONTENT_TYPE, wrap(0x31, SECURITY_OBJECT))
        + sequence(MESSAGE_DIGEST, wrap(0x31, wrap(0x04, hashlib.sha256(content).digest()))),
    )
    signature, algorithm = _sign(signer, signed if attributes else content)
    issuer = list(children(next(children(signer.certificate))))
    signer_info = sequence(
        integer(1),
        sequence(issuer[3], issuer[1]),
        SHA256,
        b"\xa0" + signed[1:] if attributes else b"",
        algorithm,
        wrap(0x04, signature),
    )
    signed_data = sequence(
        integer(3),
        wrap(0x31, SHA256),
        sequence(SECURITY_OBJECT, wrap(0xA0, wrap(0x04, content))),
        wrap(0xA0, signer.certificate) if certificate else b"",
        wrap(0x31, signer_info),
    )
    return wrap(0x77, sequence(SIGNED_DATA, wrap(0xA0, signed_data)))


def _sign(signer: DocumentSigner, message: bytes) -> tuple[bytes, bytes]:
    if isinstance(signer.key, ec.EllipticCurvePrivateKey):
        return signer.key.sign(message, ec.ECDSA(hashes.SHA256())), ECDSA_SHA256
    if signer.kind == "pss":
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return signer.key.sign(message, pss, hashes.SHA256()), PSS_SHA256
    return signer.key.sign(message, padding.PKCS1v15(), hashes.SHA256()), RSA_SHA256


def signed_spans(sod: bytes) -> list[tuple[int, int]]:
    """Where content, signed attributes and signature stand in an EF.SOD as written here."""
    signed_data = _descend(sod, 0, 0, 1, 0)
    signer = _descend(sod, signed_data, 4, 0)
    content = _descend(sod, signed_data, 2, 1, 0)
    return [span(sod, at) for at in (content, _descend(sod, signer, 3), _descend(sod, signer, 5))]


def _descend(data: bytes, at: int, *path: int) -> int:
    """Offset of the element that is reached by taking one child after the other."""
    for index in path:
        at = span(data, at)[0]
        for _ in range(index):
            at = span(data, at)[1]
    return at


def emrtd_files(
    signer: DocumentSigner, mrz: str, *, extra: Mapping[int, bytes] | None = None, attributes: bool = True
) -> dict[str, bytes]:
    """Every file of a chip by name; ``extra`` holds contents of further data groups by number."""
    groups = _groups(mrz, extra or {})
    tags = bytes(GROUP_TAGS[number] for number in groups)
    com = wrap(0x5F01, b"0107") + wrap(0x5F36, b"040000") + wrap(0x5C, tags)
    return {
        "EF.COM": wrap(0x60, com),
        "EF.SOD": security_object(signer, groups, attributes=attributes),
        **{f"EF.DG{number}": data for number, data in groups.items()},
    }


def emrtd_dump(files: Mapping[str, bytes]) -> bytes:
    """``emrtd-dump/1``."""
    body = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return json.dumps({"format": "emrtd-dump/1", "files": body}).encode()
