from __future__ import annotations

import importlib
import pkgutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import StatementError

import service.store
from service.settings import Settings
from service.store import Store
from service.store.database import Database
from service.store.keys import KeyRole
from service.store.tables import Base
from tests.store.conftest import NOW

MIGRATIONS = Path(service.store.__file__).parent / "migrations"


def every_table() -> None:
    for module in pkgutil.iter_modules(service.store.__path__, "service.store."):
        importlib.import_module(module.name)


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    every_table()
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_there_is_one_last_migration() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_the_migrations_walk_down_and_up_again(store: Store) -> None:
    chosen = config()
    with store.database.engine.begin() as connection:
        chosen.attributes["connection"] = connection
        command.downgrade(chosen, "base")
        command.upgrade(chosen, "heads")
    assert store.keys.create(KeyRole.CLIENT, "again", now=NOW)


def test_migrating_again_changes_nothing(store: Store, owner: str) -> None:
    store.database.migrate()
    assert [key.id for key in store.keys.all()] == [owner]


def test_processes_that_start_at_once_migrate_once(settings: Settings) -> None:
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
