"""The registry is asked from within a verifying process and answered in this one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.evidence import Role
from service.registry import Identity, RegistryFacts
from service.report import Report
from service.settings import Settings
from service.store.ids import verification_id
from service.submission import Submission
from service.worker.pool import EngineFailed, EnginePool
from tests.api.fakes import FakeEngine, a_report

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Asking(FakeEngine):
    """Says in the report's client reference what the registry answered."""

    def verify(self, submission: Submission, **more: Any) -> Report:
        facts = more["registry"].look_up(Identity(card_number="AB12345678CD"))
        return a_report(more["verification_id"], more["now"], client_reference=f"denied={facts.denied}")


def asking_engine() -> FakeEngine:
    return Asking()


class Book:
    def __init__(self, fault: Exception | None = None) -> None:
        self.asked: list[Identity] = []
        self.fault = fault

    def look_up(self, identity: Identity) -> RegistryFacts:
        self.asked.append(identity)
        if self.fault is not None:
            raise self.fault
        return RegistryFacts(number_read=True, photo_read=False, denied=True)


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EnginePool]:
    monkeypatch.setenv("HONMONO_ENGINE_LOADER", "tests.api.test_registry_question:asking_engine")
    made = EnginePool(Settings(data_dir=tmp_path), 1)
    yield made
    made.close()


def verify(pool: EnginePool, book: Book | None) -> Report:
    submission = Submission(pictures={Role.FRONT: b"x"})
    return pool.verify(submission, now=NOW, verification_id=verification_id(NOW), registry=book)


def test_the_question_is_answered_and_a_fault_is_told(pool: EnginePool) -> None:
    book = Book()
    assert verify(pool, book).client_reference == "denied=True"
    assert book.asked == [Identity(card_number="AB12345678CD")]
    with pytest.raises(OSError, match="database is away"):
        verify(pool, Book(OSError("database is away")))
    assert verify(pool, book).client_reference == "denied=True", "the process is ready for the next one"
    with pytest.raises(EngineFailed):
        verify(pool, None)
