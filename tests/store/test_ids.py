from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from service.store.ids import UlidClock, verification_id

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def test_ids_sort_by_time() -> None:
    ids = [verification_id(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"vrf_[0-9A-HJKMNP-TV-Z]{26}", id) for id in ids)


def test_ids_rise_within_one_millisecond_and_when_the_clock_goes_back() -> None:
    clock = UlidClock()
    ids = [clock.next(NOW), clock.next(NOW), clock.next(NOW - timedelta(days=1))]
    assert ids == sorted(set(ids))


def test_the_time_is_in_the_first_ten_signs() -> None:
    value = 0
    for sign in UlidClock().next(NOW)[:10]:
        value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(sign)
    assert value == int(NOW.timestamp() * 1000)
