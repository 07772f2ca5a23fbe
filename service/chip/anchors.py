"""The list of trust anchors, ``anchors.json``: what it may say, and the files that it names.

Each entry pins the SHA-256 of one certificate's DER. Entries of different profiles and purposes become
different types further on (``trust.py``), so that one can never stand in for another.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric import rsa

from service.chip.certificate import MAX_CERTIFICATE_BYTES, Certificate, load_certificate
from service.chip.errors import CertificateError
from service.errors import ConfigurationError
from service.settings import TrustProfile

__all__ = ["AnchorEntry", "AnchorFault", "Purpose", "Unavailable", "load_anchor", "read_entries"]

LIST_NAME = "anchors.json"
PROFILES = get_args(TrustProfile)
SHA256 = re.compile(r"[0-9a-f]{64}")
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\- ]{0,99}")
MAX_LIST_BYTES = 1024 * 1024
MAX_FILE_BYTES = 2 * MAX_CERTIFICATE_BYTES


class Purpose(StrEnum):
    """What an anchor may certify."""

    RESIDENCE_CARD = "jp.residence_card"
    CSCA = "icao.csca"


class AnchorFault(StrEnum):
    """Why a listed anchor is not in use."""

    MISSING = "missing"
    """The file is not in the folder."""
    REFUSED = "refused"
    """The file holds other bytes than those pinned, or no certificate."""


@dataclass(frozen=True, slots=True)
class AnchorEntry:
    """One line of the list."""

    file: str
    sha256: str
    """Of the certificate's DER, lower-case hex."""
    profile: str
    purpose: Purpose = Purpose.RESIDENCE_CARD
    generation: int | None = None
    """Generation of the cards below it; None to be told by the key: RSA is 1, EC is 2."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A listed anchor that could not be loaded."""

    entry: AnchorEntry
    fault: AnchorFault


def read_entries(folder: Path) -> tuple[AnchorEntry, ...]:
    """The entries of the folder's list, none where there is no list.

    Raises:
        ConfigurationError: the list is not what the contract (§4) describes.
    """
    path = folder / LIST_NAME
    if not path.is_file():
        return ()
    if path.stat().st_size > MAX_LIST_BYTES:
        raise ConfigurationError(f"{LIST_NAME} is too large")
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as fault:
        raise ConfigurationError(f"{LIST_NAME} is not valid JSON") from fault
    if not isinstance(rows, list):
        raise ConfigurationError(f"{LIST_NAME} must hold a list")
    return tuple(_entry(number, row) for number, row in enumerate(rows, 1))


def _entry(number: int, row: object) -> AnchorEntry:
    where = f"{LIST_NAME}, entry {number}"
    if not isinstance(row, dict):
        raise ConfigurationError(f"{where}: not an object")
    fields: Mapping[str, Any] = row
    digest = str(fields.get("sha256", "")).replace(":", "").lower()
    if not FILE_NAME.fullmatch(str(fields.get("file", ""))):
        raise ConfigurationError(f"{where}: `file` must be a plain file name")
    if not SHA256.fullmatch(digest):
        raise ConfigurationError(f"{where}: `sha256` must be 64 hex digits")
    if fields.get("profile") not in PROFILES:
        raise ConfigurationError(f"{where}: `profile` must be one of {', '.join(PROFILES)}")
    generation = fields.get("generation")
    if generation not in (None, 1, 2):
        raise ConfigurationError(f"{where}: `generation` must be 1 or 2")
    try:
        purpose = Purpose(fields.get("purpose", Purpose.RESIDENCE_CARD))
    except ValueError as fault:
        raise ConfigurationError(f"{where}: unknown `purpose`") from fault
    return AnchorEntry(str(fields["file"]), digest, str(fields["profile"]), purpose, generation)


def load_anchor(folder: Path, entry: AnchorEntry) -> tuple[Certificate, int] | Unavailable:
    """The pinned certificate with the generation it serves, or why it cannot be used."""
    path = folder / entry.file
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return Unavailable(entry, AnchorFault.REFUSED)
        data = path.read_bytes()
        certificate = load_certificate(data)
    except FileNotFoundError:
        return Unavailable(entry, AnchorFault.MISSING)
    except (CertificateError, OSError):
        return Unavailable(entry, AnchorFault.REFUSED)
    if entry.sha256 not in {hashlib.sha256(form).hexdigest() for form in (data, certificate.der)}:
        return Unavailable(entry, AnchorFault.REFUSED)
    by_key = 1 if isinstance(certificate.key, rsa.RSAPublicKey) else 2
    return certificate, entry.generation or by_key
