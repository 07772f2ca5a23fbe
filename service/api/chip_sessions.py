"""Dumps that were handed over: what a session shows, and a verification that names one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.desk import Desk
from service.errors import Fault, NotFound, RequestInvalid
from service.settings import Settings
from service.store.keys import ApiKey
from service.store.sessions import ChipSession, SessionState
from service.submission import Submission

__all__ = ["ChipSummary", "NewSessionModel", "SessionModel", "new_session", "session_shown", "with_chip"]


class ChipSummary(BaseModel):
    """What has been delivered, before it is verified: nothing of this is proof."""

    model_config = ConfigDict(extra="forbid")

    generation: int | None
    card_type: str | None
    card_number: str | None = Field(description="The number that opened the chip, as the dump states it.")
    read_at: datetime | None
    files: list[str]
    complete: bool = Field(description="Whether every file that such a card must hold is there and whole.")
    sha256: str


class SessionModel(BaseModel):
    """A session in which a dump is handed over."""

    model_config = ConfigDict(extra="forbid")
    example: ClassVar[dict[str, Any]] = {
        "id": "ses_01M80MBGEXRCZAZ3SQ77T2MVS3",
        "object": "chip_session",
        "state": "received",
        "created_at": "2026-11-22T01:02:03Z",
        "expires_at": "2026-11-22T01:33:10Z",
        "received_at": "2026-11-22T01:03:10Z",
        "chip": {
            "generation": 1,
            "card_type": "1",
            "card_number": "AB12345678CD",
            "read_at": "2026-11-22T01:03:08Z",
            "files": ["DF1/EF01", "DF1/EF02", "DF2/EF01", "DF3/EF01", "MF/EF01", "MF/EF02"],
            "complete": True,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    }

    id: str
    object: Literal["chip_session"] = "chip_session"
    state: SessionState
    created_at: datetime
    expires_at: datetime = Field(description="Until when the code holds; once received, the dump.")
    received_at: datetime | None = None
    chip: ChipSummary | None = Field(default=None, description="There while the dump is.")


class NewSessionModel(SessionModel):
    """A session with its code, which is shown this once."""

    example: ClassVar[dict[str, Any]] = {
        "id": "ses_01M80MBGEXRCZAZ3SQ77T2MVS3",
        "object": "chip_session",
        "state": "waiting",
        "created_at": "2026-11-22T01:02:03Z",
        "expires_at": "2026-11-22T01:12:03Z",
        "received_at": None,
        "chip": None,
        "code": "7K3M-Q9XD",
    }

    code: str = Field(description="For `honmono read-chip --send URL --code CODE`; good for one delivery.")


def new_session(session: ChipSession, code: str) -> NewSessionModel:
    """The answer that shows the code."""
    half = len(code) // 2
    return NewSessionModel(**_members(session), code=f"{code[:half]}-{code[half:]}")


def session_shown(session: ChipSession, dump: bytes | None, settings: Settings) -> SessionModel:
    """A session, with a summary of the dump that lies in it."""
    return SessionModel(**_members(session), chip=_summary(dump, settings) if dump is not None else None)


def _members(session: ChipSession) -> dict[str, Any]:
    names = ("id", "state", "created_at", "expires_at", "received_at")
    return {name: getattr(session, name) for name in names}


def _summary(dump: bytes, settings: Settings) -> ChipSummary:
    from service.chip import read_dump  # here, since it loads what decodes pictures

    reading = read_dump(dump, settings)
    return ChipSummary(
        generation=reading.generation,
        card_type=reading.card_type,
        card_number=reading.stated_card_number or reading.card_number,
        read_at=reading.read_at,
        files=sorted(reading.files),
        complete=reading.complete,
        sha256=hashlib.sha256(dump).hexdigest(),
    )


def with_chip(desk: Desk, submission: Submission, key: ApiKey, now: datetime) -> Submission:
    """The submission with the dump of the session that it names, if it names one.

    Raises RequestInvalid where it brings a dump of its own as well, NotFound where the session is not this
    key's, or holds no dump (yet, or any more).
    """
    id = submission.request.chip_session
    if id is None:
        return submission
    if submission.chip is not None:
        fault = Fault("/request/chip_session", "Give a dump or a session, not both.")
        raise RequestInvalid("The chip came twice.", fault)
    dump = desk.store.chip_sessions.dump(id, owner=key.id, now=now)
    if dump is None:
        fault = Fault("/request/chip_session", "Look at its state; a dump serves one verification.")
        raise NotFound("No dump lies in this session.", fault)
    return replace(submission, chip=dump)
