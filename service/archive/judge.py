"""One card of an archive before the engine: judged at the day it was copied, whatever part of it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from service.archive.dates import Dated
from service.archive.item import ScanDateSource
from service.archive.problems import PROBLEMS, Unread
from service.archive.work import Job
from service.checks.case import JAPAN, Case
from service.errors import Problem
from service.evidence import Role, Side
from service.report import FieldName, Report
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = ["Judged", "judge"]

_NUMBERS = frozenset({FieldName.CARD_NUMBER.value, FieldName.DOCUMENT_NUMBER.value})
_STRONG = frozenset({ScanDateSource.GIVEN, ScanDateSource.MANIFEST})
"""Dates that a person vouches for; a card that is younger then is a finding."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A report, the case behind it, the date it was judged at, and the parts that had to be left out."""

    report: Report
    case: Case
    dated: Dated
    left_out: Mapping[str, str]
    """Role -> code of its problem."""

    @property
    def same_side(self) -> bool:
        """Whether what was sent as two sides of one card is the same side of two."""
        views = [capture.view for capture in self.case.captures.values()]
        sides = [view.side for view in views if view is not None and view.layout is not None]
        return len(sides) == 2 and sides[0] is sides[1]

    def _numbers(self, side: Side) -> set[str]:
        return {
            reading.value
            for reading in self.case.fields
            if reading.name in _NUMBERS and reading.side is side and reading.value
        }

    @property
    def same_number(self) -> bool:
        """Whether one number was read on both sides."""
        return bool(self._numbers(Side.FRONT) & self._numbers(Side.BACK))

    @property
    def other_number(self) -> bool:
        """Whether numbers were read on both sides, and not one is on both."""
        front, back = self._numbers(Side.FRONT), self._numbers(Side.BACK)
        return bool(front and back and not front & back)


def judge(
    engine: Engine,
    verification_id: str,
    pictures: Mapping[Role, bytes],
    chip: bytes | None,
    dates: Sequence[Dated],
    job: Job,
) -> Judged:
    """Judge a card; a part that cannot be decoded is left out where another one is left.

    Raises Unread where nothing of it can be.
    """
    candidates = [(job.reference_time, ScanDateSource.GIVEN)] if job.reference_time else list(dates)
    left_out: dict[str, str] = {}
    for place, dated in enumerate(candidates):
        verify = partial(_verify, engine, verification_id, dated[0], job)
        report, case = _without_the_bad(verify, dict(pictures), chip, left_out)
        last = place == len(candidates) - 1
        if last or dated[1] in _STRONG or not _younger(report, dated[0]):
            break
    return Judged(report, case, dated, left_out)


def _verify(
    engine: Engine,
    verification_id: str,
    at: datetime,
    job: Job,
    pictures: Mapping[Role, bytes],
    chip: bytes | None,
) -> tuple[Report, Case]:
    seen: list[Case] = []
    request = VerifyRequest(policy=job.policy, reference_time=at, detail="full", store="none")
    report = engine.verify(
        Submission(pictures=pictures, chip=chip, request=request),
        now=job.now,
        verification_id=verification_id,
        seen=seen.append,
    )
    return report, seen[0]


def _without_the_bad(
    verify: Callable[[dict[Role, bytes], bytes | None], tuple[Report, Case]],
    pictures: dict[Role, bytes],
    chip: bytes | None,
    left_out: dict[str, str],
) -> tuple[Report, Case]:
    for role in left_out:
        pictures = {known: data for known, data in pictures.items() if known.value != role}
    chip = None if "chip" in left_out else chip
    while True:
        try:
            return verify(pictures, chip)
        except Problem as problem:
            code = problem.name if problem.name in PROBLEMS else "internal"
            roles = {fault.pointer.strip("/").partition("/")[0] for fault in problem.faults}
            bad = roles or ({"chip"} if problem.name == "dump-unreadable" else set())
            kept = {role: data for role, data in pictures.items() if role.value not in bad}
            chip_kept = None if "chip" in bad else chip
            if (not kept and not chip_kept) or (len(kept) == len(pictures) and chip_kept == chip):
                raise Unread(code) from problem
            left_out.update(dict.fromkeys(bad, code))
            pictures, chip = kept, chip_kept


def _younger(report: Report, at: datetime) -> bool:
    """Whether the card was issued after the day that is said to be that of its copy."""
    issued = next((f.value for f in report.fields if f.name is FieldName.ISSUE_DATE), None)
    try:
        return issued is not None and date.fromisoformat(issued) > at.astimezone(JAPAN).date()
    except ValueError:
        return False
