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
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from scripts.dataset.families import altered_boxes
from scripts.outcomes import Outcome, summarise
from scripts.specimens.answers import Answer
from scripts.specimens.pki import SampleCA, load_ca, make_ca
from scripts.specimens.stream import ALL_FAMILIES, PICTURE_FAMILIES, forgeries, genuine
from scripts.specimens.trust import write_trust
from service.errors import Problem
from service.evidence import Role
from service.report import Report
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verdict import Effect, Group
from service.verify import Engine

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
        _placed(report, answer),
    )  # fmt: skip


def _placed(report: Report, answer: Answer) -> bool | None:
    """Whether the middle of a trace's region lies in an altered place, give or take half a millimetre.

    A field's place is as long as its longest text: the text that was put in may fill a part of it alone.
    """
    places = [place for place in altered_boxes(answer) if place != (0.0, 0.0, 1.0, 1.0)]
    boxes = [
        c.region.box
        for c in report.checks
        if c.group is Group.FORENSICS and c.result.value == "suspect" and c.effect is not Effect.INFORMATIVE
        if c.region is not None
    ]
    if not places or not boxes:
        return None
    middles = [(x + w / 2, y + h / 2) for x, y, w, h in boxes]
    return any(
        x0 <= across <= x1 and y0 - 0.01 <= down <= y1 + 0.01
        for x0, y0, x1, y1 in places
        for across, down in middles
    )


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
