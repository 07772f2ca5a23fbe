"""A brake on guessing codes: few attempts for each network, more for all; a right one costs nothing."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from service.errors import RateLimited

__all__ = ["Guesses", "network_of"]

ALL = "*"
ALL_FACTOR = 20
"""Attempts of everybody together, as a multiple of those of one network."""
MAX_NETWORKS = 4096
IPV6_NETWORK_BITS = 64


def network_of(host: str | None) -> str:
    """Whom an attempt counts for: an IPv4 address, or the /64 that one IPv6 customer has at least."""
    try:
        address = ip_address((host or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return f"{int(address) >> (128 - IPV6_NETWORK_BITS):x}::/64"
    return str(address)


class Guesses:
    """Token buckets of this process, refilled evenly; the longest unused are forgotten first."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, network: str) -> None:
        """Before a code is looked up; RateLimited where the network, or everybody, has tried too often."""
        with self._lock:
            waits = [self._wait(name) for name in (network, ALL)]
            if any(waits):
                detail = "Too many wrong codes came from here; wait before the next."
                raise RateLimited(detail, retry_after_s=math.ceil(max(waits)))
            self._add(network, -1)
            self._add(ALL, -1)

    def give_back(self, network: str) -> None:
        """After a right code."""
        with self._lock:
            self._add(network, 1)
            self._add(ALL, 1)

    def _capacity(self, name: str) -> float:
        return float(self._per_minute * (ALL_FACTOR if name == ALL else 1))

    def _tokens(self, name: str) -> float:
        capacity = self._capacity(name)
        tokens, at = self._buckets.get(name, (capacity, 0.0))
        return min(capacity, tokens + (self._clock() - at) * capacity / 60)

    def _wait(self, name: str) -> float:
        """Seconds until a token is there; 0 where there is one."""
        return max(0.0, (1 - self._tokens(name)) * 60 / self._capacity(name))

    def _add(self, name: str, tokens: int) -> None:
        self._buckets[name] = (min(self._capacity(name), self._tokens(name) + tokens), self._clock())
        self._buckets.move_to_end(name)
        while len(self._buckets) > MAX_NETWORKS:
            self._buckets.popitem(last=False)
