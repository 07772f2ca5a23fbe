"""People's judgement: reports that somebody must look at, who took them up, what was decided and why.

A report that ended ``suspect`` or ``inconclusive`` opens a review. One person claims it and decides with a
reason; ``report_as_forged`` needs a second person with another key (dual control).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.errors import Conflict, Forbidden, NotFound
from service.report import Report
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import review_event_id
from service.store.review_tables import ReviewEventRow, ReviewRow
from service.store.tables import VerificationRow
from service.verdict import Verdict

__all__ = ["Decision", "Review", "ReviewEvent", "ReviewState", "Reviews", "Wanted"]

REVIEWED = (Verdict.SUSPECT, Verdict.INCONCLUSIVE)
"""Verdicts that open a review."""


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    AWAITING_SECOND = "awaiting_second"
    DECIDED = "decided"


class Decision(StrEnum):
    """What a person found."""

    GENUINE = "genuine"
    REPORT_AS_FORGED = "report_as_forged"
    """Needs a second person."""
    NOT_IN_FORCE = "not_in_force"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One step, with the person's words."""

    at: datetime
    actor: str
    action: str
    decision: Decision | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands."""

    verification_id: str
    verdict: Verdict
    state: ReviewState
    opened_at: datetime
    claimed_by: str | None
    claimed_until: datetime | None
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    seconded_by: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reviews of the queue; what is None does not narrow it."""

    state: ReviewState | None = None
    verdict: Verdict | None = None
    actor: str | None = None
    """Id of a key that has taken the review up, or decided it first or second."""


def _shown(row: ReviewRow, now: datetime) -> Review:
    """A claim that has run out reads as open."""
    lapsed = row.state == ReviewState.CLAIMED and row.claimed_until is not None and row.claimed_until <= now
    return Review(
        verification_id=row.verification_id,
        verdict=Verdict(row.verdict),
        state=ReviewState.OPEN if lapsed else ReviewState(row.state),
        opened_at=row.opened_at,
        claimed_by=None if lapsed else row.claimed_by,
        claimed_until=None if lapsed else row.claimed_until,
        decision=Decision(row.decision) if row.decision else None,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        seconded_by=row.seconded_by,
    )


class Reviews:
    """The queue and its history."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit

    def open_for(self, session: Session, report: Report) -> None:
        """Open a review with a report that needs one, inside the caller's transaction."""
        if report.verdict in REVIEWED:
            session.add(
                ReviewRow(
                    verification_id=report.id,
                    verdict=report.verdict.value,
                    state=ReviewState.OPEN.value,
                    opened_at=report.created_at,
                )
            )

    def get(self, id: str, *, now: datetime) -> Review:
        """The review of a verification; NotFound where there is none."""
        with self._database.read() as session:
            return _shown(self._row(session, id, now), now)

    def page(
        self, wanted: Wanted, *, now: datetime, limit: int, cursor: str | None
    ) -> tuple[tuple[Review, ...], str | None]:
        """Reviews, the oldest first, after ``cursor`` (an id), and the next cursor."""
        query = (
            select(ReviewRow)
            .join(VerificationRow, VerificationRow.id == ReviewRow.verification_id)
            .where(VerificationRow.expires_at > now)
            .order_by(ReviewRow.verification_id)
        )
        if cursor is not None:
            query = query.where(ReviewRow.verification_id > cursor)
        if wanted.state is not None:
            query = query.where(_in_state(wanted.state, now))
        if wanted.verdict is not None:
            query = query.where(ReviewRow.verdict == wanted.verdict.value)
        if wanted.actor is not None:
            query = query.where(_has_part(wanted.actor, now))
        with self._database.read() as session:
            rows = [_shown(row, now) for row in session.scalars(query.limit(limit + 1))]
        return tuple(rows[:limit]), rows[limit - 1].verification_id if len(rows) > limit else None

    def claim(self, session: Session, id: str, *, actor: str, now: datetime, lasts: timedelta) -> Review:
        """Take a review up, so that no two people work on it. Conflict where another holds it."""
        row = self._row(session, id, now, lock=True)
        shown = _shown(row, now)
        if shown.state is ReviewState.CLAIMED and shown.claimed_by != actor:
            raise Conflict("Somebody else has taken up this review.")
        if shown.state not in (ReviewState.OPEN, ReviewState.CLAIMED):
            raise Conflict("This review has been decided.")
        row.state, row.claimed_by, row.claimed_until = ReviewState.CLAIMED.value, actor, now + lasts
        return self._step(session, row, "claimed", actor, now)

    def release(self, session: Session, id: str, *, actor: str, now: datetime) -> Review:
        """Give a claimed review back to the queue."""
        row = self._claimed(session, id, actor, now)
        row.state, row.claimed_by, row.claimed_until = ReviewState.OPEN.value, None, None
        return self._step(session, row, "released", actor, now)

    def decide(
        self, session: Session, id: str, decision: Decision, reason: str, *, actor: str, now: datetime
    ) -> Review:
        """Decide a review that one has claimed; a report as forged waits for a second person then."""
        row = self._claimed(session, id, actor, now)
        second = decision is Decision.REPORT_AS_FORGED
        row.state = (ReviewState.AWAITING_SECOND if second else ReviewState.DECIDED).value
        row.decision, row.decided_by, row.decided_at = decision.value, actor, now
        row.claimed_until = None
        action = "proposed" if second else "decided"
        return self._step(session, row, action, actor, now, decision, reason)

    def second(
        self, session: Session, id: str, agrees: bool, reason: str, *, actor: str, now: datetime
    ) -> Review:
        """The second person's word. Where he does not agree, the review is open again for somebody else.

        Forbidden for the key that decided first: one person must not do both.
        """
        row = self._row(session, id, now, lock=True)
        if row.state != ReviewState.AWAITING_SECOND:
            raise Conflict("This review does not wait for a second person.")
        if row.decided_by == actor:
            raise Forbidden("The second person must not be the first: use another person's key.")
        if agrees:
            row.state, row.seconded_by = ReviewState.DECIDED.value, actor
            return self._step(session, row, "seconded", actor, now, Decision.REPORT_AS_FORGED, reason)
        row.state, row.claimed_by = ReviewState.OPEN.value, None
        row.decision, row.decided_by, row.decided_at = None, None, None
        return self._step(session, row, "not_seconded", actor, now, Decision.REPORT_AS_FORGED, reason)

    def history(self, id: str, *, now: datetime) -> tuple[ReviewEvent, ...]:
        """Every step with its reason, in order."""
        query = select(ReviewEventRow).where(ReviewEventRow.verification_id == id).order_by(ReviewEventRow.id)
        with self._database.read() as session:
            self._row(session, id, now)
            return tuple(self._event(row) for row in session.scalars(query))

    def agreement(self) -> Counter[tuple[str, str]]:
        """How often each verdict met each decision, from the audit log: it outlives the reports."""
        counts: Counter[tuple[str, str]] = Counter()
        for action in ("review.decided", "review.seconded"):
            for line in self._audit.lines(action=action):
                counts[line.facts["verdict"], line.facts["decision"]] += 1
        return counts

    def labelled(self, *, now: datetime) -> Iterator[tuple[str, Decision]]:
        """Verifications that people have told genuine or forged."""
        told = (Decision.GENUINE.value, Decision.REPORT_AS_FORGED.value)
        query = (
            select(ReviewRow.verification_id, ReviewRow.decision)
            .join(VerificationRow, VerificationRow.id == ReviewRow.verification_id)
            .where(VerificationRow.expires_at > now)
            .where(ReviewRow.state == ReviewState.DECIDED.value, ReviewRow.decision.in_(told))
            .order_by(ReviewRow.verification_id)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
        return ((id, Decision(decision)) for id, decision in rows if decision is not None)

    def _row(self, session: Session, id: str, now: datetime, *, lock: bool = False) -> ReviewRow:
        row = session.get(ReviewRow, id, with_for_update=lock)
        report = session.get(VerificationRow, id)
        if row is None or report is None or report.expires_at <= now:
            raise NotFound("There is no review of this id, or the time of its report has ended.")
        return row

    def _claimed(self, session: Session, id: str, actor: str, now: datetime) -> ReviewRow:
        row = self._row(session, id, now, lock=True)
        shown = _shown(row, now)
        if shown.state is not ReviewState.CLAIMED or shown.claimed_by != actor:
            raise Conflict("Claim this review first.")
        return row

    def _step(
        self,
        session: Session,
        row: ReviewRow,
        action: str,
        actor: str,
        now: datetime,
        decision: Decision | None = None,
        reason: str | None = None,
    ) -> Review:
        event = review_event_id(now)
        note = None
        if reason is not None:
            note = self._cipher.seal(reason.encode(), f"review/{row.verification_id}/{event}")
        session.add(
            ReviewEventRow(
                id=event,
                verification_id=row.verification_id,
                at=now,
                actor=actor,
                action=action,
                decision=decision.value if decision else None,
                note=note,
            )
        )
        facts = {"verdict": row.verdict, **({"decision": decision.value} if decision else {})}
        self._audit.append(
            session, at=now, action=f"review.{action}", actor=actor, subject=row.verification_id, facts=facts
        )
        session.flush()
        return _shown(row, now)

    def _event(self, row: ReviewEventRow) -> ReviewEvent:
        reason = None
        if row.note is not None:
            reason = self._cipher.open_sealed(row.note, f"review/{row.verification_id}/{row.id}").decode()
        decision = Decision(row.decision) if row.decision else None
        return ReviewEvent(row.at, row.actor, row.action, decision, reason)


def _in_state(state: ReviewState, now: datetime) -> ColumnElement[bool]:
    """A claim that has run out counts as open."""
    over = (ReviewRow.state == ReviewState.CLAIMED.value) & (ReviewRow.claimed_until <= now)
    if state is ReviewState.OPEN:
        return (ReviewRow.state == state.value) | over
    if state is ReviewState.CLAIMED:
        return (ReviewRow.state == state.value) & ~over
    return ReviewRow.state == state.value


def _has_part(actor: str, now: datetime) -> ColumnElement[bool]:
    """Whoever holds a review now, or has decided it."""
    over = (ReviewRow.state == ReviewState.CLAIMED.value) & (ReviewRow.claimed_until <= now)
    decided = (ReviewRow.decided_by == actor) | (ReviewRow.seconded_by == actor)
    return ((ReviewRow.claimed_by == actor) & ~over) | decided
