"""What the process that runs a re-check and those that read say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.archive.item import Item, Names, Row

__all__ = ["Done", "Job", "Mark", "Timing", "Work"]

Mark = tuple[str, int, int]
"""A step that a process is about to take: ``read`` and part; ``page``, part and page; ``whole``; ``card`` and
its number."""


@dataclass(frozen=True, slots=True)
class Job:
    """What holds for every item of a run."""

    now: datetime
    """When the run was begun: the same at every resumption, so that results are."""
    key: bytes = field(repr=False)
    """32 secret bytes of the installation."""
    members_of: str | None = None
    """The ZIP whose members the entries are."""
    policy: str = "default"
    reference_time: datetime | None = None
    """The time that every card is judged at, where one was given."""
    pictures: bool = False
    """Whether small pictures of cards that something speaks against are kept."""


@dataclass(frozen=True, slots=True)
class Work:
    """One item to be read, or what is left of it after a process died of one of its steps."""

    item: Item
    job: Job
    given_up: Mapping[Mark, str] = field(default_factory=dict)
    """Steps that no process survived, with the code of the problem."""
    begin: int | None = None
    """The card to go on with; None where nothing of the item was told yet."""
    rows: int = 0
    """Rows that were told before that card."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a row took."""

    card_id: str
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by stage of the engine."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished row with what stands beside it."""

    row: Row
    timing: Timing
    names: Names
    picture: bytes | None = None
    """JPEG of the rectified front, where the job asks for pictures and something speaks against the card."""
