from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.report import Report
from service.settings import Settings
from service.store import Store
from service.store.cipher import DecryptionFailed
from service.store.keys import KeyRole
from service.store.store import Purged
from service.verdict import Verdict
from tests.store.conftest import NOW, a_report, verification_id

PERSON = "MARIA KEINE PERSON"


def keep(store: Store, owner: str, *, days: int = 30, late: int = 0, **changes: object) -> Report:
    moment = NOW + timedelta(seconds=late)
    report = a_report(verification_id(moment), moment, **changes)
    with store.database.write() as session:
        store.records.add(session, report, owner, days=days)
    return report


def test_a_report_comes_back_whole(store: Store, owner: str) -> None:
    report = keep(store, owner)
    assert store.records.get(report.id, owner=owner, now=NOW) == report
    assert store.records.get(report.id, owner=None, now=NOW) == report


def test_a_report_of_another_is_not_there(store: Store, owner: str, other: str) -> None:
    report = keep(store, owner)
    assert store.records.get(report.id, owner=other, now=NOW) is None
    assert store.records.page(owner=other, now=NOW, limit=10).reports == ()
    assert not store.records.erase(report.id, owner=other, actor=other, now=NOW)


def test_pages_hold_every_report_once_newest_first(store: Store, owner: str, other: str) -> None:
    kept = [keep(store, owner, late=i) for i in range(7)]
    keep(store, other)
    seen: list[Report] = []
    cursor = None
    for _ in range(4):
        page = store.records.page(owner=owner, now=NOW, limit=2, cursor=cursor)
        seen += page.reports
        cursor = page.next_cursor
    assert cursor is None
    assert seen == kept[::-1]


def test_pages_can_be_narrowed(store: Store, owner: str) -> None:
    suspect = keep(store, owner, verdict="suspect", client_reference="a")
    keep(store, owner, late=1, client_reference="b")
    for asked in ({"verdict": Verdict.SUSPECT}, {"client_reference": "a"}):
        page = store.records.page(owner=owner, now=NOW, limit=10, **asked)
        assert page.reports == (suspect,)


def test_nothing_personal_is_legible_in_the_files(tmp_path: Path) -> None:
    store = Store.open(Settings(data_dir=tmp_path))
    store.database.migrate()
    owner = store.keys.create(KeyRole.CLIENT, "owner", now=NOW)[0].id
    report = keep(store, owner, client_reference=PERSON)
    with store.database.write() as session:
        store.records.add_evidence(session, report, {"front": PERSON.encode()}, until=NOW)
    store.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert report.id.encode() in content
    assert PERSON.encode() not in content
    assert b"AB12345678CD" not in content


def test_evidence_is_given_back_until_its_end(store: Store, owner: str) -> None:
    report = keep(store, owner)
    until = NOW + timedelta(days=2)
    with store.database.write() as session:
        store.records.add_evidence(session, report, {"front": b"f", "tilt_vertical/0": b"t"}, until=until)
    assert store.records.evidence(report.id, now=NOW) == {"front": b"f", "tilt_vertical/0": b"t"}
    assert store.records.evidence(report.id, now=until) == {}
    assert store.purge(until) == Purged(reports=0, evidence=2, answers=0)


def test_a_purge_removes_what_has_ended_and_nothing_else(store: Store, owner: str) -> None:
    short, long = keep(store, owner, days=1), keep(store, owner, days=2)
    with store.database.write() as session:
        store.records.add_evidence(session, short, {"front": b"f"}, until=NOW + timedelta(days=9))
    at = NOW + timedelta(days=1)
    assert store.records.get(short.id, owner=owner, now=at) is None, "ended before the sweep comes"
    assert store.purge(at) == Purged(reports=1, evidence=1, answers=0)
    assert store.purge(at) == Purged(reports=0, evidence=0, answers=0)
    assert store.records.get(long.id, owner=owner, now=at) == long
    assert [line.action for line in store.audit.lines(short.id)] == [
        "verification.created",
        "verification.purged",
    ]
    assert store.audit.first_broken() is None


def test_erasing_leaves_the_audit_line_alone(store: Store, owner: str) -> None:
    report = keep(store, owner, client_reference=PERSON)
    assert store.records.erase(report.id, owner=owner, actor=owner, now=NOW)
    assert store.records.get(report.id, owner=None, now=NOW) is None
    assert not store.records.erase(report.id, owner=owner, actor=owner, now=NOW)
    lines = store.audit.lines(report.id)
    assert [line.action for line in lines] == ["verification.created", "verification.erased"]
    assert PERSON not in repr(lines)


def test_a_report_of_another_key_file_does_not_open(tmp_path: Path, store: Store, owner: str) -> None:
    report = keep(store, owner)
    (tmp_path / "elsewhere").mkdir()
    strange = Store.open(
        Settings(
            data_dir=tmp_path / "elsewhere",
            database_url=store.database.engine.url.render_as_string(hide_password=False),
        )
    )
    with pytest.raises(DecryptionFailed):
        strange.records.get(report.id, owner=owner, now=NOW)
    strange.close()
