from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from service.settings import Settings
from service.store import Store
from service.store.ids import verification_id
from service.store.keys import KeyRole
from service.store.tables import Base
from tests.api.fakes import a_report

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
POSTGRES = os.environ.get("HONMONO_TEST_POSTGRES_URL")
"""An empty database that these tests may fill and clear."""

__all__ = ["NOW", "a_report", "verification_id"]


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path)
    return Settings(data_dir=tmp_path, database_url=POSTGRES)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    opened.database.migrate()
    yield opened
    if not opened.database.is_sqlite:
        with opened.database.engine.begin() as connection:
            Base.metadata.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version"))
    opened.close()


@pytest.fixture
def owner(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "owner", now=NOW)[0].id


@pytest.fixture
def other(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "other", now=NOW)[0].id
