"""Bytes of one entry, in the process that reads it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import fsspec

from service.archive.item import Entry
from service.archive.problems import Unread
from service.archive.sources.zips import ZipMembers

__all__ = ["Opener"]


class Opener:
    """Opens what a listing named. ``archive`` is the ZIP that holds the members, None elsewhere."""

    def __init__(self, archive: str | None = None) -> None:
        self._members = _zip(archive) if archive else None

    def read(self, entry: Entry, limit: int) -> bytes:
        """The bytes of an entry; Unread where it cannot be had, is empty or has more than ``limit`` bytes."""
        if entry.fault is not None:
            raise Unread(entry.fault)
        if entry.size > limit:
            raise Unread("payload-too-large")
        data = self._bytes(entry, limit)
        if len(data) > limit:
            raise Unread("payload-too-large")
        if not data:
            raise Unread("empty-file")
        return data

    def _bytes(self, entry: Entry, limit: int) -> bytes:
        if self._members is not None:
            return self._members.read(int(entry.locator), limit)
        try:
            if "://" in entry.locator:
                with fsspec.open(entry.locator, "rb") as file:
                    return bytes(file.read(limit + 1))
            path = Path(entry.locator)
            if not path.is_file():
                raise Unread("not-a-file" if path.exists() else "missing-file")
            with path.open("rb") as file:
                return file.read(limit + 1)
        except FileNotFoundError as error:
            raise Unread("missing-file") from error
        except (OSError, ValueError) as error:
            raise Unread("file-unreadable") from error


@lru_cache(maxsize=1)
def _zip(archive: str) -> ZipMembers:
    return ZipMembers(fsspec.open(archive, "rb").open())
