from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.errors import ConfigurationError, NotFound
from service.settings import Settings
from service.store import Store
from service.store.keys import KeyRole
from tests.store.conftest import NOW


def test_a_key_is_found_by_its_text(store: Store) -> None:
    key, secret = store.keys.create(KeyRole.INSPECTOR, "desk 3", now=NOW)
    assert secret.startswith("hk_")
    assert store.keys.authenticate(secret, now=NOW) == key
    assert key.prefix == secret[:11]


@pytest.mark.parametrize("wrong", ["", "hk_", "hk_unknown", "x" * 10_000, "hk_\udcff", "鍵"])
def test_an_unknown_text_is_no_key(store: Store, wrong: str) -> None:
    assert store.keys.authenticate(wrong, now=NOW) is None


def test_the_text_of_a_key_is_not_kept(store: Store) -> None:
    _, secret = store.keys.create(KeyRole.CLIENT, "name", now=NOW)
    with store.database.read() as session:
        rows = repr(session.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in rows
    assert secret[12:] not in rows


def test_a_revoked_key_is_out_of_force(store: Store) -> None:
    key, secret = store.keys.create(KeyRole.CLIENT, "name", now=NOW)
    assert store.keys.revoke(key.id, now=NOW).revoked_at == NOW
    assert store.keys.authenticate(secret, now=NOW) is None
    with pytest.raises(NotFound):
        store.keys.revoke("key_none", now=NOW)


def test_a_key_ends_at_its_time(store: Store) -> None:
    end = NOW + timedelta(hours=1)
    _, secret = store.keys.create(KeyRole.CLIENT, "name", expires_at=end, now=NOW)
    assert store.keys.authenticate(secret, now=end - timedelta(seconds=1)) is not None
    assert store.keys.authenticate(secret, now=end) is None


def test_the_first_start_makes_an_admin_key_once(store: Store) -> None:
    secret = store.keys.bootstrap(now=NOW)
    assert secret is not None
    key = store.keys.authenticate(secret, now=NOW)
    assert key is not None
    assert key.role is KeyRole.ADMIN
    assert store.keys.bootstrap(now=NOW) is None


def test_a_key_given_from_outside_replaces_the_one_before(settings: Settings, store: Store) -> None:
    def start(given: str) -> Store:
        opened = Store.open(settings.model_copy(update={"bootstrap_key": given}))
        assert opened.keys.bootstrap(now=NOW) is None
        return opened

    first = start("first-key-from-outside")
    assert first.keys.authenticate("first-key-from-outside", now=NOW) is not None
    second = start("second-key-from-outside")
    assert second.keys.authenticate("first-key-from-outside", now=NOW) is None
    assert second.keys.authenticate("second-key-from-outside", now=NOW) is not None
    third = start("second-key-from-outside")
    assert third.keys.all() == second.keys.all()
    for opened in (first, second, third):
        opened.close()


@pytest.mark.parametrize("given", ["", "short", "x" * 300, "with\nnewline"])
def test_a_useless_key_from_outside_is_refused(settings: Settings, store: Store, given: str) -> None:
    opened = Store.open(settings.model_copy(update={"bootstrap_key": given}))
    with pytest.raises(ConfigurationError, match="HONMONO_BOOTSTRAP_KEY"):
        opened.keys.bootstrap(now=NOW)
    opened.close()


def test_each_role_covers_those_before() -> None:
    assert KeyRole.ADMIN.covers(KeyRole.CLIENT)
    assert KeyRole.INSPECTOR.covers(KeyRole.INSPECTOR)
    assert not KeyRole.CLIENT.covers(KeyRole.INSPECTOR)
