from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from service.settings import Settings
from service.store import Store
from service.store.ids import verification_id
from service.store.keys import KeyRole
from tests.api.fakes import a_report
from tests.store import postgres

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)

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


def _clear(url: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(data_dir=tmp_path)
        return
    url: str = request.getfixturevalue("postgres_url")
    yield Settings(data_dir=tmp_path, database_url=url)
    _clear(url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    opened.database.migrate()
    yield opened
    opened.close()


@pytest.fixture
def owner(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "owner", now=NOW)[0].id


@pytest.fixture
def other(store: Store) -> str:
    return store.keys.create(KeyRole.CLIENT, "other", now=NOW)[0].id
