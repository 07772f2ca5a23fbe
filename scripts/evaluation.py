"""Measure the whole service on fresh specimens: fields read, genuine cards accused, forgeries missed.

    scripts/evaluate [--seed N] [--genuine 300] [--forgeries 20] [--fields 20] [--json FILE]
    scripts/evaluate --protocol --data DIR ...    the protocol of the score, see scripts/protocol/command.py

Every rate is printed with its number of trials and its two-sided 95 % Clopper-Pearson interval. An attack
that is answered ``inconclusive`` counts as missed. Specimens are synthetic: the figures find faults, they do
not claim accuracy on real cards.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from scripts.rates import rate
from scripts.specimens.answers import Answer
from scripts.specimens.pki import SampleCA, load_ca, make_ca
from scripts.specimens.stream import ALL_FAMILIES, PICTURE_FAMILIES, forgeries, genuine
from scripts.specimens.trust import write_trust
from service.errors import Problem
from service.evidence import Role
from service.report import Report
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verdict import Group
from service.verify import Engine

ACCUSED = ("suspect", "forged", "invalid")
BLOCK = 5
"""Specimens that one task renders and judges."""


@dataclass(frozen=True)
class Task:
    """A block of specimens for one worker."""

    group: str
    """``fields``, ``genuine`` or an attack family."""
    seed: int
    count: int
    capture: str
    chip: bool
    trust: str
    key: bytes
    """Private key of the sample CA that lives as long as this run, PEM."""
    certificate: bytes
    """DER."""
    style: str = "mixed"
    """Renderer: ``a``, ``b``, one of these at random, or ``c``, which nothing was trained or set on."""
    hardness: float | None = None
    """How bad the photos of genuine cards are, 0 to 1; None: as of people who follow the guide."""


@dataclass(frozen=True)
class Outcome:
    """What the service said about one specimen, without what it read."""

    group: str
    seed: int
    index: int
    style: str
    capture: str
    verdict: str
    reason: str
    expected: tuple[str, ...]
    wrong_fields: tuple[str, ...]
    confident_errors: tuple[str, ...]
    checks: Mapping[str, str]
    """Reason codes of checks that did not pass."""
    right_reason: bool
    ms: float
    face: float | None = None
    traces: Mapping[str, float] = field(default_factory=dict)
    """What the checks for traces of forging measured."""


@lru_cache(maxsize=2)
def _engine(trust: str) -> Engine:
    return Engine.load(Settings(trust_dir=Path(trust), trust_profile="sample", onnx_threads=1))


def _specimens(task: Task, ca: SampleCA) -> Iterator[Any]:
    if task.group == "fields":
        return genuine(task.seed, task.count, "scan", task.style, dpi=300)
    if task.group == "genuine":
        return genuine(
            task.seed, task.count, task.capture, task.style, chip=task.chip, ca=ca, hardness=task.hardness
        )
    return forgeries(task.group, task.seed, task.count, task.capture, task.style, chip=task.chip, ca=ca)


def run(task: Task) -> list[Outcome]:
    """Render and judge one block. Runs in a worker process with one thread each."""
    ca = load_ca(task.key, task.certificate)
    engine = _engine(task.trust)
    return [
        _judge(task, index, engine, pictures, dump, request, answer)
        for index, (pictures, dump, request, answer) in enumerate(_specimens(task, ca))
    ]


def _judge(
    task: Task,
    index: int,
    engine: Engine,
    pictures: Mapping[str, bytes],
    dump: bytes | None,
    request: Mapping[str, Any],
    answer: Answer,
) -> Outcome:
    submission = Submission(
        pictures={Role(role): data for role, data in pictures.items()},
        chip=dump,
        request=VerifyRequest.model_validate(request),
    )
    try:
        report = engine.verify(submission, now=datetime.now(UTC), verification_id="vrf_" + "0" * 26)
    except Problem as problem:
        return Outcome(
            task.group, task.seed, index, answer.style, answer.capture, "problem", problem.name,
            answer.verdicts["sample"], tuple(answer.fields), (), {}, False, 0.0,
        )  # fmt: skip
    wrong, confident = _wrong_fields(report, answer)
    spoken = {c.id: c.reason for c in report.checks if c.result.value not in ("pass", "not_applicable")}
    results = {c.id: (c.result.value, c.reason) for c in report.checks}
    right = all(
        results.get(id, ("", ""))[0] in wanted.results
        and (wanted.reason is None or results[id][1] == wanted.reason)
        for id, wanted in answer.checks.items()
    )
    face = next((c.measured for c in report.checks if c.id == "cross.face"), None)
    return Outcome(
        task.group, task.seed, index, answer.style, answer.capture, report.verdict.value,
        report.verdict_reason, answer.verdicts["sample"], wrong, confident,
        {id: reason for id, reason in spoken.items() if not reason.endswith("not_run")},
        right, report.timing_ms["total"], face,
        {c.id: c.measured for c in report.checks if c.group is Group.FORENSICS and c.measured is not None},
    )  # fmt: skip


def _wrong_fields(report: Report, answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields whose front reading differs from what is printed, and those among them read with confidence."""
    read = {
        f.name.value: next((s for s in f.sources if s.source.value == "front"), None) for f in report.fields
    }
    wrong, confident = [], []
    for name, truth in answer.fields.items():
        source = read.get(name)
        if source is None or source.value != truth:
            wrong.append(name)
            if source is not None and (source.confidence or 0.0) > 0.9:
                confident.append(name)
    return tuple(wrong), tuple(confident)


def _tasks(args: argparse.Namespace, trust: str, ca: SampleCA) -> list[Task]:
    tasks = []

    def add(group: str, total: int, capture: str, chip: bool) -> None:
        for block in range(0, total, BLOCK):
            # The half of "genuine" that has chips must not repeat the cards of the other half.
            seed = args.seed * 1000 + block + 500_000 * chip
            count = min(BLOCK, total - block)
            tasks.append(
                Task(
                    group, seed, count, capture, chip, trust, ca.key_pem, ca.certificate,
                    args.style, args.hardness,
                )
            )  # fmt: skip

    add("fields", args.fields, "scan", False)
    add("genuine", args.genuine // 2, args.capture, False)
    if args.genuine:
        add("genuine", args.genuine - args.genuine // 2, args.capture, True)
    for family in args.families or ALL_FAMILIES:
        add(family, args.forgeries, args.capture, family in CHIP_SEES)
    return tasks


CHIP_SEES = frozenset({"photo_replaced", "field_replaced", "real_number_own_data", "impostor"})
"""Families that come with the chip of the card that was altered or copied."""


def evaluate(args: argparse.Namespace) -> list[Outcome]:
    """Judge every block on all cores, one thread each."""
    with tempfile.TemporaryDirectory() as folder:
        ca = make_ca(1)
        trust = Path(folder) / "trust"
        write_trust(trust, ca)
        tasks = _tasks(args, str(trust), ca)
        with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn"), initializer=_pin) as pool:
            return [outcome for block in pool.map(run, tasks) for outcome in block]


def _pin() -> None:
    import cv2

    cv2.setNumThreads(1)


def summarise(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Counts and rates by group, printed as they are worked out."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.group].append(outcome)
    summary: dict[str, Any] = {}
    for name in ("fields", "genuine"):
        if found := groups.pop(name, []):
            summary[name] = _genuine_summary(name, found)
    for name in sorted(groups):
        summary[name] = _family_summary(name, groups[name])
    return summary


def _genuine_summary(name: str, found: list[Outcome]) -> dict[str, Any]:
    exact = sum(not o.wrong_fields for o in found)
    accused = [o for o in found if o.verdict in ACCUSED and o.verdict not in o.expected]
    unclear = [o for o in found if o.verdict in ("inconclusive", "problem")]
    print(f"\n{name}: every field exact  {rate(exact, len(found))}")
    print(f"{name}: accused            {rate(len(accused), len(found))}")
    print(f"{name}: inconclusive       {rate(len(unclear), len(found))}")
    print("  verdicts", dict(Counter(o.verdict for o in found)))
    print("  fields read wrong", dict(Counter(f for o in found for f in o.wrong_fields).most_common()))
    print("  of these confident", dict(Counter(f for o in found for f in o.confident_errors).most_common()))
    for title, some in (("accused", accused), ("inconclusive", unclear)):
        print(f"  why {title}", dict(Counter(o.reason for o in some).most_common(12)))
    for check in sorted({id for o in found for id in o.traces}):
        values = sorted(o.traces[check] for o in found if check in o.traces)
        print(f"  {check}: {values[0]:.3f} to {values[-1]:.3f} on {len(values)}")
    for o in accused[:12]:
        print(f"    accused: seed {o.seed} index {o.index} style {o.style} {o.capture}: {o.reason}")
    for capture in ("scan", "phone"):
        part = [o for o in found if o.capture == capture]
        if part:
            bad = sum(o.verdict in ("inconclusive", "problem") for o in part)
            print(f"  {capture}: inconclusive {rate(bad, len(part))}")
    return {
        "trials": len(found), "exact": exact, "accused": len(accused), "inconclusive": len(unclear),
    }  # fmt: skip


def _family_summary(name: str, found: list[Outcome]) -> dict[str, Any]:
    caught = sum(o.verdict in o.expected for o in found)
    reasons = sum(o.verdict in o.expected and o.right_reason for o in found)
    print(f"\n{name}: as expected  {rate(caught, len(found))}, with the right reason {reasons}")
    print("  verdicts", dict(Counter(o.verdict for o in found)), "expected", found[0].expected)
    missed = [o for o in found if o.verdict not in o.expected]
    print("  missed because", dict(Counter(o.reason for o in missed).most_common(5)))
    return {"trials": len(found), "caught": caught, "right_reason": reasons}


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    given = sys.argv[1:] if argv is None else argv
    if "--protocol" in given:
        from scripts.protocol.command import main as protocol  # needs the training extra; the rest does not

        return protocol([word for word in given if word != "--protocol"])
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=None, help="default: a fresh one, printed")
    parser.add_argument("--fields", type=int, default=20, help="genuine 300 dpi scans read field by field")
    parser.add_argument(
        "--genuine", type=int, default=300, help="genuine cards, half of them with their chip"
    )
    parser.add_argument("--forgeries", type=int, default=20, help="specimens per attack family")
    parser.add_argument(
        "--families",
        nargs="*",
        default=None,
        choices=sorted({**ALL_FAMILIES, **PICTURE_FAMILIES}),
        help="default: all but those of a picture that is altered or copied after its capture",
    )
    parser.add_argument("--capture", default="mixed", choices=("scan", "phone", "mixed"))
    parser.add_argument(
        "--style", default="mixed", choices=("mixed", "a", "b", "c"),
        help="renderer; c is one that nothing was trained or set on",
    )  # fmt: skip
    parser.add_argument(
        "--hardness", type=float, default=None,
        help="photos of genuine cards from 0 (careful) to 1 (hardly usable); default: 0.05 to 0.4",
    )  # fmt: skip
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, default=None, help="write every outcome here")
    args = parser.parse_args(given)
    if args.seed is None:
        args.seed = secrets.randbelow(1_000_000)
    print(f"seed {args.seed}")
    outcomes = evaluate(args)
    summary = summarise(outcomes)
    times = sorted(o.ms for o in outcomes if o.ms)
    if times:
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"\n{len(times)} verifications, one thread: p50 {middle:.0f} ms, p95 {late:.0f} ms")
    if args.json:
        rows = {"seed": args.seed, "summary": summary, "outcomes": [asdict(o) for o in outcomes]}
        args.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
