from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from service.errors import ConfigurationError, NotFound
from service.registry import Identity
from service.store import Store
from service.store.keys import KeyRole
from service.store.prints import Prints
from service.store.workshops import archive_cipher, photo_seed
from service.workshops import PHOTO_NUMBERS, Sketched, WorkshopIndex, photo_sketch
from tests.store.conftest import NOW

NUMBER, NAME, BIRTH = "AB12345678CD", "TURNER ELIZABETH", "1985-12-31"
LAYOUT = "jp.residence_card.gen1"
YEAR = timedelta(days=365)
DETAIL: NDArray[np.float32] = np.random.default_rng(1).normal(size=900).astype(np.float32)
GROUND = np.random.default_rng(2).integers(-60, 61, 1152).astype(np.int8)


def unit(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    values = np.atleast_2d(rows).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def index_of(store: Store) -> bytes:
    """An index of one card, with the ground of one cluster."""
    archive = archive_cipher(store.cipher)
    prints, photo = Prints(archive), photo_sketch(DETAIL, photo_seed(archive))
    assert photo is not None
    return WorkshopIndex(
        layout=LAYOUT,
        numbers=(store.workshops.number_hash(NUMBER),),
        names=np.frombuffer(prints.name(NAME), np.uint8)[None],
        births=np.frombuffer(prints.birth(BIRTH), np.uint8)[None],
        photo_cards=np.array([0]),
        photos=Sketched(np.zeros((0, PHOTO_NUMBERS), np.float32), unit(photo), (0.0, 0.07)),
        grounds=Sketched(np.zeros((0, 1152), np.float32), unit(GROUND), (0.0, 0.05)),
        clusters=1,
    ).to_bytes()


def imported(store: Store) -> str:
    return store.workshops.add(index_of(store), expires_at=NOW + YEAR, actor="test", now=NOW).id


def test_without_an_index_nothing_is_asked(store: Store) -> None:
    assert store.workshops.likenesses(Identity(card_number=NUMBER), NOW) is None


def test_a_linked_card_is_met_by_number_photo_and_ground(store: Store) -> None:
    imported(store)
    (met,) = store.workshops.likenesses(Identity(NUMBER, NAME, BIRTH), NOW) or ()
    assert (met.same_number, met.name, met.birth) == (True, 1.0, 1.0)
    other = Identity("ZZ00000000ZZ", "NGUYEN VAN AN", "1999-04-07", None, DETAIL, None, LAYOUT)
    (met,) = store.workshops.likenesses(other, NOW) or ()
    assert (met.same_number, met.photo_bits) == (False, 60.0)
    assert met.name is not None
    assert met.name < 0.5
    (met,) = store.workshops.likenesses(Identity(ground=GROUND, layout=LAYOUT), NOW) or ()
    assert (met.ground_bits, met.name) == (60.0, None)
    assert store.workshops.likenesses(Identity(ground=GROUND, layout="another"), NOW) == ()


def test_a_visit_answers_with_what_is_linked(store: Store) -> None:
    imported(store)
    key = store.keys.create(KeyRole.CLIENT, "a", now=NOW)[0]
    facts = store.registry.visit(key, NOW).look_up(Identity(card_number=NUMBER))
    assert facts.linked is not None
    assert [like.same_number for like in facts.linked] == [True]


def test_an_index_ends_and_is_purged(store: Store) -> None:
    imported(store)
    after = NOW + YEAR + timedelta(seconds=1)
    assert store.workshops.likenesses(Identity(card_number=NUMBER), after) is None
    store.purge(after)
    assert store.workshops.all() == ()


def test_one_number_is_erased_from_every_index(store: Store) -> None:
    imported(store)
    asked = Identity("ZZ00000000ZZ", photo_detail=DETAIL, layout=LAYOUT)
    assert store.workshops.likenesses(asked, NOW) != ()
    assert store.workshops.forget("ZZ00000000ZZ", actor="test", now=NOW) == 0
    assert store.workshops.forget(NUMBER, actor="test", now=NOW) == 1
    assert store.workshops.likenesses(Identity(NUMBER), NOW) == ()
    assert store.workshops.likenesses(asked, NOW) == (), "the photo went with it"
    assert [index.cards for index in store.workshops.all()] == [0]


def test_an_index_is_removed_as_a_whole(store: Store) -> None:
    id = imported(store)
    store.workshops.remove(id, actor="test", now=NOW)
    assert store.workshops.likenesses(Identity(NUMBER), NOW) is None
    with pytest.raises(NotFound):
        store.workshops.remove(id, actor="test", now=NOW)


def test_an_index_survives_a_rotated_key(store: Store) -> None:
    imported(store)
    assert store.rotate_storage_key() == 1
    assert len(store.workshops.likenesses(Identity(NUMBER), NOW) or ()) == 1


def test_what_is_kept_names_nobody(store: Store) -> None:
    assert NUMBER.encode() not in index_of(store)
    with pytest.raises(ConfigurationError):
        store.workshops.add(b"no index", expires_at=NOW + YEAR, actor="test", now=NOW)
    assert store.workshops.all() == ()
