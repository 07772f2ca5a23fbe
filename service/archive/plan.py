"""An archive as shards. The name of a shard follows from what is in it and from what is asked of it.

Where a shard ends is decided by the items themselves, so a file that is added or changed gives one shard
another name and leaves the others as they are: what is done stays done.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.archive.item import Item
from service.archive.schema import SCHEMA_VERSION
from service.archive.work import Job

__all__ = ["Plan", "Shard", "shard_size", "shards"]

_LEAST, _MOST = 16, 512
_SHARDS = 16_384
"""A larger archive has larger shards, until one takes some minutes: what a lost machine costs."""
_ID = 16


@dataclass(frozen=True, slots=True)
class Shard:
    """Items that are written together."""

    id: str
    """16 hex signs."""
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is to do."""

    items: int
    files: int
    shard_size: int


def shard_size(items: int) -> int:
    """Items of a shard, on the average: a power of two, so that a growing archive seldom changes it."""
    wanted = max(_LEAST, min(_MOST, items // _SHARDS))
    return 1 << (wanted.bit_length() - 1)


def shards(items: Iterable[Item], job: Job, size: int) -> Iterator[Shard]:
    """The shards of an archive, one after another; only one is held at a time."""
    asked = _asked(job)
    held: list[Item] = []
    digests: list[bytes] = []
    for item in items:
        digest = _digest(item)
        held.append(item)
        digests.append(digest)
        ends = 2 * len(held) >= size and int.from_bytes(digest[:4], "big") % max(size // 2, 1) == 0
        if ends or len(held) >= 2 * size:
            yield _shard(held, digests, asked)
            held, digests = [], []
    if held:
        yield _shard(held, digests, asked)


def _shard(items: list[Item], digests: list[bytes], asked: bytes) -> Shard:
    return Shard(hashlib.sha256(asked + b"".join(digests)).hexdigest()[:_ID], tuple(items))


def _asked(job: Job) -> bytes:
    """What is asked of every item, as far as a row depends on it."""
    at = job.reference_time.isoformat() if job.reference_time else None
    key = hashlib.sha256(b"honmono archive key id\0" + job.key).hexdigest()
    return hashlib.sha256(json.dumps([SCHEMA_VERSION, job.policy, at, key]).encode()).digest()


def _digest(item: Item) -> bytes:
    parts = [
        [
            part.role.value,
            os.fsencode(part.entry.path).hex(),
            part.entry.size,
            round(part.entry.modified) if part.entry.modified is not None else None,
            part.entry.fault,
        ]
        for part in item.parts
    ]
    scanned = item.scan_date.isoformat() if item.scan_date else None
    told = [parts, item.paired_by.value, item.reference, scanned]
    return hashlib.sha256(json.dumps(told).encode()).digest()
