from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from service.settings import Settings
from service.store import Store
from service.store.database import Database
from service.store.ids import verification_id
from service.store.keys import KeyRole
from tests.api.fakes import a_report
from tests.store import postgres

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)

KEPT = {"alembic_version", "audit_head"}

__all__ = ["NOW", "a_report", "verification_id"]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database of a real server, for the whole session."""
    if postgres.GIVEN is not None:
        yield postgres.GIVEN
    elif postgres.AVAILABLE:
        with postgres.running_server() as server:
            yield server.url
    else:
        pytest.skip(postgres.MISSING)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database: migrating once is enough for the tests that are not about it."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(f"sqlite:///{folder / 'honmono.sqlite3'}")
    database.migrate()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return folder / "honmono.sqlite3"


def _empty(url: str) -> None:
    """Migrate, and leave nothing but the head of an empty audit log."""
    database = Database(url)
    database.migrate()
    with database.engine.begin() as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in KEPT]
        connection.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))
        connection.execute(text("UPDATE audit_head SET seq = 0, hash = :hash"), {"hash": "0" * 64})
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "honmono.sqlite3")
        return Settings(data_dir=tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    _empty(url)
    return Settings(data_dir=tmp_path, database_url=url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    opened.database.migrated = True
    yield opened
    opened.close()


@pytest.fixture
def owner(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "owner", now=NOW)[0].id


@pytest.fixture
def other(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "other", now=NOW)[0].id
