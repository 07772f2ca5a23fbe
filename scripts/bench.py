"""Time per stage, peak memory and pages per second, on specimens drawn here.

The measured work runs in fresh processes, so that drawing the specimens costs them neither time nor memory.
A page is a 12-megapixel phone photo of the front. A chip check is parsing, proving and every check on a dump
alone; reading the text picture that the dump holds is another thing and told apart.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from scripts.specimens.capture import phone
from scripts.specimens.chip_images import card_face, front_image_d0
from scripts.specimens.dump import dump_json, gen1_files
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from scripts.specimens.pki import SampleCA, make_ca
from scripts.specimens.trust import write_trust

PHOTO_SIZE = (4032, 3024)
CHIP_CHECK = ("chip", "checks")
"""Stages of a verification of a dump alone that are the chip check: parse and prove, then every check."""
Timings = dict[str, float]


@dataclass(frozen=True)
class Item:
    """One submission: the files, and the time at which the card is valid."""

    reference_time: str
    front: bytes | None = None
    chip: bytes | None = None


@dataclass(frozen=True)
class Measured:
    """What one process saw."""

    timings: list[Timings]
    seconds: float
    cpu_seconds: float
    """Processor time of every thread: what a busy machine does not blur."""
    rss_mib: float
    verdicts: dict[str, int]


def draw(count: int, seed: int, ca: SampleCA) -> tuple[list[Item], list[Item]]:
    """Pages and chip dumps of ``count`` invented adults."""
    rng = np.random.default_rng(seed)
    pages, chips = [], []
    for _ in range(count):
        card = card_data(rng, child=False)
        at = datetime.combine(card.reference_date, time(12), UTC).isoformat()
        photo = phone(render_front(card), rng, 0.3, size=PHOTO_SIZE, finger=False).encode()
        files = gen1_files(front_image_d0(card), card_face(card), card_number=card.card_number, ca=ca)
        pages.append(Item(at, front=photo))
        chips.append(Item(at, chip=dump_json(files, card.card_number)))
    return pages, chips


def measure(items: Sequence[Item], threads: int) -> Measured:
    """Verify items one after another in this process, after one warm-up that is not counted."""
    os.environ["HONMONO_ONNX_THREADS"] = str(threads)
    import cv2

    from service.settings import settings
    from service.store.ids import verification_id
    from service.verify import Engine

    cv2.setNumThreads(threads)
    engine = Engine.load(settings())
    now = datetime.now(UTC)
    timings: list[Timings] = []
    verdicts: dict[str, int] = {}
    started, worked = perf_counter(), process_time()
    for number, item in enumerate([items[0], *items]):
        if number == 1:
            started, worked = perf_counter(), process_time()
            timings, verdicts = [], {}
        report = engine.verify(_submission(item), now=now, verification_id=verification_id(now))
        timings.append(dict(report.timing_ms))
        verdicts[report.verdict.value] = verdicts.get(report.verdict.value, 0) + 1
    seconds, cpu_seconds = perf_counter() - started, process_time() - worked
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(timings, seconds, cpu_seconds, rss, verdicts)


def _submission(item: Item) -> Any:
    from service.evidence import Role
    from service.submission import Submission, VerifyRequest

    pictures = {Role.FRONT: item.front} if item.front else {}
    request = VerifyRequest.model_validate({"reference_time": item.reference_time})
    return Submission(pictures=pictures, chip=item.chip, request=request)


def in_processes(items: Sequence[Item], processes: int, threads: int) -> list[Measured]:
    """Split items over fresh processes that run at the same time."""
    shares = [list(items[start::processes]) for start in range(processes)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(measure, shares, [threads] * processes))


def print_stages(title: str, timings: list[Timings]) -> None:
    """p50 and p95 per stage with the stage's share of the total, slowest first."""
    print(f"\n{title} ({len(timings)} runs), milliseconds")
    print(f"  {'stage':<16}{'p50':>9}{'p95':>9}{'share':>8}")
    names = sorted({name for row in timings for name in row})
    columns = {name: [row.get(name, 0.0) for row in timings] for name in names}
    whole = sum(columns["total"])
    for name in sorted(names, key=lambda name: -sum(columns[name])):
        p50, p95 = np.percentile(columns[name], [50, 95])
        print(f"  {name:<16}{p50:>9.1f}{p95:>9.1f}{sum(columns[name]) / whole:>8.0%}")


def print_chip_check(timings: list[Timings]) -> None:
    """The chip check as one figure, and the reading of the chip's pictures beside it."""
    check = [sum(row.get(stage, 0.0) for stage in CHIP_CHECK) for row in timings]
    pictures = [row.get("chip_pictures", 0.0) for row in timings]
    for name, column in (("parse, prove and check", check), ("read the chip's text picture", pictures)):
        p50, p95 = np.percentile(column, [50, 95])
        print(f"  {name:<30} p50 {p50:7.1f}   p95 {p95:7.1f}")


def print_process(measured: Measured) -> None:
    """Processor time per run, memory, and what came out."""
    cpu_ms = measured.cpu_seconds / len(measured.timings) * 1000
    print(f"  CPU {cpu_ms:.0f} ms per run; peak RSS {measured.rss_mib:.0f} MiB; verdicts {measured.verdicts}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure the engine on this machine.")
    parser.add_argument("--pages", type=int, default=12, help="drawn cards (default 12)")
    parser.add_argument("--rounds", type=int, default=2, help="times that each page is verified (default 2)")
    parser.add_argument("--chip-rounds", type=int, default=20, help="times that each dump is verified")
    parser.add_argument("--seed", type=int, default=20261122)
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    ca = make_ca(1)
    print(f"drawing {asked.pages} cards ...", flush=True)
    pages, chips = draw(asked.pages, asked.seed, ca)
    with tempfile.TemporaryDirectory() as folder:
        write_trust(Path(folder), ca)
        os.environ |= {"HONMONO_TRUST_DIR": folder, "HONMONO_TRUST_PROFILE": "sample"}
        single = in_processes(pages * asked.rounds, 1, threads=2)[0]
        pair = in_processes(pages * asked.rounds, 2, threads=1)
        chip = in_processes(chips * asked.chip_rounds, 1, threads=1)[0]
    print_stages("Page: 12-megapixel phone photo, one process with two threads", single.timings)
    print_process(single)
    print_stages("Chip: dump alone, one thread", chip.timings)
    print_chip_check(chip.timings)
    print_process(chip)
    alone = len(single.timings) / single.seconds
    together = sum(len(part.timings) for part in pair) / max(part.seconds for part in pair)
    print("\nThroughput, pages per second")
    print(f"  one process, two threads        {alone:6.2f}")
    print(f"  two processes, one thread each  {together:6.2f}   ratio {together / alone:.2f}")
    print(f"  peak RSS of each of the two     {max(part.rss_mib for part in pair):6.0f} MiB")


if __name__ == "__main__":
    main()
