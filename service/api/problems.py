"""Everything that goes wrong with a request becomes problem details (RFC 9457), and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from service.errors import Fault, NotFound, Overloaded, Problem, RequestInvalid, Unauthenticated

__all__ = [
    "PROBLEM_JSON",
    "FaultModel",
    "InternalError",
    "ProblemModel",
    "faults_of",
    "install_problem_handlers",
    "pointer",
    "problem_response",
]

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
_POINTER_PART_LENGTH = 64
_DATABASE_RETRY_S = 5


class MethodNotAllowed(Problem):
    """The path exists, but not with this method."""

    name = "method-not-allowed"
    status = 405
    title = "Method not allowed"


class InternalError(Problem):
    """A fault of ours. The text says nothing of its cause; the log does, under the request's id."""

    name = "internal"
    status = 500
    title = "A fault of the service"


class HttpFault(Problem):
    """Any other answer that the framework refuses with."""

    def __init__(self, status: int) -> None:
        phrase = HTTPStatus(status).phrase
        super().__init__(f"{phrase}.")
        self.http_status = status
        self.title_text = phrase


class FaultModel(BaseModel):
    """One fault inside the request."""

    pointer: str = Field(description="JSON pointer (RFC 6901) to the part that has the fault.")
    detail: str


class ProblemModel(BaseModel):
    """Problem details, RFC 9457."""

    model_config = ConfigDict(extra="forbid")
    example: ClassVar[dict[str, Any]] = {
        "type": "urn:honmono:problem:request-invalid",
        "title": "The request is not valid",
        "status": 400,
        "detail": "The request breaks the schema in 1 place.",
        "instance": "urn:honmono:request:01M80MBGEXRCZAZ3SQ77T2MVS3",
        "errors": [{"pointer": "/request/layuot", "detail": "Extra inputs are not permitted"}],
    }

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FaultModel] | None = None


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901), each part cut to a sane length."""
    escaped = (str(p)[:_POINTER_PART_LENGTH].replace("~", "~0").replace("/", "~1") for p in parts)
    return "".join(f"/{part}" for part in escaped)


def faults_of(errors: Sequence[Mapping[str, Any]], *prefix: str) -> tuple[Fault, ...]:
    """Pydantic's errors as faults. The submitted values are never repeated."""
    return tuple(
        Fault(
            pointer([*prefix, *(p for p in error["loc"] if p != "[key]")]),
            str(error["msg"]).removeprefix("Value error, "),
        )
        for error in errors
    )


def problem_response(problem: Problem, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer for a problem."""
    status = problem.http_status if isinstance(problem, HttpFault) else problem.status
    body: dict[str, Any] = {
        "type": "about:blank" if isinstance(problem, HttpFault) else problem.type,
        "title": problem.title_text if isinstance(problem, HttpFault) else problem.title,
        "status": status,
        "detail": problem.detail,
        "instance": f"urn:honmono:request:{request_id}",
    }
    if problem.faults:
        body["errors"] = [{"pointer": f.pointer, "detail": f.detail} for f in problem.faults]
    sent = dict(headers or {})
    if problem.retry_after_s is not None:
        sent["Retry-After"] = str(problem.retry_after_s)
    if isinstance(problem, Unauthenticated):
        sent["WWW-Authenticate"] = 'Bearer realm="honmono"'
    return Response(json.dumps(body), status_code=status, headers=sent, media_type=PROBLEM_JSON)


def _request_id(request: Request) -> str:
    return str(request.scope.get("honmono.request_id", "unknown"))


async def _on_problem(request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else InternalError("The service has failed.")
    return problem_response(problem, _request_id(request))


async def _on_validation(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else ()
    faults = faults_of([{**e, "loc": e["loc"][1:]} for e in errors])
    return problem_response(RequestInvalid("The request breaks the schema.", *faults), _request_id(request))


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    problem: Problem
    if status == HTTPStatus.NOT_FOUND:
        problem = NotFound("There is nothing at this address; /docs lists what there is.")
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = MethodNotAllowed(f"Allowed here: {headers.get('Allow', 'another method')}.")
    else:
        problem = HttpFault(status)
    return problem_response(problem, _request_id(request), headers)


async def _on_database(request: Request, error: Exception) -> Response:
    log.error("database.unavailable", error=type(error).__name__)
    problem = Overloaded("The database does not answer; try again later.", retry_after_s=_DATABASE_RETRY_S)
    return problem_response(problem, _request_id(request))


def install_problem_handlers(app: FastAPI) -> None:
    """Make the app answer with problem details wherever it refuses."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(OperationalError, _on_database)
    app.add_exception_handler(InterfaceError, _on_database)
