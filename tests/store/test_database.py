from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import StatementError

from service.settings import Settings
from service.store import Store
from service.store.database import Database
from service.store.keys import KeyRole
from service.store.tables import Base
from tests.store.conftest import NOW, POSTGRES


def test_every_test_of_this_room_runs_on_postgresql_too(store: Store) -> None:
    if POSTGRES is None:
        pytest.skip("HONMONO_TEST_POSTGRES_URL names no server: SQLite alone was tested")
    with store.database.engine.connect() as connection:
        assert connection.dialect.name in ("sqlite", "postgresql")


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(store: Store, owner: str) -> None:
    store.database.migrate()
    assert [key.id for key in store.keys.all()] == [owner]


def test_processes_that_start_at_once_migrate_once(settings: Settings, store: Store) -> None:
    databases = [Database(settings.effective_database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, databases))
    assert all(database.available() for database in databases)
    for database in databases:
        database.close()


def test_a_database_that_is_not_there_is_not_available() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    assert not database.available()
    database.close()


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="naive"):
        store.keys.create(KeyRole.CLIENT, "naive", expires_at=datetime(2026, 1, 1), now=NOW)


def test_writers_wait_for_each_other(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda i: store.keys.create(KeyRole.CLIENT, f"k{i}", now=NOW), range(24)))
    assert len({key.id for key, _ in made}) == 24
    assert store.audit.first_broken() is None
