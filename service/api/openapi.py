"""The API's description: what FastAPI gathers, and what it cannot see since bodies are read by hand."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from service.api.examples import JSON_BODY, REPORT, VERIFY_REQUEST
from service.api.problems import PROBLEM_JSON, ProblemModel
from service.report import Report
from service.submission import VerifyRequest

__all__ = ["VERIFY_BODY", "describe", "model_answer", "problem_answers", "report_answer"]

_REFERENCE = "#/components/schemas/{model}"
_PICTURES = {
    "front": "Picture or PDF page of the front.",
    "back": "Picture or PDF page of the back.",
    "see_through": "Photo of the back with a light behind the card.",
    "companion": "The holder's passport data page.",
}
_SEQUENCES = {
    "tilt_vertical": "Frames in order, or one short video: top edge towards and away from the viewer.",
    "tilt_horizontal": "Left edge towards and away.",
    "tilt_rotate": "Turned in the card's plane.",
    "tilt": "Short for one of the three; needs `tilt_axis` in the request.",
}


def _properties(text: dict[str, Any], chip: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: {**text, "description": about} for name, about in _PICTURES.items()},
        **{
            name: {"type": "array", "items": text, "description": about} for name, about in _SEQUENCES.items()
        },
        "chip": {**chip, "description": "A chip dump."},
        "request": request,
    }


def _body(text: dict[str, Any], chip: dict[str, Any]) -> dict[str, Any]:
    request = {"$ref": _REFERENCE.format(model="VerifyRequest")}
    return {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["front"]}, {"required": ["back"]}, {"required": ["chip"]}],
        "properties": _properties(text, chip, request),
    }


_BASE64 = {"type": "string", "contentEncoding": "base64"}
_FILE = {"type": "string", "format": "binary"}

VERIFY_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": _body(_FILE, _FILE),
            "encoding": {"request": {"contentType": "application/json"}},
        },
        "application/json": {
            "schema": _body(_BASE64, {"anyOf": [_BASE64, {"type": "object"}]}),
            "example": JSON_BODY,
        },
    },
}
"""The two bodies of ``POST /v1/verify``."""

_ABOUT = {
    400: "request-invalid or no-evidence",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    409: "request-in-progress or conflict",
    413: "payload-too-large or too-many-pixels",
    415: "media-type-unsupported",
    422: "image-undecodable, dump-unreadable, policy-unknown or idempotency-key-reused",
    429: "rate-limited",
    500: "A fault of the service.",
    503: "overloaded",
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


def problem_answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Descriptions of the problems that a route may answer; every route may fail with 500 and 503."""
    return {
        status: {
            "description": _ABOUT[status],
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": _REFERENCE.format(model="ProblemModel")},
                    "example": {**ProblemModel.example, "status": status},
                }
            },
            **({"headers": _RETRY} if status in (429, 503) else {}),
        }
        for status in (*statuses, 500, 503)
    }


def report_answer(about: str) -> dict[int | str, dict[str, Any]]:
    """Description of an answer that is a report."""
    return {
        200: {"model": Report, "description": about, "content": {"application/json": {"example": REPORT}}}
    }


def model_answer(model: type[BaseModel], about: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Description of an answer that is a model with an ``example``."""
    example = getattr(model, "example", None)
    content = {"content": {"application/json": {"example": example}}} if example is not None else {}
    return {status: {"model": model, "description": about, **content}}


def _drop_framework_errors(document: dict[str, Any]) -> None:
    """Take out FastAPI's own 422: faults of the schema are answered as 400 request-invalid."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model, example in ((VerifyRequest, VERIFY_REQUEST), (ProblemModel, ProblemModel.example)):
            schema = model.model_json_schema(ref_template=_REFERENCE)
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = {**schema, "example": example}
        _drop_framework_errors(document)
        app.openapi_schema = document
    return app.openapi_schema
