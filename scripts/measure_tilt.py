"""Measure what tilt sequences show, on fresh drawn clips: ``scripts/measure_tilt [--style b] [--each 8]``.

Limits are set on style a with the families print, glare and swap; style b, which has another film, lens, path
and letters, is for reporting, and the other families were never looked at for a limit. ``--facts FILE`` keeps
what was measured, so that a run can be taken up again and judged anew.
"""

from __future__ import annotations

import argparse
import pickle
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.rates import rate
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from scripts.specimens.tilt_clip import FAMILIES, Clip, draw_clips
from service.cards.layout import layout
from service.checks.base import run_check
from service.checks.case import Capture, Case
from service.checks.tilt import CHECKS
from service.evidence import CaptureKind, ImageMetadata, Location, Picture, Role
from service.imaging.tilt import TiltFacts, measure_sequence
from service.policies import policy
from service.tilt import places_of
from service.verdict import Result

SEEN = ("print", "glare", "swap")
"""Families on which limits were set."""
LAYOUT = "jp.residence_card.gen1"


@dataclass(frozen=True)
class Trial:
    """One card in one room."""

    style: str
    family: str | None
    light: str
    seed: int
    width: int
    """Pixels of a frame."""

    @property
    def name(self) -> str:
        """Where the trial is counted."""
        if self.family is not None:
            return self.family
        return {"diffuse": "genuine, even light", "mixed": "genuine, lamp in a bright room"}.get(
            self.light, "genuine"
        )


@dataclass(frozen=True)
class Outcome:
    """What was measured, and how long it took."""

    trial: Trial
    facts: TiltFacts
    front: NDArray[np.uint8]
    ms_per_frame: float


def trials(style: str, each: int, genuine: int, seed: int, width: int) -> list[Trial]:
    """All trials of a run, kinds mixed: attacks where a film shows, genuine cards also where not."""
    counts: dict[str | None, int] = {
        None: genuine,
        "diffuse": max(each, genuine // 2),
        "mixed": genuine // 4,
        **dict.fromkeys(FAMILIES, each),
    }
    out = []
    for kind, count in counts.items():
        for i in range(count):
            light = kind if kind in ("diffuse", "mixed") else ("lamp", "window")[i % 2]
            family = None if kind in ("diffuse", "mixed") else kind
            out.append((i / count, Trial(style, family, light, seed + i, width)))
    return [trial for _, trial in sorted(out, key=lambda row: row[0])]


def run(trial: Trial) -> Outcome:
    """Draw, decode and measure one trial."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([trial.seed, zlib.crc32(trial.name.encode())])
    card = card_data(rng)
    while card.under_16:
        card = card_data(rng)
    front = np.asarray(
        cv2.GaussianBlur(render_front(card, trial.style), (0, 0), rng.uniform(0.6, 1.6)), np.uint8
    )
    clips = draw_clips(
        card, rng, trial.family, style=trial.style, light=trial.light, frames=16, width=trial.width
    )
    start = time.process_time()
    sequences = {
        clip.axis: measure_sequence(clip.axis, _frames(clip), front, places_of(layout(LAYOUT).front))
        for clip in clips
    }
    spent = 1000 * (time.process_time() - start) / sum(len(clip.frames) for clip in clips)
    supplied = tuple(f"tilt_{clip.axis}" for clip in clips)
    return Outcome(trial, TiltFacts(sequences, supplied), np.zeros((1, 1, 3), np.uint8), spent)


def _frames(clip: Clip) -> Iterator[NDArray[np.uint8]]:
    for data in clip.frames:
        yield np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def judge(outcome: Outcome) -> dict[str, tuple[str, Result]]:
    """Reason and result of every check of the family, by its id."""
    picture = Picture(Role.FRONT, "0" * 64, "image/jpeg", outcome.front, ImageMetadata("JPEG"))
    case = Case(
        reference_time=datetime(2026, 11, 22, tzinfo=UTC),
        trust_profile="sample",
        captures={"front": Capture(picture, Location((), 1, CaptureKind.PHOTO), None)},
        layout=layout(LAYOUT),
        tilt=outcome.facts,
    )
    results = [run_check(check, case, policy("default")) for check in CHECKS]
    return {r.id: (r.reason, r.result) for r in results}


def report(outcomes: list[Outcome]) -> None:
    """Print what was accused and what passed, family by family."""
    groups: dict[str, list[dict[str, tuple[str, Result]]]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.trial.name, []).append(judge(outcome))
    accused = {
        name: sum(any(result is Result.SUSPECT for _, result in found.values()) for found in group)
        for name, group in groups.items()
    }
    for name, group in groups.items():
        note = "" if name.startswith("genuine") else " (seen)" if name in SEEN else " (held out)"
        print(f"{name}{note}: accused {rate(accused[name], len(group))}")
        for id in ("tilt.sequence", "tilt.same_card", "tilt.strip", "tilt.moj_mark", "tilt.letters"):
            reasons = [found[id][0].removeprefix(f"{id}.") for found in group]
            print(f"    {id}: " + ", ".join(f"{r} {reasons.count(r)}" for r in sorted(set(reasons))))
    attacks = [name for name in groups if not name.startswith("genuine")]
    if "genuine" in groups and attacks:
        false = accused["genuine"] / len(groups["genuine"])
        for label, names in (("all families", attacks), ("held out", [n for n in attacks if n not in SEEN])):
            if names:
                recall = float(np.mean([accused[n] / len(groups[n]) for n in names]))
                precision = recall / max(recall + false, 1e-9)
                f1 = 2 * precision * recall / max(precision + recall, 1e-9)
                worst = min(names, key=lambda n: accused[n] / len(groups[n]))
                print(
                    f"{label}: recall {recall:.3f}, precision at equal numbers {precision:.3f}, F1 {f1:.3f}; "
                    f"worst {worst}"
                )
    spent = np.array([outcome.ms_per_frame for outcome in outcomes])
    print(f"CPU per frame: median {np.median(spent):.0f} ms, 95 % {np.percentile(spent, 95):.0f} ms")


def main() -> None:
    """Run, keep, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--style", default="b", choices=("a", "b"))
    parser.add_argument("--each", type=int, default=8, help="trials of each attack")
    parser.add_argument("--genuine", type=int, default=24, help="genuine cards in directed light")
    parser.add_argument("--seed", type=int, default=41_000)
    parser.add_argument("--width", type=int, default=1280, help="pixels of a frame")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--facts", type=Path, help="file in which measured facts are kept")
    asked = parser.parse_args()
    kept: list[Outcome] = (
        pickle.loads(asked.facts.read_bytes()) if asked.facts and asked.facts.exists() else []
    )
    known = {outcome.trial for outcome in kept}
    wanted = trials(asked.style, asked.each, asked.genuine, asked.seed, asked.width)
    missing = [t for t in wanted if t not in known]
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        for outcome in pool.map(run, missing):
            kept.append(outcome)
            if asked.facts:
                asked.facts.write_bytes(pickle.dumps(kept))
    report([outcome for outcome in kept if outcome.trial in set(wanted)])


if __name__ == "__main__":
    main()
