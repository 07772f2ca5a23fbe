"""Working one shard off: every item through a process, every card of it once, whatever dies on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from service.archive.folder import RunFolder
from service.archive.item import Item, Row
from service.archive.plan import Shard
from service.archive.rows import card_id
from service.archive.schema import CARDS, NAMES, TIMINGS
from service.archive.work import Done, Job, Mark, Work
from service.errors import ConfigurationError, Overloaded
from service.settings import Settings
from service.worker.pool import ChildRules, EngineFailed, EnginePool, Interrupted, OverTime

__all__ = ["Finished", "Keep", "Reader", "reader_pool", "work_shard"]

_LOADER = "service.archive.examiner:load"
_MOST_DEATHS = 2
"""Processes that one step may end before it is given up: the first may have died of something else."""
_MOST_STARTS = 3

Keep = Callable[[Mapping[str, Any]], bool]
"""Whether an earlier row still holds and need not be made again."""


class Reader(Protocol):
    """Does errands in processes of their own (``EnginePool``)."""

    def run(self, work: Any, part: Callable[[Any], None]) -> Any:
        """See ``EnginePool.run``."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a shard, in numbers."""

    shard: str
    items: int
    cards: int
    seconds: float = 0.0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    """Rows by verdict; rows without one under ``problem``."""
    renewed: int = 0
    """Rows that were made again."""


def reader_pool(settings: Settings, size: int) -> EnginePool:
    """Processes that read archives: one thread each, bounded in memory and time, replaced when they grow."""
    limits = settings.model_copy(update={"time_limit_s": settings.archive_step_s})
    rules = ChildRules(
        _LOADER, settings.archive_memory_mib, settings.archive_resident_mib, settings.archive_recycle
    )
    return EnginePool(limits, size, rules=rules)


def work_shard(
    shard: Shard,
    job: Job,
    folder: RunFolder,
    reader: Reader,
    *,
    names: bool = False,
    keep: Keep | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Finished:
    """Read every item of a shard and write its rows; ``told`` hears of each item that is done."""
    earlier = _earlier(folder.cards(shard.id), keep)
    done: list[Done] = []
    kept: list[dict[str, Any]] = []
    order: list[tuple[bool, int]] = []
    for item in shard.items:
        rows = earlier.get(card_id(job.key, item, 0))
        if rows is None:
            found = work_item(item, job, reader)
            order += [(True, len(done) + n) for n in range(len(found))]
            done += found
        else:
            order += [(False, len(kept) + n) for n in range(len(rows))]
            kept += rows
        told(1)
    if keep is not None and folder.cards(shard.id).is_file() and done:
        folder.keep_earlier(shard.id)
    rows_all = [_columns(done[n].row) if fresh else kept[n] for fresh, n in order]
    if done or not kept:
        _write(shard, folder, rows_all, done, names)
    return Finished(
        shard.id,
        len(shard.items),
        len(rows_all),
        sum(one.timing.seconds for one in done),
        Counter(row["verdict"] or "problem" for row in rows_all),
        len(done),
    )


def _earlier(file: Path, keep: Keep | None) -> dict[str, list[dict[str, Any]]]:
    """Earlier rows that still hold, by the id of their item's first card."""
    if keep is None or not file.is_file():
        return {}
    items: dict[str, list[dict[str, Any]]] = {}
    current = ""
    for row in pq.read_table(file, schema=CARDS).to_pylist():
        current = row["card_id"] if row["first"] else current
        items.setdefault(current, []).append(row)
    return {first: rows for first, rows in items.items() if all(keep(row) for row in rows)}


def work_item(item: Item, job: Job, reader: Reader) -> list[Done]:
    """The rows of one item. A step that no process survives becomes a row that says so.

    Raises ConfigurationError where no process can be started or no model loaded.
    """
    work = Work(item, job)
    kept: list[Done] = []
    deaths: Counter[Mark | None] = Counter()
    while True:
        heard = _Heard()
        try:
            reader.run(work, heard)
            return [*kept, *heard.rows]
        except (Interrupted, OverTime, EngineFailed) as error:
            code = _code(error)
        except Overloaded as error:
            raise ConfigurationError(
                "No model can be loaded: honmono doctor says what is missing."
            ) from error
        mark = heard.mark
        deaths[mark] += 1
        if mark is None:
            if deaths[mark] >= _MOST_STARTS:
                raise ConfigurationError("The processes that read end before they begin: see the log.")
            continue
        kept += heard.before
        given_up = dict(work.given_up)
        if deaths[mark] >= _MOST_DEATHS or code != "interrupted":
            given_up[mark] = code
        begin = mark[1] if mark[0] == "card" else work.begin
        work = Work(item, job, given_up, begin, len(kept))


def _code(error: Exception) -> str:
    if isinstance(error, OverTime):
        return "over-time"
    return "interrupted" if isinstance(error, Interrupted) else "internal"


class _Heard:
    """What a process told before it ended: the step it was at, and the rows before that step."""

    def __init__(self) -> None:
        self.mark: Mark | None = None
        self.rows: list[Done] = []
        self.before: list[Done] = []

    def __call__(self, value: Mark | Done) -> None:
        if isinstance(value, Done):
            self.rows.append(value)
            return
        self.mark = value
        if value[0] == "card":
            self.before = list(self.rows)


def _columns(row: Row) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in CARDS.names}
    columns["files"] = [asdict(file) for file in row.files]
    columns["quality"] = [asdict(side) for side in row.quality]
    columns["checks"] = [asdict(check) for check in row.checks]
    columns["limits"] = list(row.limits)
    if "fingerprints" in columns:
        columns["fingerprints"] = dict(row.fingerprints) or None
    return columns


def _write(
    shard: Shard, folder: RunFolder, rows: list[dict[str, Any]], done: Iterable[Done], names: bool
) -> None:
    fresh = list(done)
    kept = {row["card_id"] for row in rows} - {one.row.card_id for one in fresh}
    at = datetime.now(UTC).replace(microsecond=0)
    timings = [row for row in folder.beside("timings", shard.id) if row["card_id"] in kept]
    timings += [
        {
            "card_id": one.timing.card_id,
            "seconds": one.timing.seconds,
            "stages": list(one.timing.stages.items()),
            "rechecked_at": at,
        }
        for one in fresh
    ]
    named = [row for row in folder.beside("names", shard.id) if row["card_id"] in kept]
    named += [asdict(one.names) for one in fresh]
    folder.write_shard(
        shard.id,
        pa.Table.from_pylist(rows, CARDS),
        pa.Table.from_pylist(timings, TIMINGS),
        pa.Table.from_pylist(named, NAMES) if names else None,
        {one.row.card_id: one.picture for one in fresh if one.picture is not None},
    )
