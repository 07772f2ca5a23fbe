"""Encryption at rest and keyed hashes, under keys that live in a file of the data folder and never in the
database.

The file holds one key per line, base64 of 32 bytes: the first encrypts, every one decrypts, so a new key is
rotated in by putting it on top. Keyed hashes use the last line, so that they survive rotation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.errors import ConfigurationError

__all__ = ["KEY_FILE", "Cipher", "DecryptionFailed"]

KEY_FILE = "storage.key"
"""Name inside the data folder."""
_KEY_BYTES = 32
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12


class DecryptionFailed(ConfigurationError):
    """A stored value was not written under the keys at hand, or was changed since."""


class Cipher:
    """AES-256-GCM bound to the row it belongs to, and HMAC-SHA-256 separated by purpose."""

    def __init__(self, keys: tuple[bytes, ...], path: Path | None = None) -> None:
        self._path = path
        self._take(keys)

    def _take(self, keys: tuple[bytes, ...]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ConfigurationError(f"{KEY_FILE}: each line must be base64 of {_KEY_BYTES} bytes")
        self._first = self._id(keys[0])
        self._ciphers = {self._id(key): AESGCM(key) for key in keys}
        self._hash_key = keys[-1]

    @classmethod
    def open(cls, data_dir: Path) -> Cipher:
        """The keys of a data folder, made on the first start with mode 0600.

        Raises ConfigurationError where the file cannot be read or written.
        """
        path = data_dir / KEY_FILE
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            _create(path)
            return cls(_keys(path), path)
        except (OSError, UnicodeError, binascii.Error) as error:
            raise ConfigurationError(f"{KEY_FILE} cannot be used: {type(error).__name__}") from error

    @staticmethod
    def _id(key: bytes) -> bytes:
        return hashlib.sha256(b"honmono key id\0" + key).digest()[:_KEY_ID_BYTES]

    def rotate(self) -> None:
        """Put a new key on top of the file; from now on it seals. Other processes find it when they need it.

        Raises ConfigurationError where there is no file or it cannot be written.
        """
        if self._path is None:
            raise ConfigurationError("this storage key is not in a file")
        try:
            _write(self._path, (secrets.token_bytes(_KEY_BYTES), *_keys(self._path)))
            self._take(_keys(self._path))
        except (OSError, binascii.Error) as error:
            raise ConfigurationError(f"{KEY_FILE} cannot be written: {type(error).__name__}") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value was sealed under the newest key."""
        return sealed[:_KEY_ID_BYTES] == self._first

    def _key(self, id: bytes) -> AESGCM:
        """The key of a sealed value; one that was rotated in since by another process is looked up."""
        if id not in self._ciphers and self._path is not None:
            try:
                self._take(_keys(self._path))
            except (OSError, binascii.Error) as error:
                raise DecryptionFailed(f"{KEY_FILE} cannot be read: {type(error).__name__}") from error
        return self._ciphers[id]

    def seal(self, plain: bytes, row: str) -> bytes:
        """Encrypt for one row; the value opens nowhere else."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, plain, row.encode())

    def open_sealed(self, sealed: bytes, row: str) -> bytes:
        """Decrypt the value of one row; DecryptionFailed where it is not intact."""
        key, nonce = sealed[:_KEY_ID_BYTES], sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES]
        try:
            return self._key(key).decrypt(nonce, sealed[_KEY_ID_BYTES + _NONCE_BYTES :], row.encode())
        except (InvalidTag, KeyError, ValueError) as error:
            raise DecryptionFailed("a stored value cannot be decrypted with this storage key") from error

    def fingerprint(self, purpose: str, value: bytes) -> str:
        """Keyed hash, hex: equal for equal values, useless without the key file."""
        return hmac.new(self._hash_key, purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()


def _keys(path: Path) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(line, validate=True) for line in path.read_text(encoding="ascii").split())


def _write(path: Path, keys: tuple[bytes, ...]) -> None:
    """Replace the file by one that is whole on the disk."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(base64.b64encode(key) + b"\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _create(path: Path) -> None:
    """Write a fresh key file unless there is one; a second process that starts now sees it whole."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
