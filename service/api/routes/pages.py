"""The first page and the description of the API, for people. Nothing is fetched from elsewhere."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from service.api.docs_page import render_docs
from service.api.middleware import PAGE_CSP
from service.api.openapi import describe
from service.settings import Settings
from service.web import STATIC

__all__ = ["add_pages"]

_BANNER_MARK = "<!-- banner -->"
_DEMO_BANNER = (
    '<p class="banner" role="note"><span lang="ja">'
    "デモ：見本用の信頼設定です。実在のカードの判定には使えません。</span> "
    '<span lang="en">Demo: sample trust only. It says nothing about real cards.</span></p>'
)


def _page(html: str) -> HTMLResponse:
    headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-cache"}
    return HTMLResponse(html, headers=headers)


def add_pages(app: FastAPI, settings: Settings) -> None:
    """Serve ``/``, ``/docs`` and ``/static``."""
    banner = _DEMO_BANNER if settings.demo else ""
    index = (STATIC / "index.html").read_text(encoding="utf-8").replace(_BANNER_MARK, banner)
    router = APIRouter(include_in_schema=False)

    def docs() -> HTMLResponse:
        return _page(render_docs(describe(app), banner))

    router.add_api_route("/", partial(_page, index), response_class=HTMLResponse)
    router.add_api_route("/docs", docs, response_class=HTMLResponse)
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
