"""JSON bodies of a few lines: read within a limit, checked against a model, described in the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from service.api.body import media_type, read_all
from service.api.problems import faults_of
from service.errors import MediaTypeUnsupported, RequestInvalid

__all__ = ["described", "small_body"]

M = TypeVar("M", bound=BaseModel)

_MAX_BYTES = 16 * 1024
_SECONDS = 10.0


def small_body(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """A dependency that gives the body as ``model``; RequestInvalid with a fault for each place otherwise."""

    async def read(request: Request) -> M:
        if media_type(request)[0] != "application/json":
            raise MediaTypeUnsupported("Send application/json.")
        content = await read_all(request, _MAX_BYTES, _SECONDS)
        try:
            return model.model_validate_json(content)
        except ValidationError as error:
            faults = faults_of([dict(e) for e in error.errors(include_url=False, include_context=False)])
            raise RequestInvalid("The request breaks the schema.", *faults) from None

    return read


def described(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """The body for ``openapi_extra``."""
    content = {"schema": model.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
