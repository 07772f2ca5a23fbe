"""Which kind of archive a word of the command line names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import fsspec

from service.archive.item import Entry, Item
from service.archive.pairing import paired
from service.archive.sources.folders import local_folders, store_folders
from service.archive.sources.manifests import MANIFEST_SUFFIXES, manifest_items
from service.archive.sources.zips import ZipMembers
from service.errors import ConfigurationError

__all__ = ["Source", "open_source"]


@dataclass(frozen=True, slots=True)
class Source:
    """An archive: what it is, and where."""

    location: str
    """A path or a URL."""
    kind: str
    """``folder``, ``store``, ``zip`` or ``manifest``."""
    left_out: str | None = None
    """A folder inside that is no part of it: that of the results."""

    @property
    def members_of(self) -> str | None:
        """The ZIP whose members the entries are."""
        return self.location if self.kind == "zip" else None

    def items(self) -> Iterator[Item]:
        """What belongs together, in an order that is the same at every listing."""
        if self.kind == "manifest":
            yield from manifest_items(self.location)
            return
        for folder in self._folders():
            yield from paired(folder)

    def _folders(self) -> Iterator[tuple[Entry, ...]]:
        if self.kind == "zip":
            with fsspec.open(self.location, "rb") as file:
                yield from ZipMembers(file).folders()
        elif self.kind == "store":
            yield from store_folders(self.location)
        else:
            left_out = Path(self.left_out) if self.left_out else None
            yield from local_folders(Path(self.location), left_out)


def open_source(location: str, left_out: Path | None = None) -> Source:
    """The archive that a path or URL names; ConfigurationError where there is none."""
    suffix = PurePosixPath(location).suffix.lower()
    kind = "manifest" if suffix in MANIFEST_SUFFIXES else "zip" if suffix == ".zip" else None
    excluded = str(left_out) if left_out else None
    if "://" in location:
        return Source(location, kind or "store", excluded)
    path = Path(location)
    if path.is_dir():
        return Source(str(path), "folder", excluded)
    if not path.is_file():
        raise ConfigurationError("There is no archive at the place that was named.")
    if kind is None:
        raise ConfigurationError(
            "An archive is a folder, a URL, a .zip, or a manifest (.csv, .parquet, .ndjson)."
        )
    return Source(str(path), kind, excluded)
