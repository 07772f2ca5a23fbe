"""Keys of the API: random, shown once, kept as keyed hashes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from service.errors import ConfigurationError, NotFound
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import key_id
from service.store.tables import ApiKeyRow

__all__ = ["ApiKey", "KeyRole", "KeyScope", "Keys"]

_SECRET_BYTES = 32
_PREFIX_LENGTH = 11
_MAX_KEY_LENGTH = 256


class KeyRole(StrEnum):
    """What a key may do; each role may do what the one before may."""

    CLIENT = "client"
    INSPECTOR = "inspector"
    ADMIN = "admin"

    def covers(self, needed: KeyRole) -> bool:
        """Whether this role includes ``needed``."""
        order = list(KeyRole)
        return order.index(self) >= order.index(needed)


class KeyScope(StrEnum):
    """A part of what a role may do. A key without scopes may do all that its role allows."""

    SUBMIT = "submit"
    """Send: every POST."""
    READ = "read"
    """Look: every GET."""
    ERASE = "erase"
    """Erase: every DELETE."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: everything but the key itself."""

    id: str
    prefix: str
    role: KeyRole
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    scopes: frozenset[KeyScope] = frozenset(KeyScope)
    requests_per_minute: int | None = None
    """Its own rate, None for the service's."""


def _shown(row: ApiKeyRow) -> ApiKey:
    words = frozenset(KeyScope) if row.scopes is None else frozenset(map(KeyScope, row.scopes.split()))
    return ApiKey(
        id=row.id,
        prefix=row.prefix,
        role=KeyRole(row.role),
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        scopes=words,
        requests_per_minute=row.requests_per_minute,
    )


def _fresh_secret() -> str:
    return f"hk_{secrets.token_urlsafe(_SECRET_BYTES)}"


def _in_force(row: ApiKeyRow, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


class Keys:
    """Makes, finds, rotates and revokes keys."""

    def __init__(
        self, database: Database, cipher: Cipher, audit: AuditLog, bootstrap_key: str | None
    ) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._bootstrap_key = bootstrap_key

    def _hash(self, secret: str) -> str:
        return self._cipher.fingerprint("api key", secret.encode())

    def create(
        self,
        role: KeyRole,
        name: str,
        *,
        expires_at: datetime | None = None,
        scopes: frozenset[KeyScope] | None = None,
        requests_per_minute: int | None = None,
        actor: str = "service",
        now: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which is not kept and cannot be shown again."""
        with self._database.write() as session:
            return self.create_in(
                session,
                role,
                name,
                expires_at=expires_at,
                scopes=scopes,
                requests_per_minute=requests_per_minute,
                actor=actor,
                now=now or datetime.now(UTC),
            )

    def create_in(
        self,
        session: Session,
        role: KeyRole,
        name: str,
        *,
        expires_at: datetime | None,
        scopes: frozenset[KeyScope] | None,
        requests_per_minute: int | None,
        actor: str,
        now: datetime,
    ) -> tuple[ApiKey, str]:
        """``create`` inside the caller's transaction."""
        secret = _fresh_secret()
        row = self._insert(session, secret, role, name, "created", expires_at, now, actor)
        row.scopes = " ".join(sorted(scopes)) if scopes is not None else None
        row.requests_per_minute = requests_per_minute
        return _shown(row), secret

    def _insert(
        self,
        session: Session,
        secret: str,
        role: KeyRole,
        name: str,
        origin: str,
        expires_at: datetime | None,
        now: datetime,
        actor: str = "service",
    ) -> ApiKeyRow:
        row = ApiKeyRow(
            id=key_id(now),
            hash=self._hash(secret),
            prefix=secret[:_PREFIX_LENGTH] if origin == "created" else "hk_",
            role=role.value,
            name=name,
            origin=origin,
            created_at=now,
            expires_at=expires_at,
            revoked_at=None,
        )
        session.add(row)
        facts = {"role": role.value, "origin": origin}
        self._audit.append(session, at=now, action="key.created", actor=actor, subject=row.id, facts=facts)
        session.flush()
        return row

    def authenticate(self, secret: str, *, now: datetime | None = None) -> ApiKey | None:
        """The key in force with this text, None where there is none."""
        if not 0 < len(secret) <= _MAX_KEY_LENGTH or not secret.isascii():
            return None
        moment, given = now or datetime.now(UTC), self._hash(secret)
        either = or_(ApiKeyRow.hash == given, ApiKeyRow.previous_hash == given)
        with self._database.read() as session:
            row = session.scalar(select(ApiKeyRow).where(either))
        if row is None or not _in_force(row, moment):
            return None
        rotated_out = row.hash != given and (row.previous_until is None or row.previous_until <= moment)
        return None if rotated_out else _shown(row)

    def by_id(self, id: str, *, now: datetime) -> ApiKey | None:
        """The key in force with this id, None where there is none."""
        with self._database.read() as session:
            row = session.get(ApiKeyRow, id)
        return _shown(row) if row is not None and _in_force(row, now) else None

    def find(self, id: str) -> ApiKey | None:
        """The key of an id, in force or not; None where there is none."""
        with self._database.read() as session:
            row = session.get(ApiKeyRow, id)
            return _shown(row) if row is not None else None

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, oldest first."""
        with self._database.read() as session:
            return tuple(_shown(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id)))

    def rotate(
        self, id: str, *, overlap: timedelta, actor: str = "service", now: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """A new text for a key in force; the old one works for ``overlap`` more.

        The key keeps its id, and with it its reports. NotFound where there is none that was made here: one
        given from outside is rotated there.
        """
        with self._database.write() as session:
            return self.rotate_in(session, id, overlap=overlap, actor=actor, now=now or datetime.now(UTC))

    def rotate_in(
        self, session: Session, id: str, *, overlap: timedelta, actor: str, now: datetime
    ) -> tuple[ApiKey, str]:
        """``rotate`` inside the caller's transaction."""
        row = session.get(ApiKeyRow, id, with_for_update=True)
        if row is None or not _in_force(row, now) or row.origin != "created":
            raise NotFound("There is no key of this id in force that was made here.")
        secret = _fresh_secret()
        row.previous_hash, row.previous_until = row.hash, now + overlap
        row.hash, row.prefix = self._hash(secret), secret[:_PREFIX_LENGTH]
        self._audit.append(session, at=now, action="key.rotated", actor=actor, subject=id)
        session.flush()
        return _shown(row), secret

    def revoke(self, id: str, *, actor: str = "service", now: datetime | None = None) -> ApiKey:
        """Put a key out of force at once; NotFound where there is none of that id."""
        moment = now or datetime.now(UTC)
        with self._database.write() as session:
            row = session.get(ApiKeyRow, id)
            if row is None:
                raise NotFound("There is no key of this id.")
            if row.revoked_at is None:
                row.revoked_at = moment
                self._audit.append(session, at=moment, action="key.revoked", actor=actor, subject=id)
            return _shown(row)

    def bootstrap(self, *, now: datetime | None = None) -> str | None:
        """Make sure that there is a first admin key.

        A key given from outside (``HONMONO_BOOTSTRAP_KEY``) is taken over and replaces an earlier one of that
        origin. Without it, and only while there is no key at all, one is made: its text is returned, once.
        """
        moment = now or datetime.now(UTC)
        with self._database.write() as session:
            if self._bootstrap_key is not None:
                self._adopt(session, self._bootstrap_key, moment)
                return None
            if session.scalar(select(exists().where(ApiKeyRow.id.is_not(None)))):
                return None
            secret = _fresh_secret()
            self._insert(session, secret, KeyRole.ADMIN, "first admin", "created", None, moment)
            return secret

    def _adopt(self, session: Session, secret: str, now: datetime) -> None:
        if not 8 <= len(secret) <= _MAX_KEY_LENGTH or not secret.isascii() or not secret.isprintable():
            raise ConfigurationError("HONMONO_BOOTSTRAP_KEY must be 8 to 256 printable ASCII characters")
        given = self._hash(secret)
        session.execute(
            update(ApiKeyRow)
            .where(ApiKeyRow.origin == "bootstrap", ApiKeyRow.hash != given, ApiKeyRow.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        if session.scalar(select(ApiKeyRow).where(ApiKeyRow.hash == given)) is None:
            self._insert(session, secret, KeyRole.ADMIN, "bootstrap", "bootstrap", None, now)
