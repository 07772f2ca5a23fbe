"""A ZIP that a stranger sent: its directory is bounded before it is read, its members before unpacking.

Nothing is ever written under a name of the archive. Names that try to leave it are refused all the same: who
sends them does not mean well.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from service.errors import PayloadTooLarge, RequestInvalid

__all__ = ["Archive", "refuse_tricks"]

_END = b"PK\x05\x06"
_LOCATOR_64 = b"PK\x06\x07"
_END_LENGTH = 22
_LOCATOR_LENGTH = 20
_MOST_COMMENT = 65_535
_ENTRY_BYTES = 300
"""Of the directory, for each member that is allowed: far more than an honest name takes."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:]{1,255}")


class Archive:
    """Members by name, within a budget of unpacked bytes."""

    def __init__(self, file: IO[bytes], *, max_members: int, max_unpacked: int) -> None:
        """Read the directory; RequestInvalid where it is broken or tricky, PayloadTooLarge where too long."""
        _bound_directory(file, max_members)
        self._left = max_unpacked
        self.spent = False
        """Whether more was asked for than the archive as a whole may unpack to."""
        self._max_unpacked = max_unpacked
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
            raise RequestInvalid("The ZIP archive cannot be read.") from error
        members = self._zip.infolist()
        if len(members) > max_members:
            raise PayloadTooLarge(f"The ZIP archive may hold at most {max_members} members.")
        for member in members:
            refuse_tricks(member)
        self._members = {member.filename: member for member in members if not member.is_dir()}
        if len(self._members) != sum(not member.is_dir() for member in members):
            raise RequestInvalid("The ZIP archive holds two members of one name.")

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, limit: int) -> bytes:
        """A member; PayloadTooLarge where it or the whole is too large, RequestInvalid where it is broken.

        KeyError where there is none of that name.
        """
        most = min(limit, self._left)
        try:
            with self._zip.open(self._members[name]) as member:
                content = member.read(most + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            zlib.error,
            OSError,
        ) as error:
            raise RequestInvalid("A member of the ZIP archive cannot be unpacked.") from error
        if len(content) > limit:
            raise PayloadTooLarge(f"A member of the ZIP archive may hold at most {limit} bytes here.")
        if len(content) > self._left:
            self.spent = True
            raise PayloadTooLarge(f"The batch may hold at most {self._max_unpacked} bytes unpacked.")
        self._left -= len(content)
        return content


def _bound_directory(file: IO[bytes], max_members: int) -> None:
    """Refuse a directory that would take memory before it is counted, by the record at the archive's end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_LENGTH - _MOST_COMMENT - _LOCATOR_LENGTH))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_LENGTH:
        raise RequestInvalid("The ZIP archive has no end: it is cut off or none.")
    if tail[max(0, at - _LOCATOR_LENGTH) : at].startswith(_LOCATOR_64):
        raise RequestInvalid("ZIP64 archives are not taken: send several batches.")
    directory = struct.unpack_from("<I", tail, at + 12)[0]
    if directory > _ENTRY_BYTES * max_members:
        raise PayloadTooLarge(f"The ZIP archive may hold at most {max_members} members.")


def refuse_tricks(member: zipfile.ZipInfo) -> None:
    """RequestInvalid for a member that is not a plain file of a name inside the archive."""
    name = member.filename
    inside = PurePosixPath(name)
    if not _NAME.fullmatch(name) or inside.is_absolute() or ".." in inside.parts:
        raise RequestInvalid("The ZIP archive holds a name that leads out of it.")
    if member.orig_filename != name:  # cut at a NUL, or separators changed
        raise RequestInvalid("The ZIP archive holds a name that leads out of it.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise RequestInvalid("The ZIP archive holds something that is neither file nor folder.")
    if member.flag_bits & _ENCRYPTED:
        raise RequestInvalid("The ZIP archive is encrypted.")
    if member.compress_type not in _METHODS:
        raise RequestInvalid("The ZIP archive uses a method other than store and deflate.")
