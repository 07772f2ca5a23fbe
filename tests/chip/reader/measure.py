"""How long a reading takes: ``python -m tests.chip.reader.measure``. Needs the PC/SC stack of ``pcsc.py``.

In process: CPU time of reader and software card together. Through PC/SC: wall time of the reading once the
card is found, and CPU time of the reader's side alone. The field of a real reader is in none of them.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service.chip.reader import pcsc, read_card
from tests.chip.reader.cards import KINDS, Recorder, card_of, files_of
from tests.chip.reader.pcsc import missing, virtual_desk
from tests.chip.world import NUMBER

RUNS = 30


def median_ms(clock: Callable[[], float], work: Callable[[], object]) -> float:
    """Median of several runs, milliseconds."""
    times = []
    for _ in range(RUNS):
        started = clock()
        work()
        times.append(clock() - started)
    return 1000 * statistics.median(times)


def in_process() -> None:
    print("| type | commands | bytes read | ms of CPU |\n| --- | --- | --- | --- |")
    for card_type in KINDS:
        record = Recorder(card_of(card_type))
        size = sum(map(len, read_card(record, NUMBER).files.values()))
        spent = median_ms(time.process_time, lambda kind=card_type: read_card(card_of(kind), NUMBER))  # type: ignore[misc]
        print(f"| {card_type} | {len(record.commands)} | {size} | {spent:.1f} |")


def through_pcsc(folder: Path) -> None:
    print("\n| type | ms, wall | ms of CPU |\n| --- | --- | --- |")
    with virtual_desk(folder) as desk:
        os.environ.update(desk.own)
        for card_type in KINDS:
            desk.lay(files_of(card_type), NUMBER)
            with pcsc.open_card(wait_s=10, silence_s=10) as transport:
                wall = median_ms(time.perf_counter, lambda card=transport: read_card(card, NUMBER))  # type: ignore[misc]
                spent = median_ms(time.process_time, lambda card=transport: read_card(card, NUMBER))  # type: ignore[misc]
            print(f"| {card_type} | {wall:.1f} | {spent:.1f} |")


if __name__ == "__main__":
    in_process()
    if (reason := missing()) is None:
        with tempfile.TemporaryDirectory() as made:
            through_pcsc(Path(made))
    else:
        print(f"\nNot through PC/SC: {reason}")
