"""Stored reports, and the evidence behind them where it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.report import Report
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.reviews import Reviews
from service.store.tables import EvidenceRow, IdempotencyRow, VerificationRow
from service.verdict import Verdict

__all__ = ["Page", "Records"]

_BATCH = 200
"""Reports that are opened at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports, newest first."""

    reports: tuple[Report, ...]
    next_cursor: str | None
    """Id after which the next page starts, None on the last page."""


class Records:
    """Keeps, finds and erases reports. ``owner`` is the id of a key; None looks across owners."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog, reviews: Reviews) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._reviews = reviews

    def add(self, session: Session, report: Report, owner: str, *, days: int) -> None:
        """Keep a report for ``days``, inside the caller's transaction."""
        reference = report.client_reference
        session.add(
            VerificationRow(
                id=report.id,
                owner=owner,
                created_at=report.created_at,
                expires_at=report.created_at + timedelta(days=days),
                verdict=report.verdict.value,
                client_reference_hash=self._reference_hash(reference) if reference is not None else None,
                report=self._sealed(report),
                stay_until=report.entitlement.stay.until,
                card_until=report.entitlement.card.valid_until,
            )
        )
        facts = {"verdict": report.verdict.value, "trust_profile": report.trust_profile}
        self._audit.append(
            session,
            at=report.created_at,
            action="verification.created",
            actor=owner,
            subject=report.id,
            facts=facts,
        )
        session.flush()
        self._reviews.open_for(session, report)
        session.flush()

    def add_evidence(
        self, session: Session, report: Report, parts: Mapping[str, bytes], *, until: datetime
    ) -> None:
        """Keep the submitted files of a kept report, sealed, until a given end."""
        for part, content in parts.items():
            sealed = self._cipher.seal(content, f"evidence/{report.id}/{part}")
            session.add(EvidenceRow(verification_id=report.id, part=part, expires_at=until, content=sealed))

    def get(self, id: str, *, owner: str | None, now: datetime) -> Report | None:
        """A report in its time, None where there is none (or none of this owner)."""
        with self._database.read() as session:
            row = session.get(VerificationRow, id)
        if row is None or row.expires_at <= now or owner not in (None, row.owner):
            return None
        return self._report(row)

    def evidence_parts(self, id: str, *, now: datetime) -> list[str]:
        """Names of the kept files of a report."""
        query = select(EvidenceRow.part).where(
            EvidenceRow.verification_id == id, EvidenceRow.expires_at > now
        )
        with self._database.read() as session:
            return list(session.scalars(query.order_by(EvidenceRow.part)))

    def read_evidence(self, id: str, part: str, *, actor: str, now: datetime) -> bytes | None:
        """One kept file, None where there is none; who looked at it is written down."""
        with self._database.write() as session:
            row = session.get(EvidenceRow, (id, part))
            if row is None or row.expires_at <= now:
                return None
            self._audit.append(session, at=now, action="evidence.read", actor=actor, subject=id)
            return self._cipher.open_sealed(row.content, f"evidence/{id}/{part}")

    def evidence(self, id: str, *, now: datetime) -> dict[str, bytes]:
        """The kept files of a report, by part."""
        query = select(EvidenceRow).where(EvidenceRow.verification_id == id, EvidenceRow.expires_at > now)
        with self._database.read() as session:
            return {
                row.part: self._cipher.open_sealed(row.content, f"evidence/{id}/{row.part}")
                for row in session.scalars(query)
            }

    def page(
        self,
        *,
        owner: str | None,
        now: datetime,
        limit: int,
        cursor: str | None = None,
        verdict: Verdict | None = None,
        client_reference: str | None = None,
    ) -> Page:
        """Reports before ``cursor`` (an id), newest first."""
        query = select(VerificationRow).where(VerificationRow.expires_at > now)
        if owner is not None:
            query = query.where(VerificationRow.owner == owner)
        if cursor is not None:
            query = query.where(VerificationRow.id < cursor)
        if verdict is not None:
            query = query.where(VerificationRow.verdict == verdict.value)
        if client_reference is not None:
            reference = self._reference_hash(client_reference)
            query = query.where(VerificationRow.client_reference_hash == reference)
        with self._database.read() as session:
            rows = list(session.scalars(query.order_by(VerificationRow.id.desc()).limit(limit + 1)))
        following = rows[limit - 1].id if len(rows) > limit else None
        return Page(tuple(self._report(row) for row in rows[:limit]), following)

    def erase(self, id: str, *, owner: str | None, actor: str, now: datetime) -> bool:
        """Erase report, evidence and every answer that repeats them; the audit lines stay.

        Whether there was anything of this owner to erase.
        """
        with self._database.write() as session:
            row = session.get(VerificationRow, id)
            if row is not None and owner not in (None, row.owner):
                return False
            answers = session.scalars(select(IdempotencyRow).where(IdempotencyRow.verification_id == id))
            mine = [a for a in answers if (row is not None or owner in (None, a.owner)) and not a.erased]
            if row is None and not mine:
                return False
            for answer in mine:
                answer.answer, answer.erased = None, True
            if row is not None:
                session.execute(delete(EvidenceRow).where(EvidenceRow.verification_id == id))
                session.delete(row)
            self._audit.append(session, at=now, action="verification.erased", actor=actor, subject=id)
            return True

    def replace(self, session: Session, report: Report) -> None:
        """Put a report in the place of the one with its id: what a person added since changed it.

        NotFound where it is gone. Answers kept for idempotency keys stay as they were given.
        """
        row = session.get(VerificationRow, report.id, with_for_update=True)
        if row is None:
            raise NotFound("There is no report of this id, or its time has ended.")
        row.verdict, row.report = report.verdict.value, self._sealed(report)

    def expiring(self, *, owner: str | None, now: datetime, first: date, last: date) -> tuple[Report, ...]:
        """Reports whose stay or card ends between two days, the latest report first."""
        stay, card = VerificationRow.stay_until, VerificationRow.card_until
        ends = stay.between(first, last) | card.between(first, last)
        query = select(VerificationRow).where(VerificationRow.expires_at > now, ends)
        if owner is not None:
            query = query.where(VerificationRow.owner == owner)
        with self._database.read() as session:
            rows = list(session.scalars(query.order_by(VerificationRow.id.desc())))
        return tuple(self._report(row) for row in rows)

    def every(self, *, now: datetime, since: datetime | None = None) -> Iterator[Report]:
        """Every report in its time, oldest first, a few at a time."""
        after = ""
        while True:
            query = select(VerificationRow).where(
                VerificationRow.expires_at > now, VerificationRow.id > after
            )
            if since is not None:
                query = query.where(VerificationRow.created_at >= since)
            with self._database.read() as session:
                rows = list(session.scalars(query.order_by(VerificationRow.id).limit(_BATCH)))
            yield from (self._report(row) for row in rows)
            if len(rows) < _BATCH:
                return
            after = rows[-1].id

    def _sealed(self, report: Report) -> bytes:
        return self._cipher.seal(report.model_dump_json(by_alias=True).encode(), f"report/{report.id}")

    def _reference_hash(self, reference: str) -> str:
        return self._cipher.fingerprint("client reference", reference.encode())

    def _report(self, row: VerificationRow) -> Report:
        return Report.model_validate_json(self._cipher.open_sealed(row.report, f"report/{row.id}"))
