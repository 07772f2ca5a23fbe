"""Indexes of linked cards that later cards are held against: imported from a re-check, erased as a whole.

An index was made under a key of its own that follows from the installation's (``archive_cipher``): only this
installation can ask it. What it holds of one number can be taken out alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.registry import Identity, LinkedLike
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import workshop_index_id
from service.store.prints import Prints, text_likeness
from service.store.workshop_tables import WorkshopIndexRow
from service.workshops import Seen, WorkshopIndex, photo_sketch

__all__ = ["ImportedIndex", "Workshops", "archive_cipher", "photo_seed"]


def archive_cipher(cipher: Cipher) -> Cipher:
    """What archives are hashed with: of this installation, and of no use for its other tables."""
    return Cipher((bytes.fromhex(cipher.fingerprint("archive key", b"")),))


def photo_seed(archive: Cipher) -> bytes:
    """The secret that chooses how photographs of an archive are sketched."""
    return bytes.fromhex(archive.fingerprint("archive photo print", b""))


@dataclass(frozen=True, slots=True)
class ImportedIndex:
    """One imported index, without what it holds."""

    id: str
    added_at: datetime
    added_by: str
    expires_at: datetime
    cards: int
    clusters: int


class Workshops:
    """Adds, lists, removes and asks; opened indexes are kept in memory."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._archive = archive_cipher(cipher)
        self._prints = Prints(self._archive)
        self._opened: dict[str, tuple[int, WorkshopIndex]] = {}

    def number_hash(self, number: str) -> str:
        """Keyed hash of a card number in its normal form, as re-checks make it."""
        return self._archive.fingerprint("registry number", number.encode())

    def add(self, data: bytes, *, expires_at: datetime, actor: str, now: datetime) -> ImportedIndex:
        """Keep an index; ConfigurationError where it is none."""
        index, id = WorkshopIndex.from_bytes(data), workshop_index_id(now)
        row = WorkshopIndexRow(
            id=id,
            added_at=now,
            added_by=actor,
            expires_at=expires_at,
            cards=len(index),
            clusters=index.clusters,
            content=self._cipher.seal(data, f"workshops/{id}"),
        )
        with self._database.write() as session:
            session.add(row)
            self._audit.append(session, at=now, action="workshop_index.added", actor=actor, subject=id)
            session.flush()
            return _shown(row)

    def all(self) -> tuple[ImportedIndex, ...]:
        """Every index, oldest first."""
        with self._database.read() as session:
            rows = session.scalars(select(WorkshopIndexRow).order_by(WorkshopIndexRow.id))
            return tuple(_shown(row) for row in rows)

    def remove(self, id: str, *, actor: str, now: datetime) -> None:
        """Erase an index; NotFound where there is none of that id."""
        with self._database.write() as session:
            row = session.get(WorkshopIndexRow, id)
            if row is None:
                raise NotFound("There is no index of this id.")
            session.delete(row)
            self._audit.append(session, at=now, action="workshop_index.removed", actor=actor, subject=id)

    def forget(self, number: str, *, actor: str, now: datetime) -> int:
        """Erase what the indexes hold of the cards of one number; how many cards that were."""
        hashed, gone = self.number_hash(number), 0
        with self._database.write() as session:
            for row in session.scalars(select(WorkshopIndexRow)):
                index = self._open(row)
                rest = index.without(hashed)
                if len(rest) == len(index):
                    continue
                gone += len(index) - len(rest)
                row.content = self._cipher.seal(rest.to_bytes(), f"workshops/{row.id}")
                row.cards = len(rest)
                facts = {"cards": str(len(index) - len(rest))}
                self._audit.append(
                    session, at=now, action="workshop_index.reduced", actor=actor, subject=row.id, facts=facts
                )
        return gone

    @staticmethod
    def purge(session: Session, now: datetime) -> None:
        """Remove indexes whose time has ended."""
        session.execute(delete(WorkshopIndexRow).where(WorkshopIndexRow.expires_at <= now))

    def likenesses(self, identity: Identity, now: datetime) -> tuple[LinkedLike, ...] | None:
        """Linked cards and clusters that a card is like; None where no index is in force."""
        indexes = list(self._in_force(now))
        if not indexes:
            return None
        seen = self._seen(identity)
        name = self._prints.name(identity.name) if identity.name is not None else None
        birth = self._prints.birth(identity.date_of_birth) if identity.date_of_birth is not None else None
        return tuple(
            LinkedLike(
                hit.same_number,
                text_likeness(name, hit.name),
                text_likeness(birth, hit.birth),
                hit.photo_bits,
                hit.ground_bits,
            )
            for index in indexes
            for hit in index.hits(seen)
        )

    def _seen(self, identity: Identity) -> Seen:
        detail, number = identity.photo_detail, identity.card_number
        return Seen(
            layout=identity.layout,
            number=self.number_hash(number) if number is not None else None,
            photo=None if detail is None else photo_sketch(detail, photo_seed(self._archive)),
            ground=identity.ground,
        )

    def _in_force(self, now: datetime) -> Iterator[WorkshopIndex]:
        """Every index in force; those that are gone are dropped from memory."""
        about = select(WorkshopIndexRow.id, WorkshopIndexRow.cards).where(WorkshopIndexRow.expires_at > now)
        with self._database.read() as session:
            known = {row.id: row.cards for row in session.execute(about)}
            self._opened = {id: held for id, held in self._opened.items() if known.get(id) == held[0]}
            for id, cards in known.items():
                row = None if id in self._opened else session.get(WorkshopIndexRow, id)
                if row is not None:
                    self._opened[id] = (cards, self._open(row))
            return iter([self._opened[id][1] for id in known if id in self._opened])

    def _open(self, row: WorkshopIndexRow) -> WorkshopIndex:
        return WorkshopIndex.from_bytes(self._cipher.open_sealed(row.content, f"workshops/{row.id}"))


def _shown(row: WorkshopIndexRow) -> ImportedIndex:
    return ImportedIndex(row.id, row.added_at, row.added_by, row.expires_at, row.cards, row.clusters)
