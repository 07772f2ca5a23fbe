"""An engine in a process of its own: ``python -m service.worker.child FD``, started by ``EnginePool``.

Requests come and replies go over one socket, pickled: both ends are this service. The process ends when the
other end is gone, however that happened, and leaves signals to its parent, so that a stop drains.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

import structlog

from service.errors import ConfigurationError, Problem
from service.logs import configure_logging, places
from service.registry import Identity, RegistryFacts
from service.report import Report
from service.settings import settings
from service.submission import Submission

__all__ = ["READY", "Ask", "Failed", "Reply", "Task", "Unready", "serve"]

READY = b"ready"
"""First message of a child: its engine is loaded, or will say why not when it is asked."""
LOADER = "HONMONO_ENGINE_LOADER"
"""Names ``module:function`` that makes the engine, where tests stand one in."""


@dataclass(frozen=True, slots=True)
class Task:
    """One verification."""

    submission: Submission
    arguments: Mapping[str, Any]
    """Keyword arguments of ``Engine.verify``."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What log lines of this task carry, e.g. the id of the request."""
    asks: bool = False
    """Whether the parent answers what the registry is asked; database and storage key stay with it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the registry in the middle of a task; the parent sends the facts, or None for a fault."""

    identity: Identity


class _Asked:
    """The registry as a child sees it: at the other end of the link."""

    def __init__(self, link: Connection) -> None:
        self._link = link

    def look_up(self, identity: Identity) -> RegistryFacts:
        """See ``service.registry.Registry``."""
        self._link.send(Ask(identity))
        facts: RegistryFacts | None = self._link.recv()
        if facts is None:
            raise RuntimeError("the registry did not answer")
        return facts


@dataclass(frozen=True, slots=True)
class Unready:
    """A model or a data file is absent or was refused; ``/readyz`` names it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours, with the places it passed and nothing else."""

    places: str


Reply = Report | Problem | Unready | Failed


class _Engine(Protocol):
    @property
    def verify(self) -> Callable[..., Report]: ...


def _load() -> _Engine:
    named = os.environ.get(LOADER)
    if named:
        from importlib import import_module

        module, _, function = named.partition(":")
        loaded: _Engine = getattr(import_module(module), function)()
        return loaded
    import cv2

    from service.verify import Engine

    cv2.setNumThreads(1)
    return Engine.load(settings())


def _answer(engine: _Engine, task: Task, link: Connection) -> Reply:
    log = structlog.get_logger(__name__)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**task.context)
    try:
        registry = {"registry": _Asked(link)} if task.asks else {}
        return engine.verify(task.submission, **task.arguments, **registry)
    except Problem as problem:
        return problem
    except ConfigurationError as error:
        log.error("engine.unready", error=places(error))
        return Unready()
    except Exception as error:
        log.exception("engine.failed")
        return Failed(places(error))


def serve(link: Connection) -> None:
    """Answer tasks until the other end is gone."""
    engine: _Engine | None = None
    try:
        engine = _load()
    except ConfigurationError as error:
        structlog.get_logger(__name__).error("engine.not_loaded", error=places(error))
    try:
        link.send_bytes(READY)
        while True:
            task: Task = link.recv()
            link.send(Unready() if engine is None else _answer(engine, task, link))
    except (EOFError, OSError):
        return


def main() -> None:
    """Run in the process that ``EnginePool`` has started."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    configure_logging()
    serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
