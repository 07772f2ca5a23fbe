"""The first page and the description of the API, for people. Nothing is fetched from elsewhere."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from service.api.docs_page import render_docs
from service.api.embedding import embed_csp, embed_origins
from service.api.middleware import PAGE_CSP
from service.api.openapi import describe
from service.settings import Settings
from service.web import STATIC
from service.web.packed import packed
from service.web.release import Release, worker_script

__all__ = ["add_pages"]

_BANNER_MARK = "<!-- banner -->"
_DEMO_BANNER = (
    '<p class="banner" role="note"><span lang="ja">'
    "デモ：見本用の信頼設定です。実在のカードの判定には使えません。</span> "
    '<span lang="en">Demo: sample trust only. It says nothing about real cards.</span></p>'
)


_PAGES = {"/": "index.html", "/console": "console.html"}
_OFFLINE_MARK = "</head>"
_MAY_QUEUE = '<meta name="honmono-offline-queue" content="allowed">\n</head>'


class _Client(StaticFiles):
    """The files of the client, packed; pages are served by their own routes, with their own policy."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file lies; nothing for HTML."""
        return ("", None) if path.endswith(".html") else super().lookup_path(path)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file as it is sent, or 304 where the browser has it."""
        content = packed(Path(full_path))
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        kind = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
        answer = Response(content, status_code, {"ETag": etag}, media_type=kind)
        if self.is_not_modified(answer.headers, Headers(scope=scope)):
            return NotModifiedResponse(answer.headers)
        return answer


def _page(html: str) -> HTMLResponse:
    headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-cache"}
    return HTMLResponse(html, headers=headers)


def _rendered(name: str, banner: str, settings: Settings) -> str:
    html = (STATIC / name).read_text(encoding="utf-8").replace(_BANNER_MARK, banner)
    return html.replace(_OFFLINE_MARK, _MAY_QUEUE, 1) if settings.offline_queue_enabled else html


def _embed_page(settings: Settings, banner: str) -> HTMLResponse:
    """The capture alone, for a frame of a listed origin; browsers that know neither rule see a refusal."""
    page = _page(_rendered("embed.html", banner, settings))
    page.headers["Content-Security-Policy"] = embed_csp(PAGE_CSP, embed_origins(settings.embed_origins))
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page


def _example() -> FileResponse:
    headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-cache"}
    return FileResponse(STATIC / "examples" / "embed.html", headers=headers)


def add_pages(app: FastAPI, settings: Settings) -> None:
    """Serve the pages, ``/docs``, ``/static`` and the service worker that keeps pages and static files."""
    banner = _DEMO_BANNER if settings.demo else ""
    pages = {path: _rendered(name, banner, settings) for path, name in _PAGES.items()}
    worker = worker_script(Release.of(pages))
    router = APIRouter(include_in_schema=False)

    def docs() -> HTMLResponse:
        return _page(render_docs(describe(app), banner))

    def service_worker() -> Response:
        headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-cache"}
        return Response(worker, media_type="text/javascript", headers=headers)

    for path, html in pages.items():
        router.add_api_route(path, partial(_page, html), response_class=HTMLResponse)
    router.add_api_route("/service-worker.js", service_worker, response_class=Response)
    router.add_api_route("/embed", partial(_embed_page, settings, banner), response_class=HTMLResponse)
    if settings.demo:
        router.add_api_route("/static/examples/embed.html", _example, response_class=FileResponse)
    router.add_api_route("/docs", docs, response_class=HTMLResponse)
    app.include_router(router)
    app.mount("/static", GZipMiddleware(_Client(directory=STATIC)), name="static")
