"""Engines that a child process loads instead of the one that reads: they die, hang and grow as files say."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from service.archive.work import Work
from tests.archive.cards import NOW, done


class Hostile:
    """Reads the name of a file as an order."""

    def run(self, work: Work, emit: Callable[[Any], None]) -> None:
        """See ``Examiner.run``."""
        name = work.item.parts[0].entry.path
        cards = 3 if "three" in name else 1
        number = work.rows
        for card in range(work.begin or 0, cards):
            mark = ("card", card, 0)
            if mark in work.given_up:
                emit(done(work.item, number, problem=work.given_up[mark]))
            else:
                emit(mark)
                if card == cards - 1 or "three" not in name:
                    _obey(name)
                emit(done(work.item, number, verdict="no_sign_of_forgery", reference_time=NOW))
            number += 1


def _obey(name: str) -> None:
    if "crash" in name:
        os.kill(os.getpid(), 11)
    if "hang" in name:
        time.sleep(600)
    if "memory" in name:
        held = []
        while True:
            held.append(bytearray(64 * 1024 * 1024))
    if "fault" in name:
        raise RuntimeError("a name that nobody may see")


class Slow:
    """Takes a moment for each file and finds nothing against it."""

    def run(self, work: Work, emit: Callable[[Any], None]) -> None:
        """See ``Examiner.run``."""
        emit(("whole", 0, 0))
        time.sleep(0.15)
        emit(
            done(
                work.item, work.rows, verdict="no_sign_of_forgery", reference_time=NOW, reference_source="run"
            )
        )


def slow() -> Slow:
    """For ``HONMONO_ENGINE_LOADER``."""
    return Slow()


def hostile() -> Hostile:
    """For ``ChildRules.loader``."""
    return Hostile()
