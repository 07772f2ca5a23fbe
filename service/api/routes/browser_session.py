"""``/v1/browser-session``: signing in with a key, so that no page has to keep it.

The token lives in an HttpOnly, SameSite=Strict cookie; what changes anything must also carry the session's
word in a header, which only a page of this origin can know (OWASP CSRF cheat sheet: signed double submit).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from service.api.access import PLAIN_COOKIE, SECURE_COOKIE, Client, cookie_of, desk_of, key_of_secret
from service.api.deeds import answered
from service.api.desk_schemas import BrowserSessionModel, SignInRequest, session_model
from service.api.openapi import model_answer, problem_answers
from service.api.small_body import described, small_body
from service.errors import NotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1/browser-session", tags=["keys"])


def _cookie_name(request: Request) -> str:
    return SECURE_COOKIE if request.url.scheme == "https" else PLAIN_COOKIE


@router.post(
    "",
    status_code=201,
    summary="Sign in with a key",
    operation_id="sign_in",
    responses={
        **model_answer(BrowserSessionModel, "Signed in; the cookie comes along.", 201),
        **problem_answers(400, 401, 403, 413, 415, 429),
    },
    openapi_extra=described(SignInRequest, SignInRequest.example),
)
def sign_in(
    request: Request, asked: Annotated[SignInRequest, Depends(small_body(SignInRequest))]
) -> Response:
    """The session may do what the key may, until it signs out, its hours are over, or the key is revoked."""
    desk = desk_of(request)
    key = key_of_secret(request, asked.key)
    lasts = timedelta(hours=desk.settings.browser_session_hours)
    session, token = desk.store.browser_sessions.open(key, now=datetime.now(UTC), lasts=lasts)
    response = answered(session_model(session, key), status=201)
    response.set_cookie(
        _cookie_name(request),
        token,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.get(
    "",
    summary="Who is signed in?",
    operation_id="get_browser_session",
    responses={
        **model_answer(BrowserSessionModel, "The session of the cookie."),
        **problem_answers(401, 403, 404, 429),
    },
)
def who(request: Request, key: Client) -> Response:
    """For a page that was loaded again: its role, and the word for its next changes."""
    token = cookie_of(request)
    session = desk_of(request).store.browser_sessions.find(token or "", now=datetime.now(UTC))
    if session is None:
        raise NotFound("This request came with a key and not from a browser that signed in.")
    return answered(session_model(session, key))


@router.delete(
    "",
    status_code=204,
    summary="Sign out",
    operation_id="sign_out",
    responses={204: {"description": "Signed out."}, **problem_answers(401, 403, 429)},
)
def sign_out(request: Request, key: Client) -> Response:
    """The token is worth nothing from now on, and the cookie is taken back."""
    token = cookie_of(request)
    if token is not None:
        desk_of(request).store.browser_sessions.end(token, key_id=key.id, now=datetime.now(UTC))
    response = Response(status_code=204)
    for name, secure in ((SECURE_COOKIE, True), (PLAIN_COOKIE, False)):
        response.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=secure)
    return response
