"""Engines in child processes: bounded in number and time, pinned to one thread, replaced when they die.

A thread cannot be stopped and shares one interpreter lock with the answering of requests; a process can be
killed at its time limit, may die of a hostile picture without taking the service along, and has its own
priority, so that a page never holds up a chip.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from service.errors import HonmonoError, Overloaded, Problem
from service.registry import Registry, RegistryFacts
from service.report import Report
from service.settings import ROOT, Settings
from service.submission import Submission
from service.worker.words import READY, Ask, Failed, Task, Unready

__all__ = ["EngineFailed", "EnginePool", "Interrupted", "OverTime", "batch_engine", "child_environment"]

log = structlog.get_logger(__name__)

_BATCH_NICE = 5
"""Scheduling priority of processes for batches, below that of anything somebody waits for."""
_BATCH_PATIENCE = 4
_START_S = 120.0
"""Seconds that a child may take to load; far more than it needs on a busy machine."""
_LEAVE_S = 10.0
"""Seconds that an idle child may take to end."""
_KEPT_FROM_CHILDREN = {"bootstrap_key", "database_url"}
"""Secrets that verifying takes no part in: who breaks into a decoder finds neither."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Interrupted(Overloaded):
    """The process that verified was killed or died; sending the request again helps."""


class OverTime(Overloaded):
    """The verification was not done within the time limit and was stopped."""


class EngineFailed(HonmonoError):
    """A fault of ours inside the engine; the text holds places in the code and no data."""


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of a child: these settings, and one thread for every library that would take more."""
    chosen = {
        f"HONMONO_{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude=_KEPT_FROM_CHILDREN).items()
        if value is not None and isinstance(value, str | int | float | Path)
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONMONO_")}
    loader = {name: value for name, value in os.environ.items() if name == "HONMONO_ENGINE_LOADER"}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    pinned = dict.fromkeys(_ONE_THREAD, "1") | {"HONMONO_ONNX_THREADS": "1", "PYTHONPATH": path}
    return kept | chosen | loader | pinned


class _Child:
    """One process and the socket to it; used by one thread at a time."""

    def __init__(self, settings: Settings, nice: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "service.worker.child", str(theirs.fileno())]
            self.process = subprocess.Popen(
                ["nice", "-n", str(nice), *command] if nice else command,
                pass_fds=(theirs.fileno(),),
                env=child_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._link = Connection(ours.detach())
        self._ready = False

    def call(self, task: Task, seconds: float, registry: Registry | None = None) -> Any:
        """The reply to a task. Interrupted where the process dies, OverTime where it takes too long.

        Raises what ``registry`` raises, once the process is ready for the next task.
        """
        fault: Exception | None = None
        try:
            if not self._ready:
                self._ready = self._receive(_START_S) and self._link.recv_bytes() == READY
            self._link.send(task)
            while True:
                self._receive(seconds)
                reply = self._link.recv()
                if not isinstance(reply, Ask) or registry is None:
                    break
                facts, fault = _look_up(registry, reply)
                self._link.send(facts)
        except (EOFError, OSError) as error:
            raise Interrupted("The verification was interrupted; send it again.", retry_after_s=1) from error
        if fault is not None:
            raise fault
        return reply

    def _receive(self, seconds: float) -> bool:
        if not self._link.poll(seconds):
            raise OverTime("The verification was not done within the time limit.", retry_after_s=2)
        return True

    def end(self, seconds: float = 0) -> None:
        """Hang up, which ends an idle process; kill it where it has not ended in time."""
        self._link.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _look_up(registry: Registry, question: Ask) -> tuple[RegistryFacts | None, Exception | None]:
    try:
        return registry.look_up(question.identity), None
    except Exception as error:  # told to the caller; the process that asked must not wait for ever
        return None, error


class EnginePool:
    """``size`` engines; as many verifications at once, others wait for their turn.

    ``nice`` is the scheduling priority of the processes (0 as the service itself, 19 the least), ``patience``
    how many time limits a verification may take: what gets the processor last takes longer for it.
    """

    def __init__(self, settings: Settings, size: int, nice: int = 0, patience: int = 1) -> None:
        self._seconds = patience * settings.time_limit_s
        self._settings = settings
        self._nice = nice
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._closed = False
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
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

    def _new(self) -> _Child:
        with self._lock:
            if self._closed:
                raise Interrupted("The service is stopping.", retry_after_s=5)
            child = _Child(self._settings, self._nice)
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
        reply = self._call(Task(submission, arguments, context, registry is not None), registry)
        if isinstance(reply, Problem):
            raise reply
        if isinstance(reply, Unready):
            detail = "The service is not ready to verify; /readyz says what is missing."
            raise Overloaded(detail, retry_after_s=30)
        if isinstance(reply, Failed):
            raise EngineFailed(reply.places)
        report: Report = reply
        return report

    def _call(self, task: Task, registry: Registry | None) -> Any:
        child = self._places.get()
        try:
            child = self._living(child)
            return child.call(task, self._seconds, registry)
        except (Interrupted, OverTime) as error:
            if child is not None:
                self._drop(child)
                child = self._successor()
            log.warning("engine.child_lost", cause=type(error).__name__)
            raise
        finally:
            self._places.put(child)

    def _living(self, child: _Child | None) -> _Child:
        """The child, or a new one where it has died since: nobody's request is lost for that."""
        if child is not None and child.process.poll() is None:
            return child
        if child is not None:
            self._drop(child)
        return self._new()

    def _successor(self) -> _Child | None:
        """A new process in place of a lost one, started now so that it loads before it is needed."""
        with suppress(Interrupted):
            return self._new()
        return None

    def _drop(self, child: _Child) -> None:
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
