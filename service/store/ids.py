"""Identifiers that sort by time: ULIDs (128 bits: 48 of milliseconds, 80 random) in Crockford's base 32."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime

__all__ = [
    "UlidClock",
    "capture_token_id",
    "denied_id",
    "inquiry_id",
    "key_id",
    "review_event_id",
    "session_id",
    "verification_id",
    "workshop_index_id",
]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


class UlidClock:
    """Makes ULIDs that never go backwards within this process, even where the clock does."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self, now: datetime) -> str:
        """A new ULID of 26 signs for the aware time ``now``."""
        fresh = (int(now.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            self._last = fresh if fresh > self._last else self._last + 1
            value = self._last
        return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


_CLOCK = UlidClock()


def verification_id(now: datetime) -> str:
    """A new identifier of a verification."""
    return f"vrf_{_CLOCK.next(now)}"


def session_id(now: datetime) -> str:
    """A new identifier of a session in which a dump is handed over; not its code."""
    return f"ses_{_CLOCK.next(now)}"


def capture_token_id(now: datetime) -> str:
    """A new identifier of a capture token; not the token itself."""
    return f"cap_{_CLOCK.next(now)}"


def review_event_id(now: datetime) -> str:
    """A new identifier of a step of a review."""
    return f"rev_{_CLOCK.next(now)}"


def inquiry_id(now: datetime) -> str:
    """A new identifier of a recorded lapse inquiry."""
    return f"inq_{_CLOCK.next(now)}"


def denied_id(now: datetime) -> str:
    """A new identifier of a line of the operator's own list."""
    return f"den_{_CLOCK.next(now)}"


def key_id(now: datetime) -> str:
    """A new identifier of a key; not the key itself."""
    return f"key_{_CLOCK.next(now)}"


def workshop_index_id(now: datetime) -> str:
    """A new identifier of an imported index of linked cards."""
    return f"wsi_{_CLOCK.next(now)}"
