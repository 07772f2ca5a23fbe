"""Make the classifier's data: ``scripts/make_dataset --out DIR --cards N --seed S``.

Draws pairs of cards, a genuine and a forged one captured and stored alike, lets the service judge each, and
writes shards of a table (Parquet) and of patches (npz). A run that was stopped goes on where it was:
shards that stand are skipped. ``scripts/dataset/README.md`` says what the columns mean.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

from scripts.dataset.cards import make_card
from scripts.dataset.recipe import RENDERERS, recipe
from scripts.dataset.shards import shard_path, write_shard
from scripts.dataset.surfaces import make_surface
from scripts.specimens.pki import load_ca, make_ca
from scripts.specimens.specimen import Bench
from scripts.specimens.trust import write_trust
from service.settings import Settings
from service.verify import Engine

__all__ = ["main", "make_shard"]


@dataclass(frozen=True)
class Run:
    """What every shard of a run shares; a worker process gets it whole."""

    out: Path
    seed: int
    cards: int
    shard: int
    """Cards in a shard."""
    renderers: tuple[str, ...]
    families: tuple[str, ...] | None
    judged: bool
    """Whether the service is asked; otherwise patches alone are made."""
    trust: Path
    key: bytes
    """Private key of the sample CA that lives as long as this run, PEM."""
    certificate: bytes

    def pairs(self, number: int) -> range:
        """The pairs of a shard."""
        half = self.shard // 2
        return range(number * half, min((number + 1) * half, (self.cards + 1) // 2))


@lru_cache(maxsize=1)
def _engine(trust: Path) -> Engine:
    return Engine.load(Settings(trust_dir=trust, trust_profile="sample", onnx_threads=1))


@lru_cache(maxsize=1)
def _bench(key: bytes, certificate: bytes) -> Bench:
    return Bench.fresh(load_ca(key, certificate))


def make_shard(run: Run, number: int) -> int:
    """Draw, judge and write one shard; the number of its cards."""
    bench = _bench(run.key, run.certificate)
    cards = []
    for pair in run.pairs(number):
        how = recipe(run.seed, pair, run.renderers, run.families)
        for forged in (False, True):
            made = make_card(how, forged, bench, _engine(run.trust)) if run.judged else None
            cards.append(made or make_surface(how, forged, bench))
    write_shard(run.out, number, cards)
    return len(cards)


def _pin() -> None:
    import cv2

    cv2.setNumThreads(1)


def _make_all(run: Run, workers: int) -> None:
    numbers = range(-(-run.cards // run.shard))
    missing = [number for number in numbers if not shard_path(run.out, number).exists()]
    print(f"{len(numbers)} shards, {len(missing)} to make", flush=True)
    start, done = time.monotonic(), 0
    with get_context("spawn").Pool(workers, initializer=_pin) as pool:
        for count in pool.imap_unordered(partial(make_shard, run), missing):
            done += count
            print(f"{done} cards, {(time.monotonic() - start) / done:.2f} s each", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cards", type=int, default=2000, help="half genuine, half forged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard", type=int, default=20, help="cards in a shard, even")
    parser.add_argument("--renderers", nargs="+", default=list(RENDERERS))
    parser.add_argument("--families", nargs="+", default=None, help="default: all")
    parser.add_argument("--patches-only", action="store_true", help="do not ask the service: no checks")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    if args.cards < 2 or args.shard < 2 or args.shard % 2:
        parser.error("cards come in pairs")
    ca = make_ca(1)
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust"
        write_trust(trust, ca)
        run = Run(
            args.out, args.seed, args.cards, args.shard, tuple(args.renderers),
            tuple(args.families) if args.families else None, not args.patches_only, trust, ca.key_pem,
            ca.certificate,
        )  # fmt: skip
        _make_all(run, args.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
