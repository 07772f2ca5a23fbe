from __future__ import annotations

from datetime import timedelta

import numpy as np
from sqlalchemy import text

from service.registry import Identity, RegistryFacts
from service.report import Report
from service.store import Store
from service.store.inquiries import Inquiry
from service.store.keys import ApiKey, KeyRole
from service.store.prints import Prints, photo_likeness, text_likeness
from tests.store.conftest import NOW, a_report, verification_id

NUMBER = "AB12345678CD"
TABLES = ("registry_sightings", "registry_photo_bands", "lapse_inquiries")


def photo(seed: int, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=100) + noise * np.random.default_rng(seed + 1000).normal(size=100)
    return (features / np.linalg.norm(features)).astype(np.float32)


def holder(name: str = "TURNER ELIZABETH", number: str | None = NUMBER, seed: int = 1) -> Identity:
    return Identity(number, name, "1985-12-31" if seed == 1 else "1999-04-07", photo(seed))


def key_of(store: Store, role: KeyRole = KeyRole.CLIENT, name: str = "a") -> ApiKey:
    return store.keys.create(role, name, now=NOW)[0]


def see(
    store: Store, key: ApiKey, who: Identity, late: int = 0, **changes: object
) -> tuple[Report, RegistryFacts]:
    """Verify and keep, as the service does."""
    moment = NOW + timedelta(seconds=late)
    visit = store.registry.visit(key, moment)
    facts = visit.look_up(who)
    report = a_report(verification_id(moment), moment, **{"verdict": "no_sign_of_forgery", **changes})
    with store.database.write() as session:
        store.records.add(session, report, key.id, days=30)
        visit.keep(session, report)
    return report, facts


def test_a_number_is_met_again_with_its_likenesses(store: Store) -> None:
    key = key_of(store)
    assert see(store, key, holder())[1].encounters == ()
    same = see(store, key, holder(), 1)[1].encounters[0]
    assert (same.own, same.same_number, same.name, same.birth, same.photo) == (True, True, 1.0, 1.0, 1.0)
    other = see(store, key, holder("NGUYEN VAN AN", seed=2), 2)[1].encounters
    assert all(e.name is not None and e.name < 0.5 for e in other)
    assert all(e.birth is not None and e.birth < 0.8 for e in other)
    assert all(e.photo is not None and e.photo < 0.3 for e in other)


def test_a_photo_is_found_on_another_number_after_a_new_capture(store: Store) -> None:
    key = key_of(store)
    see(store, key, Identity(NUMBER, "TURNER ELIZABETH", "1985-12-31", photo(1)))
    who = Identity("ZZ00000000ZZ", "NGUYEN VAN AN", "1999-04-07", photo(1, noise=0.15))
    (met,) = see(store, key, who, 1)[1].encounters
    assert met.same_number is False
    assert met.photo is not None
    assert met.photo > 0.9
    assert see(store, key, Identity("YY00000000YY", photo=photo(9)), 2)[1].encounters == ()


def test_what_others_sent_is_marked_as_not_ones_own(store: Store) -> None:
    one, other = key_of(store), key_of(store, name="b")
    inspector = key_of(store, KeyRole.INSPECTOR, "c")
    see(store, one, holder())
    assert [e.own for e in store.registry.visit(other, NOW).look_up(holder()).encounters] == [False]
    assert [e.own for e in store.registry.visit(inspector, NOW).look_up(holder()).encounters] == [True]


def test_a_proven_card_is_marked_and_looks_are_counted(store: Store) -> None:
    key = key_of(store)
    for late in range(3):
        inputs = [{"role": "front", "sha256": f"{late:064x}", "media_type": "image/png"}]
        facts = see(store, key, holder(), late, verdict="authentic", inputs=inputs)[1]
    assert facts.looks_today == 2
    assert all(e.proven for e in facts.encounters)
    later = store.registry.visit(key, NOW + timedelta(days=2)).look_up(holder())
    assert later.looks_today == 0


def test_a_number_that_was_not_read_is_looked_up_nowhere(store: Store) -> None:
    key = key_of(store)
    see(store, key, holder())
    facts = store.registry.visit(key, NOW).look_up(Identity())
    assert facts == RegistryFacts(number_read=False, photo_read=False)


def test_the_list_and_recorded_inquiries(store: Store) -> None:
    client, inspector = key_of(store), key_of(store, KeyRole.INSPECTOR, "i")
    report, _ = see(store, client, holder())

    def lapsed(key: ApiKey) -> bool:
        return store.registry.visit(key, NOW).look_up(holder()).lapsed

    with store.database.write() as session:
        line = store.deny_list.add(
            session, NUMBER, reason="stolen", expires_at=NOW + timedelta(days=1), actor="k", now=NOW
        )
        store.inquiries.add(session, report.id, NUMBER, Inquiry("lapsed", NOW, "Suzuki", NOW), key=client)
    assert store.registry.visit(client, NOW).look_up(holder()).denied
    assert (lapsed(client), lapsed(inspector)) == (True, False), "one client's word is not another's fact"
    with store.database.write() as session:
        store.inquiries.add(session, report.id, NUMBER, Inquiry("lapsed", NOW, None, NOW), key=inspector)
    assert lapsed(key_of(store, name="new"))
    assert [i.by for i in store.inquiries.of(report.id)] == ["Suzuki", None]
    store.deny_list.remove(line.id, actor="k", now=NOW)
    assert not store.registry.visit(client, NOW).look_up(holder()).denied


def test_erasure_and_retention_leave_no_hash_and_no_fingerprint(store: Store) -> None:
    key = key_of(store)
    first, _ = see(store, key, holder())
    second, _ = see(store, key, holder(), 1)
    for report in (first, second):
        with store.database.write() as session:
            store.inquiries.add(session, report.id, NUMBER, Inquiry("lapsed", NOW, None, NOW), key=key)
    assert store.records.erase(first.id, owner=key.id, actor=key.id, now=NOW)
    assert counted(store) == [1, 16, 1]
    store.purge(NOW + timedelta(days=31))
    assert counted(store) == [0, 0, 0]
    assert store.registry.visit(key, NOW).look_up(holder()).encounters == ()


def counted(store: Store) -> list[int]:
    with store.database.read() as session:
        return [session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES]


def test_reviewers_see_the_links_of_a_report(store: Store) -> None:
    key, inspector = key_of(store), key_of(store, KeyRole.INSPECTOR, "i")
    first, _ = see(store, key, holder())
    second, _ = see(store, key, holder("NGUYEN VAN AN", seed=2), 1)
    (link,) = store.registry.links(second.id, inspector, NOW)
    assert (link.verification_id, link.encounter.same_number) == (first.id, True)


def test_prints_say_nothing_without_the_key(store: Store) -> None:
    prints, name = Prints(store.cipher), "TURNER ELIZABETH"
    assert prints.name(name) != Prints(type(store.cipher)((b"x" * 32,))).name(name)
    assert prints.photo(photo(1)) != Prints(type(store.cipher)((b"x" * 32,))).photo(photo(1))


def test_a_slip_of_reading_is_not_another_person(store: Store) -> None:
    prints = Prints(store.cipher)

    def alike(one: str, other: str) -> float:
        found = text_likeness(prints.name(one), prints.name(other))
        assert found is not None
        return found

    assert alike("LI NA", "LI NB") > 0.65
    assert alike("TURNER ELIZABETH", "TURNEP ELIZABETH") > 0.85
    assert alike("TURNER ELIZABETH", "NGUYEN VAN AN") < 0.5
    birth = text_likeness(prints.birth("1985-12-31"), prints.birth("1985-12-37"))
    assert birth is not None
    assert 0.8 <= birth < 0.95
    assert photo_likeness(None, prints.photo(photo(1))) is None
