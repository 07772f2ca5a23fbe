"""Train the classifier: make the data set, train the patch network, fit and calibrate the fusion model.

    scripts/train [--seed N] [--full] [--steps data patches fusion] [--data DIR] [--models DIR] [--add DIR]

The same seed gives the same models bit for bit on the same type of processor with the same number of threads.
By the times of its parts the standard run takes about 45 minutes on two idle cores, ``--full`` about five
hours.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from scripts.training.steps import FULL, STANDARD, STEPS
from service.settings import ROOT

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=STANDARD.seed)
    parser.add_argument("--full", action="store_true", help="six times the cards, ten times the training")
    parser.add_argument("--steps", nargs="+", choices=list(STEPS), default=list(STEPS))
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "training")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--cards", type=int, default=None, help="cards that are judged; others in proportion")
    parser.add_argument("--patch-steps", type=int, default=None, help="training steps of the patch network")
    parser.add_argument(
        "--add",
        type=Path,
        nargs="+",
        default=[],
        help="labelled folders of own cards, or exports of decided cases (scripts/dataset/own.py)",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    run = (FULL if args.full else STANDARD).seeded(args.seed, args.threads)
    run = run.sized(args.cards, args.patch_steps)
    run = replace(run, data=args.data, models=args.models, added=tuple(args.add))
    for name, step in STEPS.items():
        if name in args.steps:
            print(f"== {name}", flush=True)
            step(run)
    return 0


if __name__ == "__main__":
    sys.exit(main())
