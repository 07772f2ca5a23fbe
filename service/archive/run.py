"""A whole re-check, on one page.

    1. list the archive and count                                  sources
    2. make the folder of the results, or go on in it              folder
    3. cut the archive into shards and leave out what is done      plan
    4. work off the rest on one engine                             engines
    5. put aside rows of files that are gone or were changed       folder
    6. find links, write the tables and the report                 links, table, report

The same command after a ``kill -9`` goes on where the last one ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from service.archive import table
from service.archive.engines import Errands, run_local, run_ray
from service.archive.folder import RunFolder
from service.archive.links import find_links
from service.archive.plan import Plan, Shard, shard_size, shards
from service.archive.progress import Bar
from service.archive.report import write_report
from service.archive.rows import models_digest
from service.archive.shard import Finished
from service.archive.sources import Source, open_source
from service.archive.versions import Since, parse_version
from service.archive.work import Job
from service.models import manifest
from service.policies import policy
from service.settings import Settings
from service.store.cipher import Cipher

__all__ = ["Asked", "Outcome", "archive_key", "recheck"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator asked for."""

    archive: str
    out: Path
    policy: str = "default"
    reference_time: datetime | None = None
    since_version: str | None = None
    engine: str = "local"
    ray_address: str | None = None
    workers: int = 1
    names: bool = False
    pictures: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of a run, in numbers."""

    items: int = 0
    skipped: int = 0
    """Items that an earlier run had done."""
    renewed: int = 0
    """Rows that were made in this run."""
    retired: int = 0
    """Shards put aside, since their files are gone or were changed."""
    cards: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    links: int = 0
    """Links between cards."""


class Showing(Protocol):
    """Makes what shows the progress."""

    def __call__(self, total: int) -> AbstractContextManager[Bar]:
        """For so many items."""


def archive_key(settings: Settings) -> bytes:
    """The key under which names, numbers and places are hashed: of this installation, for archives alone."""
    return bytes.fromhex(Cipher.open(settings.data_dir).fingerprint("archive key", b""))


def recheck(asked: Asked, settings: Settings, showing: Showing) -> Outcome:
    """Check an archive again; ConfigurationError or Problem where it cannot be begun."""
    policy(asked.policy)
    keep = _since(asked, settings)

    # 1. the archive
    source = open_source(asked.archive, asked.out)
    plan = _count(source)

    # 2. the folder
    folder = RunFolder(asked.out)
    told = {
        "policy": asked.policy,
        "reference_time": asked.reference_time.isoformat() if asked.reference_time else None,
        "trust_profile": settings.trust_profile,
    }
    began = folder.begin(told, datetime.now(UTC).replace(microsecond=0))
    folder.sweep()

    # 3. shards
    job = Job(
        now=began,
        key=archive_key(settings),
        members_of=source.members_of,
        policy=asked.policy,
        reference_time=asked.reference_time,
        pictures=asked.pictures,
    )
    outcome = Outcome(items=plan.items)
    planned: set[str] = set()
    every = _all(source, job, plan, planned)
    todo = every if keep else _left(every, folder, asked, outcome)
    left = plan.items if keep else _count_left(source, job, plan, folder, asked)

    # 4. engine
    errands = Errands(job, asked.out.resolve(), settings, asked.names, keep)
    with showing(left) as bar:
        for finished in _work(asked, todo, errands, bar):
            outcome.renewed += finished.renewed

    # 5. what is gone
    for shard in folder.done().keys() - planned:
        folder.retire(shard)
        outcome.retired += 1

    # 6. tables and report
    return finish(folder, asked, outcome)


def finish(folder: RunFolder, asked: Asked, outcome: Outcome) -> Outcome:
    """Links, tables and report from the shards that lie there."""
    if folder.done():
        outcome.links = find_links(folder.path).links
    found = table.write_tables(folder, names=asked.names)
    outcome.cards, outcome.verdicts = found.cards, found.verdicts
    write_report(folder, names=asked.names, pictures=asked.pictures)
    return outcome


def _since(asked: Asked, settings: Settings) -> Since | None:
    if asked.since_version is None:
        return None
    models = models_digest([(m.id, m.sha256) for m in manifest(settings.models_dir).values()])
    return Since(parse_version(asked.since_version), models)


def _count(source: Source) -> Plan:
    items = files = 0
    for item in source.items():
        items += 1
        files += len(item.parts)
    return Plan(items, files, shard_size(items))


def _all(source: Source, job: Job, plan: Plan, planned: set[str]) -> Iterator[Shard]:
    for shard in shards(source.items(), job, plan.shard_size):
        planned.add(shard.id)
        yield shard


def _left(every: Iterator[Shard], folder: RunFolder, asked: Asked, outcome: Outcome) -> Iterator[Shard]:
    """Shards that are not done; those that are, are counted."""
    for shard in every:
        if folder.has(shard.id, names=asked.names):
            outcome.skipped += len(shard.items)
        else:
            yield shard


def _count_left(source: Source, job: Job, plan: Plan, folder: RunFolder, asked: Asked) -> int:
    if not folder.done():
        return plan.items
    every = _all(source, job, plan, set())
    return sum(len(shard.items) for shard in _left(every, folder, asked, Outcome()))


def _work(asked: Asked, todo: Iterator[Shard], errands: Errands, bar: Bar) -> Iterator[Finished]:
    if asked.engine == "ray":
        yield from run_ray(todo, errands, asked.ray_address, bar.step)
    else:
        yield from run_local(todo, errands, asked.workers, bar.step)
