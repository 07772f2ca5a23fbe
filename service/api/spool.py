"""A large body outside of memory: a file without a name, encrypted under a key that dies with the request."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["Spool"]

_BLOCK = 16


class Spool(io.RawIOBase):
    """A file that is written once, then read at any place: AES-256 in counter mode opens anywhere.

    A crash leaves neither a file nor anything that could be read from the disk.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by close)
        self._key = AES(secrets.token_bytes(32))
        self._position = 0
        self.size = 0

    def _crypt(self, data: bytes, start: int) -> bytes:
        counter = (start // _BLOCK).to_bytes(_BLOCK, "big")
        stream = Cipher(self._key, CTR(counter)).encryptor()
        stream.update(bytes(start % _BLOCK))
        return stream.update(data)

    def write(self, data: Buffer, /) -> int:
        """Append; the position for reading stays."""
        plain = bytes(data)
        self._file.seek(self.size)
        self._file.write(self._crypt(plain, self.size))
        self.size += len(plain)
        return len(plain)

    def readinto(self, buffer: Buffer, /) -> int:
        """Read on from the position."""
        view = memoryview(buffer)
        self._file.seek(self._position)
        plain = self._crypt(self._file.read(len(view)), self._position)
        view[: len(plain)] = plain
        self._position += len(plain)
        return len(plain)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Set the position for reading."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """The position for reading."""
        return self._position

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Give the space back."""
        if not self.closed:
            self._file.close()
        super().close()
