"""The engines that work shards off: processes of this machine, or Ray tasks of many machines.

Both do the same to each shard and write the same files. Shards are taken from the plan as they are needed, so
a plan of millions is never held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from service.archive.folder import RunFolder
from service.archive.plan import Shard
from service.archive.shard import Finished, Keep, reader_pool, work_shard
from service.archive.work import Job
from service.errors import ConfigurationError
from service.settings import Settings
from service.worker.pool import EnginePool

__all__ = ["Errands", "run_local", "run_ray"]


@dataclass(frozen=True, slots=True)
class Errands:
    """What every shard of a run is worked off with; travels to other machines."""

    job: Job
    out: Path
    settings: Settings
    names: bool = False
    keep: Keep | None = None

    def work(self, shard: Shard, reader: EnginePool, told: Callable[[int], None]) -> Finished:
        """Work one shard off with one reader."""
        folder = RunFolder(self.out)
        return work_shard(shard, self.job, folder, reader, names=self.names, keep=self.keep, told=told)


def run_local(
    pending: Iterator[Shard], errands: Errands, workers: int, told: Callable[[int], None]
) -> Iterator[Finished]:
    """Work shards off with ``workers`` processes of this machine; ``told`` hears of each item."""
    pool = reader_pool(errands.settings, workers)
    threads = ThreadPoolExecutor(workers, "shard")
    try:
        running = {threads.submit(errands.work, s, pool, told) for s in islice(pending, workers)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for finished in done:
                yield finished.result()
            running |= {threads.submit(errands.work, s, pool, told) for s in islice(pending, len(done))}
    finally:
        _stop(threads, pool)


def _stop(threads: ThreadPoolExecutor, pool: EnginePool) -> None:
    """End at once: what is unfinished is done at the next run."""
    threads.shutdown(wait=False, cancel_futures=True)
    pool.close(grace_s=0)


def run_ray(
    pending: Iterator[Shard], errands: Errands, address: str | None, told: Callable[[int], None]
) -> Iterator[Finished]:
    """Work shards off as Ray tasks; what ran on a machine that is lost is run again on another.

    The folder of the results, and the archive, must be seen by every machine under the same path or URL.
    ConfigurationError where Ray is not installed or the cluster is not there.
    """
    ray = _ray(address)
    task = ray.remote(num_cpus=1, max_retries=-1)(_remote)
    shared = ray.put(errands)
    room = max(2, 2 * int(ray.cluster_resources().get("CPU", 1)))
    running = [task.remote(shard, shared) for shard in islice(pending, room)]
    try:
        while running:
            done, running = ray.wait(running, num_returns=1)
            for reference in done:
                finished: Finished = _result(ray, reference)
                told(finished.items)
                yield finished
            running += [task.remote(shard, shared) for shard in islice(pending, len(done))]
    finally:
        ray.shutdown()


def _ray(address: str | None) -> Any:
    try:
        import ray
    except ImportError as error:
        raise ConfigurationError(
            "Ray is not installed: pip install 'honmono[ray]', or leave out --engine ray."
        ) from error
    try:
        ray.init(address=address, log_to_driver=False, include_dashboard=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigurationError("The Ray cluster that RAY_ADDRESS names was not reached.") from error
    return ray


def _result(ray: Any, reference: Any) -> Finished:
    try:
        finished: Finished = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, ConfigurationError):
            raise cause from error
        raise
    return finished


@lru_cache(maxsize=1)
def _reader(settings: Settings) -> EnginePool:
    """The reader of a Ray worker process, kept between its shards."""
    return reader_pool(settings, 1)


def _remote(shard: Shard, errands: Errands) -> Finished:
    """One shard on whatever machine Ray chose; what was written before a machine was lost stands."""
    folder = RunFolder(errands.out)
    if errands.keep is None and folder.has(shard.id, names=errands.names):
        return Finished(shard.id, len(shard.items), 0)
    return errands.work(shard, _reader(errands.settings), lambda _: None)
