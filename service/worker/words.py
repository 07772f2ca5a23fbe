"""What ``EnginePool`` and its processes say to each other, pickled over one socket.

In a module of its own: a class of the program that a process runs as ``__main__`` has no name elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.errors import Problem
from service.registry import Identity
from service.report import Report
from service.submission import Submission

__all__ = ["READY", "Ask", "Errand", "Failed", "PartDone", "Reply", "Task", "Unready"]

READY = b"ready"
"""First message of a child: its engine is loaded, or will say why not when it is asked."""


@dataclass(frozen=True, slots=True)
class Task:
    """One verification."""

    submission: Submission
    arguments: Mapping[str, Any]
    """Keyword arguments of ``Engine.verify``."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What log lines of this task carry, e.g. the id of the request."""
    asks: bool = False
    """Whether the parent answers what the registry is asked; database and storage key stay with it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Other work than one verification, for an engine that a loader names and that has ``run``."""

    work: Any
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartDone:
    """Something of an errand that is done while it goes on; each has the whole time limit."""

    value: Any


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the registry in the middle of a task; the parent sends the facts, or None for a fault."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class Unready:
    """A model or a data file is absent or was refused; ``/readyz`` names it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A fault of ours, with the places it passed and nothing else."""

    places: str


Reply = Report | Problem | Unready | Failed
