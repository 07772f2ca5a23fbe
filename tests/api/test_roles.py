"""Every route with every role. A route that is missing here fails the first test."""

from __future__ import annotations

import pytest

from tests.api.conftest import Door

OPEN = ("GET /healthz", "GET /readyz", "GET /openapi.json", "GET /docs", "GET /", "GET /static/app.js")
CLIENT = (
    "POST /v1/verify",
    "GET /v1/verifications",
    "GET /v1/verifications/{id}",
    "DELETE /v1/verifications/{id}",
    "GET /v1/checks",
    "GET /v1/layouts",
)
ADMIN = ("GET /metrics",)
HAND_OVER = ("POST /v1/sessions", "GET /v1/sessions/{id}", "PUT /v1/sessions/{code}/chip")
"""Their roles: ``test_sessions.py``."""
BATCHES = (
    "POST /v1/batches",
    "GET /v1/batches",
    "GET /v1/batches/{id}",
    "GET /v1/batches/{id}/results",
    "POST /v1/batches/{id}/cancel",
    "DELETE /v1/batches/{id}",
)
"""Their roles: ``test_batches.py``."""
WEBHOOKS = (
    "POST /v1/webhooks",
    "GET /v1/webhooks",
    "GET /v1/webhooks/{id}",
    "DELETE /v1/webhooks/{id}",
    "POST /v1/webhooks/{id}/test",
    "GET /v1/webhooks/{id}/deliveries",
    "POST /v1/webhooks/{id}/deliveries/{message_id}/replay",
)
"""Their roles: ``test_webhooks.py``."""
ROLES = ("nobody", "client", "inspector", "admin")


def allowed(route: str, who: str) -> bool:
    return route in OPEN or (who != "nobody" and route in CLIENT) or who == "admin"


@pytest.mark.parametrize("who", ROLES)
def test_each_route_for_each_role(door: Door, who: str) -> None:
    owner = "client" if who == "nobody" else who
    headers = {} if who == "nobody" else door.headers(who)
    refused = 401 if who == "nobody" else 403
    wrong = {}
    for route in (*OPEN, *CLIENT, *ADMIN):
        method, path = route.split(" ")
        path = path.format(id=door.verify(owner).json()["id"])
        body = {"front": "AAEC"} if method == "POST" else None
        status = door.http.request(method, path, headers=headers, json=body).status_code
        if status not in ((200, 204) if allowed(route, who) else (refused,)):
            wrong[route] = status
    assert wrong == {}


def test_no_operation_is_left_out(door: Door) -> None:
    described = {
        f"{method.upper()} {path}"
        for path, methods in door.http.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert described == set(CLIENT) | set(ADMIN) | set(HAND_OVER) | set(BATCHES) | set(WEBHOOKS) | {
        "GET /healthz",
        "GET /readyz",
    }


@pytest.mark.parametrize(
    ("who", "read", "erased"),
    [("client", 200, 204), ("other", 404, 404), ("inspector", 200, 404), ("admin", 200, 204)],
)
def test_whose_reports_a_key_reaches(door: Door, who: str, read: int, erased: int) -> None:
    path = f"/v1/verifications/{door.verify('client').json()['id']}"
    assert door.http.get(path, headers=door.headers(who)).status_code == read
    listed = door.http.get("/v1/verifications", headers=door.headers(who)).json()["data"]
    assert len(listed) == (1 if read == 200 else 0)
    assert door.http.delete(path, headers=door.headers(who)).status_code == erased


@pytest.mark.parametrize(("who", "status"), [("client", 403), ("inspector", 200), ("admin", 200)])
def test_full_detail_is_for_inspectors(door: Door, who: str, status: int) -> None:
    id = door.verify("client").json()["id"]
    for path in ("/v1/verifications", f"/v1/verifications/{id}"):
        answer = door.http.get(f"{path}?detail=full", headers=door.headers(who))
        assert answer.status_code == status
        assert ("weight_bits" in answer.text) == (status == 200)


def test_a_revoked_key_is_out_at_once(door: Door) -> None:
    assert door.verify().status_code == 200
    key = next(key for key in door.desk.store.keys.all() if key.name == "client")
    door.desk.store.keys.revoke(key.id)
    assert door.verify().status_code == 401
