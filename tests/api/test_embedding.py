"""Which pages of other origins reach what of this service."""

from __future__ import annotations

import pytest

from service.api.embedding import embed_origins
from service.errors import ConfigurationError
from service.web import STATIC
from tests.api.conftest import Door, MakeDoor

HR = "https://hr.example.jp"
MODULE = "/static/capture/card-capture.js"


@pytest.fixture
def open_door(make_door: MakeDoor) -> Door:
    return make_door(embed_origins=f"{HR} http://localhost:8080")


def test_nobody_embeds_unless_he_is_listed(door: Door, open_door: Door) -> None:
    for service, origin in ((door, HR), (open_door, "https://evil.example"), (open_door, "null")):
        for path in (MODULE, "/v1/capture-plan"):
            headers = service.http.get(path, headers={"Origin": origin}).headers
            assert "access-control-allow-origin" not in headers
            assert headers["cross-origin-resource-policy"] == "same-origin"
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        refused = service.http.options("/v1/verify", headers=asked)
        assert refused.status_code == 405
        assert "access-control-allow-origin" not in refused.headers


def test_a_listed_origin_reaches_the_capture_and_nothing_else(open_door: Door) -> None:
    module = open_door.http.get(MODULE, headers={"Origin": HR}).headers
    assert module["access-control-allow-origin"] == HR
    assert module["cross-origin-resource-policy"] == "cross-origin"
    preflight = open_door.http.options(
        "/v1/verify", headers={"Origin": HR, "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 204
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in preflight.headers, "cookies never cross"
    answer = open_door.http.post("/v1/verify", json={"front": "AAEC"}, headers={"Origin": HR})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, HR)
    for path in ("/v1/verifications", "/v1/browser-session", "/", "/docs"):
        assert "access-control-allow-origin" not in open_door.http.get(path, headers={"Origin": HR}).headers


def test_only_listed_origins_frame_the_capture(door: Door, open_door: Door) -> None:
    framed = open_door.http.get("/embed").headers["content-security-policy"]
    assert f"frame-ancestors 'self' {HR} http://localhost:8080" in framed
    assert "frame-ancestors 'self';" in f"{door.http.get('/embed').headers['content-security-policy']};"
    assert "frame-ancestors 'none'" in open_door.http.get("/").headers["content-security-policy"]


def test_what_is_no_origin_stops_the_start() -> None:
    for setting in ("*", "http://hr.example.jp", f"{HR}/path", "hr.example.jp", "https://a; x"):
        with pytest.raises(ConfigurationError):
            embed_origins(setting)


def test_static_files_travel_packed_and_are_asked_after(door: Door) -> None:
    packed = door.http.get(MODULE, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["cache-control"] == "no-cache"
    source = (STATIC / "capture" / "card-capture.js").read_text(encoding="utf-8")
    assert len(packed.content) < 0.9 * len(source.encode())
    assert "/**" in source
    assert "/**" not in packed.text
    assert "export" in packed.text or "customElements" in packed.text
    again = door.http.get(MODULE, headers={"If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304
    api = door.http.get("/v1/checks", headers={**door.headers("client"), "Accept-Encoding": "gzip"})
    assert "content-encoding" not in api.headers, "answers with secrets are never packed"


def test_pages_are_served_with_their_policy_or_not_at_all(door: Door, make_door: MakeDoor) -> None:
    for name in ("index.html", "console.html", "embed.html", "examples/embed.html"):
        assert door.http.get(f"/static/{name}").status_code == 404
    example = make_door(demo=True).http.get("/static/examples/embed.html")
    assert example.status_code == 200
    assert "script-src 'self'" in example.headers["content-security-policy"]
