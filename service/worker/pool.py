"""Engines in child processes: bounded in number and time, pinned to one thread, replaced when they die.

A thread cannot be stopped and shares one interpreter lock with the answering of requests; a process can be
killed at its time limit, may die of a hostile picture without taking the service along, and has its own
priority, so that a page never holds up a chip.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from service.errors import HonmonoError, Overloaded, Problem
from service.registry import Registry
from service.report import Report
from service.settings import Settings
from service.submission import Submission
from service.worker.process import (
    ChildRules,
    EngineProcess,
    Interrupted,
    OverTime,
    child_environment,
)
from service.worker.words import Errand, Failed, Task, Unready

__all__ = [
    "ChildRules",
    "EngineFailed",
    "EnginePool",
    "Interrupted",
    "OverTime",
    "batch_engine",
    "child_environment",
]

log = structlog.get_logger(__name__)

_BATCH_NICE = 5
"""Scheduling priority of processes for batches, below that of anything somebody waits for."""
_BATCH_PATIENCE = 4
_LEAVE_S = 10.0
"""Seconds that an idle child may take to end."""


class EngineFailed(HonmonoError):
    """A fault of ours inside the engine; the text holds places in the code and no data."""


class EnginePool:
    """``size`` engines; as many verifications at once, others wait for their turn.

    ``nice`` is the scheduling priority of the processes (0 as the service itself, 19 the least), ``patience``
    how many time limits a verification may take: what gets the processor last takes longer for it. ``rules``
    stands in another engine, and bounds what its processes may take.
    """

    def __init__(
        self,
        settings: Settings,
        size: int,
        nice: int = 0,
        patience: int = 1,
        rules: ChildRules | None = None,
    ) -> None:
        self._rules = rules or ChildRules()
        self._seconds = patience * settings.time_limit_s
        self._settings = settings
        self._nice = nice
        self._lock = threading.Lock()
        self._children: set[EngineProcess] = set()
        self._closed = False
        self._places: queue.LifoQueue[EngineProcess | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)

    def start(self) -> None:
        """Start every process now instead of when it is first needed; they load side by side."""
        waiting = []
        with suppress(queue.Empty):
            while True:
                waiting.append(self._places.get_nowait())
        for child in waiting:
            self._places.put(child or self._new())

    @property
    def processes(self) -> tuple[int, ...]:
        """Ids of the processes that run now."""
        with self._lock:
            return tuple(child.process.pid for child in self._children)

    def _new(self) -> EngineProcess:
        with self._lock:
            if self._closed:
                raise Interrupted("The service is stopping.", retry_after_s=5)
            child = EngineProcess(self._settings, self._nice, self._rules)
            self._children.add(child)
            return child

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        """What ``Engine.verify`` does, in one of the processes.

        Raises Interrupted, OverTime, Overloaded where a model was refused, EngineFailed for a fault of ours,
        and whatever Problem the engine raises.
        """
        arguments = {"now": now, "verification_id": verification_id, "language": language}
        context = structlog.contextvars.get_contextvars()
        report: Report = self._told(
            self._call(Task(submission, arguments, context, registry is not None), registry)
        )
        return report

    def run(self, work: Any, part: Callable[[Any], None]) -> Any:
        """Have an errand done by the engine that the rules name; ``part`` is called with what is done of it.

        Raises as ``verify``. The time limit holds for each part.
        """
        return self._told(self._call(Errand(work, structlog.contextvars.get_contextvars()), None, part))

    def _told(self, reply: Any) -> Any:
        if isinstance(reply, Problem):
            raise reply
        if isinstance(reply, Unready):
            detail = "The service is not ready to verify; /readyz says what is missing."
            raise Overloaded(detail, retry_after_s=30)
        if isinstance(reply, Failed):
            raise EngineFailed(reply.places)
        return reply

    def _call(
        self, task: Task | Errand, registry: Registry | None, part: Callable[[Any], None] | None = None
    ) -> Any:
        child = self._places.get()
        try:
            child = self._living(child)
            reply = child.call(task, self._seconds, registry, part)
            if self._spent(child):
                self._drop(child)
                child = None
            return reply
        except (Interrupted, OverTime) as error:
            if child is not None:
                self._drop(child)
                child = self._successor()
            log.warning("engine.child_lost", cause=type(error).__name__)
            raise
        finally:
            self._places.put(child)

    def _spent(self, child: EngineProcess) -> bool:
        """Whether a process has worked or grown enough: memory that a library keeps goes with it."""
        tasks, most = self._rules.tasks, self._rules.resident_mib
        return (tasks is not None and child.done >= tasks) or (most is not None and child.resident_mib > most)

    def _living(self, child: EngineProcess | None) -> EngineProcess:
        """The child, or a new one where it has died since: nobody's request is lost for that."""
        if child is not None and child.process.poll() is None:
            return child
        if child is not None:
            self._drop(child)
        return self._new()

    def _successor(self) -> EngineProcess | None:
        """A new process in place of a lost one, started now so that it loads before it is needed."""
        with suppress(Interrupted):
            return self._new()
        return None

    def _drop(self, child: EngineProcess) -> None:
        with self._lock:
            self._children.discard(child)
        child.end()

    def close(self, grace_s: float = _LEAVE_S) -> None:
        """End every process; one that still works after ``grace_s`` is killed."""
        with self._lock:
            self._closed = True
            children, self._children = list(self._children), set()
        for child in children:
            child.end(grace_s)


def batch_engine(settings: Settings, size: int) -> EnginePool:
    """Engines for batches: behind everything that somebody waits for, and started when they are needed."""
    return EnginePool(settings, size, nice=_BATCH_NICE, patience=_BATCH_PATIENCE)
