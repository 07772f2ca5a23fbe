"""Health, readiness and figures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from service.api.access import Admin, desk_of
from service.api.openapi import problem_answers
from service.scoring.fusion import margin_references

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Alive?", operation_id="healthz")
def healthz() -> dict[str, str]:
    """The process answers. Says nothing of what it needs: see readyz."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Ready to verify?",
    operation_id="readyz",
    responses={
        200: {
            "description": "Ready. `trust_store` is `no_anchor` where anchors are missing.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"ready": {"type": "boolean"}, "database": {"type": "string"}},
                        "required": ["ready", "database"],
                    }
                }
            },
        },
        503: {"description": "A model, the database or a digest is in trouble; the members say which."},
    },
)
def readyz(request: Request) -> JSONResponse:
    """What is there and what is missing. Missing anchors do not make the service unready."""
    desk = desk_of(request)
    state: dict[str, Any] = desk.engine.readiness()
    database = desk.store.database.available()
    ready = bool(state.pop("ready", False)) and database
    body = {"ready": ready, "database": "ok" if database else "unavailable", **state}
    return JSONResponse(body, status_code=200 if ready else 503)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    operation_id="metrics",
    response_class=Response,
    responses={
        200: {"description": "Text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **problem_answers(401, 403, 429),
    },
)
def metrics(request: Request, key: Admin) -> Response:
    """Requests, verdicts, times of each stage, crashes and margins of checks, load."""
    desk = desk_of(request)
    desk.metrics.compare(margin_references())
    desk.metrics.depths(desk.store.batches.depths(), desk.store.outbox.waiting())
    return Response(desk.metrics.text(), media_type=CONTENT_TYPE_LATEST)
