"""Engines in processes of their own: killed, overrun, refused, failing, and replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.errors import ImageUndecodable, Overloaded
from service.report import Report
from service.settings import Settings
from service.store.ids import verification_id
from service.submission import Submission, VerifyRequest
from service.worker.pool import EngineFailed, EnginePool, Interrupted, OverTime, child_environment
from tests.worker.engines import SECRET

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
MakePool = Callable[..., EnginePool]


@pytest.fixture
def make_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePool]:
    made: list[EnginePool] = []

    def make(size: int = 1, loader: str = "obedient", **settings: Any) -> EnginePool:
        monkeypatch.setenv("HONMONO_ENGINE_LOADER", f"tests.worker.engines:{loader}")
        made.append(EnginePool(Settings(data_dir=tmp_path, **settings), size))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def verify(pool: EnginePool, word: str = "") -> Report:
    submission = Submission(chip=b"{}", request=VerifyRequest(client_reference=word))
    return pool.verify(submission, now=NOW, verification_id=verification_id(NOW))


def test_a_report_comes_back_whole_and_the_process_is_used_again(make_pool: MakePool) -> None:
    pool = make_pool()
    assert verify(pool, "r").client_reference == "r"
    first = pool.processes
    verify(pool)
    assert pool.processes == first
    assert len(first) == 1


def test_problems_and_faults_cross_over_without_data(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(ImageUndecodable, match="cannot be decoded"):
        verify(pool, "problem")
    with pytest.raises(EngineFailed) as failed:
        verify(pool, "fail")
    assert "engines.py" in str(failed.value)
    assert SECRET not in str(failed.value)
    assert verify(pool)


def test_a_refused_model_is_not_ready_and_not_a_fault(make_pool: MakePool) -> None:
    for loader, word in (("obedient", "refused model"), ("refused", "")):
        with pytest.raises(Overloaded, match="readyz") as answer:
            verify(make_pool(loader=loader), word)
        assert type(answer.value) is Overloaded
        assert answer.value.retry_after_s


def test_a_process_that_dies_at_work_is_told_and_replaced(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(Interrupted):
        verify(pool, "die")
    assert verify(pool)


def test_a_process_killed_while_idle_costs_nobody_a_request(make_pool: MakePool) -> None:
    pool = make_pool()
    verify(pool)
    (before,) = pool.processes
    os.kill(before, signal.SIGKILL)
    time.sleep(0.2)
    assert verify(pool)
    assert pool.processes != (before,)


def test_what_overruns_is_killed_at_its_limit_and_the_next_is_served(make_pool: MakePool) -> None:
    pool = make_pool(time_limit_s=0.5)
    verify(pool)
    (before,) = pool.processes
    with pytest.raises(OverTime):
        verify(pool, "sleep 60")
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert verify(pool)


def test_no_more_processes_than_asked_for(make_pool: MakePool) -> None:
    pool = make_pool(size=2, loader="slow")
    with ThreadPoolExecutor(6) as threads:
        assert len(list(threads.map(lambda _: verify(pool), range(6)))) == 6
    assert len(pool.processes) == 2


def test_closing_ends_the_processes_and_what_still_works(make_pool: MakePool) -> None:
    pool = make_pool()
    verify(pool)
    (child,) = pool.processes
    faults: list[Exception] = []

    def work() -> None:
        try:
            verify(pool, "sleep 60")
        except Interrupted as error:
            faults.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    pool.close(grace_s=0.2)
    thread.join(10)
    assert len(faults) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    with pytest.raises(Interrupted):
        verify(pool)


def test_children_are_pinned_to_one_thread_and_get_these_settings(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path, max_pixels=7, demo=True, onnx_threads=8)
    environment = child_environment(chosen)
    assert environment["OMP_NUM_THREADS"] == "1"
    assert environment["HONMONO_ONNX_THREADS"] == "1"
    assert environment["HONMONO_MAX_PIXELS"] == "7"
    assert environment["HONMONO_DATA_DIR"] == str(tmp_path)
    assert environment["HONMONO_DEMO"] == "True"
    assert "HONMONO_DATABASE_URL" not in environment, "None is left out"
    assert "HONMONO_BOOTSTRAP_KEY" not in environment
