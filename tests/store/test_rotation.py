from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import text

from service.errors import ConfigurationError, NotFound
from service.settings import Settings
from service.store import Store
from service.store.audit_anchor import HEAD_FILE, AuditHead
from service.store.cipher import KEY_FILE
from service.store.keys import KeyRole, KeyScope
from tests.store.conftest import NOW, a_report, verification_id


def test_a_rotated_key_keeps_its_id_and_its_old_text_for_a_while(store: Store) -> None:
    key, old = store.keys.create(KeyRole.CLIENT, "a", now=NOW)
    rotated, new = store.keys.rotate(key.id, overlap=timedelta(hours=1), now=NOW)
    assert rotated.id == key.id
    for secret, later, works in ((old, 59, True), (new, 59, True), (old, 60, False), (new, 60, True)):
        found = store.keys.authenticate(secret, now=NOW + timedelta(minutes=later))
        assert (found is not None) == works, (secret == old, later)
    store.keys.revoke(key.id, now=NOW)
    assert store.keys.authenticate(old, now=NOW) is store.keys.authenticate(new, now=NOW) is None
    with pytest.raises(NotFound):
        store.keys.rotate(key.id, overlap=timedelta(hours=1), now=NOW)


def test_scopes_and_rate_come_back(store: Store) -> None:
    _, secret = store.keys.create(
        KeyRole.CLIENT, "kiosk", scopes=frozenset({KeyScope.SUBMIT}), requests_per_minute=7, now=NOW
    )
    key = store.keys.authenticate(secret, now=NOW)
    assert key is not None
    assert (key.scopes, key.requests_per_minute) == (frozenset({KeyScope.SUBMIT}), 7)


def test_everything_is_sealed_again_and_the_old_key_can_go(
    settings: Settings, store: Store, owner: str
) -> None:
    moment = NOW
    report = a_report(verification_id(moment), moment, verdict="suspect")
    with store.database.write() as session:
        store.records.add(session, report, owner, days=30)
        parts = {f"tilt_vertical/{i}": b"picture" for i in range(120)}
        store.records.add_evidence(session, report, parts, until=NOW + timedelta(days=1))
    before = Store.open(settings)
    assert store.rotate_storage_key() == 121
    assert before.records.get(report.id, owner=None, now=NOW) == report, "a running process finds the new key"
    path = settings.data_dir / KEY_FILE
    new, old = path.read_text().split()
    assert len(base64.b64decode(new)) == 32
    fresh = Store.open(settings)
    assert fresh.keys.all()[0].id == owner
    assert fresh.rotate_storage_key() == 121
    lines = path.read_text().split()
    path.write_text(f"{lines[0]}\n{old}\n")
    last = Store.open(settings)
    assert last.records.get(report.id, owner=None, now=NOW) == report
    assert last.records.evidence(report.id, now=NOW) == parts
    for opened in (before, fresh, last):
        opened.close()


def cut_the_end(store: Store) -> None:
    """What somebody who can write the database would do: the last line away, the head put back."""
    with store.database.write() as session:
        row = session.execute(text("SELECT hash FROM audit WHERE seq = 2")).scalar_one()
        session.execute(text("DELETE FROM audit WHERE seq = 3"))
        session.execute(text("UPDATE audit_head SET seq = 2, hash = :hash"), {"hash": row})


def test_an_older_state_of_the_whole_log_is_found_by_its_recorded_head(
    settings: Settings, store: Store
) -> None:
    for name in ("a", "b", "c"):
        store.keys.create(KeyRole.CLIENT, name, now=NOW)
    written_down = AuditHead.parse(str(store.audit.head()))
    assert store.audit.first_broken([written_down]) is None
    cut_the_end(store)
    assert store.audit.first_broken() == 3
    (settings.data_dir / HEAD_FILE).unlink()
    assert store.audit.first_broken() is None, "without any record of the end nothing shows"
    assert store.audit.first_broken([written_down]) == 3
    store.keys.create(KeyRole.CLIENT, "d", now=NOW)
    assert store.audit.first_broken([written_down]) == 3, "another third line is not the one written down"


def test_a_head_that_was_written_by_another_hand_is_refused(settings: Settings, store: Store) -> None:
    store.keys.create(KeyRole.CLIENT, "a", now=NOW)
    path = settings.data_dir / HEAD_FILE
    path.write_text(path.read_text().replace('"seq": 1', '"seq": 9'))
    with pytest.raises(ConfigurationError, match="changed"):
        store.audit.first_broken()


def test_a_deed_that_fails_records_no_head(settings: Settings, store: Store) -> None:
    def fail() -> None:
        with store.database.write() as session:
            store.audit.append(session, at=NOW, action="x", actor="y", subject="z")
            raise RuntimeError("the deed fails")

    with pytest.raises(RuntimeError):
        fail()
    assert not (settings.data_dir / HEAD_FILE).exists()
