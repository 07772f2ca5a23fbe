"""What happens to the records when the world fails: a clear answer, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from service.api.app import create_app
from service.api.clock import ClockWatch
from service.settings import Settings
from service.store import Store
from tests.api.fakes import FakeEngine
from tests.store import postgres

ADMIN = "hk_test-admin-key-given-from-outside"
BEARER = {"Authorization": f"Bearer {ADMIN}"}


def settings_of(folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder, bootstrap_key=ADMIN, **more)


def verify(http: TestClient) -> Any:
    return http.post("/v1/verify", json={"front": "AAEC"}, headers=BEARER)


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    if postgres.GIVEN is not None or not postgres.AVAILABLE:
        pytest.skip("needs a PostgreSQL of its own to stop and start: " + postgres.MISSING)
    with postgres.running_server() as running:
        yield running


def test_a_database_that_goes_and_comes_back(server: postgres.Server, tmp_path: Path) -> None:
    app = create_app(settings_of(tmp_path, database_url=server.url), FakeEngine())
    with TestClient(app, raise_server_exceptions=False) as http:
        id = verify(http).json()["id"]
        server.stop()
        gone = verify(http)
        assert (gone.status_code, gone.json()["type"]) == (503, "urn:honmono:problem:overloaded")
        assert gone.headers["retry-after"]
        assert (http.get("/readyz").status_code, http.get("/healthz").status_code) == (503, 200)
        server.start()
        assert http.get("/readyz").status_code == 200
        assert verify(http).status_code == 200
        assert http.get(f"/v1/verifications/{id}", headers=BEARER).json()["id"] == id
        assert app.state.desk.store.audit.first_broken() is None


def test_a_full_disk(tmp_path: Path) -> None:
    """SQLite is held to the pages it has, which is what a full disk does to it."""
    app = create_app(settings_of(tmp_path), FakeEngine())
    with TestClient(app, raise_server_exceptions=False) as http:
        store: Store = app.state.desk.store
        id = verify(http).json()["id"]
        full = [True]

        def hold(connection: Any) -> None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            limit = pages if full[0] else 2**30
            connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")

        event.listen(store.database.engine, "begin", hold)
        answers = [verify(http) for _ in range(12)]
        refused = [answer for answer in answers if answer.status_code != 200]
        assert refused, "the disk was not full"
        assert {(a.status_code, a.json()["type"]) for a in refused} == {
            (503, "urn:honmono:problem:overloaded")
        }
        full[0] = False
        assert verify(http).status_code == 200
        kept = http.get("/v1/verifications?limit=100", headers=BEARER).json()["data"]
        done = sum(answer.status_code == 200 for answer in answers)
        assert (len(kept), kept[-1]["id"]) == (done + 2, id), (
            "what was answered is kept, what was refused is not"
        )
        assert store.audit.first_broken() is None


@pytest.mark.parametrize(
    ("wall_s", "counted_s", "believable"),
    [(3600, 3600, True), (3600, 3700, True), (40 * 86400, 3600, False), (-86400, 3600, False)],
)
def test_nothing_is_erased_by_a_clock_that_was_moved(wall_s: int, counted_s: int, believable: bool) -> None:
    started = datetime(2026, 11, 22, tzinfo=UTC)
    walls, counts = [started, started + timedelta(seconds=wall_s)], [0.0, float(counted_s)]
    watch = ClockWatch(lambda: walls.pop(0), lambda: counts.pop(0))
    assert watch.believable() == believable


def test_identifiers_and_the_log_stand_a_clock_that_goes_back(tmp_path: Path) -> None:
    store = Store.open(Settings(data_dir=tmp_path))
    store.database.migrate()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for moment in (now, now - timedelta(days=3), now + timedelta(days=1)):
        store.audit.note(at=moment, action="x", actor="y")
    assert store.audit.first_broken() is None
    assert [line.seq for line in store.audit.lines()] == [1, 2, 3]
    store.close()
