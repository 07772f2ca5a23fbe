"""How far a re-check is: a bar with rate and end on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

__all__ = ["Bar", "progress_on"]

_EVERY_S = 30.0


class Bar(Protocol):
    """Hears of items that are done."""

    def step(self, items: int) -> None:
        """So many more are done."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0.0:6.2f} files/s", "progress.data.speed")


class _Terminal:
    def __init__(self, console: Console, total: int) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(None),
            MofNCompleteColumn(),
            _Rate(),
            TextColumn("ends in"),
            TimeRemainingColumn(compact=True),
            console=console,
            expand=True,
            speed_estimate_period=300,
        )
        self._total = total

    def __enter__(self) -> _Terminal:
        self._progress.start()
        self._task = self._progress.add_task("re-checking", total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, items: int) -> None:
        self._progress.advance(self._task, items)


class _Lines:
    """Lines for logs: at most one in half a minute, and one at the end."""

    def __init__(
        self, say: Callable[[str], None], total: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._say, self._total, self._clock = say, total, clock
        self._lock = threading.Lock()
        self._done = 0

    def __enter__(self) -> _Lines:
        self._began = self._said = self._clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell()

    def step(self, items: int) -> None:
        with self._lock:
            self._done += items
            if self._clock() - self._said >= _EVERY_S:
                self._tell()

    def _tell(self) -> None:
        self._said = self._clock()
        rate = self._done / max(self._said - self._began, 1e-9)
        left = timedelta(seconds=round((self._total - self._done) / rate)) if rate > 0 else None
        ends = f", ends in {left}" if left else ""
        self._say(f"{self._done} of {self._total} files, {rate:.2f} files/s{ends}")


def progress_on(console: Console, total: int) -> AbstractContextManager[Bar]:
    """What shows the progress of ``total`` items on a console."""
    if console.is_terminal:
        return _Terminal(console, total)
    return _Lines(lambda line: console.print(line, highlight=False), total)
