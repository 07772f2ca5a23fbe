"""One engine in a child process, at the other end of a socket: started, asked, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from service.errors import Overloaded
from service.registry import Registry, RegistryFacts
from service.settings import ROOT, Settings
from service.worker.words import READY, Ask, Errand, PartDone, Task

__all__ = ["ChildRules", "EngineProcess", "Interrupted", "OverTime", "child_environment"]

_START_S = 120.0
"""Seconds that a child may take to load; far more than it needs on a busy machine."""
_KEPT_FROM_CHILDREN = {"bootstrap_key", "database_url"}
"""Secrets that verifying takes no part in: who breaks into a decoder finds neither."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Interrupted(Overloaded):
    """The process that verified was killed or died; sending the request again helps."""


class OverTime(Overloaded):
    """The verification was not done within the time limit and was stopped."""


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


@dataclass(frozen=True, slots=True)
class ChildRules:
    """What holds for the processes of one pool beyond the settings."""

    loader: str | None = None
    """``module:function`` that makes another engine than that of a verification."""
    memory_mib: int | None = None
    """Memory that a process may write to; None for no bound."""
    resident_mib: int | None = None
    """A process that holds more than this after a task makes way for a new one."""
    tasks: int | None = None
    """Tasks after which a process makes way for a new one."""

    def environment(self) -> dict[str, str]:
        """Variables by which a child learns of its rules."""
        loader = os.environ.get("HONMONO_ENGINE_LOADER", self.loader)
        told = {"HONMONO_ENGINE_LOADER": loader, "HONMONO_CHILD_MEMORY_MIB": self.memory_mib}
        return {name: str(value) for name, value in told.items() if value is not None}


class EngineProcess:
    """One process and the socket to it; used by one thread at a time."""

    def __init__(self, settings: Settings, nice: int, rules: ChildRules) -> None:
        self.done = 0
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "service.worker.child", str(theirs.fileno())]
            self.process = subprocess.Popen(
                ["nice", "-n", str(nice), *command] if nice else command,
                pass_fds=(theirs.fileno(),),
                env=child_environment(settings) | rules.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._link = Connection(ours.detach())
        self._ready = False

    def call(
        self,
        task: Task | Errand,
        seconds: float,
        registry: Registry | None = None,
        part: Callable[[Any], None] | None = None,
    ) -> Any:
        """The reply to a task; what is done of an errand goes to ``part`` as it comes.

        Interrupted where the process dies, OverTime where it takes too long.

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
                if isinstance(reply, PartDone) and part is not None:
                    part(reply.value)
                    continue
                if not isinstance(reply, Ask) or registry is None:
                    break
                facts, fault = _look_up(registry, reply)
                self._link.send(facts)
        except (EOFError, OSError) as error:
            raise Interrupted("The verification was interrupted; send it again.", retry_after_s=1) from error
        if fault is not None:
            raise fault
        self.done += 1
        return reply

    @property
    def resident_mib(self) -> int:
        """Memory that the process holds now, 0 where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)

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
