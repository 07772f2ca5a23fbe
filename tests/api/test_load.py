from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.api.admission import RateLimiter
from service.errors import RateLimited
from service.submission import Submission
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine
from tests.api.test_problems import expect


def test_a_full_queue_is_503_and_the_next_request_works(make_door: MakeDoor) -> None:
    leave = threading.Event()
    door = make_door(FakeEngine(lambda _: assert_true(leave.wait(10))), concurrency=1, queue_length=2)
    with ThreadPoolExecutor(3) as pool:
        held = [pool.submit(door.verify) for _ in range(3)]
        wait_until(lambda: inside(door) == 3)
        refused = door.verify()
        expect(refused, 503, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        assert door.http.get("/healthz").status_code == 200, "the event loop is free"
        leave.set()
        assert [f.result().status_code for f in held] == [200, 200, 200]
    assert door.verify().status_code == 200
    assert len(door.engine.seen) == 4


def test_no_more_than_the_allowed_number_run_at_once(make_door: MakeDoor) -> None:
    running, peak, lock = 0, 0, threading.Lock()

    def work(_: Submission) -> None:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    door = make_door(FakeEngine(work), concurrency=2, queue_length=8)
    with ThreadPoolExecutor(8) as pool:
        assert {f.status_code for f in pool.map(lambda _: door.verify(), range(8))} == {200}
    assert peak == 2


def test_work_that_overruns_is_given_up_and_keeps_its_place(make_door: MakeDoor) -> None:
    leave = threading.Event()
    door = make_door(
        FakeEngine(lambda _: assert_true(leave.wait(10))), concurrency=1, queue_length=0, time_limit_s=0.1
    )
    expect(door.verify(), 503, "overloaded")
    expect(door.verify(), 503, "overloaded")
    assert len(door.engine.seen) == 1, "the place is still taken"
    leave.set()
    wait_until(lambda: inside(door) == 0)
    assert door.verify().status_code == 200


def test_a_key_that_asks_too_often_is_429(make_door: MakeDoor) -> None:
    door = make_door(requests_per_minute=3)
    assert [door.verify().status_code for _ in range(3)] == [200, 200, 200]
    answer = door.verify()
    expect(answer, 429, "rate-limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 20
    assert door.verify("other").status_code == 200, "each key has its own rate"


def test_the_rate_refills_evenly() -> None:
    now = 0.0
    limiter = RateLimiter(60, clock=lambda: now)
    for _ in range(60):
        limiter.take("k")
    with pytest.raises(RateLimited) as refusal:
        limiter.take("k")
    assert refusal.value.retry_after_s == 1
    now += 1
    limiter.take("k")
    with pytest.raises(RateLimited):
        limiter.take("k")


def inside(door: Door, lane: str = "picture") -> float:
    return float(door.desk.metrics.inside.labels(lane)._value.get())


def assert_true(value: bool) -> None:
    assert value


def wait_until(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def test_figures_count_what_happened(door: Door) -> None:
    door.verify()
    door.verify(layuot=1)
    text = door.http.get("/metrics", headers=door.headers("admin")).text
    assert 'honmono_verdicts_total{trust_profile="production",verdict="forged"} 1.0' in text
    assert 'honmono_requests_total{method="POST",route="/v1/verify",status="400"} 1.0' in text
    assert 'honmono_stage_seconds_count{stage="locate"} 1.0' in text
    assert 'honmono_verifications_inside{lane="picture"} 0.0' in text
    assert 'honmono_check_margin_bucket{check="chip.signature",le="-0.2"} 1.0' in text
