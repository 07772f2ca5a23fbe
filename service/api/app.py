"""The FastAPI app: made of a desk (what is shared), an envelope (what is around) and routes (thin)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from service import __version__
from service.api.clock import ClockMoved, ClockWatch
from service.api.desk import Desk
from service.api.embedding import Embedding, embed_origins
from service.api.engine import Verifier
from service.api.middleware import Envelope
from service.api.openapi import describe
from service.api.problems import install_problem_handlers
from service.api.routes import (
    batches,
    browser_session,
    captures,
    catalogue,
    employment,
    keys,
    operations,
    overlay,
    pictures,
    records,
    registry,
    reviews,
    sessions,
    verifications,
    verify,
    webhooks,
)
from service.api.routes.pages import add_pages
from service.logs import configure_logging
from service.settings import Settings

__all__ = ["create_app"]

log = structlog.get_logger(__name__)

_ABOUT = (
    "Tells whether a Japanese residence card (在留カード) is forged, what speaks for and against it, and "
    "what the card, if real, allows. Problems are RFC 9457 problem details."
)


def create_app(settings: Settings, engine: Verifier | None = None) -> FastAPI:
    """The app for these settings.

    ``engine`` stands in for ``service.verify.Engine``, which is loaded at start otherwise. A database that
    does not answer, a missing model or a refused file do not stop the start: ``/readyz`` says what is wrong.
    Raises ConfigurationError where the data folder cannot be used.
    """
    if not structlog.is_configured():  # its default prints local variables, pictures and names among them
        configure_logging()
    desk = Desk(settings, engine)
    app = FastAPI(
        title="Honmono",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.desk = desk
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    for router in (verify.router, verifications.router, catalogue.router, operations.router):
        app.include_router(router)
    for router in (sessions.router, batches.router, webhooks.router, overlay.router):
        app.include_router(router)
    for router in (keys.router, browser_session.router, captures.router, reviews.router, registry.router):
        app.include_router(router)
    for router in (employment.router, records.router, pictures.router):
        app.include_router(router)
    add_pages(app, settings)
    install_problem_handlers(app)
    app.add_middleware(Embedding, origins=embed_origins(settings.embed_origins))
    app.add_middleware(Envelope, settings=settings, metrics=desk.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    await asyncio.to_thread(_start, desk)
    sweep = asyncio.create_task(_sweep(desk))
    try:
        yield
    finally:
        sweep.cancel()
        with suppress(asyncio.CancelledError):
            await sweep
        await asyncio.to_thread(desk.close)


def _start(desk: Desk) -> None:
    try:
        desk.store.database.migrate()
        if desk.settings.bootstrap_key is not None:
            desk.store.keys.bootstrap()
    except SQLAlchemyError as error:
        log.error("database.unavailable", error=type(error).__name__)
    desk.begin()


async def _sweep(desk: Desk) -> None:
    """Purge what has ended, at once and then again and again; never by a clock that was moved."""
    clock = ClockWatch()
    while True:
        try:
            if not clock.believable():
                raise ClockMoved
            purged = await asyncio.to_thread(desk.store.purge, datetime.now(UTC))
            log.info("retention.purged", reports=purged.reports, evidence=purged.evidence)
        except (SQLAlchemyError, ClockMoved) as error:
            log.error("retention.failed", error=type(error).__name__)
        await asyncio.sleep(desk.settings.retention_sweep_s)
