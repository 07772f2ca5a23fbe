"""The operator's registry: which numbers and photos were seen, denied or found lapsed.

It holds keyed hashes and compact fingerprints alone, and only for as long as the report they came with. What
one client sent is never told to another: see ``Encounter.own``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.registry import Encounter, Identity, LinkedLike, RegistryFacts
from service.report import Report
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.keys import ApiKey, KeyRole
from service.store.prints import BANDS, Prints, photo_likeness, text_likeness
from service.store.registry_tables import DeniedRow, LapseInquiryRow, PhotoBandRow, SightingRow
from service.store.tables import VerificationRow
from service.store.workshops import Workshops
from service.verdict import Verdict

__all__ = ["Link", "RegistryBook", "Visit"]

_ENCOUNTERS = 50
"""So many earlier looks are compared, the latest first: a card that was seen more often says no more."""
_CANDIDATES = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Link:
    """Another report with the same number or a like photo, for those who review."""

    verification_id: str
    seen_at: datetime
    verdict: str
    encounter: Encounter


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look left behind."""

    number: str | None = None
    name: bytes | None = None
    birth: bytes | None = None
    photo: bytes | None = None


@dataclass(slots=True)
class Visit:
    """The registry for one verification by one key: it answers, then keeps what it was asked about."""

    book: RegistryBook
    key: ApiKey
    now: datetime
    _seen: _Seen = field(default_factory=_Seen)

    def look_up(self, identity: Identity) -> RegistryFacts:
        """See ``service.registry.Registry``."""
        self._seen = self.book.prints_of(identity)
        facts = self.book.facts(self._seen, self.key, self.now)
        return replace(facts, linked=self.book.linked(identity, self.now))

    def keep(self, session: Session, report: Report) -> None:
        """Leave a sighting with a report that is kept, inside the caller's transaction."""
        self.book.add(session, report, self.key.id, self._seen)


class RegistryBook:
    """Asks and keeps; one per store."""

    def __init__(self, database: Database, cipher: Cipher, workshops: Workshops) -> None:
        self._database = database
        self._cipher = cipher
        self._prints = Prints(cipher)
        self._workshops = workshops

    def visit(self, key: ApiKey, now: datetime) -> Visit:
        """The registry for one verification."""
        return Visit(self, key, now)

    def number_hash(self, number: str) -> str:
        """Keyed hash of a card number in its normal form."""
        return self._cipher.fingerprint("registry number", number.encode())

    def prints_of(self, identity: Identity) -> _Seen:
        """What may be kept of an identity."""
        prints, who = self._prints, identity
        return _Seen(
            number=self.number_hash(who.card_number) if who.card_number is not None else None,
            name=prints.name(who.name) if who.name is not None else None,
            birth=prints.birth(who.date_of_birth) if who.date_of_birth is not None else None,
            photo=prints.photo(who.photo) if who.photo is not None else None,
        )

    def facts(self, seen: _Seen, key: ApiKey, now: datetime) -> RegistryFacts:
        """What was known before this look."""
        with self._database.read() as session:
            links = self._links(session, seen, key, now)
            return RegistryFacts(
                number_read=seen.number is not None,
                photo_read=seen.photo is not None,
                encounters=tuple(link.encounter for link in links),
                denied=seen.number is not None and self._denied(session, seen.number, now),
                lapsed=seen.number is not None and self._lapsed(session, seen.number, key.id),
                looks_today=self._looks(session, seen.number, key.id, now - _DAY),
            )

    def linked(self, identity: Identity, now: datetime) -> tuple[LinkedLike, ...] | None:
        """What the indexes of the operator's archives say of a card; None where there are none."""
        return self._workshops.likenesses(identity, now)

    def links(self, verification_id: str, key: ApiKey, now: datetime) -> tuple[Link, ...]:
        """Other reports that share number or photo with this one, for a key that may see all."""
        with self._database.read() as session:
            row = session.get(SightingRow, verification_id)
            if row is None:
                return ()
            seen = _Seen(row.number_hash, row.name_print, row.birth_print, row.photo_print)
            links = self._links(session, seen, key, now)
        return tuple(link for link in links if link.verification_id != verification_id)

    def _links(self, session: Session, seen: _Seen, key: ApiKey, now: datetime) -> tuple[Link, ...]:
        """Looks with the same number, then those with a like photo, latest first."""
        rows = {row.verification_id: (row, verdict) for row, verdict in self._alike(session, seen, now)}
        return tuple(_link(seen, row, verdict, key) for row, verdict in rows.values())

    def _alike(self, session: Session, seen: _Seen, now: datetime) -> Iterable[tuple[SightingRow, str]]:
        query = (
            select(SightingRow, VerificationRow.verdict)
            .join(VerificationRow, VerificationRow.id == SightingRow.verification_id)
            .where(VerificationRow.expires_at > now)
            .order_by(SightingRow.seen_at.desc())
        )
        if seen.number is not None:
            same = query.where(SightingRow.number_hash == seen.number).limit(_ENCOUNTERS)
            yield from ((row, verdict) for row, verdict in session.execute(same))
        if seen.photo is not None:
            bands = enumerate(self._prints.bands(seen.photo))
            near = or_(*(and_(PhotoBandRow.band == band, PhotoBandRow.value == v) for band, v in bands))
            found = select(PhotoBandRow.verification_id).where(near).distinct()
            alike = query.where(SightingRow.verification_id.in_(found)).limit(_CANDIDATES)
            yield from ((row, verdict) for row, verdict in session.execute(alike))

    def _denied(self, session: Session, number: str, now: datetime) -> bool:
        ends = session.execute(select(DeniedRow.expires_at).where(DeniedRow.number_hash == number)).first()
        return ends is not None and (ends[0] is None or ends[0] > now)

    def _lapsed(self, session: Session, number: str, key: str) -> bool:
        """By the last inquiry among those that hold for this key."""
        latest = (
            select(LapseInquiryRow.result)
            .where(LapseInquiryRow.number_hash == number)
            .where(LapseInquiryRow.shared | (LapseInquiryRow.recorded_by == key))
            .where(LapseInquiryRow.result != "unknown")
            .order_by(LapseInquiryRow.recorded_at.desc(), LapseInquiryRow.id.desc())
            .limit(1)
        )
        return session.scalar(latest) == "lapsed"

    def _looks(self, session: Session, number: str | None, key: str, since: datetime) -> int:
        if number is None:
            return 0
        query = (
            select(SightingRow.content_hash)
            .where(SightingRow.number_hash == number, SightingRow.owner == key, SightingRow.seen_at > since)
            .distinct()
        )
        return len(session.scalars(query.limit(_CANDIDATES)).all())

    def add(self, session: Session, report: Report, owner: str, seen: _Seen) -> None:
        """Keep what was seen, with its report."""
        digests = ",".join(sorted(part.sha256 for part in report.inputs))
        session.add(
            SightingRow(
                verification_id=report.id,
                owner=owner,
                seen_at=report.created_at,
                number_hash=seen.number,
                name_print=seen.name,
                birth_print=seen.birth,
                photo_print=seen.photo,
                content_hash=self._cipher.fingerprint("registry content", digests.encode()),
            )
        )
        if seen.photo is not None:
            session.flush()
            session.add_all(
                PhotoBandRow(verification_id=report.id, band=band, value=value)
                for band, value in enumerate(self._prints.bands(seen.photo)[:BANDS])
            )


def _link(seen: _Seen, row: SightingRow, verdict: str, key: ApiKey) -> Link:
    known = seen.number is not None and row.number_hash is not None
    encounter = Encounter(
        own=row.owner == key.id or key.role.covers(KeyRole.INSPECTOR),
        proven=verdict == Verdict.AUTHENTIC,
        same_number=row.number_hash == seen.number if known else None,
        name=text_likeness(seen.name, row.name_print),
        birth=text_likeness(seen.birth, row.birth_print),
        photo=photo_likeness(seen.photo, row.photo_print),
    )
    return Link(row.verification_id, row.seen_at, verdict, encounter)
