"""Each card once, whatever dies on the way; a file that kills its reader gets a row that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from service.archive.engines import Errands, run_local
from service.archive.folder import RunFolder
from service.archive.plan import Shard, shards
from service.archive.schema import CARDS
from service.archive.shard import work_item, work_shard
from service.errors import ConfigurationError, Overloaded
from service.settings import Settings
from service.worker.pool import ChildRules, EnginePool, Interrupted, OverTime
from tests.archive.cards import JOB, NOW, Scripted, done, item, one_row_each

SHARD = Shard("a1" * 8, tuple(item(f"{n}.jpg") for n in range(4)))


def written(folder: Path) -> list[dict[str, Any]]:
    return [row for file in RunFolder(folder).tables() for row in pq.read_table(file).to_pylist()]


def test_a_shard_is_written_once_with_every_column(tmp_path: Path) -> None:
    finished = work_shard(SHARD, JOB, RunFolder(tmp_path), one_row_each())
    assert (finished.items, finished.cards) == (4, 4)
    file = RunFolder(tmp_path).cards(SHARD.id)
    assert pq.read_schema(file).names == CARDS.names
    assert pq.read_table(file, schema=CARDS).schema.equals(CARDS)
    assert len({row["card_id"] for row in written(tmp_path)}) == 4
    assert not list(tmp_path.rglob("*.draft"))
    assert not (tmp_path / "names").exists()


def test_two_runs_give_the_same_bytes_and_timings_lie_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        work_shard(SHARD, JOB, RunFolder(tmp_path / name), one_row_each())
    one, two = (RunFolder(tmp_path / name).cards(SHARD.id).read_bytes() for name in ("one", "two"))
    assert one == two
    (timings,) = RunFolder(tmp_path / "one").tables("timings")
    assert pq.read_table(timings).column("seconds").to_pylist() == [0.5] * 4


def test_names_are_written_beside_and_only_when_asked(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    work_shard(SHARD, JOB, folder, one_row_each())
    assert folder.has(SHARD.id, names=False)
    assert not folder.has(SHARD.id, names=True)
    work_shard(SHARD, JOB, folder, one_row_each(), names=True)
    assert folder.has(SHARD.id, names=True)
    assert {path for row in folder.beside("names", SHARD.id) for path in row["paths"]} == {
        f"{n}.jpg" for n in range(4)
    }


def test_rows_that_still_hold_are_kept_and_the_others_made_again(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    work_shard(SHARD, JOB, folder, one_row_each(), names=True)
    kept = {row["card_id"] for row in written(tmp_path)[:3]}
    reader = one_row_each()
    finished = work_shard(SHARD, JOB, folder, reader, names=True, keep=lambda row: row["card_id"] in kept)
    assert (finished.cards, finished.renewed, len(reader.asked)) == (4, 1, 1)
    assert len(folder.beside("names", SHARD.id)) == 4
    assert len(folder.beside("timings", SHARD.id)) == 4
    assert len(list((tmp_path / "earlier").rglob("*.parquet"))) == 1


def dying(error: Exception, times: int, at: int) -> Scripted:
    """Three cards; the process ends ``times`` times at card ``at``, after the rows before it were told."""
    left = [times]

    def run(work: Any, part: Any) -> None:
        number = work.rows
        for card in range(work.begin or 0, 3):
            mark = ("card", card, 0)
            if mark in work.given_up:
                part(done(work.item, number, problem=work.given_up[mark]))
            else:
                part(mark)
                if card == at and left[0]:
                    left[0] -= 1
                    raise error
                part(done(work.item, number, verdict="suspect"))
            number += 1

    return Scripted(run)


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize(
    ("error", "times", "problem"),
    [
        (Interrupted("x"), 1, None),
        (Interrupted("x"), 9, "interrupted"),
        (OverTime("x"), 9, "over-time"),
    ],
)
def test_rows_before_a_death_are_kept_and_the_deadly_card_is_told(
    error: Exception, times: int, problem: str | None, at: int
) -> None:
    found = work_item(SHARD.items[0], JOB, dying(error, times, at))
    assert [one.row.problem for one in found] == [problem if n == at else None for n in range(3)]
    assert len({one.row.card_id for one in found}) == 3


def test_processes_that_never_begin_stop_the_run() -> None:
    def run(work: Any, part: Any) -> None:
        raise Interrupted("x")

    with pytest.raises(ConfigurationError, match="before they begin"):
        work_item(SHARD.items[0], JOB, Scripted(run))


def test_a_refused_model_stops_the_run_instead_of_filling_it_with_problems() -> None:
    def run(work: Any, part: Any) -> None:
        raise Overloaded("x")

    with pytest.raises(ConfigurationError, match="doctor"):
        work_item(SHARD.items[0], JOB, Scripted(run))


@pytest.fixture
def hostile() -> Iterator[EnginePool]:
    rules = ChildRules("tests.archive.engines:hostile", memory_mib=512, tasks=50)
    pool = EnginePool(Settings(time_limit_s=8), 2, rules=rules)
    yield pool
    pool.close(0)


def test_hostile_files_in_real_processes_cost_one_row_each(hostile: EnginePool, tmp_path: Path) -> None:
    names = ("a.jpg", "crash.jpg", "b.jpg", "hang.jpg", "memory.jpg", "fault.jpg", "three-crash.pdf", "c.jpg")
    shard = Shard("b2" * 8, tuple(item(name) for name in names))
    finished = work_shard(shard, JOB, RunFolder(tmp_path), hostile)
    assert finished.cards == 10
    found = Counter(row["problem"] for row in written(tmp_path))
    assert found[None] == 5
    assert found["interrupted"] == 2
    assert found["over-time"] == 1
    assert found["internal"] == 2, "out of memory inside of Python is a fault of the engine, told as such"
    assert "nobody may see" not in "".join(
        file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*.parquet")
    )


def test_a_plan_is_worked_off_by_several_processes_each_shard_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import service.archive.engines as engines

    rules = ChildRules("tests.archive.engines:hostile")
    monkeypatch.setattr(
        engines, "reader_pool", lambda settings, size: EnginePool(settings, size, rules=rules)
    )
    items = [item(f"{n:03}.jpg") for n in range(60)]
    plan = list(shards(items, JOB, 16))
    told: list[int] = []
    errands = Errands(JOB, tmp_path, Settings())
    finished = list(run_local(iter(plan), errands, 2, told.append))
    assert sorted(one.shard for one in finished) == sorted(shard.id for shard in plan)
    assert sum(told) == 60
    assert len({row["card_id"] for row in written(tmp_path)}) == 60
    assert all(row["reference_time"] == NOW for row in written(tmp_path))
