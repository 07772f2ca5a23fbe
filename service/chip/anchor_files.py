"""Putting anchors into a trust folder: a certificate in any wrapping, held against a pinned digest.

Nothing is trusted because it was handed in. A certificate is taken if the list already pins its digest, or if
the operator states the digest that he compared himself; a master list (ICAO Doc 9303-12 §8) is stated whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.chip.anchors import LIST_NAME, AnchorEntry, Purpose, read_entries
from service.chip.certificate import MAX_CERTIFICATE_BYTES, Certificate, load_certificate
from service.chip.emrtd.elements import elements, only, with_definite_lengths
from service.chip.errors import CertificateError, SecurityObjectError
from service.errors import ConfigurationError

__all__ = ["Added", "add_anchors", "find_certificates"]

MASTER_LIST = bytes.fromhex("0606678108010102")
MAX_INPUT_BYTES = 16 * 1024 * 1024
MAX_ARCHIVE_MEMBERS = 64
ZIP_MAGIC = b"PK\x03\x04"
_SEQUENCE, _SET, _OCTETS, _CONTEXT_0 = 0x30, 0x31, 0x04, 0xA0


@dataclass(frozen=True, slots=True)
class Added:
    """One certificate that was put into the folder."""

    file: str
    sha256: str
    listed_before: bool
    """Whether the list pinned it already."""


def find_certificates(data: bytes) -> tuple[Certificate, ...]:
    """The certificates in a DER or PEM file, in a ZIP of such files, or in a master list.

    Raises:
        ConfigurationError: there are none, or the file is too large.
    """
    if len(data) > MAX_INPUT_BYTES:
        raise ConfigurationError("the file is larger than any that holds anchors")
    if data.startswith(ZIP_MAGIC):
        found = tuple(item for member in _members(data) if (item := _certificate(member)))
    elif MASTER_LIST in data[:128]:
        found = _of_master_list(data)
    else:
        found = tuple(filter(None, [_certificate(data)]))
    if not found:
        raise ConfigurationError("the file holds no certificate that could be an anchor")
    return found


def add_anchors(
    folder: Path, data: bytes, *, profile: str, purpose: Purpose, stated_sha256: str | None = None
) -> tuple[Added, ...]:
    """Put the certificates of a file into the folder and pin them in its list.

    ``stated_sha256`` is the digest of the certificate's DER or of the whole file, lower-case hex.

    Raises:
        ConfigurationError: no certificate, or one that neither list nor operator vouches for; then nothing
            is written.
    """
    entries = {entry.sha256: entry for entry in read_entries(folder)}
    whole = hashlib.sha256(data).hexdigest() == stated_sha256
    new: list[dict[str, Any]] = []
    chosen: list[tuple[Certificate, Added]] = []
    for certificate in find_certificates(data):
        digest = hashlib.sha256(certificate.der).hexdigest()
        entry = entries.get(digest)
        if entry is None and not whole and digest != stated_sha256:
            raise ConfigurationError(
                f"{digest} is not pinned: compare it by a second way and state it with --sha256"
            )
        _refuse_other_use(entry, profile, purpose)
        file = entry.file if entry else f"{purpose.value}-{digest[:16]}.crt"
        chosen.append((certificate, Added(file, digest, entry is not None)))
        if entry is None:
            new.append({"file": file, "sha256": digest, "profile": profile, "purpose": purpose.value})
    _write(folder, chosen, new)
    return tuple(added for _, added in chosen)


def _refuse_other_use(entry: AnchorEntry | None, profile: str, purpose: Purpose) -> None:
    """A test CA shares name and serial number with the real one: it must not become real by a slip."""
    if entry is not None and (entry.profile, entry.purpose) != (profile, purpose):
        raise ConfigurationError(
            f"{entry.file} is listed for profile {entry.profile} and purpose {entry.purpose.value}"
        )


def _members(data: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [e for e in archive.infolist() if e.file_size <= 2 * MAX_CERTIFICATE_BYTES]
            return [archive.read(entry) for entry in entries[:MAX_ARCHIVE_MEMBERS]]
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError) as fault:
        raise ConfigurationError("the ZIP archive is damaged or encrypted") from fault


def _certificate(data: bytes) -> Certificate | None:
    try:
        return load_certificate(data)
    except CertificateError:
        return None


def _of_master_list(data: bytes) -> tuple[Certificate, ...]:
    try:
        signed = elements(only(with_definite_lengths(data), _SEQUENCE).contents)[1]
        encapsulated = elements(only(signed.contents, _SEQUENCE).contents)[2]
        content = elements(encapsulated.contents)[1]
        listed = elements(only(only(content.contents, _OCTETS).contents, _SEQUENCE).contents)
        rows = next(part for part in listed if part.tag == _SET)
        found = [_certificate(item.raw) for item in elements(rows.contents)]
    except (SecurityObjectError, IndexError, StopIteration) as fault:
        raise ConfigurationError("the master list is not well-formed") from fault
    return tuple(item for item in found if item)


def _write(folder: Path, chosen: list[tuple[Certificate, Added]], new: list[dict[str, Any]]) -> None:
    path = folder / LIST_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for certificate, added in chosen:
            _replace(folder / added.file, certificate.der)
        if new:
            rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
            _replace(path, (json.dumps(rows + new, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as fault:
        raise ConfigurationError("the trust folder cannot be written to") from fault


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    os.replace(beside, path)
