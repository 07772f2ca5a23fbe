from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from service.api.app import create_app
from service.api.desk import Desk
from service.settings import Settings
from service.store.keys import KeyRole
from tests.api.fakes import FakeEngine

ADMIN = "hk_test-admin-key-given-from-outside"


@dataclass
class Door:
    """A running app with one key of each role, and another client."""

    http: TestClient
    engine: FakeEngine
    desk: Desk
    keys: dict[str, str]

    def headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[who]}"}

    def verify(self, who: str = "client", **request: Any) -> Any:
        body = {"front": "AAEC", "request": request}
        return self.http.post("/v1/verify", json=body, headers=self.headers(who))


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[_joined])
    yield
    structlog.reset_defaults()


def _joined(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    return repr(event)


MakeDoor = Callable[..., Door]


@pytest.fixture
def make_door(tmp_path: Path) -> Iterator[MakeDoor]:
    with ExitStack() as stack:

        def make(engine: FakeEngine | None = None, **settings: Any) -> Door:
            chosen = Settings(
                **{
                    "data_dir": tmp_path / "data",
                    "bootstrap_key": ADMIN,
                    "requests_per_minute": 6000,
                    **settings,
                }
            )
            fake = engine or FakeEngine()
            app = create_app(chosen, fake)
            http = stack.enter_context(TestClient(app, raise_server_exceptions=False))
            desk: Desk = app.state.desk
            names = {"client": KeyRole.CLIENT, "other": KeyRole.CLIENT, "inspector": KeyRole.INSPECTOR}
            made = {name: desk.store.keys.create(role, name)[1] for name, role in names.items()}
            return Door(http, fake, desk, {**made, "admin": ADMIN})

        yield make


@pytest.fixture
def door(make_door: MakeDoor) -> Door:
    return make_door()
