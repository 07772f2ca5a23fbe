from __future__ import annotations

import pytest
from sqlalchemy import text

from service.store import Store
from service.store.keys import KeyRole
from tests.store.conftest import NOW


def three_lines(store: Store) -> None:
    for name in ("a", "b", "c"):
        store.keys.create(KeyRole.CLIENT, name, now=NOW)


def test_an_intact_chain_is_whole(store: Store) -> None:
    assert store.audit.first_broken() is None
    three_lines(store)
    assert [line.seq for line in store.audit.lines()] == [1, 2, 3]
    assert store.audit.first_broken() is None


@pytest.mark.parametrize(
    ("edit", "broken"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 2", 2),
        ("UPDATE audit SET facts = '{}' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit", 1),
        ("UPDATE audit_head SET seq = 2 WHERE id = 1", 4),
    ],
)
def test_any_edit_is_found(store: Store, edit: str, broken: int) -> None:
    three_lines(store)
    with store.database.write() as session:
        session.execute(text(edit))
    assert store.audit.first_broken() == broken


def test_a_deed_that_fails_leaves_no_line(store: Store) -> None:
    def fail() -> None:
        with store.database.write() as session:
            store.audit.append(session, at=NOW, action="x", actor="y", subject="z")
            raise RuntimeError("the deed fails")

    with pytest.raises(RuntimeError):
        fail()
    assert store.audit.lines() == ()
    assert store.audit.first_broken() is None
