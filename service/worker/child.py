"""An engine in a process of its own: ``python -m service.worker.child FD``, started by ``EnginePool``.

Requests come and replies go over one socket, pickled: both ends are this service. The process ends when the
other end is gone, however that happened, and leaves signals to its parent, so that a stop drains.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol

import structlog

from service.errors import ConfigurationError, Problem
from service.logs import configure_logging, places
from service.registry import Identity, RegistryFacts
from service.report import Report
from service.settings import settings
from service.worker.words import READY, Ask, Errand, Failed, PartDone, Reply, Task, Unready

__all__ = ["serve"]

LOADER = "HONMONO_ENGINE_LOADER"
"""Names ``module:function`` that makes the engine: re-checks have their own, tests stand one in."""
MEMORY = "HONMONO_CHILD_MEMORY_MIB"
"""Memory that the process may write to, where it is bounded."""


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


class _Errands(Protocol):
    @property
    def run(self) -> Callable[[Any, Callable[[Any], None]], Any]: ...


def _answer(engine: Any, task: Task | Errand, link: Connection) -> Reply | Any:
    log = structlog.get_logger(__name__)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**task.context)
    try:
        if isinstance(task, Errand):
            runner: _Errands = engine
            return runner.run(task.work, lambda value: link.send(PartDone(value)))
        registry = {"registry": _Asked(link)} if task.asks else {}
        return engine.verify(task.submission, **task.arguments, **registry)
    except Problem as problem:
        return problem
    except ConfigurationError as error:
        log.error("engine.unready", error=places(error))
        return Unready()
    except (BrokenPipeError, ConnectionResetError):  # the other end is gone: nobody waits for an answer
        raise
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
            task: Task | Errand = link.recv()
            link.send(Unready() if engine is None else _answer(engine, task, link))
    except (EOFError, OSError):
        return


def _bound_memory() -> None:
    """More memory than allowed then ends in a MemoryError, or in the end of this process, not of others."""
    asked = os.environ.get(MEMORY)
    if asked:
        limit = int(asked) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def main() -> None:
    """Run in the process that ``EnginePool`` has started."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    configure_logging()
    _bound_memory()
    serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
