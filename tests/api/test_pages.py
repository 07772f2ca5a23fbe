from __future__ import annotations

import re

import pytest

from tests.api.conftest import Door, MakeDoor

PAGES = ("/", "/docs")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_served_whole_from_here(door: Door, path: str) -> None:
    page = door.http.get(path)
    assert page.status_code == 200
    fetched = re.findall(r'(?:src|href|action)="([^"#]*)"', page.text)
    assert fetched
    for address in fetched:
        assert address.startswith("/"), "nothing may be fetched from elsewhere"
        assert door.http.request("POST" if address == "/v1/verify" else "GET", address).status_code in (
            200,
            401,
        )
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|style=", page.text), "the CSP forbids inline"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/v1/checks", "/nothing", "/static/api.js"])
def test_every_answer_has_safe_headers(door: Door, path: str) -> None:
    headers = door.http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "honmono-demo" not in headers


def test_a_demo_says_so_on_every_page_and_answer(make_door: MakeDoor) -> None:
    demo = make_door(demo=True)
    for path in PAGES:
        page = demo.http.get(path)
        assert 'class="banner"' in page.text
        assert "デモ" in page.text
    for path in (*PAGES, "/healthz", "/v1/checks", "/nothing"):
        assert demo.http.get(path).headers["honmono-demo"] == "true"


def test_a_production_service_shows_no_banner(door: Door) -> None:
    assert all('class="banner"' not in door.http.get(path).text for path in PAGES)


def test_a_request_id_is_kept_if_it_is_sane(door: Door) -> None:
    assert door.http.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    for strange in ("a b", "x" * 65, "<script>"):
        given = door.http.get("/healthz", headers={"X-Request-Id": strange}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9A-Z]{26}", given)


def test_the_docs_list_every_operation(door: Door) -> None:
    text = door.http.get("/docs").text
    for path in door.http.get("/openapi.json").json()["paths"]:
        assert path in text


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_readiness_follows_the_engine_not_the_anchors(door: Door, ready: bool, status: int) -> None:
    door.engine.state["ready"] = ready
    answer = door.http.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["ready"] is ready
    assert answer.json()["trust_store"] == "no_anchor"
    assert door.http.get("/healthz").status_code == 200
