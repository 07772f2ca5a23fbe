"""A second thread for work that another part of the same page does not wait for.

Pixel and network work leaves Python's lock, so two such pieces of one page run side by side on two cores. A
process that was given one thread does everything in its turn.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from service.settings import settings

__all__ = ["aside"]

T = TypeVar("T")


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "aside")


def aside(task: Callable[[], T]) -> Future[T]:
    """Start a task in the other thread, or do it now where there is none; ``result()`` raises what it raised.

    A task must not wait for another one that was put aside.
    """
    if settings().onnx_threads > 1:
        return _pool().submit(task)
    done: Future[T] = Future()
    try:
        done.set_result(task())
    except Exception as error:
        done.set_exception(error)
    return done
