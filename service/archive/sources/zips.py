"""Members of a ZIP archive. Nothing is written under a name of it; tricks become rows, not crashes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import IO

from service.api.zip_body import refuse_tricks
from service.archive.item import Entry
from service.archive.problems import Unread
from service.archive.sources.folders import is_ignored
from service.checks.case import JAPAN
from service.errors import ConfigurationError, RequestInvalid

__all__ = ["ZipMembers"]

_PIECE = 1024 * 1024
_ENCRYPTED = 0x1
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What ZIP writers put where they know no date."""


class ZipMembers:
    """One opened archive: its listing, and its members by number."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read the directory; ConfigurationError where there is none to be read."""
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
            raise ConfigurationError("The ZIP archive cannot be read: it is damaged or cut off.") from error
        self._members = self._zip.infolist()

    def folders(self) -> Iterator[tuple[Entry, ...]]:
        """The members of each folder in order. Two members of one name are two entries."""
        entries = sorted(
            (self._entry(number, member) for number, member in enumerate(self._members) if _counts(member)),
            key=lambda entry: (_folder(entry.path), entry.path, int(entry.locator)),
        )
        for _, together in groupby(entries, key=lambda entry: _folder(entry.path)):
            yield tuple(together)

    def _entry(self, number: int, member: zipfile.ZipInfo) -> Entry:
        fault = _fault(member)
        return Entry(member.filename, str(number), member.file_size, _modified(member), fault)

    def read(self, number: int, limit: int) -> bytes:
        """The bytes of a member; Unread for more than ``limit``, however the directory counts them."""
        pieces, size = [], 0
        try:
            with self._zip.open(self._members[number]) as member:
                while piece := member.read(_PIECE):
                    size += len(piece)
                    if size > limit:
                        raise Unread("payload-too-large")
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            zlib.error,
            OSError,
        ) as error:
            raise Unread("archive-damaged") from error
        return b"".join(pieces)


def _counts(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not any(is_ignored(part) for part in member.filename.split("/"))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _fault(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & _ENCRYPTED:
        return "encrypted"
    try:
        refuse_tricks(member)
    except RequestInvalid:
        return "name-refused"
    return None


def _modified(member: zipfile.ZipInfo) -> float | None:
    """Local time without a zone, as ZIP has it; taken for Japan's."""
    if member.date_time == _EARLIEST:
        return None
    try:
        return datetime(*member.date_time, tzinfo=JAPAN).timestamp()
    except ValueError:
        return None
