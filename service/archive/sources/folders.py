"""Files of a folder, on this machine or in a store that fsspec knows, one folder at a time and in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import fsspec

from service.archive.item import Entry

__all__ = ["IGNORED", "local_folders", "store_folders"]

IGNORED = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".git"})
"""Names that systems leave behind; they are counted, and are no files of the archive."""
_APPLE_DOUBLE = "._"


def is_ignored(name: str) -> bool:
    """Whether a name is one that a system left behind."""
    return name.lower() in IGNORED or name.startswith(_APPLE_DOUBLE)


def local_folders(root: Path, left_out: Path | None = None) -> Iterator[tuple[Entry, ...]]:
    """The files of each folder below ``root``, folders and names in order of their bytes.

    Links are never followed, so no loop can hold the listing up. ``left_out`` is a folder that is no part of
    the archive: that of the results. What cannot be listed is an Entry with its fault.
    """
    yield from _below(os.fspath(root), "", os.path.realpath(left_out) if left_out else None)


def _below(folder: str, inside: str, left_out: str | None) -> Iterator[tuple[Entry, ...]]:
    try:
        with os.scandir(folder) as listing:
            found = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError:
        yield (Entry(inside or ".", folder, fault="folder-unreadable"),)
        return
    entries, folders = [], []
    for item in found:
        if is_ignored(item.name):
            continue
        if item.is_dir(follow_symlinks=False):
            if left_out is None or os.path.realpath(item.path) != left_out:
                folders.append(item)
        else:
            entries.append(_entry(item, f"{inside}{item.name}"))
    if entries:
        yield tuple(entries)
    for item in folders:
        yield from _below(item.path, f"{inside}{item.name}/", left_out)


def _entry(item: os.DirEntry[str], path: str) -> Entry:
    if item.is_symlink():
        return Entry(path, item.path, fault="link-not-followed")
    if not item.is_file(follow_symlinks=False):
        return Entry(path, item.path, fault="not-a-file")
    try:
        facts = item.stat(follow_symlinks=False)
    except OSError:
        return Entry(path, item.path, fault="file-unreadable")
    return Entry(path, item.path, facts.st_size, facts.st_mtime)


def store_folders(url: str) -> Iterator[tuple[Entry, ...]]:
    """The files below a URL, folder by folder, as ``local_folders``."""
    system, root = fsspec.core.url_to_fs(url)
    yield from _in_store(system, root.rstrip("/"), root.rstrip("/"))


def _in_store(system: Any, folder: str, root: str) -> Iterator[tuple[Entry, ...]]:
    try:
        found = sorted(system.ls(folder, detail=True), key=lambda facts: str(facts["name"]))
    except OSError:
        yield (Entry(folder[len(root) + 1 :] or ".", folder, fault="folder-unreadable"),)
        return
    entries, folders = [], []
    for facts in found:
        name = str(facts["name"]).rstrip("/")
        if name == folder or is_ignored(name.rpartition("/")[2]):
            continue
        if facts["type"] == "directory":
            folders.append(name)
        else:
            entries.append(_object(system, name, name[len(root) + 1 :], facts))
    if entries:
        yield tuple(entries)
    for name in folders:
        yield from _in_store(system, name, root)


def _object(system: Any, name: str, path: str, facts: Mapping[str, Any]) -> Entry:
    modified = facts.get("LastModified") or facts.get("mtime") or facts.get("created")
    if isinstance(modified, datetime):
        modified = modified.timestamp()
    seconds = float(modified) if isinstance(modified, int | float) else None
    return Entry(path, str(system.unstrip_protocol(name)), int(facts.get("size") or 0), seconds)
