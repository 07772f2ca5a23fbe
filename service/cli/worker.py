"""``honmono worker``: batches and webhooks without the HTTP interface, on this machine or another."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Annotated

import typer

from service.errors import ConfigurationError
from service.logs import configure_logging
from service.settings import settings

__all__ = ["worker"]

GRACE_S = 30.0
"""Seconds that items are given at a stop; what is not done is taken up again by another worker."""


def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes, each pinned to one thread.")] = 1,
) -> None:
    """Work off batches and send webhooks until stopped, beside `serve` on the same database."""
    from service.store import Store
    from service.worker.pool import batch_engine
    from service.worker.runner import Runner

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    configure_logging(logging.INFO)
    chosen = settings()
    store = Store.open(chosen)
    if not store.database.available():
        store.close()
        raise ConfigurationError("the database does not answer: see HONMONO_DATABASE_URL")
    engine = batch_engine(chosen, processes)
    engine.start()
    runner = Runner(store, chosen, engine, processes)
    runner.start()
    typer.echo(f"Working off batches with {processes} processes. Stop with Ctrl-C.")
    stopped.wait()
    runner.stop(GRACE_S)
    engine.close()
    store.close()
