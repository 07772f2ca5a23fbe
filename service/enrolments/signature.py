"""Ed25519 over an enrolment: who enrols holds the private key, who verifies cards needs the public one.

Why not the storage key: docs/decisions/0013-enrolments-are-signed.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from service.errors import ConfigurationError

__all__ = ["KEY_FILE", "PUBLIC_FILE", "SigningKey", "VerifyingKey"]

KEY_FILE = "enrolment.key"
"""Private key inside the data folder, mode 0600."""
PUBLIC_FILE = "signer.pub"
"""Public key inside the folder of enrolments."""
_ALGORITHM = "Ed25519"
_KEY_ID_CHARACTERS = 16


def _signed_bytes(document: Mapping[str, Any]) -> bytes:
    """Everything but the signature, in one form only: keys sorted, no spaces, UTF-8."""
    body = {key: value for key, value in document.items() if key != "signature"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_KEY_ID_CHARACTERS]


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public key of the operator."""

    key: Ed25519PublicKey

    @classmethod
    def read(cls, folder: Path) -> VerifyingKey:
        """The key beside the enrolments; ConfigurationError where it is missing or is none."""
        try:
            key = load_pem_public_key((folder / PUBLIC_FILE).read_bytes())
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise ConfigurationError(f"{PUBLIC_FILE} cannot be used: {type(error).__name__}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigurationError(f"{PUBLIC_FILE} is not an {_ALGORITHM} key")
        return cls(key)

    def fault(self, document: Mapping[str, Any]) -> str | None:
        """Why the document is not to be believed, None where its signature holds."""
        signature = document.get("signature")
        if not isinstance(signature, Mapping):
            return "it is not signed"
        if signature.get("algorithm") != _ALGORITHM or signature.get("key") != _key_id(self.key):
            return "it is signed by another key"
        try:
            value = base64.b64decode(signature["value"], validate=True)
            self.key.verify(value, _signed_bytes(document))
        except (InvalidSignature, binascii.Error, KeyError, TypeError, ValueError):
            return "it was changed after it was signed"
        return None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key of the operator."""

    key: Ed25519PrivateKey

    @classmethod
    def open(cls, data_dir: Path, folder: Path) -> SigningKey:
        """The key of a data folder, made at the first use; its public half is put beside the enrolments.

        Raises ConfigurationError where a file cannot be used, or the halves do not belong together.
        """
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(parents=True, exist_ok=True)
            _create(data_dir / KEY_FILE)
            key = load_pem_private_key((data_dir / KEY_FILE).read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ConfigurationError(f"{KEY_FILE} cannot be used: {type(error).__name__}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"{KEY_FILE} is not an {_ALGORITHM} key")
        _publish(key.public_key(), folder / PUBLIC_FILE)
        return cls(key)

    def signed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with its signature."""
        value = base64.b64encode(self.key.sign(_signed_bytes(document))).decode("ascii")
        signature = {"algorithm": _ALGORITHM, "key": _key_id(self.key.public_key()), "value": value}
        return {**document, "signature": signature}


def _create(path: Path) -> None:
    """A new private key where there is none; a file that another process has just made is kept."""
    if path.exists():
        return
    text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    except FileExistsError:
        return


def _publish(key: Ed25519PublicKey, path: Path) -> None:
    """Write the public half once; one that does not fit is not replaced: what it signed would be refused."""
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        if not path.exists():
            path.write_bytes(text)
        elif path.read_bytes() != text:
            raise ConfigurationError(f"{PUBLIC_FILE} belongs to another {KEY_FILE}")
    except OSError as error:
        raise ConfigurationError(f"{PUBLIC_FILE} cannot be used: {type(error).__name__}") from error
