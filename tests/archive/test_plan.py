"""Shards: named by their content, disturbed as little as possible by what changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from service.archive.item import Entry, Item, Part, PartRole
from service.archive.plan import shard_size, shards
from tests.archive.cards import JOB, KEY, item

ITEMS = [item(f"{number:05}.jpg") for number in range(600)]


def ids(items: list[Item]) -> list[str]:
    return [shard.id for shard in shards(items, JOB, 16)]


def test_the_same_archive_gives_the_same_shards_with_every_item_once() -> None:
    found = list(shards(ITEMS, JOB, 16))
    assert [one for shard in found for one in shard.items] == ITEMS
    assert ids(ITEMS) == [shard.id for shard in found]
    assert len({shard.id for shard in found}) == len(found)
    assert max(len(shard.items) for shard in found) <= 32
    assert 10 <= len(ITEMS) / len(found) <= 24


def test_a_file_that_comes_in_between_renames_one_shard_or_two() -> None:
    more = [*ITEMS[:300], item("00299-new.jpg"), *ITEMS[300:]]
    assert len(set(ids(more)) - set(ids(ITEMS))) <= 2


def test_a_file_that_was_changed_renames_its_shard() -> None:
    changed = Item((Part(PartRole.ANY, Entry("00300.jpg", "00300.jpg", 1, 5.0)),))
    other = [*ITEMS[:300], changed, *ITEMS[301:]]
    assert 1 <= len(set(ids(other)) - set(ids(ITEMS))) <= 2


def test_what_is_asked_is_part_of_the_name() -> None:
    names = {
        tuple(shard.id for shard in shards(ITEMS, job, 16))
        for job in (
            JOB,
            replace(JOB, policy="strict"),
            replace(JOB, reference_time=datetime(2020, 1, 1, tzinfo=UTC)),
            replace(JOB, key=KEY[::-1]),
        )
    }
    assert len(names) == 4


def test_large_archives_have_larger_shards() -> None:
    assert [shard_size(n) for n in (0, 200, 100_000, 1_000_000, 10_000_000)] == [16, 16, 16, 32, 512]
