"""How fast an archive is checked again, and whether a run that is killed ends like one that is not.

    .venv/bin/python -m scripts.bench_archive --cards 200 --kills 10 --work DIR

Draws an archive (fronts and backs scanned, a share of cheap odd files), re-checks it in one go, then again
while every process of the run is killed with SIGKILL at random moments and the same command is given again.
Each card must be there exactly once and every result file must hold the same bytes.

``--cheap N`` adds files that cost almost nothing (no pictures, empty files, small pictures): a test of CI
then has many items and few scans. Such a run says nothing about the rate.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pyarrow.parquet as pq

from scripts.specimens.back import render_back
from scripts.specimens.capture import jpeg, scan
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data

ROOT = Path(__file__).resolve().parent.parent
_BACKS = 2
"""Every second card comes with its back."""


@dataclass
class Measured:
    """What a run cost."""

    items: int
    pages: int
    cards: int
    wall_s: float
    cpu_s: float
    """Processor time of the run and all its processes."""
    pages_per_s: float
    cpu_s_per_page: float
    parent_mib: float
    """Most memory of the process that plans and writes."""
    reader_mib: float
    """Most memory of one process that reads."""
    processes: int
    load_before: float
    """Load average of the machine before it: more than 0.5 means that others worked too."""
    verdicts: dict[str, int]


def draw(folder: Path, cards: int, cheap: int, seed: int) -> None:
    """An archive of drawn specimens; the date of each file is the day on which its card is valid."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for number in range(cards):
        card = card_data(rng, child=False)
        at = datetime.combine(card.reference_date, datetime.min.time(), UTC).timestamp() + 12 * 3600
        sides = [("front", render_front(card))]
        if number % _BACKS:
            sides.append(("back", render_back(card)))
        for side, face in sides:
            place = folder / f"{number // 100:03}" / f"{number:05}_{side}.jpg"
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(scan(face, rng).encode())
            os.utime(place, (at, at))
    for number in range(cheap):
        _cheap(folder / "odd" / f"{number:05}", number)


def _cheap(place: Path, number: int) -> None:
    place.parent.mkdir(exist_ok=True)
    kind = number % 3
    if kind == 0:
        place.with_suffix(".txt").write_text("no picture", encoding="utf-8")
    elif kind == 1:
        place.with_suffix(".jpg").touch()
    else:
        place.with_suffix(".png").write_bytes(jpeg(np.zeros((8, 8, 3), np.uint8)))


def command(archive: Path, out: Path, workers: int) -> list[str]:
    """The command of a run."""
    return [
        sys.executable, "-c", "from service.cli import main; main()", "recheck", str(archive),
        "--out", str(out), "--profile", "sample", "--workers", str(workers),
    ]  # fmt: skip


def environment(work: Path) -> dict[str, str]:
    """One key file for every run, or digests would differ."""
    return {**os.environ, "HONMONO_DATA_DIR": str(work / "data"), "OMP_NUM_THREADS": "1"}


def start(archive: Path, out: Path, work: Path, workers: int) -> subprocess.Popen[bytes]:
    """A run in a process group of its own, so that all of it can be killed."""
    return subprocess.Popen(
        command(archive, out, workers),
        cwd=ROOT,
        env=environment(work),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class _Watch(threading.Thread):
    """Most memory of a run's processes, looked at a few times a second."""

    def __init__(self, group: int) -> None:
        super().__init__(daemon=True)
        self.group = group
        self.most: dict[int, float] = {}
        self.running = True

    def run(self) -> None:
        while self.running:
            for process, mib in _memory(self.group):
                self.most[process] = max(self.most.get(process, 0.0), mib)
            sleep(0.3)


def _memory(group: int) -> Iterator[tuple[int, float]]:
    page = os.sysconf("SC_PAGE_SIZE")
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                yield int(place.name), int(fields[21]) * page / 2**20
        except (OSError, IndexError, ValueError):
            continue


def unbroken(archive: Path, out: Path, work: Path, workers: int) -> Measured:
    """One run from beginning to end, measured."""
    load = os.getloadavg()[0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    running = start(archive, out, work, workers)
    watch = _Watch(running.pid)
    watch.start()
    code = running.wait()
    wall = perf_counter() - began
    watch.running = False
    if code:
        raise SystemExit(f"the unbroken run ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rows = [
        row for file in tables(out) for row in pq.read_table(file, columns=["verdict", "files"]).to_pylist()
    ]
    pages = sum(len([f for f in row["files"] if f["media_type"]]) for row in rows if row["verdict"])
    readers = [mib for process, mib in watch.most.items() if process != running.pid]
    return Measured(
        items=sum(1 for place in archive.rglob("*") if place.is_file()),
        pages=pages,
        cards=len(rows),
        wall_s=round(wall, 1),
        cpu_s=round(cpu, 1),
        pages_per_s=round(pages / wall, 2),
        cpu_s_per_page=round(cpu / max(pages, 1), 2),
        parent_mib=round(watch.most.get(running.pid, 0.0), 1),
        reader_mib=round(max(readers, default=0.0), 1),
        processes=workers,
        load_before=round(load, 2),
        verdicts=dict(Counter(row["verdict"] or "problem" for row in rows)),
    )


def tables(out: Path) -> Sequence[Path]:
    """Result files of a run."""
    return sorted((out / "cards").rglob("*.parquet"))


def broken(
    archive: Path, out: Path, work: Path, workers: int, kills: int, shards: int, seed: int
) -> list[int]:
    """Kill a run ``kills`` times at random, then let it end; the finished shards at each kill."""
    dice = random.Random(seed)
    moments = sorted(dice.choices(range(max(shards, 1)), k=kills))
    seen = []
    for moment in moments:
        running = start(archive, out, work, workers)
        while len(tables(out)) < moment and running.poll() is None:
            sleep(0.05)
        sleep(dice.uniform(0, 1.5))
        if running.poll() is not None:
            break
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        seen.append(len(tables(out)))
    code = start(archive, out, work, workers).wait()
    if code:
        raise SystemExit(f"the resumed run ended with {code}")
    return seen


def compare(one: Path, two: Path) -> dict[str, object]:
    """Whether two runs hold the same, byte for byte, and each card once."""
    first, second = ({file.relative_to(out): file.read_bytes() for file in tables(out)} for out in (one, two))
    ids = [
        id for file in tables(two) for id in pq.read_table(file, columns=["card_id"]).column(0).to_pylist()
    ]
    return {
        "shards": len(first),
        "cards": len(ids),
        "same_bytes": first == second,
        "each_card_once": len(ids) == len(set(ids)),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--cards", type=int, default=10_000)
    words.add_argument("--cheap", type=int, default=0)
    words.add_argument("--kills", type=int, default=10)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--seed", type=int, default=8)
    words.add_argument(
        "--work", type=Path, required=True, help="empty folder; the archive and both runs go there"
    )
    asked = words.parse_args(arguments)
    archive = asked.work / "archive"
    draw(archive, asked.cards, asked.cheap, asked.seed)
    measured = unbroken(archive, asked.work / "unbroken", asked.work, asked.workers)
    shards = len(tables(asked.work / "unbroken"))
    kills = broken(archive, asked.work / "broken", asked.work, asked.workers, asked.kills, shards, asked.seed)
    outcome = compare(asked.work / "unbroken", asked.work / "broken")
    print(json.dumps({**asdict(measured), "killed_at_shards": kills, **outcome}, indent=1))
    return 0 if outcome["same_bytes"] and outcome["each_card_once"] else 1


if __name__ == "__main__":
    sys.exit(main())
