"""Every route with every role. A route that is missing here fails the first test."""

from __future__ import annotations

import pytest

from service.api.desk_schemas import LapseRequest
from tests.api.conftest import Door

OPEN = ("GET /healthz", "GET /readyz", "GET /openapi.json", "GET /docs", "GET /", "GET /static/api.js")
CLIENT = (
    "POST /v1/verify",
    "GET /v1/verifications",
    "GET /v1/verifications/{id}",
    "DELETE /v1/verifications/{id}",
    "GET /v1/checks",
    "GET /v1/layouts",
    "GET /v1/capture-plan",
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
PEOPLE = {
    "GET /v1/keys": "admin",
    "POST /v1/capture-tokens": "client",
    "POST /v1/keys": "admin",
    "POST /v1/keys/{id}/rotate": "admin",
    "DELETE /v1/keys/{id}": "admin",
    "GET /v1/browser-session": "client",
    "DELETE /v1/browser-session": "client",
    "GET /v1/reviews": "inspector",
    "GET /v1/reviews/statistics": "inspector",
    "GET /v1/reviews/labelled-cases": "admin",
    "GET /v1/reviews/{id}": "inspector",
    "POST /v1/reviews/{id}/claim": "inspector",
    "POST /v1/reviews/{id}/release": "inspector",
    "POST /v1/reviews/{id}/decision": "inspector",
    "POST /v1/reviews/{id}/second": "inspector",
    "GET /v1/deny-list": "inspector",
    "POST /v1/deny-list": "admin",
    "DELETE /v1/deny-list/{id}": "admin",
    "GET /v1/verifications/{id}/links": "inspector",
    "GET /v1/verifications/{id}/lapse-inquiry": "client",
    "POST /v1/verifications/{id}/lapse-inquiry": "client",
    "GET /v1/verifications/{id}/entitlement": "client",
    "GET /v1/verifications/{id}/employment-notice": "client",
    "GET /v1/expiring": "client",
    "GET /v1/verifications/{id}/evidence": "inspector",
    "GET /v1/verifications/{id}/evidence/{part}": "inspector",
    "GET /v1/verifications/{id}/pictures/{kind}": "inspector",
    "GET /v1/exports": "admin",
    "GET /v1/audit": "admin",
}
"""The least role of what people do; what each does has tests of its own."""
SIGN_IN = ("POST /v1/browser-session",)
"""Its key comes in the body: ``test_browser_session.py``."""
OVERLAY = ("GET /v1/verifications/{id}/overlay.png",)
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


@pytest.mark.parametrize("who", ROLES)
def test_what_people_do_needs_its_role(door: Door, who: str) -> None:
    """Allowed means: let in, whatever the answer to an id that does not exist."""
    headers = {} if who == "nobody" else door.headers(who)
    wrong = {}
    for route, least in PEOPLE.items():
        method, path = route.split(" ")
        id = door.verify("client").json()["id"] if "verifications" in path else "none"
        body: dict[str, str] | None = {} if method == "POST" else None
        path = path.format(id=id, part="front", kind="front")
        answer = door.http.request(method, path, headers=headers, json=body)
        let_in = who != "nobody" and ROLES.index(who) >= ROLES.index(least)
        expected = {200, 201, 204, 400, 404, 409} if let_in else {401 if who == "nobody" else 403}
        if answer.status_code not in expected:
            wrong[route] = answer.status_code
    assert wrong == {}


def test_a_client_reaches_nothing_of_another_client(door: Door) -> None:
    id = door.verify("client").json()["id"]
    for route, least in PEOPLE.items():
        if least == "client" and "{id}" in route:
            method, path = route.split(" ")
            body = LapseRequest.example if method == "POST" else None
            answer = door.http.request(method, path.format(id=id), headers=door.headers("other"), json=body)
            assert answer.status_code == 404, route
    assert door.http.get("/v1/expiring?within=3650d", headers=door.headers("other")).json()["data"] == []


def test_no_operation_is_left_out(door: Door) -> None:
    described = {
        f"{method.upper()} {path}"
        for path, methods in door.http.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    health = {"GET /healthz", "GET /readyz"}
    tables = (CLIENT, ADMIN, HAND_OVER, BATCHES, WEBHOOKS, PEOPLE, SIGN_IN, OVERLAY, health)
    assert described == set().union(*tables)


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
