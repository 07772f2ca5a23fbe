"""Everything that is kept, behind one door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from service.settings import Settings
from service.store.audit import AuditLog
from service.store.audit_anchor import AuditAnchor
from service.store.batch_work import BatchWork
from service.store.batches import Batches
from service.store.browser_sessions import BrowserSessions
from service.store.capture_tokens import CaptureTokens
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.deny_list import DenyList
from service.store.idempotency import Idempotency
from service.store.inquiries import Inquiries
from service.store.keys import Keys
from service.store.outbox import Outbox
from service.store.records import Records
from service.store.registry import RegistryBook
from service.store.reseal import reseal
from service.store.reviews import Reviews
from service.store.sessions import ChipSessions
from service.store.tables import EvidenceRow, IdempotencyRow, VerificationRow
from service.store.webhooks import Webhooks
from service.store.workshops import Workshops

__all__ = ["Purged", "Store"]


@dataclass(frozen=True, slots=True)
class Purged:
    """How much a purge has removed."""

    reports: int
    evidence: int
    answers: int


class Store:
    """Keys, records, idempotency answers and the audit log over one database."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        bootstrap_key: str | None = None,
        anchor: AuditAnchor | None = None,
    ) -> None:
        self.database = database
        self.cipher = cipher
        self.audit = AuditLog(database, cipher, anchor)
        self.keys = Keys(database, cipher, self.audit, bootstrap_key)
        self.reviews = Reviews(database, cipher, self.audit)
        self.records = Records(database, cipher, self.audit, self.reviews)
        self.workshops = Workshops(database, cipher, self.audit)
        self.registry = RegistryBook(database, cipher, self.workshops)
        self.deny_list = DenyList(database, cipher, self.audit, self.registry)
        self.inquiries = Inquiries(database, cipher, self.audit, self.registry)
        self.idempotency = Idempotency(database, cipher)
        self.browser_sessions = BrowserSessions(database, cipher, self.audit)
        self.chip_sessions = ChipSessions(database, cipher, self.audit)
        self.capture_tokens = CaptureTokens(database, cipher, self.audit)
        self.outbox = Outbox(database, cipher)
        self.webhooks = Webhooks(database, cipher, self.audit, self.outbox)
        self.batches = Batches(database, cipher, self.audit, self.outbox)
        self.batch_work = BatchWork(database, cipher, self.batches)

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """The store of these settings, not yet migrated: ``store.database.migrate()`` comes first.

        Raises ConfigurationError where the data folder or its key file cannot be used.
        """
        cipher = Cipher.open(settings.data_dir)
        anchor = AuditAnchor(settings.data_dir, cipher)
        return cls(Database(settings.effective_database_url), cipher, settings.bootstrap_key, anchor)

    def purge(self, now: datetime) -> Purged:
        """Remove what has come to its end: reports, evidence, idempotency answers. Audit lines stay."""
        with self.database.write() as session:
            self.chip_sessions.end(session, now)
            self.capture_tokens.end(session, now)
            self.browser_sessions.purge(session, now)
            self.deny_list.purge(session, now)
            self.workshops.purge(session, now)
            over = select(VerificationRow.id).where(VerificationRow.expires_at <= now)
            ended = list(session.scalars(over))
            for id in ended:
                self.audit.append(session, at=now, action="verification.purged", actor="service", subject=id)
            evidence = session.execute(
                delete(EvidenceRow)
                .where((EvidenceRow.expires_at <= now) | EvidenceRow.verification_id.in_(over))
                .returning(EvidenceRow.part)
            ).all()
            session.execute(delete(VerificationRow).where(VerificationRow.expires_at <= now))
            self.batches.purge(session, now)
            self.outbox.purge(session, now)
            answers = session.execute(
                delete(IdempotencyRow)
                .where(IdempotencyRow.expires_at <= now)
                .returning(IdempotencyRow.key_hash)
            ).all()
        return Purged(reports=len(ended), evidence=len(evidence), answers=len(answers))

    def rotate_storage_key(self) -> int:
        """Seal everything under a new key; how many values were written again. See ``Cipher.rotate``."""
        self.cipher.rotate()
        with self.database.write() as session:
            self.audit.append(
                session,
                at=datetime.now(UTC),
                action="storage_key.rotated",
                actor="service",
                subject="storage.key",
            )
        return reseal(self.database, self.cipher)

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()
