from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Door, MakeDoor
from tests.api.test_problems import expect


def page(door: Door, who: str = "client", **query: Any) -> Any:
    return door.http.get("/v1/verifications", params=query, headers=door.headers(who))


def test_a_stored_report_reads_as_it_was_given(door: Door) -> None:
    given = door.verify(client_reference="r").json()
    answer = door.http.get(f"/v1/verifications/{given['id']}", headers=door.headers("client"))
    assert answer.json() == given


def test_pages_lead_through_everything_newest_first(door: Door) -> None:
    ids = [door.verify().json()["id"] for _ in range(5)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        content = page(door, **query).json()
        seen += [report["id"] for report in content["data"]]
        assert content["has_more"] == (content["next_cursor"] is not None)
        if not content["has_more"]:
            break
        query["cursor"] = content["next_cursor"]
    assert seen == ids[::-1]


def test_a_list_can_be_narrowed(door: Door) -> None:
    wanted = door.verify(client_reference="a").json()["id"]
    door.verify(client_reference="b")
    assert [r["id"] for r in page(door, client_reference="a").json()["data"]] == [wanted]
    assert page(door, verdict="authentic").json()["data"] == []
    assert len(page(door, verdict="forged").json()["data"]) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", 0), ("limit", 101), ("limit", "x"), ("cursor", "x"), ("verdict", "x"), ("detail", "x")],
)
def test_a_wrong_query_is_named(door: Door, name: str, value: object) -> None:
    query: dict[str, Any] = {name: value}
    expect(page(door, **query), 400, "request-invalid", f"/{name}")


def test_erasing_leaves_an_audit_line(door: Door) -> None:
    id = door.verify(client_reference="MARIA").json()["id"]
    path = f"/v1/verifications/{id}"
    answer = door.http.delete(path, headers=door.headers("client"))
    assert (answer.status_code, answer.content) == (204, b"")
    expect(door.http.get(path, headers=door.headers("client")), 404, "not-found")
    expect(door.http.delete(path, headers=door.headers("client")), 404, "not-found")
    assert page(door).json()["data"] == []
    lines = door.desk.store.audit.lines(id)
    assert [line.action for line in lines] == ["verification.created", "verification.erased"]
    assert "MARIA" not in repr(lines)


def test_a_report_ends_after_its_days(make_door: MakeDoor) -> None:
    door = make_door(report_days=3)
    id = door.verify().json()["id"]
    records, owner = door.desk.store.records, None
    now = datetime.now(UTC)
    assert records.get(id, owner=owner, now=now + timedelta(days=2, hours=23)) is not None
    assert records.get(id, owner=owner, now=now + timedelta(days=3)) is None
    assert door.desk.store.purge(now + timedelta(days=3)).reports == 1


def test_the_sweep_purges_by_itself(make_door: MakeDoor) -> None:
    door = make_door(report_days=0, retention_sweep_s=1)
    id = door.verify().json()["id"]
    deadline = time.monotonic() + 10
    while len(door.desk.store.audit.lines(id)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [line.action for line in door.desk.store.audit.lines(id)][1:] == ["verification.purged"]
