"""The end of the audit log, recorded outside the database.

Who can write the database can put an older state of the whole table back, its head row included. The head is
therefore written to a file of the data folder as well, under the storage key, after every transaction that
adds a line. It only ever advances; ``honmono audit head`` prints it for a safe place elsewhere.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from service.errors import ConfigurationError
from service.logs import places
from service.store.cipher import Cipher

__all__ = ["HEAD_FILE", "AuditAnchor", "AuditHead"]

log = structlog.get_logger(__name__)

HEAD_FILE = "audit.head"
"""Name inside the data folder."""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last line of the log at some time."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> AuditHead:
        """What ``str`` gave; ConfigurationError for anything else."""
        seq, _, digest = text.strip().partition(":")
        if not seq.isdecimal() or len(seq) > 18 or len(digest) != 64:
            raise ConfigurationError("a head of the audit log looks like 42:<64 hex digits>")
        return cls(int(seq), digest)


class AuditAnchor:
    """Reads and advances the file; several processes may share it."""

    def __init__(self, data_dir: Path, cipher: Cipher) -> None:
        self._path = data_dir / HEAD_FILE
        self._cipher = cipher
        self._lock = threading.Lock()

    def _seal(self, head: AuditHead) -> str:
        return self._cipher.fingerprint("audit head", str(head).encode())

    def recorded(self) -> AuditHead | None:
        """The head that was recorded last, None before the first one.

        Raises ConfigurationError where the file was changed or cannot be read.
        """
        try:
            found = json.loads(self._path.read_text(encoding="ascii"))
            head = AuditHead(int(found["seq"]), str(found["hash"]))
            intact = hmac.compare_digest(self._seal(head), str(found["seal"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"{HEAD_FILE} cannot be read: {type(error).__name__}") from error
        if not intact:
            raise ConfigurationError(f"{HEAD_FILE} was not written under this storage key, or was changed")
        return head

    def advance(self, head: AuditHead) -> None:
        """Record a later head. The deed is done by now: a full disk is logged and mended by the next one."""
        try:
            with self._lock, self._alone():
                known = self.recorded()
                if known is None or known.seq < head.seq:
                    self._write(head)
        except (OSError, ConfigurationError) as error:
            log.error("audit.head_not_recorded", error=places(error))

    def _write(self, head: AuditHead) -> None:
        draft = self._path.with_name(f"{HEAD_FILE}.{os.getpid()}")
        sealed = {"seq": head.seq, "hash": head.hash, "seal": self._seal(head)}
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(sealed, file)
        draft.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._path.with_name(f"{HEAD_FILE}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
