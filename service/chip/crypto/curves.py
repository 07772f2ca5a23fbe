"""EC keys whose certificate spells the curve out instead of naming it, as many document signers do.

``cryptography`` takes named curves only, so such a key is rebuilt on the named curve. Every parameter is
compared, the base point included: a forger who chooses his own base point can fit a key to any signature
(CVE-2020-0601).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from asn1crypto.keys import PublicKeyInfo, SpecifiedECDomain
from cryptography.hazmat.primitives.asymmetric import ec

from service.chip.errors import CertificateError

__all__ = ["CURVES", "curve_parameters", "named_key"]

CURVES: Mapping[str, ec.EllipticCurve] = {
    "secp192r1": ec.SECP192R1(),
    "secp224r1": ec.SECP224R1(),
    "secp256r1": ec.SECP256R1(),
    "secp384r1": ec.SECP384R1(),
    "secp521r1": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}
"""Curves of travel documents (ICAO Doc 9303-12) that the library can compute on."""


class Parameters(NamedTuple):
    """Domain parameters of one curve."""

    p: int
    a: int
    b: int
    gx: int
    gy: int
    n: int


@cache
def curve_parameters() -> Mapping[str, Parameters]:
    """The parameters of every curve that is known, by name."""
    rows = tomllib.loads(Path(__file__).with_name("curves.toml").read_text(encoding="utf-8"))
    return {
        name: Parameters(*(int(row[part], 16) for part in Parameters._fields)) for name, row in rows.items()
    }


def named_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a SubjectPublicKeyInfo with explicit parameters, on the named curve that they describe.

    Raises:
        CertificateError: no explicit parameters, those of no known curve, or a point that is not on it.
    """
    info = PublicKeyInfo.load(spki, strict=True)
    domain = info["algorithm"]["parameters"]
    if info["algorithm"]["algorithm"].native != "ec" or domain.name != "specified":
        raise CertificateError("the key of the certificate is not supported")
    given = _parameters(domain.chosen)
    name = next((name for name, known in curve_parameters().items() if known == given), None)
    if name is None:
        raise CertificateError("the key of the certificate is on a curve that is not known")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[name], info["public_key"].native)
    except ValueError as fault:
        raise CertificateError("the key of the certificate is no point of its curve") from fault


def _parameters(domain: SpecifiedECDomain) -> Parameters:
    prime = domain["field_id"]["parameters"].native
    width = (prime.bit_length() + 7) // 8
    base = domain["base"].contents
    x, y = _base_point(base, width)
    a, b = (int.from_bytes(domain["curve"][part].contents, "big") for part in ("a", "b"))
    if domain["cofactor"].native not in (None, 1):
        raise CertificateError("the key of the certificate is on a curve that is not known")
    return Parameters(prime, a, b, x, y, domain["order"].native)


def _base_point(base: bytes, width: int) -> tuple[int, int]:
    """Coordinates of an uncompressed point; a compressed one is looked up among the known curves."""
    x = int.from_bytes(base[1 : 1 + width], "big")
    if base[:1] == b"\x04" and len(base) == 1 + 2 * width:
        return x, int.from_bytes(base[1 + width :], "big")
    if base[:1] in (b"\x02", b"\x03") and len(base) == 1 + width:
        for known in curve_parameters().values():
            if known.gx == x and known.gy & 1 == base[0] & 1:
                return x, known.gy
    raise CertificateError("the key of the certificate is on a curve that is not known")
