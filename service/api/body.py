"""Bodies are read in pieces, and refused before they cost memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import Message

from starlette.requests import ClientDisconnect, Request

from service.errors import MediaTypeUnsupported, PayloadTooLarge, RequestInvalid

__all__ = ["bounded_stream", "media_type", "read_all"]


def media_type(request: Request) -> tuple[str, dict[str, str]]:
    """Media type in lower case and its parameters; MediaTypeUnsupported where there is none."""
    header = request.headers.get("content-type", "")
    message = Message()
    message["content-type"] = header
    if not header:
        raise MediaTypeUnsupported("Send multipart/form-data or application/json.")
    parameters = {str(k).lower(): str(v) for k, v in message.get_params(failobj=[])[1:]}
    return message.get_content_type(), parameters


async def bounded_stream(request: Request, limit: int, seconds: float) -> AsyncIterator[bytes]:
    """The body in pieces: PayloadTooLarge beyond ``limit`` bytes, by its claim or in fact.

    RequestInvalid where it does not arrive within ``seconds`` or breaks off.
    """
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed[:20]) > limit:
        raise PayloadTooLarge(f"The request may hold at most {limit} bytes.")
    received = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                received += len(piece)
                if received > limit:
                    raise PayloadTooLarge(f"The request may hold at most {limit} bytes.")
                yield piece
    except TimeoutError as error:
        raise RequestInvalid(f"The body did not arrive within {seconds:g} seconds.") from error
    except ClientDisconnect as error:
        raise RequestInvalid("The body breaks off.") from error


async def read_all(request: Request, limit: int, seconds: float) -> bytes:
    """The whole body, within its limits."""
    pieces = [piece async for piece in bounded_stream(request, limit, seconds)]
    return b"".join(pieces)
